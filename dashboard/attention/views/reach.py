"""Reachability: how far information travels along the paths of a mask, layer by layer."""

from collections.abc import Sequence

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.attention import grids, rules
from dashboard.attention.choices import DEEPEST
from dashboard.attention.scene import Scene
from dashboard.locale import t
from dashboard.view import Chart, Table, Text, View
from dashboard.words import count
from phoenix.masks import reachability


def view(scene: Scene) -> View:
    """Who can have influenced whom after some layers, and what can have reached the candidate of interest."""
    reach = reachability(scene.mask, DEEPEST)
    pairs = rules.foreign_pairs(reach, context=scene.context)
    total = len(scene.candidates) * (len(scene.candidates) - 1)
    alt = t("attention.reach.alt", depth=scene.depth, reached=count(pairs[scene.depth]), pairs=count(total))
    reached = t("attention.reach.table", number=scene.interest + 1)
    return View(
        blocks=(
            Chart(_draw(reach, scene), alt=alt, key="reach_grid"),
            Text(reached),
            Table(table(reach, scene), alt=reached, key="reach_table"),
        ),
        notices=notices(pairs, total=total, scene=scene),
        maths=t("attention.maths"),
        sources=(reachability,),
    )


def _draw(reach: np.ndarray, scene: Scene) -> go.Figure:
    legend = {name: t(f"attention.reach.{name}") for name in ("allowed", "forbidden", "opened")}
    chart = grids.draw(reach[scene.depth].astype(np.uint8), scene, reference=reach[1], legend=legend)
    # What a cell says here is not whether it may be attended to, so the hover has its own words.
    hover = t("attention.reach.hover", depth=scene.depth) + "<extra></extra>"
    chart.update_traces(hovertemplate=hover, customdata=None, selector={"type": "heatmap"})
    return chart.update_layout(xaxis_title=t("attention.reach.source"), yaxis_title=t("attention.reach.target"))


def table(reach: np.ndarray, scene: Scene) -> pd.DataFrame:
    """From which positions information has reached the candidate of interest, after each number of layers."""
    row = reach[1:, scene.context + scene.interest]
    past, candidates = len(scene.history), len(scene.candidates)
    others = row[:, scene.context :].sum(axis=1) - row[:, scene.context + scene.interest]
    return pd.DataFrame(
        {
            t("attention.reach.layers"): range(1, len(row) + 1),
            t("attention.block.user"): [t("common.yes") if reached else t("common.no") for reached in row[:, 0]],
            t("attention.block.history"): [f"{int(n)} / {past}" for n in row[:, 1 : scene.context].sum(axis=1)],
            t("attention.reach.others"): [f"{int(n)} / {candidates - 1}" for n in others],
        }
    )


def notices(pairs: Sequence[int], *, total: int, scene: Scene) -> tuple[str, ...]:
    """When the first candidate reaches another.

    Args:
      pairs: from `foreign_pairs`.
      total: number of ordered pairs.
      scene: what is shown.
    """
    deepest = len(pairs) - 1
    if not pairs[deepest]:
        return t("attention.reach.never", pairs=count(total), layers=deepest), t("attention.reach.meaning")
    first = next(depth for depth, reached in enumerate(pairs) if reached)
    values = {"pairs": count(total), "first": first, "reached": count(pairs[first]), "layers": scene.layers}
    if first == 1:
        said = [t("attention.reach.at_once", **values)]
    else:
        said = [t("attention.reach.later", before=first - 1, **values)]
        if scene.variant == "leaky":
            said.append(t("attention.reach.sketch"))
    growing = [depth for depth in range(first + 1, deepest + 1) if pairs[depth] > pairs[depth - 1]]
    if growing:
        last = growing[-1]
        said.append(t("attention.reach.grows", depth=last, reached=count(pairs[last]), pairs=count(total)))
    if first > scene.layers:
        said.append(t("attention.reach.too_deep", layers=scene.layers))
    return tuple(said)
