"""How similar the whole corpus is to the user, and where the k nearest are cut off."""

import numpy as np

from dashboard.locale import t
from dashboard.retrieval.figures.similarity import SimilarityLabels, similarity_distribution
from dashboard.retrieval.scene import Scene, timing
from dashboard.view import Chart, Text, View
from dashboard.words import count, decimal
from phoenix.index import VectorIndex
from phoenix.serving import Recommender

_NEAR = 0.01  # so close behind the cut that a post might as well have come back


def view(scene: Scene) -> View:
    """The histogram with the cut."""
    values = np.sort(scene.corpus @ scene.vector)[::-1]  # not from the index, which need not list the whole corpus
    keys = ("similarity", "posts", "kept", "left")
    cut = t("retrieval.similarity.cut", k=scene.k, cut=decimal(values[scene.k - 1], 3))
    texts = {key: t(f"retrieval.similarity.{key}") for key in keys}
    labels = SimilarityLabels(**texts, cut=cut, hover=t("retrieval.similarity.hover"))
    ends = {"low": values[-1], "high": values[0], "median": values[len(values) // 2]}
    alt = t("retrieval.similarity.alt", **{name: decimal(value, 3) for name, value in ends.items()}, cut=cut)
    return View(
        blocks=(
            Chart(similarity_distribution(values, k=scene.k, labels=labels), alt, "similarity"),
            Text(timing(scene), "caption"),
        ),
        notices=notices(values, scene.k),
        maths=t("retrieval.maths"),
        sources=(Recommender.retrieve, VectorIndex.search),
    )


def notices(values: np.ndarray, k: int) -> tuple[str, ...]:
    """How far similarity has fallen at the cut, and how wide the step behind it is.

    Args:
      values: similarity of all posts, float [N], descending.
      k: how many are kept.
    """
    cut = t("retrieval.notice.cut", k=count(k), first=decimal(values[0], 3), last=decimal(values[k - 1], 3))
    if k == len(values):
        return (cut,)
    near = int((values[k:] > values[k - 1] - _NEAR).sum())
    step = decimal(values[k - 1] - values[k], 4)
    return cut, t("retrieval.notice.step", count=count(near), next=count(k + 1), step=step, near=decimal(_NEAR, 2))
