"""What the recommender answers: one NamedTuple for each question. Nothing in them is shared or kept.

Glossary: n candidates, A actions, K retrieved, S history, T = 1 + S + n.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from phoenix.pipeline.candidates import Step
from phoenix.scoring import ScoreStages


class Retrieval(NamedTuple):
    """Posts found for a user: ids int64 [K], cosines float32 [K], best first, and seconds per stage."""

    user_id: int
    post_ids: np.ndarray
    scores: np.ndarray
    seconds: dict[str, float]


class Ranking(NamedTuple):
    """Predictions for posts in the order given: logits and probabilities float32 [n, A]."""

    user_id: int
    post_ids: np.ndarray
    logits: np.ndarray
    probabilities: np.ndarray


class Recommendation(NamedTuple):
    """A feed and everything on the way to it.

    Attributes:
      user_id: whose feed it is.
      history: the history that was used, see `Recommender.history`.
      retrieval: what the index returned.
      ranking: predictions for the n candidates: the retrieved posts in their order, unless the pipeline's settings
        bring others or take some out.
      author_ids: int64 [n], author of each candidate.
      followed: bool [n], whether the user follows that author.
      weights: float64 [A].
      stages: score stages of the candidates, in their order.
      feed: int64 [at most top], post ids, best first.
      seconds: time of each stage: history, encode_user, search, rank, score, and those of the pipeline that are on.
      sources: bool [n, 3], which of `phoenix.pipeline.SOURCES` brought each candidate.
      steps: what each source and filter brought or took out.
      order: int [n], the candidates in the order of the feed: that of the score, unless diversity or exploration
        changed it.
    """

    user_id: int
    history: pd.DataFrame
    retrieval: Retrieval
    ranking: Ranking
    author_ids: np.ndarray
    followed: np.ndarray
    weights: np.ndarray
    stages: ScoreStages
    feed: np.ndarray
    seconds: dict[str, float]
    sources: np.ndarray
    steps: tuple[Step, ...]
    order: np.ndarray


class Inspection(NamedTuple):
    """Intermediates of one dense pass without its padding, T = 1 + history + candidates.

    Attributes:
      tokens: [T, D] input tokens.
      attention: [L, H, T, T], rows sum to 1 up to rounding.
      residuals: [2 L + 1, T, D], hidden state after each half layer.
      mask: int8 [T, T], 1 = may attend.
      logits: [n, A].
    """

    tokens: np.ndarray
    attention: np.ndarray
    residuals: np.ndarray
    mask: np.ndarray
    logits: np.ndarray
