"""What can be taken away: the ranking as a table, the picture, a link, and the way to the other pages."""

from functools import partial
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import controls, navigation, resources, state
from dashboard.locale import t
from dashboard.outside import plain
from dashboard.posts import own_name
from dashboard.ranking.scene import Scene

_FORMULA = ("=", "+", "-", "@", "\t", "\r")

if TYPE_CHECKING:
    import plotly.graph_objects as go


def show(scene: Scene, view: str, figure: "go.Figure | None") -> None:
    """Draws the buttons; the files are made when they are asked for.

    Args:
      scene: what is shown.
      view: name of the view, for the file.
      figure: the view's picture, None if it has none to give.
    """
    with st.expander(
        t("ranking.export"), icon=":material/download:", key=controls.key("export"), on_change="rerun"
    ) as box:
        if not box.open:
            return
        with st.container(horizontal=True):
            of = f"ranking-user-{scene.user_id}{'-edited' if resources.subject().edit else ''}"
            _download("csv", partial(to_csv, scene), f"{of}.csv", "text/csv")
            if figure is not None:
                paper = st.get_option(f"theme.{st.context.theme.type or 'light'}.backgroundColor")
                name = f"{of}-{view}.html"
                _download("html", partial(to_html, figure, paper=paper), name, "text/html")
        st.markdown(t("ranking.export.link"))
        st.code(state.link(), language=None, wrap_lines=True)
        with st.container(horizontal=True):
            post = str(scene.candidates.post_ids[scene.candidates.selected])
            navigation.link("journey", label=t("ranking.link.journey"), post=post)
            navigation.link("attention", label=t("ranking.link.attention"))


def _download(kind: str, make: partial, name: str, mime: str) -> None:
    key = controls.key(f"export_{kind}")
    st.download_button(t(f"ranking.export.{kind}"), make, name, mime, key=key, on_click="ignore")


def to_csv(scene: Scene) -> bytes:
    """The whole ranking, one candidate a line; with a byte order mark, by which spreadsheets know UTF-8."""
    return table(scene).to_csv(index=False).encode("utf-8-sig")


def table(scene: Scene) -> pd.DataFrame:
    """All candidates in order: every stage of the score, all probabilities, the text."""
    candidates, found = scene.candidates, scene.candidates.stages
    order = found.order
    columns = {
        "rank": np.arange(1, len(order) + 1),
        "post_id": candidates.post_ids[order],
        "author_id": candidates.author_ids[order],
        "followed": candidates.followed[order],
        "score": found.final[order],
        "weighted_sum": found.weighted[order],
        "after_offset": found.offset[order],
        "after_diversity": found.diversity[order],
    }
    probabilities = {
        f"p_{action}": candidates.probabilities[order, a] for a, action in enumerate(candidates.actions.names)
    }
    texts = [candidates.texts[i] for i in order.tolist()]
    if scene.world.truth is None:  # ids and texts of a log are somebody else's: no spreadsheet shall run them
        columns["own_id"] = [
            _as_text(plain(own_name(post, scene.world))) for post in candidates.post_ids[order].tolist()
        ]
        texts = [_as_text(plain(text)) for text in texts]
    return pd.DataFrame({**columns, **probabilities, "text": texts})


def _as_text(text: str) -> str:
    """A text that a spreadsheet takes for a text, whatever it begins with."""
    return f"'{text}" if text[:1] in _FORMULA else text


def to_html(figure: "go.Figure", *, paper: str) -> bytes:
    """A page that shows the picture without a network: Plotly's own code is inside, hence the megabytes."""
    import plotly.graph_objects as go

    shown = go.Figure(figure).update_layout(paper_bgcolor=paper, plot_bgcolor=paper)
    return shown.to_html(include_plotlyjs=True, full_html=True).encode()
