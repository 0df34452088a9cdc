"""Embeddings: how do two hashes stand in for an id?"""

import streamlit as st

from dashboard import components
from dashboard.embeddings import collisions, forced, padding, quiz, twins
from dashboard.locale import t
from phoenix.embedding import block_user_reduce
from phoenix.hashing import hash_ids

VIEWS = {
    "collisions": collisions.show,
    "twins": twins.show,
    "forced": forced.show,
    "padding": padding.show,
}


@st.fragment
def panel() -> None:
    """The chosen view with its controls; reruns on its own."""
    view = components.choice(
        "view", tuple(VIEWS), default="collisions", label=t("embeddings.view"), names="embeddings.views"
    )
    VIEWS[view]()


panel()
components.maths(t("embeddings.maths"))
components.source(hash_ids, block_user_reduce)
quiz.show()
