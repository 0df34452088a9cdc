"""An edit of a history as text, for an address.

    4711,-3,+28086:favorite         of user 4711: without row 3, with a like of post 28086 behind the rest
    4711,7:reply.dwell,9~1          on row 7 nothing but a reply and a dwell; row 9 first
    4711,empty    4711,of42         no history; the history of user 42 …
    4711,like15.16-27~fan~1         … and that of a person who likes topics 15 and 16, dislikes 27, is a fan, number 1

The user in front may be left out. Text comes from outside: its size and form are checked first, then every name and
number; what needs the world is checked by `edits.apply`. `UnusableEditError` says what is wrong.
"""

import re

from phoenix.actions import ActionSet
from phoenix.analysis.edits import Actions, Edit, UnusableEditError
from phoenix.checks import shown
from phoenix.world import PERSONAS
from phoenix.world.person import Person, check_person
from phoenix.world.topics import NUM_TOPICS

MAX_CHARACTERS = 6_000  # 64 rows with five actions each need about 3 000
MOST_ENTRIES = 400

_ID = "[0-9]{1,9}"
_OWNER, _OTHER = re.compile(_ID), re.compile(f"of({_ID})")
_PERSON = re.compile(
    r"like((?:[0-9]{1,3}\.)*[0-9]{1,3})(?:-((?:[0-9]{1,3}\.)*[0-9]{1,3}))?(?:~([a-z]+))?(?:~([0-9]{1,3}))?"
)
_REMOVED, _MOVED = re.compile("-([0-9]{1,3})"), re.compile("([0-9]{1,3})~([0-9]{1,3})")
_TAKEN, _ADDED = re.compile(r"([0-9]{1,3}):([\w.-]+)"), re.compile(rf"\+({_ID}):([\w.-]+)")
_EMPTY = "empty"


def to_text(edit: Edit) -> str:
    """The text of an edit; one that changes nothing has none."""
    if edit.is_real:
        return ""
    entries = [str(edit.user_id)]
    if edit.start != edit.user_id:
        entries.append(_start_text(edit.start))
    entries += [f"-{row}" for row in edit.removed]
    entries += [f"{row}:{'.'.join(actions)}" for row, actions in edit.taken]
    entries += [f"+{post}:{'.'.join(actions)}" for post, actions in edit.added]
    entries += [f"{row}~{place}" for row, place in edit.moved]
    return ",".join(entries)


def is_held(text: str) -> bool:
    """Whether a text is short enough to be read: an edit may be longer, where actions have long names."""
    return len(text) <= MAX_CHARACTERS and text.count(",") <= MOST_ENTRIES


def _start_text(start: int | Person | None) -> str:
    if start is None:
        return _EMPTY
    if isinstance(start, int):
        return f"of{start}"
    disliked = "-" + ".".join(map(str, start.disliked)) if start.disliked else ""
    return f"like{'.'.join(map(str, start.liked))}{disliked}~{start.persona}~{start.number}"


def from_text(text: str, *, user_id: int, actions: ActionSet) -> Edit:
    """Reads an edit.

    Args:
      text: as `to_text` writes it; entries in any order. A blank stands for the plus that an address makes of it.
      user_id: whose history is asked about.
      actions: of the world.

    Raises:
      UnusableEditError: it is too long, names somebody else's history, or cannot be read.
    """
    if not is_held(text):
        raise UnusableEditError("size", most=MAX_CHARACTERS)
    entries = [entry.strip() for entry in re.sub("(^|,) (?=[0-9])", r"\1+", text).split(",")]
    if _OWNER.fullmatch(entries[0]):
        owner = int(entries.pop(0))
        if owner != user_id:
            raise UnusableEditError("owner", owner=owner, user=user_id)
    start: int | Person | None = user_id
    if entries and re.match("[a-z]", entries[0]):
        start = _read_start(entries.pop(0))
    return _read_entries(entries, beginning=Edit(user_id, start), actions=actions)


def _read_entries(entries: list[str], *, beginning: Edit, actions: ActionSet) -> Edit:
    removed: list[int] = []
    added: list[tuple[int, Actions]] = []
    taken: dict[int, Actions] = {}
    moved: dict[int, int] = {}
    for entry in entries:
        if match := _REMOVED.fullmatch(entry):
            _refuse_repeat(int(match[1]) in removed, entry)
            removed.append(int(match[1]))
        elif match := _ADDED.fullmatch(entry):
            added.append((int(match[1]), _read_actions(match[2], actions)))
        elif match := _TAKEN.fullmatch(entry):
            _refuse_repeat(int(match[1]) in taken, entry)
            taken[int(match[1])] = _read_actions(match[2], actions)
        elif match := _MOVED.fullmatch(entry):
            row, place = int(match[1]), int(match[2])
            _refuse_repeat(row in moved or place in moved.values(), entry)
            if place == 0:
                raise UnusableEditError("entry", given=shown(entry))
            moved[row] = place
        else:
            raise UnusableEditError("entry", given=shown(entry))
    by_place = tuple(sorted(moved.items(), key=lambda pair: pair[1]))
    return beginning._replace(
        removed=tuple(sorted(removed)), taken=tuple(sorted(taken.items())), added=tuple(added), moved=by_place
    )


def _read_start(entry: str) -> int | Person | None:
    if entry == _EMPTY:
        return None
    if match := _OTHER.fullmatch(entry):
        return int(match[1])
    match = _PERSON.fullmatch(entry)
    if match is None or (match[3] or PERSONAS[0]) not in PERSONAS:
        raise UnusableEditError("start", given=shown(entry))
    liked, disliked = (tuple(map(int, topics.split("."))) if topics else () for topics in match.group(1, 2))
    try:
        return check_person(Person(liked, disliked, match[3] or PERSONAS[0], int(match[4] or 0)))
    except ValueError:
        raise UnusableEditError("person", given=shown(entry), high=NUM_TOPICS - 1) from None


def _read_actions(text: str, actions: ActionSet) -> Actions:
    names = text.split(".")
    unknown = next((name for name in names if name not in actions.names), None)
    if unknown is not None:
        raise UnusableEditError("action", action=shown(unknown), actions=", ".join(actions.names))
    _refuse_repeat(len(set(names)) != len(names), text)
    return tuple(sorted(names, key=actions.index))


def _refuse_repeat(is_repeated: bool, entry: str) -> None:
    if is_repeated:
        raise UnusableEditError("twice", given=shown(entry))
