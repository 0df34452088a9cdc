"""The view `ranking`: all candidates as a table, beside the fifteen probabilities of the selected one."""

from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import components, resources, state, words
from dashboard.feed import card, moves, ranks, shared_top
from dashboard.locale import t
from dashboard.ranking import bars
from dashboard.ranking.scene import Scene
from dashboard.score import zero
from dashboard.words import percent
from phoenix.actions import SIGNS


def show(scene: Scene) -> go.Figure:
    """Draws the view; returns its figure."""
    order = scene.stages.order
    if selected_rows() != [scene.rank - 1]:  # setting it makes the browser draw the table twice
        state.set_widget_value("table", {"selection": {"rows": [scene.rank - 1]}})
    st.dataframe(
        table(scene),
        key="table",
        hide_index=True,
        height=257,
        on_select=partial(select_row, [str(post) for post in scene.post_ids[order]]),
        selection_mode="single-row-required",
        placeholder="",
        column_config=columns(),
        alt=t("ranking.table.alt", count=len(order), first=scene.snippet(int(order[0]))),
    )
    components.feed([card(scene.candidates, resources.recommender().world)])
    chart = bars.show(scene)
    components.what_to_notice(notices(scene))
    return chart


def selected_rows() -> list[int]:
    """The rows marked in the table; none before it was first drawn."""
    marked = state.widget_value("table")
    return list(marked["selection"]["rows"]) if marked else []


def select_row(posts: list[str]) -> None:
    """Makes the post of the clicked row the selected one."""
    rows = selected_rows()
    if rows:
        state.set_widget_value("post", posts[rows[0]])


def table(scene: Scene) -> pd.DataFrame:
    """All candidates in order: rank, move against the baseline (missing where there is none), score, post."""
    order = scene.stages.order
    gained = moves(order, baseline=scene.baseline_order)[order]
    return pd.DataFrame(
        {
            "rank": np.arange(1, len(order) + 1),
            "move": pd.arrays.IntegerArray(gained, gained == 0),
            "score": scene.stages.final[order],
            "post": [scene.snippet(int(i)) for i in order],
        }
    )


def columns() -> dict[str, object]:
    """Titles, widths and formats of the columns of `table`."""
    column = st.column_config
    return {
        "rank": column.NumberColumn(t("feed.column.rank"), width=50),
        "move": column.NumberColumn(
            t("ranking.column.move"), format="%+d", width=60, help=t("ranking.column.move_help")
        ),
        "score": column.NumberColumn(t("feed.column.score"), format="%.4f", width=70),
        "post": column.TextColumn(t("feed.column.post")),
    }


def notices(scene: Scene) -> list[str]:
    """What to notice: what moved, what negative actions do, and that fifteen sigmoids do not add up to 1."""
    row = scene.probabilities[scene.selected]
    ratio = words.count(row.max() / max(row.min(), 1e-12))
    sigmoid = t("ranking.notice.sigmoid", **bars.extremes(row), ratio=ratio, total=f"{row.sum():.2f}")
    first = [] if scene.weights.any() else [zero(scene.candidates)]
    return [*first, moved(scene), negative(scene), sigmoid]


def moved(scene: Scene) -> str:
    """How far the order is from the baseline's."""
    order, baseline = scene.stages.order, scene.baseline_order
    gained = moves(order, baseline=baseline)
    name = t(f"common.preset.{scene.baseline}")
    if not gained.any():
        return t("ranking.notice.same", baseline=name)
    climber = int(gained.argmax())
    return t(
        "ranking.notice.moved",
        baseline=name,
        moved=int(np.count_nonzero(gained)),
        count=len(gained),
        shared=shared_top(order, baseline=baseline),
        climb=int(gained[climber]),
        rank=int(ranks(order)[climber]),
        post=scene.snippet(climber),
    )


def negative(scene: Scene) -> str:
    """How much negative actions take away over all candidates."""
    share = negative_share(scene.stages.contributions)
    if not share:
        return t("ranking.notice.no_negative")
    mean = scene.probabilities[:, SIGNS < 0].mean()
    return t("ranking.notice.negative", count=len(scene.texts), share=percent(share), mean=percent(mean))


def negative_share(contributions: np.ndarray) -> float | None:
    """How much of what positive weights add is taken away by negative ones, summed over all candidates.

    Args:
      contributions: [n, A], weight × probability.

    Returns:
      A fraction, or None if nothing is added.
    """
    gain = contributions[contributions > 0].sum()
    return float(-contributions[contributions < 0].sum() / gain) if gain > 0 else None
