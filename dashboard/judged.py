"""What metrics.json holds of models that were trained on an imported log, where nobody knows the truth.

`phoenix.training.logged.report` says what stands there and how it is measured: the held-out part of the log judges our
models beside simple predictors. Nobody has checked the shape of what is read; whatever is missing is left out.
"""

from collections.abc import Mapping
from typing import Any, NamedTuple

from dashboard.recorded import at, list_of, number_of

MEASURES = ("auc", "log_loss")
COMMAND = "python -m phoenix.train --log"
OURS = "ours"
CUTOFF = "100"  # by which retrieval is judged in words
_BETTER = {"auc": max, "log_loss": min}


class Estimate(NamedTuple):
    """A value and the bounds of its 95 % interval, which are the value itself where none was measured."""

    value: float
    low: float
    high: float


class Rivals(NamedTuple):
    """A measure of our models and of the best simple predictor, how far apart they are, and which predictor it is."""

    ours: Estimate
    simple: Estimate
    gap: Estimate
    best: str


class Judgement(NamedTuple):
    """How well one action is predicted in the held-out part.

    Attributes:
      positives: how often it was taken there.
      base: share of the impressions.
      error: expected calibration error.
      rivals: measure → ours beside the best simple predictor's.
      bins: mean predicted probability and share that happened, of equally filled bins; two empty lists where not
        recorded.
    """

    positives: int
    base: float
    error: float | None
    rivals: dict[str, Rivals]
    bins: tuple[list[float], list[float]]

    @property
    def ratio(self) -> float | None:
        """Mean predicted / share that happened; None where that is unknown or nothing did."""
        predicted, happened = map(sum, self.bins)
        return predicted / happened if predicted > 0 and happened > 0 else None


def judgements(metrics: Any) -> dict[str, Judgement]:
    """Action → judgement, of those that were judged."""
    found = {}
    for name, part in _items(at(metrics, "ranker", "actions")):
        rivals = {measure: _best_of(at(part, measure), measure) for measure in MEASURES}
        known = {measure: pair for measure, pair in rivals.items() if pair is not None}
        if known:
            found[name] = Judgement(
                positives=_count(at(part, "positives")),
                base=number_of(at(part, "rate")) or 0.0,
                error=number_of(at(part, "ece")),
                rivals=known,
                bins=_bins(at(part, "reliability")),
            )
    return found


def left_out(metrics: Any) -> dict[str, int]:
    """Actions with too few cases to be judged → how often they were taken in the held-out part."""
    names = at(metrics, "ranker", "left_out")
    return {
        name: _count(at(metrics, "ranker", "actions", name, "positives"))
        for name in (names if isinstance(names, list) else [])
        if isinstance(name, str)
    }


def mean_auc(metrics: Any, *path: str) -> Rivals | None:
    """Mean AUC over the judged actions, by default of what training knew; None if it was not recorded.

    Args:
      metrics: as recorded.
      *path: where, such as "later", "users".
    """
    part = at(metrics, *(path or ("ranker",)))
    best = at(part, "best_simple", "auc")
    return _pair(at(part, "mean", "auc"), best=best, gap=at(part, "gap", "auc"))


def retrieval(metrics: Any) -> Rivals | None:
    """Recall at `CUTOFF` beside the best simple way; None if it was not recorded."""
    part = at(metrics, "retrieval")
    return _pair(at(part, "recall", CUTOFF), best=at(part, "best_simple"), gap=at(part, "gap", CUTOFF))


def recall(metrics: Any) -> dict[int, dict[str, Estimate]]:
    """k → who retrieves → recall of what users liked in the held-out part among the first k."""
    found = {}
    for k, part in _items(at(metrics, "retrieval", "recall")):
        known = _estimates(part)
        if k.isdigit() and OURS in known:
            found[int(k)] = known
    return dict(sorted(found.items()))


def is_sampled(metrics: Any) -> bool:
    """Whether negatives were drawn for the log, which had none."""
    return at(metrics, "negatives", "sampled") is True


def is_sure(gap: Estimate) -> bool:
    """Whether the interval of a difference does not hold 0; that of one user alone has no width and says nothing."""
    return gap.low < gap.high and (gap.low > 0 or gap.high < 0)


def _best_of(part: Any, measure: str) -> Rivals | None:
    """Ours beside the best of the others; they are surely apart if their intervals are."""
    known = _estimates(part)
    others = {name: one.value for name, one in known.items() if name != OURS}
    if OURS not in known or not others:
        return None
    best = _BETTER[measure](others, key=others.get)
    ours, simple = known[OURS], known[best]
    return Rivals(
        ours, simple, Estimate(ours.value - simple.value, ours.low - simple.high, ours.high - simple.low), best
    )


def _pair(part: Any, *, best: Any, gap: Any) -> Rivals | None:
    """Ours beside one of the others, with the difference as it was recorded."""
    known, apart = _estimates(part), _estimate(gap)
    if OURS not in known or best not in known or apart is None:
        return None
    return Rivals(known[OURS], known[best], apart, str(best))


def _estimates(part: Any) -> dict[str, Estimate]:
    found = {name: _estimate(value) for name, value in _items(part)}
    return {name: one for name, one in found.items() if one is not None}


def _estimate(part: Any) -> Estimate | None:
    """A value with its bounds, of a list of three."""
    if not isinstance(part, list) or not part or (value := number_of(part[0])) is None:
        return None
    low, high = (number_of(bound) for bound in [*part[1:], None, None][:2])
    return Estimate(value, value if low is None else low, value if high is None else high)


def _bins(part: Any) -> tuple[list[float], list[float]]:
    predicted, happened = (list_of(at(part, name)) for name in ("predicted", "happened"))
    return (predicted, happened) if len(predicted) == len(happened) else ([], [])


def _count(value: Any) -> int:
    return int(number_of(value) or 0)


def _items(part: Any) -> list[tuple[str, Any]]:
    return [(str(name), value) for name, value in part.items()] if isinstance(part, Mapping) else []
