"""Where candidates come from, exploration aside. Each post stands once, and knows every source that brought it."""

import numpy as np

from phoenix.pipeline.candidates import Candidates, Context
from phoenix.pipeline.settings import PipelineSettings


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


def post_ages(context: Context) -> np.ndarray:
    """Hours since each post was written, at the moment of serving; float [N]."""
    return context.world.posts["age_hours"].to_numpy()
