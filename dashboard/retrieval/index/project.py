"""The project “the fastest index with a recall of 0.95”, judged by what was just measured."""

from typing import TYPE_CHECKING

from dashboard import progress, words
from dashboard.locale import t
from phoenix.index.sweep import TARGET_RECALL

if TYPE_CHECKING:
    from phoenix.index.sweep import Measurement


def passes(chosen: "Measurement", others: "list[Measurement]") -> bool:
    """Whether the chosen index reaches the recall, and none that was measured beside it does so in less time."""
    good = [one.milliseconds for one in others if one.recall >= TARGET_RECALL]
    return chosen.recall >= TARGET_RECALL and not chosen.exact and chosen.milliseconds <= min(good)


def note(measured: "list[Measurement]", chosen: "Measurement") -> None:
    """Judges the index that the visitor has chosen."""
    exact = next(one for one in measured if one.exact)
    said = t(
        "retrieval.index.project",
        recall=words.percent(chosen.recall, 3),
        time=words.milliseconds(chosen.milliseconds / 1000),
        times=words.times(exact.milliseconds / chosen.milliseconds),
        size=words.count(chosen.size),
    )
    progress.attempt("project.index", said)
    if passes(chosen, measured):
        progress.done("project.index", said)
