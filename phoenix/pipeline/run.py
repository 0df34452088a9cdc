"""The stages in their order, run one after the other and timed."""

import time
from collections.abc import Callable

import numpy as np
from scipy.special import expit

from phoenix.pipeline.candidates import Candidates, Context
from phoenix.pipeline.diversity import diversify
from phoenix.pipeline.exploration import explore, take_anything
from phoenix.pipeline.filters import drop_blocked, drop_history, drop_old, drop_served, drop_topics, drop_words
from phoenix.pipeline.settings import PipelineSettings
from phoenix.pipeline.sources import keep_enough, take_in_network, take_retrieved
from phoenix.scoring import score_feed

Stage = Callable[[Candidates, Context, PipelineSettings], Candidates]


def rank(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """The ranker's logits for all candidates."""
    empty = np.zeros((0, len(context.world.actions)), np.float32)
    return feed._replace(logits=context.rank(feed.posts) if len(feed.posts) else empty)


def score(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """The stages of the score, and the order that they make."""
    world = context.world
    scores = score_feed(
        expit(feed.logits),
        weights=context.weights,
        author_ids=world.author_of_post[feed.posts].astype(np.int64),
        followed=world.follows_authors_of(context.user_id, feed.posts),
        settings=settings.score,
        actions=world.actions,
    )
    return feed._replace(scores=scores, order=scores.order)


STAGES: dict[str, Stage] = {
    "retrieval": take_retrieved,
    "in_network": take_in_network,
    "exploration": take_anything,
    "oldest_hours": drop_old,
    "drop_history": drop_history,
    "drop_served": drop_served,
    "drop_blocked": drop_blocked,
    "muted_topics": drop_topics,
    "muted_words": drop_words,
    "enough": keep_enough,
    "rank": rank,
    "score": score,
    "diversity": diversify,
    "explore": explore,
}


def run_stages(context: Context, settings: PipelineSettings) -> tuple[Candidates, dict[str, float]]:
    """Runs every stage.

    Args:
      context: whose feed it is.
      settings: which stages do something; checked.

    Returns:
      The candidates, in the order of the feed, and the seconds of each stage that did something.
    """
    feed, seconds = Candidates(), {}
    for name, stage in STAGES.items():
        begun, before = time.perf_counter(), feed
        feed = stage(feed, context, settings)
        if feed is not before:
            seconds[name] = time.perf_counter() - begun
    return feed, seconds
