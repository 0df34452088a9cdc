"""What each source brings to a feed, in posts and in true worth."""

from typing import NamedTuple

import numpy as np

from phoenix.serving import Recommendation


class SourceShares(NamedTuple):
    """Of each of `phoenix.pipeline.SOURCES`; a post that several brought counts for each of them in equal parts.

    Attributes:
      candidates: float [3], of all that were ranked.
      feed: float [3], of the posts shown.
      worth: float [3], sum of the true worth of the posts shown; None where nobody knows it.
    """

    candidates: np.ndarray
    feed: np.ndarray
    worth: np.ndarray | None


def share_by_source(made: Recommendation, *, worth: np.ndarray | None = None) -> SourceShares:
    """Counts a feed by source.

    Args:
      made: the feed.
      worth: float [n], what each post shown is truly worth, in the order of the feed.

    Returns:
      `SourceShares`; the candidates add up to their number, the feed to its length.
    """
    parts = made.sources / made.sources.sum(axis=1, keepdims=True)
    shown = parts[made.order[: len(made.feed)]]
    return SourceShares(parts.sum(axis=0), shown.sum(axis=0), None if worth is None else worth @ shown)
