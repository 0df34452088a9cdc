"""The pipeline's stages as this session has set them: sources, filters, diversity, exploration.

They are set on the Overview and in force where feeds are made by the whole pipeline, which are the Overview and the
pages that read them here; pages about one model or the score show what retrieval alone brings. They stand in the
address of all pages as `pipeline=`, see `dashboard.pipeline_text`; a silent address means `suggest_settings`, every
stage that the world can carry.
"""

from typing import Any

from dashboard import controls, naming, pipeline_text, state, weighting, words
from dashboard.pipeline_text import UnusableSettingsError
from dashboard.state import Problem
from phoenix.pipeline import PipelineSettings, suggest_settings
from phoenix.scoring import RELEASE, ScoreSettings

NAME = "pipeline"


def start() -> PipelineSettings:
    """What the session's world starts with."""
    return suggest_settings(naming.world())


def read(score: ScoreSettings = RELEASE) -> PipelineSettings:
    """What the address says; a sentence stands where this is called for what in it cannot be used.

    Args:
      score: the score's stages, which have an address of their own, see `dashboard.weighting`.
    """
    settings = controls.text(NAME, read=_from_text, problem=_problem, default=start())
    return settings._replace(score=score)


def present() -> PipelineSettings:
    """The same without a sentence, for callbacks; the score's stages included."""
    given = state.given(NAME)
    settings = (_from_text(given) if given else None) or start()
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


def _from_text(text: str) -> PipelineSettings | None:
    try:
        return pipeline_text.from_text(text, start=start(), world=naming.world())
    except UnusableSettingsError:
        return None


def _problem(text: str) -> Problem:
    try:
        pipeline_text.from_text(text, start=start(), world=naming.world())
    except UnusableSettingsError as error:
        shown = {name: words.quoted(str(error.details[name])) for name in ("name", "given") if name in error.details}
        return Problem(f"feed.problem.pipeline.{error.problem}", {**error.details, **shown})
    raise AssertionError("Settings that can be read are no problem.")
