"""What can be taken away: the ranking as a table, the picture, a link, and the way to the other pages."""

from functools import partial

import numpy as np
import pandas as pd
import plotly.graph_objects as go
import streamlit as st

from dashboard import navigation, state
from dashboard.locale import t
from dashboard.ranking.scene import Scene
from phoenix.actions import ACTIONS


def show(scene: Scene, view: str, chart: go.Figure | None) -> None:
    """Draws the buttons; the files are made when they are asked for.

    Args:
      scene: what is shown.
      view: name of the view, for the file.
      chart: the view's figure, None if it has none to give.
    """
    with st.expander(t("ranking.export"), icon=":material/download:", key="export", on_change="rerun") as box:
        if not box.open:
            return
        with st.container(horizontal=True):
            name = f"ranking-user-{scene.user_id}"
            st.download_button(
                t("ranking.export.csv"),
                partial(to_csv, scene),
                f"{name}.csv",
                "text/csv",
                key="export_csv",
                on_click="ignore",
            )
            if chart is not None:
                st.download_button(
                    t("ranking.export.html"),
                    partial(
                        to_html, chart, paper=st.get_option(f"theme.{st.context.theme.type or 'light'}.backgroundColor")
                    ),
                    f"{name}-{view}.html",
                    "text/html",
                    key="export_html",
                    on_click="ignore",
                )
        st.markdown(t("ranking.export.link"))
        st.code(state.link(), language=None, wrap_lines=True)
        _page_links(scene)


def to_csv(scene: Scene) -> bytes:
    """The whole ranking, one candidate a line; with a byte order mark, by which spreadsheets know UTF-8."""
    return table(scene).to_csv(index=False).encode("utf-8-sig")


def table(scene: Scene) -> pd.DataFrame:
    """All candidates in order: every stage of the score, all probabilities, the text."""
    order, found = scene.stages.order, scene.stages
    columns = {
        "rank": np.arange(1, len(order) + 1),
        "post_id": scene.post_ids[order],
        "author_id": scene.author_ids[order],
        "followed": scene.followed[order],
        "score": found.final[order],
        "weighted_sum": found.weighted[order],
        "after_offset": found.offset[order],
        "after_diversity": found.diversity[order],
    }
    probabilities = {f"p_{action}": scene.probabilities[order, a] for a, action in enumerate(ACTIONS)}
    return pd.DataFrame({**columns, **probabilities, "text": [scene.texts[int(i)] for i in order]})


def to_html(chart: go.Figure, *, paper: str) -> bytes:
    """A page that shows the picture without a network: Plotly's own code is inside, hence the megabytes."""
    shown = go.Figure(chart).update_layout(paper_bgcolor=paper, plot_bgcolor=paper)
    return shown.to_html(include_plotlyjs=True, full_html=True).encode()


def _page_links(scene: Scene) -> None:
    """Links that keep user and candidate; the weights stay in the session."""
    post = int(scene.post_ids[scene.selected])
    here = {"user": str(scene.user_id), "lang": state.language()}
    with st.container(horizontal=True):
        for name, query in (("journey", {**here, "post": str(post)}), ("attention", here)):
            script = navigation.PAGES / "model" / f"{name}.py"
            if script.exists():
                page = st.Page(script, title=t(f"common.page.{name}"), url_path=name)
                st.page_link(page, label=t(f"ranking.link.{name}"), icon=":material/arrow_forward:", query_params=query)
