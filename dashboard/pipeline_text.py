"""The pipeline's settings as text: what differs from the world's own stands in the address as
`pipeline=in_network:0,drop_history:off,theta:0.4`, and `pipeline=off` is the pipeline with every further stage off.

A name is that of a field of `PipelineSettings`. The score's stages have a text of their own, see `dashboard.stages`.
"""

import math
import re
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple
from urllib.parse import unquote

from phoenix.pipeline import OFF, PipelineSettings
from phoenix.pipeline.settings import EXPLORE_BY, METHODS, MOST_IN_NETWORK, MOST_POOL
from phoenix.world import AnyWorld

EVERY_STAGE_OFF = "off"
SWITCHES = ("use_retrieval", "drop_history", "drop_served", "drop_blocked")
WHOLE = {"in_network": (0, MOST_IN_NETWORK), "pool": (1, MOST_POOL)}
SHARES = ("theta", "explore")
CHOICES = {"diversity": METHODS, "explore_by": EXPLORE_BY}
MOST_HOURS = 10_000.0
MOST_MUTED, LONGEST_MUTED = 20, 40  # words, and characters of each: all of them stand in the address
MOST_TOPICS = 100
_ANY, _BETWEEN = "any", "~"
_LONGEST = 8_000  # above all that can be set at once: 64 long names, topics, and words in which each sign is escaped
_STATES = {"on": True, "off": False}


class UnusableSettingsError(ValueError):
    """What a text gives and cannot be used; `problem` names its sentence, `details` are its values."""

    def __init__(self, problem: str, **details: Any):
        super().__init__(problem)
        self.problem, self.details = problem, details


class Field(NamedTuple):
    """How one setting is written: value → text, text → value or None, and what it may be, for the sentence."""

    write: Callable[[Any], str]
    read: Callable[[str], Any]
    expected: str


def to_text(settings: PipelineSettings, *, start: PipelineSettings, world: AnyWorld) -> str:
    """What differs from the settings that the world starts with; empty if nothing does."""
    settings = settings._replace(score=start.score)
    if settings == start:
        return ""
    if settings == OFF._replace(score=start.score):
        return EVERY_STAGE_OFF
    written = [
        f"{name}:{field.write(getattr(settings, name))}"
        for name, field in fields(world).items()
        if getattr(settings, name) != getattr(start, name)
    ]
    return ",".join(written)


def from_text(text: str, *, start: PipelineSettings, world: AnyWorld) -> PipelineSettings:
    """Reads what `to_text` writes.

    Raises:
      UnusableSettingsError: a name that is not known here, or a value that it cannot have.
    """
    if text == EVERY_STAGE_OFF:
        return OFF
    if len(text) > _LONGEST:
        raise UnusableSettingsError("long", most=_LONGEST)
    known, given = fields(world), {}
    for entry in text.split(","):
        name, _, value = entry.partition(":")
        if name not in known:
            raise UnusableSettingsError("unknown", given=name)
        given[name] = known[name].read(value)
        if given[name] is None and (name, value) != ("oldest_hours", _ANY):
            raise UnusableSettingsError("value", name=name, given=value, expected=known[name].expected)
    return start._replace(**given)


def fields(world: AnyWorld) -> Mapping[str, Field]:
    """All settings that can be written, in the order in which they are; topics and actions are the world's."""
    topics = range(len(world.topic_names("en")))
    most_topics, last_topic = min(MOST_TOPICS, len(topics)), max(len(topics) - 1, 0)
    return {
        **{name: Field(_write_switch, _STATES.get, "on, off") for name in SWITCHES},
        **{name: Field(str, _whole(*ends), _ends(*ends)) for name, ends in WHOLE.items()},
        "oldest_hours": Field(_write_hours, _number(0.0, MOST_HOURS), f"{_ends(0, MOST_HOURS)}, {_ANY}"),
        **{name: Field(_write_number, _number(0.0, 1.0), _ends(0, 1)) for name in SHARES},
        **{name: Field(str, _one_of(allowed), ", ".join(allowed)) for name, allowed in CHOICES.items()},
        "blocking": _listed(_one_of(world.actions.names), str, expected=", ".join(world.actions.names)),
        "muted_topics": _listed(
            _whole(0, len(topics) - 1), str, expected=f"1 … {most_topics} × {_ends(0, last_topic)}", most=most_topics
        ),
        "muted_words": _listed(_word, _escape, expected=f"1 … {MOST_MUTED} × 1 … {LONGEST_MUTED}", most=MOST_MUTED),
    }


def clean_word(text: str) -> str:
    """A word as it is muted: without blanks around it, and not too long."""
    return " ".join(text.split())[:LONGEST_MUTED].strip()


def _write_switch(value: bool) -> str:
    return "on" if value else "off"


def _write_number(value: float) -> str:
    return repr(int(value) if float(value).is_integer() else float(value))


def _write_hours(value: float | None) -> str:
    return _ANY if value is None else _write_number(value)


def _ends(low: float, high: float) -> str:
    return f"{_write_number(low)} … {_write_number(high)}"


def _whole(low: int, high: int) -> Callable[[str], int | None]:
    def read(text: str) -> int | None:
        return int(text) if re.fullmatch("[0-9]{1,9}", text) and low <= int(text) <= high else None

    return read


def _number(low: float, high: float) -> Callable[[str], float | None]:
    def read(text: str) -> float | None:
        if not re.fullmatch(r"[0-9.]{1,30}(e-[0-9]{1,3})?", text):
            return None
        try:
            value = float(text)
        except ValueError:
            return None
        return value if math.isfinite(value) and low <= value <= high else None

    return read


def _one_of(allowed: Sequence[str]) -> Callable[[str], str | None]:
    return lambda text: text if text in allowed else None


def _word(text: str) -> str | None:
    word = unquote(text)
    return word if word and word == clean_word(word) else None


def _escape(word: str) -> str:
    return re.sub(r"[%,:~]", lambda found: f"%{ord(found[0]):02X}", word)


def _listed(
    read_one: Callable[[str], Any], write_one: Callable[[Any], str], *, expected: str, most: int | None = None
) -> Field:
    def read(text: str) -> tuple | None:
        values = tuple(map(read_one, text.split(_BETWEEN) if text else []))
        usable = None not in values and len(set(values)) == len(values) and (most is None or len(values) <= most)
        return values if usable else None

    return Field(lambda values: _BETWEEN.join(map(write_one, values)), read, expected)
