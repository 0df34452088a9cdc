"""The Ranking page's questions to the library, cached for all sessions; treat what comes back as read-only.

A result about every post of the corpus is 12 MB, so few of these are kept.
"""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import resources

if TYPE_CHECKING:
    from phoenix.analysis.counterfactuals import LeaveOneOut
    from phoenix.analysis.frontier import Sample
    from phoenix.analysis.relevance import Contest

Chunks = tuple[tuple[int, ...], ...]  # ids of users, a few at a time


@resources.keep_resource(entries=4)
def corpus_truth(user_id: int) -> np.ndarray:
    """True probabilities of every post of the corpus, by post id: float64 [N, A], shared and read-only."""
    world = resources.recommender().world.truth
    truth = world.true_probabilities(user_id, np.arange(world.num_posts))
    truth.flags.writeable = False
    return truth


def log_only_ratios() -> dict[str, float]:
    """What the ranker predicted of served posts before it was trained on any, by action, as a multiple of the truth.

    Recorded in the training log; empty if it was not.
    """
    entries = (entry for entry in resources.recommender().training_log if entry.get("step") == 0)
    return next((entry["served_over_true"] for entry in entries if "served_over_true" in entry), {})


@resources.keep_data(entries=32)
def counts(users: int, settings: np.ndarray, _sample: "Sample", *, predicted: bool = False) -> np.ndarray:
    """Expected actions in the feed of each user under each setting of the weights: [G, U, A].

    Args:
      users: how many; the sample of so many is always the same.
      settings: [G, A].
      _sample: what was observed of them.
      predicted: as the ranker expects them, not as they truly are.
    """
    from phoenix.analysis import frontier

    return frontier.true_counts(_sample._replace(true=_sample.predicted) if predicted else _sample, settings)


@resources.keep_data(entries=128)
def moved_tops(users: int, settings: np.ndarray, _sample: "Sample", *, top: int) -> int:
    """How many of the sample's users get other posts into their top under the second of two settings."""
    from phoenix.analysis import frontier

    return int(frontier.moved_tops(_sample, settings, top=top)[1].sum())


@resources.keep_data(entries=32)
def relevance_contest(chunks: Chunks, weights: np.ndarray) -> "Contest | None":
    """Feeds by one relevance against feeds by all actions, weighted; None where a log shows these users nothing."""
    from phoenix.analysis import frontier, relevance

    sample = frontier.join([resources.observe_users(chunk) for chunk in chunks])
    actions = resources.recommender().actions
    return relevance.hold_contest(sample, weights, actions=actions) if sample.true.size else None


@resources.keep_data(entries=128)
def left_out(who: resources.Subject, post_id: int) -> "tuple[LeaveOneOut, np.ndarray]":
    """A post's logits with and without each row of the history, and [A] without any history."""
    history = resources.history(who)
    cold = resources.recommender().rank(who.user_id, [post_id], history=history.head(0)).logits[0]
    return resources.leave_one_out(who.user_id, post_id, history=history), cold
