"""What does not get as far as the ranker. A filter keeps the order, and run twice it takes nothing more out.

Each records why: the number beside a post that went out is what its filter's docstring says.
"""

import re

import numpy as np

from phoenix.pipeline.candidates import Candidates, Context
from phoenix.pipeline.settings import PipelineSettings
from phoenix.pipeline.sources import post_ages

_LANGUAGES = ("en", "zh")


def drop_old(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """Posts older than the limit; why: their age in hours."""
    if settings.oldest_hours is None or not context.world.knows("ages"):
        return feed
    ages = post_ages(context)[feed.posts]
    return feed.without("oldest_hours", drop=ages > settings.oldest_hours, because=ages)


def drop_history(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """Posts that the user has acted on; why: how many rows of the history ago, 1 for the newest."""
    if not settings.drop_history:
        return feed
    return _drop_known(feed, "drop_history", context.history.posts[context.history.posts >= 0])


def drop_served(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """Posts that were shown in this session; why: how many posts ago, 1 for the last one shown."""
    return _drop_known(feed, "drop_served", context.served) if settings.drop_served else feed


def drop_blocked(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """Posts by authors whom the user has blocked or muted; why: how many rows of the history ago, 1 for the newest."""
    world, history = context.world, context.history
    columns = [world.actions.index(name) for name in settings.blocking if name in world.actions.names]
    if not settings.drop_blocked or not columns or not world.knows("authors"):
        return feed
    kept = history.posts >= 0
    blocked = history.actions[kept][:, columns].any(axis=1)
    authors = np.where(blocked, world.author_of_post[history.posts[kept]], -1)
    ago = _last_seen(authors, world.author_of_post[feed.posts])
    return feed.without("drop_blocked", drop=ago > 0, because=ago)


def drop_topics(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """Posts on muted topics; why: the topic."""
    if not settings.muted_topics or context.world.topic_of_post is None:
        return feed
    topics = context.world.topic_of_post[feed.posts]
    return feed.without("muted_topics", drop=np.isin(topics, settings.muted_topics), because=topics)


def drop_words(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """Posts with a muted word, in whichever language they are read; why: which of the words, counted from 0."""
    if not settings.muted_words or not context.world.knows("text"):
        return feed
    patterns = [_pattern(word) for word in settings.muted_words]
    texts = zip(*(context.world.post_text(feed.posts, language) for language in _LANGUAGES), strict=True)
    found = np.array([_first_match(patterns, "\n".join(text)) for text in texts], np.int64)
    return feed.without("muted_words", drop=found >= 0, because=found)


def _drop_known(feed: Candidates, stage: str, known: np.ndarray) -> Candidates:
    ago = _last_seen(known, feed.posts)
    return feed.without(stage, drop=ago > 0, because=ago)


def _last_seen(seen: np.ndarray, wanted: np.ndarray) -> np.ndarray:
    """How many entries from the end of `seen` each wanted number stands last, from 1; 0 where it does not."""
    newest_first = seen[::-1]
    numbers, place = np.unique(newest_first, return_index=True)
    if not len(numbers):
        return np.zeros(len(wanted), np.int64)
    nearest = np.minimum(np.searchsorted(numbers, wanted), len(numbers) - 1)
    return np.where(numbers[nearest] == wanted, place[nearest] + 1, 0)


def _pattern(word: str) -> re.Pattern[str]:
    """Where letters are written without spaces, a word may stand anywhere; others stand alone."""
    escaped = re.escape(word.strip())
    return re.compile(rf"(?<!\w){escaped}(?!\w)" if word.isascii() else escaped, re.IGNORECASE)


def _first_match(patterns: list[re.Pattern[str]], text: str) -> int:
    return next((index for index, pattern in enumerate(patterns) if pattern.search(text)), -1)
