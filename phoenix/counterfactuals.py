"""What-if questions to the trained ranker: what changes in the answer when something in the question changes.

Glossary: S history rows, n candidates, A actions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd

from phoenix.serving import Recommender


class LeaveOneOut(NamedTuple):
    """Logits without one row of the history at a time.

    Attributes:
      history: S rows, oldest first.
      base: float32 [n, A], with the whole history.
      without: float32 [S, n, A], row s of the history left out.
    """

    history: pd.DataFrame
    base: np.ndarray
    without: np.ndarray


def leave_one_out(
    recommender: Recommender, user_id: int, post_ids: Sequence[int], *, history: pd.DataFrame | None = None
) -> LeaveOneOut:
    """Ranks posts once with the whole history and once without each of its rows, in one batched call.

    What a row contributed is `base - without[s]`: the effect of an intervention on the input, unlike an attention
    weight. Effects of single rows need not add up, since rows can stand in for one another.

    Args:
      recommender: the models.
      user_id: a user's id.
      post_ids: n different posts.
      history: another history than the user's own; an empty one gives S = 0.

    Returns:
      A `LeaveOneOut`.

    Raises:
      ValueError: as for `Recommender.rank_histories`.
    """
    whole = recommender.history(user_id) if history is None else history
    rest = [whole.drop(index=whole.index[row]) for row in range(len(whole))]
    logits = recommender.rank_histories(user_id, post_ids, [whole, *rest])
    return LeaveOneOut(whole, logits[0], logits[1:])
