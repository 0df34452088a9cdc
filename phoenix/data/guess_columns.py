"""What the columns of a file may be, by their names and by the values in its first rows."""

import contextlib
import re
from collections import Counter
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from phoenix.actions import MOST_ACTIONS, RESERVED_NAMES
from phoenix.data.columns import plain
from phoenix.data.expressions import MISSING, NO, YES
from phoenix.data.reading import Source
from phoenix.data.staging import read_head
from phoenix.data.times import find_format, find_unit, is_plausible
from phoenix.data.vocabulary import (
    ACTIONS,
    EVENT_COLUMNS,
    NEGATIVE,
    NO_ACTION,
    RATINGS,
    ROLES,
    SHOWN_EVENTS,
    SPANS,
    TARGETS,
)

_TRUTHS = {*YES, *NO}
_SURE = 0.9  # of the values of a column decide what it is: some may be bad
_LEAST_SHARE, _MOST_SHARE = 0.02, 0.6  # of a good target


class Head:
    """The first rows of a file, column by column."""

    def __init__(self, source: Source, *, most: int) -> None:
        """Reads so many rows."""
        self.names = source.columns
        self.has_names = source.format.header is not False or bool(source.format.columns)
        self._table = read_head(source, range(len(source.columns)), most=most).table

    def values(self, name: str) -> list[str]:
        """The values of a column that are not missing."""
        column = self._table[f"k{self.names.index(name)}"].to_pylist()
        return [value.strip() for value in column if value is not None and value.strip().lower() not in MISSING]

    def numbers(self, name: str) -> list[float] | None:
        """The values of a column as numbers; None if more than a few are none."""
        values, numbers = self.values(name), []
        for value in values:
            with contextlib.suppress(ValueError):
                numbers.append(float(value))
        return numbers if len(numbers) >= _SURE * len(values) > 0 else None


class Action(NamedTuple):
    """A guessed action; `share`: of the first rows, on which it was taken."""

    name: str
    when: str
    columns: tuple[str, ...]
    sign: int
    labels: dict[str, str]
    share: float


def find_roles(head: Head) -> dict[str, str]:
    """The columns of the roles, those that were found."""
    roles: dict[str, str] = {}
    by_plain: dict[str, str] = {}
    for name in head.names:
        by_plain.setdefault(plain(name), name)
    for role, known in ROLES.items():
        found = next((by_plain[name] for name in known if by_plain.get(name) not in (None, *roles.values())), None)
        if found is not None and (role != "time" or _is_time(head, found, share=0.5)):
            roles[role] = found
    left = [name for name in head.names if name not in roles.values()]
    if "time" not in roles:
        times = [name for name in left if _is_time(head, name, share=1.0)]
        if times:
            roles["time"] = times[0]
    for role in ("user", "item"):
        if role not in roles:
            left = [name for name in head.names if name not in roles.values()]
            found = next((name for name in left if _may_be(head, name, role)), None)
            if found is not None:
                roles[role] = found
    return {role: roles[role] for role in ROLES if role in roles}


def _is_time(head: Head, name: str, *, share: float) -> bool:
    values = head.values(name)[:1_000]
    return find_format(values) is not None or is_plausible(values, share=share)


def _may_be(head: Head, name: str, role: str) -> bool:
    """Whether a column without a known name may hold ids: by part of its name, or, without names, by its values."""
    if head.has_names:
        return bool(
            re.search(
                r"user|member|customer|visitor" if role == "user" else r"item|(video|article|post)id", plain(name)
            )
        )
    values = head.values(name)
    return len(set(values)) > min(20, len(values) // 2)


def find_time(head: Head, name: str) -> tuple[str, str | None]:
    """Unit and format of a time."""
    values = head.values(name)[:1_000]
    return find_unit(values), find_format(values)


def find_actions(head: Head, roles: dict[str, str]) -> tuple[list[Action], str | None]:
    """The actions, and, if a row is an event, which events begin an impression ("" if none are logged)."""
    left = [name for name in head.names if name not in roles.values() and "`" not in name]
    for name in left:
        if _is_event(head, name):
            return _from_events(head, name)
    found = [*_from_truths(head, left), *_from_spans(head, left), *_from_ratings(head, left)]
    if not found:
        found = [_make("interacted", "always", (), 1.0)]
    return _distinct(found), None


def find_target(actions: Sequence[Action]) -> str:
    """The action that retrieval had better learn."""
    positive = [action for action in actions if action.sign > 0] or list(actions)
    good = [action for action in positive if _LEAST_SHARE <= action.share <= _MOST_SHARE]
    for name in TARGETS:
        for action in good:
            if plain(action.name) == name:
                return action.name
    return max(good or positive, key=lambda action: action.share).name


def _is_event(head: Head, name: str) -> bool:
    values = set(head.values(name))
    if plain(name) in EVENT_COLUMNS:
        return 1 <= len(values) <= MOST_ACTIONS
    known = {*ACTIONS, *SHOWN_EVENTS}
    return bool(values) and len(values) <= MOST_ACTIONS and all(plain(value) in known for value in values)


def _from_events(head: Head, name: str) -> tuple[list[Action], str]:
    counts = Counter(head.values(name))
    shown = [value for value in counts if plain(value) in SHOWN_EVENTS]
    taken = [value for value, _ in counts.most_common() if value not in shown and '"' not in value]
    rows = sum(counts.values())
    actions = [
        _make(_event_name(value), f"{quoted(name)} = {_value(value)}", (name,), counts[value] / rows) for value in taken
    ]
    impression = f"{quoted(name)} = {' | '.join(map(_value, shown))}" if shown else ""
    return _distinct(actions) or [_make("interacted", "always", (name,), 1.0)], impression


def _event_name(value: str) -> str:
    return f"type_{value}" if value.isdigit() else value


def _from_truths(head: Head, names: Sequence[str]) -> Iterator[Action]:
    """Columns of yes and no, and counts of known actions."""
    for name in names:
        values = [value.lower() for value in head.values(name)]
        word = _word(name)
        known = word in ACTIONS
        if not values or (NO_ACTION.search(plain(name)) and not known):
            continue
        distinct = set(values) & _TRUTHS
        truths = sum(value in _TRUTHS for value in values)
        logical = truths >= _SURE * len(values) and (known or len(distinct) >= 2 or plain(name).startswith("is"))
        numbers = head.numbers(name) if known else None
        if logical or (numbers is not None and min(numbers) >= 0):
            taken = sum(value in YES for value in values) if logical else sum(number > 0 for number in numbers or ())
            yield _make(re.sub(r"^(is|has)[_ ]", "", name), quoted(name), (name,), taken / len(values))


def _from_spans(head: Head, names: Sequence[str]) -> Iterator[Action]:
    """Times and shares of watching and reading: longer than half of those who began."""
    for name in names:
        numbers = head.numbers(name) if SPANS.search(plain(name)) and _word(name) not in ACTIONS else None
        some = sorted(number for number in numbers or () if number > 0)
        if some and len(set(some)) > 2:
            least = float(f"{some[len(some) // 2]:.2g}")
            share = sum(number >= least for number in some) / len(numbers or some)
            yield _make("watched", f"{quoted(name)} >= {least:g}", (name,), share)
            return


def _from_ratings(head: Head, names: Sequence[str]) -> Iterator[Action]:
    """Ratings: liked in the upper part of the scale, disliked in the lower."""
    for name in names:
        numbers = head.numbers(name) if plain(name) in RATINGS or not head.has_names else None
        if not numbers or min(numbers) < 0 or not 2 < len(set(numbers)) <= 101:
            continue
        top = next((top for top in (1, 5, 10, 100) if max(numbers) <= top), None)
        if top is None:
            continue
        for action, sign, limit, taken in (
            ("liked", ">=", 0.8 * top, [number >= 0.8 * top for number in numbers]),
            ("disliked", "<=", 0.4 * top, [number <= 0.4 * top for number in numbers]),
        ):
            yield _make(action, f"{quoted(name)} {sign} {limit:g}", (name,), sum(taken) / len(taken))
        return


def _word(name: str) -> str:
    """What a column counts: is_click, click_cnt and num_clicks count clicks."""
    return re.sub(r"^(is|has|num|n)(?=\w{3})|(cnt|count|num|flag)$", "", plain(name))


def _make(name: str, when: str, columns: tuple[str, ...], share: float) -> Action:
    slug = re.sub(r"[^\w-]+", "_", name).strip("_")[:36].lower() or "action"
    slug = f"{slug}_" if slug in RESERVED_NAMES else slug
    sign = -1 if NEGATIVE.search(plain(name)) else 1
    return Action(
        slug, when, columns, sign, {"en": slug.replace("_", " "), "zh": ACTIONS.get(_word(slug), slug)}, share
    )


def _distinct(actions: Sequence[Action]) -> list[Action]:
    """At most `MOST_ACTIONS`, each with a name of its own; what would be called alike says its name beside it."""
    names: list[str] = []
    for action in actions[:MOST_ACTIONS]:
        numbered = (f"{action.name}_{number}" for number in range(2, MOST_ACTIONS + 2))
        names.append(next(name for name in (action.name, *numbered) if name not in names))
    result: list[Action] = []
    for action, name in zip(actions, names, strict=False):
        called = {
            language: f"{label} ({name})" if any(label == other.labels[language] for other in result) else label
            for language, label in action.labels.items()
        }
        result.append(action._replace(name=name, labels=called))
    return result


def quoted(name: str) -> str:
    """A column's name in a condition."""
    simple = re.fullmatch(r"[^\W\d]\w*", name) and name.lower() not in ("and", "or", "not", "always")
    return name if simple else f"`{name}`"


def _value(text: str) -> str:
    """A value in a condition."""
    return text if re.fullmatch(r"\w+", text) else f'"{text}"'
