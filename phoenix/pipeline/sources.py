"""Where candidates come from, exploration aside. Each post stands once, and knows every source that brought it."""

import numpy as np

from phoenix.pipeline.candidates import Candidates, Context
from phoenix.pipeline.settings import PipelineSettings

MOST_SPARE = 2_000


def take_retrieved(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """The posts nearest to the user, out of the whole corpus."""
    return feed.join("retrieval", context.retrieved) if settings.use_retrieval else feed


def take_in_network(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """The newest posts by authors whom the user follows."""
    world = context.world
    if not settings.in_network or not (world.knows("follows") and world.knows("ages")):
        return feed
    is_followed = np.zeros(world.num_authors, bool)
    is_followed[world.followed(context.user_id)] = True
    posts = np.flatnonzero(is_followed[world.author_of_post])
    ages = post_ages(context)[posts]
    return feed.join("in_network", posts[np.argsort(ages, kind="stable")[: settings.in_network]])


def spare(history: int, served: int, *, settings: PipelineSettings) -> int:
    """How many posts the index finds beyond k, so that k are left of those that the user does not know yet."""
    known = history * settings.drop_history + served * settings.drop_served
    return min(known, MOST_SPARE)


def keep_enough(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """Takes out what the index found beyond k; why: its place among the found ones that are left, from 1."""
    places = np.where(feed.sources.sum(axis=1) > feed.sources[:, 0], 0, np.cumsum(feed.sources[:, 0]))
    if places.max(initial=0) <= context.k:
        return feed
    return feed.without("enough", drop=places > context.k, because=places)


def post_ages(context: Context) -> np.ndarray:
    """Hours since each post was written, at the moment of serving; float [N]."""
    return context.world.posts["age_hours"].to_numpy()
