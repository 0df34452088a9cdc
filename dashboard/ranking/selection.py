"""The post under inspection: it stays the same when weights, order or view change, until the visitor chooses another.

It stands in the address as `post`. Until somebody chooses, the page takes one: the best, or in a view that asks what
could bring a post into the top, one at its edge.
"""

import numpy as np
import streamlit as st

from dashboard import controls, state
from dashboard.feed import Candidates
from dashboard.locale import t

_TAKEN = "ranking.taken"  # ids that the page has taken for want of a choice
_SNIPPET = 70  # width in characters


def read(post_ids: np.ndarray, *, suggested: int, insists: bool = False, **list_widget: object) -> int:
    """Index of the selected candidate.

    Args:
      post_ids: int [n].
      suggested: index of the one to take while nobody has chosen.
      insists: whether it also replaces one that the page itself took in another view.
      **list_widget: label and names of a list to choose from, see `controls.item`; without them there is none.
    """
    taken = state.recall(state.of_world(_TAKEN), frozenset())
    if insists and state.given("post") in taken:
        state.settle("post", None)
    given = state.given("post")
    posts = post_ids.tolist()
    post = controls.item(
        "post", posts, default=posts[suggested], problem="ranking.problem.post", on_change=_forget, **list_widget
    )
    if given != str(post):
        state.keep(state.of_world(_TAKEN), taken | {str(post)})
    return posts.index(post)


def choose(post: object) -> None:
    """Selects a post because the visitor has clicked on it."""
    controls.put("post", int(post))
    _forget()


def _forget() -> None:
    """What has been chosen was not taken by the page."""
    state.keep(state.of_world(_TAKEN), state.recall(state.of_world(_TAKEN), frozenset()) - {state.given("post")})


def folded_list(candidates: Candidates, order: np.ndarray) -> None:
    """All posts by rank behind a button that names the selected one's: for those who cannot click on a row.

    A field with the rank would not do: the server would have to change it whenever a weight moves, and a browser that
    has not heard of it yet sends the old rank back as if somebody had chosen it.
    """
    label = t("ranking.pick", rank=candidates.rank)
    with st.popover(label, key=controls.key("pick"), icon=":material/list:", on_change="rerun") as box:
        if box.open:
            widget = {"label": t("ranking.pick_label"), "names": names(candidates, order)}
            read(candidates.post_ids, suggested=candidates.selected, **widget)


def names(candidates: Candidates, order: np.ndarray) -> dict[int, str]:
    """Post → its rank in an order and the beginning of its text, best first."""
    return {
        int(candidates.post_ids[i]): f"{place} · {candidates.snippet(i, _SNIPPET)}"
        for place, i in enumerate(order.tolist(), start=1)
    }
