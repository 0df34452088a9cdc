"""Reachability: how far information travels along the paths of a mask, layer by layer."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import components
from dashboard.attention import controls
from dashboard.attention.mask import DEEPEST, draw, foreign_pairs
from dashboard.attention.scene import Places, Scene
from dashboard.locale import t
from dashboard.words import count
from phoenix.masks import reachability

DEPTHS = tuple(str(depth) for depth in range(1, DEEPEST + 1))


def show(scene: Scene, names: Sequence[str], places: Places, *, model_layers: int) -> None:
    """Who can have influenced whom after some layers, in the coordinates of the mask."""
    with places.aside:
        label = t("attention.depth", layers=model_layers)
        depth = int(controls.segments("depth", DEPTHS, default="2", label=label, names={}))
        controls.choose_interest(scene, names)
        drawn = controls.drawn(scene)
    reach = reachability(scene.mask, DEEPEST)
    legend = {name: t(f"attention.reach.{name}") for name in ("allowed", "forbidden", "opened")}
    chart = draw(reach[depth].astype(np.uint8), scene, names, drawn=drawn, reference=reach[1], legend=legend)
    # What a cell says here is not whether it may be attended to, so the hover has its own words.
    hover = t("attention.reach.hover", depth=depth) + "<extra></extra>"
    chart.update_traces(hovertemplate=hover, customdata=None, selector={"type": "heatmap"})
    chart.update_layout(xaxis_title=t("attention.reach.source"), yaxis_title=t("attention.reach.target"))
    pairs = foreign_pairs(reach, context=scene.context)
    total = len(scene.post_ids) * (len(scene.post_ids) - 1)
    values = {"depth": depth, "reached": count(pairs[depth]), "pairs": count(total)}
    components.figure(chart, key="reach_grid", alt=t("attention.reach.alt", **values))
    components.what_to_notice(notices(pairs, total=total, scene=scene, model_layers=model_layers))
    st.markdown(t("attention.reach.table", number=scene.interest + 1))
    st.table(table(reach, scene), hide_index=True)


def table(reach: np.ndarray, scene: Scene) -> pd.DataFrame:
    """From which positions information has reached the candidate of interest, after each number of layers."""
    row = reach[1:, scene.context + scene.interest]
    past, candidates = len(scene.history), len(scene.post_ids)
    others = row[:, scene.context :].sum(axis=1) - row[:, scene.context + scene.interest]
    return pd.DataFrame(
        {
            t("attention.reach.layers"): range(1, len(row) + 1),
            t("attention.block.user"): [t("common.yes") if reached else t("common.no") for reached in row[:, 0]],
            t("attention.block.history"): [f"{int(n)} / {past}" for n in row[:, 1 : scene.context].sum(axis=1)],
            t("attention.reach.others"): [f"{int(n)} / {candidates - 1}" for n in others],
        }
    )


def notices(pairs: Sequence[int], *, total: int, scene: Scene, model_layers: int) -> list[str]:
    """What to notice: when the first candidate reaches another.

    Args:
      pairs: from `foreign_pairs`.
      total: number of ordered pairs.
      scene: what is shown.
      model_layers: of the trained ranker.
    """
    deepest = len(pairs) - 1
    if not pairs[deepest]:
        return [t("attention.reach.never", pairs=count(total), layers=deepest), t("attention.reach.meaning")]
    first = next(depth for depth, reached in enumerate(pairs) if reached)
    values = {"pairs": count(total), "first": first, "reached": count(pairs[first]), "layers": model_layers}
    if first == 1:
        said = [t("attention.reach.at_once", **values)]
    else:
        said = [t("attention.reach.later", before=first - 1, **values)]
        if scene.variant == "leaky":
            said.append(t("attention.reach.sketch"))
    growing = [depth for depth in range(first + 1, deepest + 1) if pairs[depth] > pairs[depth - 1]]
    if growing:
        said.append(
            t("attention.reach.grows", depth=growing[-1], reached=count(pairs[growing[-1]]), pairs=count(total))
        )
    if first > model_layers:
        said.append(t("attention.reach.too_deep", layers=model_layers))
    return said
