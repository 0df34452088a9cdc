"""The leak, measured: who moves when whom is exchanged, and what it does to the feed."""

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import components, resources
from dashboard.attention import controls, feeds, measures, words
from dashboard.attention.scene import Places, Scene
from dashboard.figures import attention as figures
from dashboard.figures.attention.dots import scientific
from dashboard.locale import t
from dashboard.words import count
from phoenix.analysis.influence import influence_matrix
from phoenix.masks import reachability

if TYPE_CHECKING:
    from phoenix.analysis.influence import Influence

MEASURED = 32  # candidates at most


def show(scene: Scene, places: Places, *, retrieved: np.ndarray, history: pd.DataFrame) -> None:
    """The influence matrix and the feed under two masks."""
    measured = scene.limited(MEASURED)
    with places.aside:
        measure = controls.choose_measure()
    if (empty := np.flatnonzero(measured.mask.sum(axis=1) == 0)).size:
        st.warning(t("attention.leak.empty", row=int(empty[0]) + 1, most=MEASURED))
        return
    replacement = next(int(post) for post in retrieved[::-1] if post not in measured.post_ids)
    with st.spinner(t("common.computing")):
        influence = resources.influence(
            measured.user_id, measured.post_ids, replacement=replacement, **measured.conditions
        )
    base, replaced = (measures.read(logits, measure) for logits in influence)
    matrix = influence_matrix(base, replaced)
    sizes = {"history": len(measured.history), "candidates": len(measured.post_ids)}
    place = int(np.flatnonzero(retrieved == replacement)[0]) + 1
    st.markdown(t("attention.leak.caption", place=place, **sizes))
    if len(measured.post_ids) < len(scene.post_ids):
        st.caption(t("attention.leak.limited", most=MEASURED))
    chart = figures.influence_grid(matrix, text=_text(measured, measure))
    components.figure(chart, key="influence", alt=_alt(matrix, measured, measure))
    components.what_to_notice(notices(influence, matrix, measured, measure=measure))
    with places.below:
        feeds.show(scene, retrieved=retrieved, history=history)


def _text(scene: Scene, measure: str) -> figures.InfluenceText:
    long_names, ticks = words.candidate_names(scene, words.name_positions(scene, resources.recommender().world))
    return figures.InfluenceText(
        names=long_names,
        ticks=ticks,
        moved=t("attention.leak.moved"),
        exchanged=t("attention.leak.exchanged"),
        colour=t("attention.leak.colour", unit=measures.unit(measure)),
        hover=t("attention.leak.hover"),
    )


def _alt(matrix: np.ndarray, scene: Scene, measure: str) -> str:
    return t(
        "attention.leak.alt",
        count=len(matrix),
        variant=t(f"attention.mask.{scene.variant}"),
        measure=measures.name(measure),
        largest=scientific(float(np.nanmax(matrix))),
        mean=scientific(float(np.nanmean(matrix))),
    )


def largest_moves(influence: "Influence") -> np.ndarray:
    """[n, n]: at [i, j] the largest move of any logit of candidate i when j was exchanged, 0 on the diagonal."""
    moved = np.abs(influence.replaced - influence.base).max(axis=-1).T
    np.fill_diagonal(moved, 0)
    return moved


def notices(influence: "Influence", matrix: np.ndarray, scene: Scene, *, measure: str) -> list[str]:
    """What to notice: the summary, whether it agrees with the paths of the mask, and what it does not say.

    Args:
      influence: what was measured.
      matrix: [n, n], the chosen measure's part of it.
      scene: what was measured on, at most `MEASURED` candidates.
      measure: the chosen measure.
    """
    moves = largest_moves(influence)
    largest, pairs = float(moves.max()), len(moves) * (len(moves) - 1)
    if words.is_rounding(largest):
        values = {"logits": count(influence.replaced.size - influence.base.size), "zero": words.zero_to(largest)}
        said = [t("attention.leak.zero", mask=t(f"attention.mask.{scene.variant}"), **values)]
    else:
        row, column = np.unravel_index(np.nanargmax(matrix), matrix.shape)
        said = [
            t(
                "attention.leak.summary",
                measure=measures.name(measure),
                mean=words.difference(np.nanmean(matrix)),
                largest=words.difference(np.nanmax(matrix)),
                moved=row + 1,
                exchanged=column + 1,
            ),
            t("attention.leak.largest", largest=words.difference(largest), odds=f"{np.exp(min(largest, 50)):.3g}"),
        ]
    layers = resources.ranker_config().transformer.num_layers
    reach = reachability(scene.mask, layers)[-1][scene.context :, scene.context :]
    reached = int(reach.sum() - np.trace(reach))
    moved = int((moves >= words.NOISE).sum())
    key = "agrees" if moved == reached else "differs"
    said.append(t(f"attention.leak.{key}", reached=reached, moved=moved, pairs=pairs, layers=layers))
    if not words.is_rounding(largest):
        said.append(t("attention.notice.unfair"))
    return said
