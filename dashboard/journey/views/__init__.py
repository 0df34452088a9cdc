"""The steps of the journey, each `view(scene) -> View`, in the order in which they happen."""

from dashboard.journey.views import ids, layers, probabilities, rank, rows, score, tokens

VIEWS = {
    "ids": ids.view,
    "rows": rows.view,
    "tokens": tokens.view,
    "layers": layers.view,
    "probabilities": probabilities.view,
    "score": score.view,
    "rank": rank.view,
}
