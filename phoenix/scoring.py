"""From the probabilities of all actions to one score and a feed.

Glossary: n candidates, A actions.

Stages, as in the release: the weighted sum; an offset that maps every score to a positive one, because a factor below
1 would raise a negative score; author diversity; the out-of-network factor.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from phoenix.actions import ActionSet, Weights
from phoenix.checks import check_array, is_real, shown


class ScoreSettings(NamedTuple):
    """Switches and parameters of the stages after the weighted sum; the defaults are the release's.

    Attributes:
      use_offset, use_diversity, use_network: whether a stage is applied.
      offset: o, what is added to a sum of 0 or more, and the scale of those below; above 0.
      decay: factor from one post of an author to the author's next, 0 … 1.
      floor: least diversity factor, 0 … 1.
      network: factor for authors whom the user does not follow, 0 … 1.
      offset_at_zero: whether o is added where all weights are zero too; the release then adds none.
      mutual: what is added to the weight of `MUTUAL_ACTION` for authors who follow the user back, 0 or more; the
        release of 2026 adds 15, our worlds do not know who follows back.
    """

    use_offset: bool = True
    use_diversity: bool = True
    use_network: bool = True
    offset: float = 0.001
    decay: float = 0.5
    floor: float = 0.25
    network: float = 0.75
    offset_at_zero: bool = False
    mutual: float = 0.0


MUTUAL_ACTION = "reply"
RELEASE = ScoreSettings()


class ScoreStages(NamedTuple):
    """Every stage of the score, each float64 [n] in the order of the candidates given.

    Attributes:
      contributions: [n, A], weight times probability.
      weighted: their sum.
      offset: after the offset.
      diversity: after the author-diversity factor.
      final: after the out-of-network factor.
      order: int [n], indices of the candidates, best first; ties keep the order given.
    """

    contributions: np.ndarray
    weighted: np.ndarray
    offset: np.ndarray
    diversity: np.ndarray
    final: np.ndarray
    order: np.ndarray


def score_feed(
    probabilities: ArrayLike,
    *,
    weights: Weights,
    author_ids: ArrayLike,
    followed: ArrayLike,
    mutual: ArrayLike | None = None,
    settings: ScoreSettings = RELEASE,
    actions: ActionSet,
) -> ScoreStages:
    """Scores candidates and orders them.

    Args:
      probabilities: [n, A], 0 … 1.
      weights: see `phoenix.actions.ActionSet.resolve_weights`.
      author_ids: int [n].
      followed: bool [n], whether the user follows the author.
      mutual: bool [n], whether user and author follow each other; None where nobody is known to follow back.
      settings: of the stages after the weighted sum.
      actions: of the world, A of them.

    Returns:
      `ScoreStages`.

    Raises:
      ValueError: unusable weights or candidates, or a setting outside its range.
    """
    _check_settings(settings)
    table = _check_probabilities(probabilities, num_actions=len(actions))
    authors, follows = _check_candidates(len(table), author_ids=author_ids, followed=followed)
    vector = actions.resolve_weights(weights)
    contributions = table * vector
    if mutual is not None and settings.mutual and MUTUAL_ACTION in actions.names:
        column = actions.index(MUTUAL_ACTION)
        contributions[:, column] += settings.mutual * table[:, column] * _check_flags(len(table), mutual=mutual)
    weighted = contributions.sum(axis=1)
    shifted = weighted
    if settings.use_offset:
        at_zero = settings.offset if settings.offset_at_zero else 0.0
        shifted = offset_scores(weighted, vector, offset=settings.offset, at_zero=at_zero)
    diverse = shifted
    if settings.use_diversity:
        diverse = shifted * diversity_factors(shifted, authors, decay=settings.decay, floor=settings.floor)
    final = np.where(follows, diverse, diverse * settings.network) if settings.use_network else diverse
    return ScoreStages(contributions, weighted, shifted, diverse, final, _best_first(final))


def offset_scores(
    weighted: np.ndarray, weights: np.ndarray, *, offset: float = RELEASE.offset, at_zero: float = 0.0
) -> np.ndarray:
    """Makes scores positive: s + o for s ≥ 0, otherwise (s + N) / W · o; without any weight max(s, 0), as released.

    W is the sum of |weights|, N the sum of |negative weights|; s ≥ -N since probabilities are at most 1.

    Args:
      weighted: [n] weighted sums s.
      weights: [A].
      offset: o, above 0.
      at_zero: what is added where every weight is 0.

    Returns:
      float64 [n].
    """
    total = np.abs(weights).sum()
    if total == 0:
        return np.maximum(weighted, 0.0) + at_zero
    negative = np.abs(weights[weights < 0]).sum()
    return np.where(weighted >= 0, weighted + offset, (weighted + negative) / total * offset)


def diversity_factors(scores: np.ndarray, author_ids: np.ndarray, *, decay: float, floor: float) -> np.ndarray:
    """The factor (1 - floor)·decay^j + floor for an author's j-th repeat in score order; j = 0 is the best post.

    Args:
      scores: [n].
      author_ids: int [n].
      decay: 0 … 1.
      floor: 0 … 1.

    Returns:
      float64 [n].
    """
    order = _best_first(scores)
    by_author = order[np.argsort(author_ids[order], kind="stable")]
    authors = author_ids[by_author]
    place = np.arange(len(scores))
    is_first = np.r_[True, authors[1:] != authors[:-1]] if len(scores) else np.zeros(0, bool)
    repeats = np.empty(len(scores), np.int64)
    repeats[by_author] = place - np.maximum.accumulate(np.where(is_first, place, 0))
    return (1 - floor) * np.power(float(decay), repeats) + floor


def _best_first(scores: np.ndarray) -> np.ndarray:
    return np.argsort(-scores, kind="stable")


def _check_settings(settings: ScoreSettings) -> None:
    for name, value in settings._asdict().items():
        if name.startswith("use_") or name == "offset_at_zero":
            if not isinstance(value, bool | np.bool_):
                raise ValueError(f"{name} must be True or False, got {shown(value)}.")
        elif not is_real(value) or not 0 <= value < np.inf:
            raise ValueError(f"{name} must be a finite number of at least 0, got {shown(value)}.")
        elif name == "offset" and value == 0:
            raise ValueError("offset must be above 0, got 0: to leave the stage out, set use_offset to False.")
        elif name not in ("offset", "mutual") and value > 1:
            raise ValueError(f"{name} must lie between 0 and 1, got {shown(value)}.")


def _check_probabilities(probabilities: ArrayLike, *, num_actions: int) -> np.ndarray:
    """Probabilities as float64 [n, A]."""
    table = check_array(probabilities, what="Probabilities")
    if table.ndim != 2 or table.shape[1] != num_actions or table.dtype.kind not in "fiu":
        raise ValueError(
            f"Probabilities must be numbers of shape [n, {num_actions}], one column for each action, got "
            f"{table.dtype} of shape {table.shape}."
        )
    # A NaN makes either comparison False.
    if table.size and not (table.min() >= 0 and table.max() <= 1):
        raise ValueError("Probabilities must lie between 0 and 1, and none may be NaN: give sigmoids, not logits.")
    return table.astype(np.float64, copy=False)


def _check_candidates(count: int, *, author_ids: ArrayLike, followed: ArrayLike) -> tuple[np.ndarray, np.ndarray]:
    """Authors as int [n], followed as bool [n]."""
    authors = check_array(author_ids, what="author_ids")
    if authors.shape != (count,) or authors.dtype.kind not in "iu":
        raise ValueError(_one_for_each("author_ids", authors, what="whole numbers", count=count))
    return authors, _check_flags(count, followed=followed)


def _check_flags(count: int, **given: ArrayLike) -> np.ndarray:
    """The one array that is given, under its name, as bool [n]."""
    ((name, value),) = given.items()
    flags = check_array(value, what=name)
    if flags.shape != (count,) or flags.dtype.kind != "b":
        raise ValueError(_one_for_each(name, flags, what="True or False", count=count))
    return flags


def _one_for_each(name: str, got: np.ndarray, *, what: str, count: int) -> str:
    return f"{name} must be {what}, one for each of the {count} candidates, got {got.dtype} of shape {got.shape}."
