"""A share ε of the feed that is not chosen by score: what keeps a feed from knowing only what it has shown."""

import numpy as np

from phoenix.hashing import uniform
from phoenix.pipeline.candidates import SOURCES, Candidates, Context
from phoenix.pipeline.settings import PipelineSettings

_EXPLORE = 61  # stream of the counter-based generator
_COLUMN = SOURCES.index("exploration")


def take_anything(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """A post drawn at random for each of exploration's places; two draws may meet in one post."""
    if settings.explore_by != "random" or not settings.explore:
        return feed
    places = exploration_places(context.top, share=settings.explore)
    draws = uniform(_EXPLORE, *context.draw, context.user_id, places)
    return feed.join("exploration", np.unique((draws * context.world.num_posts).astype(np.int64)))


def explore(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """Gives exploration its places, evenly spread over the feed; all others move up and down around them."""
    places = exploration_places(min(context.top, len(feed.posts)), share=settings.explore)
    if not len(places):
        return feed
    if settings.explore_by == "random":
        chosen = np.flatnonzero(feed.sources[:, _COLUMN])[: len(places)]
    else:
        chosen = _unfamiliar(feed, context, count=len(places))
    places = places[: len(chosen)]
    others = feed.order[~np.isin(feed.order, chosen)]
    order = np.empty_like(feed.order)
    order[places] = chosen
    order[np.setdiff1d(np.arange(len(order)), places)] = others
    return feed._replace(order=order)


def exploration_places(top: int, *, share: float) -> np.ndarray:
    """Which places of a feed of `top` exploration has, from 0: a share of them, rounded; the last of each stretch."""
    count = round(share * top)
    return np.arange(1, count + 1) * top // max(count, 1) - 1


def _unfamiliar(feed: Candidates, context: Context, *, count: int) -> np.ndarray:
    """The candidates whose nearest post of the history is farthest away, leaving alone those that stay in the feed."""
    places = feed.order[max(min(context.top, len(feed.posts)) - count, 0) :]
    seen = context.history.posts[context.history.posts >= 0]
    if not len(seen):
        return places[:count]
    nearest = (context.vectors[feed.posts[places]] @ context.vectors[seen].T).max(axis=1)
    return places[np.argsort(nearest, kind="stable")[:count]]
