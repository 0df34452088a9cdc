"""Is retrieval any good? Held-out favorites that it finds, and the true P(favorite) of what it brings back.

Judged beside popularity, followed authors, chance and two orders that know the truth; see
`phoenix.evaluation.retrieval_quality`.
"""

import math
from typing import Any, NamedTuple

from dashboard.locale import paragraph, t
from dashboard.retrieval import by_log
from dashboard.retrieval.figures.quality import strategy_bars
from dashboard.retrieval.scene import CUTOFFS, QualityScene
from dashboard.view import Block, Chart, Text, View
from dashboard.words import count, percent, times
from phoenix.analysis.regret import FeedValue
from phoenix.evaluation.retrieval_quality import UserQuality, held_out_favorites, judge_user
from phoenix.world.stream import FOLLOWED_RATE

STRATEGIES = {  # the ceiling is one of recall: it knows what will be shown, which does not make a post more likeable
    "recall": ("ours", "popularity", "followed", "random", "oracle", "ceiling"),
    "probability": ("ours", "popularity", "followed", "random", "oracle"),
}
BOUNDS = ("oracle", "ceiling")
RIVALS = ("popularity", "followed", "random")
COMMAND = "python -m phoenix.evaluate"
_RECORDED = {"recall": "recall_of_held_out_favorites", "probability": "favorite_probability_at"}

Values = dict[str, dict[str, float]]  # cutoff → strategy → value, NaN where there is none


class Judgement(NamedTuple):
    """What is drawn, and where it comes from.

    Attributes:
      tables: of each measure.
      origin: a sentence.
    """

    tables: dict[str, Values]
    origin: str


def view(scene: QualityScene) -> View:
    """Bars of all strategies at one cutoff, for this user or for all of those who were evaluated."""
    if scene.world.truth is None:
        return by_log.view(scene, scene.judged)
    judgement = live(scene.judged) if scene.judged else recorded(scene.metrics, scene.people)
    common = {"maths": t("retrieval.maths"), "sources": (judge_user, held_out_favorites)}
    if judgement is None:
        return View(blocks=(Text(t("retrieval.quality.not_recorded", command=COMMAND), "info"),), **common)
    values = judgement.tables[scene.measure][scene.cutoff]
    if math.isnan(values["ours"]):
        return View(blocks=(Text(t("retrieval.quality.no_favorites"), "info"),), **common)
    return View(
        blocks=(bars(values, scene.measure, cutoff=scene.cutoff), Text(judgement.origin, "caption")),
        notices=notices(judgement.tables, scene.cutoff, liked=len(scene.judged.favorites) if scene.judged else None),
        **common,
    )


def live(judged: UserQuality) -> Judgement:
    """One user's recall and probability, judged now."""
    tables = {
        measure: {
            cutoff: {s: float(getattr(judged, measure)[s][i]) for s in strategies} for i, cutoff in enumerate(CUTOFFS)
        }
        for measure, strategies in STRATEGIES.items()
    }
    return Judgement(tables, t("retrieval.quality.live", count=len(judged.favorites)))


def recorded(metrics: Any, group: str) -> Judgement | None:
    """The same from metrics.json for a group of users; None if it was not measured, or is not what we expect there."""
    try:
        part = metrics["retrieval"][group]
        users, command = metrics["users" if group == "trained" else "held_out_users"], metrics["command"]
        tables = {
            measure: {
                cutoff: {s: _share(part[_RECORDED[measure]][cutoff][s]) for s in strategies} for cutoff in CUTOFFS
            }
            for measure, strategies in STRATEGIES.items()
        }
        return Judgement(tables, t("retrieval.quality.recorded", count=count(users), command=command))
    except (LookupError, TypeError, ValueError, OverflowError):
        return None


def _recorded(table: Any, measure: str) -> Values:
    return {cutoff: {s: _share(table[cutoff][s]) for s in STRATEGIES[measure]} for cutoff in CUTOFFS}


def _share(value: Any) -> float:
    """A recorded share; NaN where nobody could be measured.

    Raises:
      TypeError: no number.
      ValueError: none from 0 to 1.
    """
    if value is None:
        return math.nan
    if isinstance(value, bool) or not 0 <= value <= 1:
        raise ValueError(f"Expected a share from 0 to 1, got {value!r}.")
    return float(value)


def bars(values: dict[str, float], measure: str, *, cutoff: str) -> Block:
    """One bar for each strategy."""
    shown = STRATEGIES[measure]
    names = [t(f"retrieval.quality.strategy.{s}") for s in shown]
    texts = [t("retrieval.quality.nothing") if math.isnan(values[s]) else percent(values[s]) for s in shown]
    hovers = [
        t(f"retrieval.quality.hover.{measure}", name=name, value=text, k=count(int(cutoff)))
        for name, text in zip(names, texts, strict=True)
    ]
    chart = strategy_bars(
        names,
        [100 * values[s] for s in shown],
        ours=shown.index("ours"),
        bounds=[shown.index(s) for s in BOUNDS if s in shown],
        texts=texts,
        hovers=hovers,
        axes=(t(f"retrieval.quality.axis.{measure}"), t("retrieval.quality.strategy")),
    )
    return Chart(chart, t("retrieval.quality.alt", count=len(shown), rows=" ".join(hovers)), "quality")


def notices(tables: dict[str, Values], cutoff: str, *, liked: int | None = None) -> list[str]:
    """Ours against the best rival and the oracle; then what recall adds. Rivals that return nothing do not count.

    Args:
      tables: of each measure.
      cutoff: how many are retrieved.
      liked: one user's held-out favorites, where the tables are about one.
    """
    probability = tables["probability"][cutoff]
    rivals = {s: probability[s] for s in RIVALS if not math.isnan(probability[s])}
    best = max(rivals, key=lambda s: rivals[s])
    value = FeedValue(probability["random"], probability["ours"], probability["oracle"])
    said = t(
        "retrieval.notice.judged_behind" if _shown_more(rivals[best], value.ours) else "retrieval.notice.judged",
        k=count(int(cutoff)),
        ours=percent(value.ours),
        rival=t(f"retrieval.quality.strategy.{best}"),
        best=percent(rivals[best]),
        oracle=percent(value.oracle),
        recovered=percent(1.0 if value.recovered is None else value.recovered),
    )
    return [said, *_recall_notices(tables["recall"][cutoff], cutoff, liked=liked)]


def _shown_more(one: float, other: float) -> bool:
    """Whether a share is the larger one, and looks it."""
    return one > other and percent(one) != percent(other)


def _recall_notices(recall: dict[str, float], cutoff: str, *, liked: int | None) -> list[str]:
    ours, chance, followed = recall["ours"], recall["random"], recall["followed"]
    if math.isnan(ours):
        return []
    shares = {"k": count(int(cutoff)), "ours": percent(ours), "random": percent(chance)}
    said = [t("retrieval.notice.recall_none", **shares)]
    if ours > 0 and chance > 0:
        counted = [t("retrieval.notice.recall_of", found=round(ours * liked), count=liked)] if liked else []
        said = [paragraph([t("retrieval.notice.recall", **shares, times=times(ours / chance)), *counted])]
    if _shown_more(followed, ours):
        rates = {"followed": percent(followed), "rate": percent(FOLLOWED_RATE)}
        said.append(t("retrieval.notice.followed_recall", **rates))
    return said
