"""How similar the whole corpus is to the user, and where the k nearest are cut off."""

import numpy as np
import streamlit as st

from dashboard import components
from dashboard.locale import t
from dashboard.retrieval.figures.similarity import SimilarityLabels, similarity_distribution
from dashboard.retrieval.scene import Scene, Source, timing
from phoenix.index import VectorIndex
from phoenix.serving import Recommender


def show(scene: Scene) -> tuple[Source, ...]:
    """The histogram with the cut, and what to notice."""
    values = np.sort(scene.corpus @ scene.vector)[::-1]
    k = scene.k
    cut = t("retrieval.similarity.cut", k=k, cut=values[k - 1])
    keys = ("similarity", "posts", "kept", "left")
    labels = SimilarityLabels(
        *(t(f"retrieval.similarity.{key}") for key in keys), cut=cut, hover=t("retrieval.similarity.hover")
    )
    alt = t("retrieval.similarity.alt", low=values[-1], high=values[0], median=values[len(values) // 2], cut=cut)
    components.figure(similarity_distribution(values, k=k, labels=labels), key="similarity", alt=alt)
    st.caption(timing(scene))
    components.what_to_notice(observations(values, k))
    return Recommender.retrieve, VectorIndex.search


def observations(values: np.ndarray, k: int) -> list[str]:
    """What to notice about the cut: how far similarity has fallen, and how wide the step behind it is."""
    said = [t("retrieval.notice.cut", k=k, first=float(values[0]), last=float(values[k - 1]))]
    if k < len(values):
        step = float(values[k - 1] - values[k])
        said.append(
            t("retrieval.notice.step", k=k, next=k + 1, step=step, more=int((values[k:] > values[k - 1] - 0.01).sum()))
        )
    return said
