"""Is retrieval any good? True P(favorite) of what came back, against random posts and against the best there are."""

from typing import NamedTuple

import numpy as np

from dashboard import words
from dashboard.locale import t


class Truth(NamedTuple):
    """Mean true P(favorite).

    Attributes:
      candidates: over the candidates.
      random: over the whole corpus, that is, of a random post.
      best: over the best k posts there are.
      recovered: (candidates - random) / (best - random).
    """

    candidates: float
    random: float
    best: float
    recovered: float


def truth(post_ids: np.ndarray, favorite: np.ndarray) -> Truth:
    """Compares candidates with random posts and with the best there are.

    Args:
      post_ids: int [k].
      favorite: true P(favorite) of this user for every post of the corpus, float [N].
    """
    k = len(post_ids)
    candidates, random = float(favorite[post_ids].mean()), float(favorite.mean())
    best = float(np.partition(favorite, len(favorite) - k)[len(favorite) - k :].mean())
    return Truth(candidates, random, best, (candidates - random) / (best - random) if best > random else 1.0)


def truth_sentence(judged: Truth, k: int) -> str:
    """The comparison in words."""
    return t(
        "retrieval.notice.quality",
        candidates=words.percent(judged.candidates),
        random=words.percent(judged.random),
        best=words.percent(judged.best),
        recovered=words.percent(judged.recovered),
        k=k,
    )
