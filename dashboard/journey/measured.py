"""What the Journey page asks the library, kept for all sessions; treat every answer as read-only."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard.resources import recommend, recommender

if TYPE_CHECKING:
    from phoenix.analysis.journey import Journey


@st.cache_data(show_spinner=False, max_entries=64)
def journey(user_id: int, post_id: int) -> "Journey":
    """One post's way through a pass over the user's retrieved candidates, and itself if it is none of them."""
    from phoenix.analysis.journey import trace

    candidates = recommend(user_id).result.ranking.post_ids
    return trace(recommender(), user_id, post_id=post_id, candidates=candidates)


@st.cache_data(show_spinner=False, max_entries=128)
def retrieval_place(user_id: int, post_id: int) -> int:
    """Place of a post in the whole corpus by similarity to the user, from 1."""
    from phoenix.analysis.corpus import place_of

    return place_of(post_id, recommender().corpus_embeddings @ recommender().embed_user(user_id))


@st.cache_data(show_spinner=False)
def identical_posts() -> int:
    """How many pairs of posts have the same buckets."""
    from phoenix.analysis.journey import identical_pairs

    return identical_pairs(recommender(), "post")
