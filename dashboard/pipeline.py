"""The pipeline's stages as this session has set them: sources, filters, diversity, exploration.

They are set on the Overview and in force where feeds are made by the whole pipeline, which are the Overview and the
pages that read them here; pages about one model or the score show what retrieval alone brings. They stand in the
address of all pages as `pipeline=`, see `dashboard.pipeline_text`; a silent address means `suggest_settings`, every
stage that the world can carry.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, TypeVar

from dashboard import controls, naming, pipeline_text, state, weighting, words
from dashboard.pipeline_text import UnusableSettingsError
from dashboard.state import Problem
from phoenix.pipeline import PipelineSettings, suggest_settings
from phoenix.scoring import RELEASE, ScoreSettings

NAME = "pipeline"
_QUOTED = ("name", "given")  # of what a sentence is given, what the address gave
Value = TypeVar("Value")
Parse = Callable[[str], Value]


def start() -> PipelineSettings:
    """What the session's world starts with."""
    return suggest_settings(naming.world())


def read(score: ScoreSettings = RELEASE) -> PipelineSettings:
    """What the address says; a sentence stands where this is called for what in it cannot be used.

    Args:
      score: the score's stages, which have an address of their own, see `dashboard.weighting`.
    """
    settings = read_text(NAME, _parse, problems="feed.problem.pipeline", default=start())
    return settings._replace(score=score)


def present() -> PipelineSettings:
    """The same without a sentence, for callbacks; the score's stages included."""
    given = state.given(NAME)
    settings = (usable(_parse, given) if given else None) or start()
    return settings._replace(score=weighting.present().settings)


def put(settings: PipelineSettings) -> None:
    """Puts settings in force, those of the score aside; for callbacks."""
    state.put(NAME, pipeline_text.to_text(settings, start=start(), world=naming.world()) or None)


def change(**changed: Any) -> None:
    """Puts the present settings with some of them changed in force; for callbacks."""
    put(present()._replace(**changed))


def is_changed(settings: PipelineSettings) -> bool:
    """Whether any stage but the score's differs from what the world starts with."""
    return settings._replace(score=RELEASE) != start()


def read_text(name: str, parse: Parse[Value], *, problems: str, default: Value) -> Value:
    """What a parameter of the address says in a notation of its own; a sentence stands here for what cannot be used.

    Args:
      name: the parameter.
      parse: text → value; raises `UnusableSettingsError` for what it cannot read.
      problems: prefix of the keys of the sentences.
      default: the value while the address is silent.
    """
    problem = partial(refusal, parse, problems=problems)
    return controls.text(name, read=partial(usable, parse), problem=problem, default=default)


def usable(parse: Parse[Value], text: str) -> Value | None:
    """What a text says; None if it cannot be used."""
    try:
        return parse(text)
    except UnusableSettingsError:
        return None


def refusal(parse: Parse[Value], text: str, *, problems: str) -> Problem:
    """The sentence about a text that cannot be used; see `read_text`."""
    try:
        parse(text)
    except UnusableSettingsError as error:
        quoted = {key: words.quoted(str(error.details[key])) for key in _QUOTED if key in error.details}
        return Problem(f"{problems}.{error.problem}", {**error.details, **quoted})
    raise AssertionError("Settings that can be read are no problem.")


def _parse(text: str) -> PipelineSettings:
    return pipeline_text.from_text(text, start=start(), world=naming.world())
