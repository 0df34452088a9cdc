"""What the Journey page asks the library, kept for all sessions; treat every answer as read-only."""

from typing import TYPE_CHECKING

from dashboard.resources import Subject, edited_history, keep_data, recommend, recommender

if TYPE_CHECKING:
    from phoenix.analysis.journey import Journey


@keep_data(entries=64)
def journey(who: Subject, post_id: int) -> "Journey":
    """One post's way through a pass over the user's retrieved candidates, and itself if it is none of them."""
    from phoenix.analysis.journey import trace

    candidates = recommend(who).result.ranking.post_ids
    asked = {"post_id": post_id, "candidates": candidates, "history": edited_history(who)}
    return trace(recommender(), who.user_id, **asked)


@keep_data(entries=128)
def retrieval_place(who: Subject, post_id: int) -> int:
    """Place of a post in the whole corpus by similarity to the user, from 1."""
    from phoenix.analysis.corpus import place_of

    vector = recommender().embed_user(who.user_id, history=edited_history(who))
    return place_of(post_id, recommender().corpus_embeddings @ vector)


@keep_data(entries=8)
def identical_posts() -> int:
    """How many pairs of posts have the same buckets."""
    from phoenix.analysis.journey import identical_pairs

    return identical_pairs(recommender(), "post")
