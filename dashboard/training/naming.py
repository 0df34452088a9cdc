"""Names of phases and predictors in the visitor's language; what nobody has named stands for itself."""

from dashboard import state
from dashboard.locale import catalogue, t


def phase_name(phase: str) -> str:
    """The name of a phase."""
    return _known(f"training.phase.{phase}") or phase


def explained(phase: str) -> str:
    """What a phase learns, from what; empty for one that nobody has described."""
    return _known(f"training.phase.{phase}.learns") or ""


def predictor(name: str) -> str:
    """A predictor in words: ours, or the rates whose logits it adds."""
    return " + ".join(_known(f"training.rivals.predictor.{part}") or part for part in name.split(" + "))


def _known(key: str) -> str | None:
    return t(key) if key in catalogue(state.language(), "training") else None
