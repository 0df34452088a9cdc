"""The post under inspection: it stays the same when weights, order or view change, until the visitor chooses another.

It stands in the address as `post`. Until somebody chooses, the page takes one: the best, or in a view that asks what
could bring a post into the top, one at its edge.
"""

from collections.abc import Sequence

import numpy as np
import streamlit as st

from dashboard import controls, state
from dashboard.locale import t

_TAKEN = "ranking.taken"  # ids that the page has taken for want of a choice


def read(post_ids: np.ndarray, *, suggested: int, insists: bool = False, **list_widget: object) -> int:
    """Index of the selected candidate.

    Args:
      post_ids: int [n].
      suggested: index of the one to take while nobody has chosen.
      insists: whether it also replaces one that the page itself took in another view.
      **list_widget: label and names of a list to choose from, see `controls.item`; without them there is none.
    """
    taken = state.recall(_TAKEN, frozenset())
    if insists and state.given("post") in taken:
        state.settle("post", None)
    given = state.given("post")
    posts = post_ids.tolist()
    post = controls.item(
        "post", posts, default=posts[suggested], problem="ranking.problem.post", on_change=_forget, **list_widget
    )
    if given != str(post):
        state.keep(_TAKEN, taken | {str(post)})
    return posts.index(post)


def choose(post: object) -> None:
    """Selects a post because the visitor has clicked on it."""
    controls.put("post", int(post))
    _forget()


def _forget() -> None:
    """What has been chosen was not taken by the page."""
    state.keep(_TAKEN, state.recall(_TAKEN, frozenset()) - {state.given("post")})


def rank_field(order: Sequence[int], post_ids: np.ndarray, *, rank: int) -> None:
    """A field for the rank of the post to select, for those who cannot click on a row."""
    key, posts = controls.key("rank"), np.asarray(post_ids)[order]

    def take() -> None:
        choose(posts[state.widget_value(key) - 1])

    state.show_value(key, rank)
    look = {"icon": ":material/tag:", "width": 118, "label_visibility": "collapsed"}
    st.number_input(t("ranking.pick"), 1, len(posts), key=key, on_change=take, **look)
