"""The view `heatmap`: fifteen probabilities of all candidates at once."""

import numpy as np

from dashboard import words
from dashboard.feed import action_names
from dashboard.locale import t
from dashboard.ranking.figures.heatmap import HeatmapText, probability_heatmap
from dashboard.ranking.scene import HeatmapScene
from dashboard.score import zero
from dashboard.view import Chart, Text, View
from dashboard.words import percent
from phoenix.scoring import score_feed

BEST = 40
_SNIPPET = 50  # width in characters


def view(scene: HeatmapScene) -> View:
    """Draws a row for each candidate, in the present order."""
    candidates = scene.candidates
    rows = candidates.stages.order if scene.rows == "all" else candidates.stages.order[:BEST]
    found = spread(candidates.probabilities[rows])
    chart = probability_heatmap(
        candidates.probabilities[rows],
        signs=np.array(candidates.actions.signs),
        ranks=range(1, len(rows) + 1),
        snippets=[candidates.snippet(i, _SNIPPET) for i in rows.tolist()],
        text=heatmap_text(colour=scene.colour),
        relative=scene.colour == "relative",
        selected=candidates.rank - 1 if candidates.rank <= len(rows) else None,
    )
    first = () if candidates.weights.any() else (zero(candidates),)
    which = "rows_all" if len(rows) == len(candidates.texts) else "rows"
    return View(
        blocks=(
            Text(t(f"ranking.heatmap.{which}", shown=len(rows), count=len(candidates.texts)), "caption"),
            Chart(chart, t("ranking.heatmap.alt", shown=len(rows), **found), "ranking.heatmap"),
        ),
        notices=(*first, *([t("ranking.notice.spread", **found)] if found["action"] != found["flat"] else [])),
        maths=t("ranking.maths"),
        sources=(score_feed,),
    )


def heatmap_text(*, colour: str) -> HeatmapText:
    """Words for `figures.heatmap`; `colour` is absolute or relative."""
    return HeatmapText(
        actions=action_names(),
        positive=t("ranking.weights.positive"),
        negative=t("ranking.weights.negative"),
        candidates=t("ranking.axis.candidates"),
        colour=t(f"ranking.colour_title.{colour}"),
        hover=t("ranking.heatmap.hover"),
    )


def spread(probabilities: np.ndarray) -> dict[str, str]:
    """The actions that tell candidates apart most and least, in words."""
    names, low, high = action_names(), probabilities.min(axis=0), probabilities.max(axis=0)
    ratio = high / np.maximum(low, 1e-12)
    most, least = int(ratio.argmax()), int(ratio.argmin())
    return {
        "action": names[most],
        "low": percent(low[most]),
        "high": percent(high[most]),
        "ratio": words.count(ratio[most]),
        "flat": names[least],
        "flat_low": percent(low[least]),
        "flat_high": percent(high[least]),
    }
