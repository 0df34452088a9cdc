"""A feed whose posts differ: a determinantal point process or MMR over the best posts.

Both weigh relevance r against similarity, θ against 1 - θ. Relevance is the final score, scaled to 0 … 1 over the
pool; the similarity of two posts is S = (1 + cosine of their vectors) / 2, from 0 to 1.

* DPP (Chen, Zhang and Zhou 2018, Fast Greedy MAP Inference for Determinantal Point Process): greedily the set R with
  the largest θ·Σ r + (1 - θ)·log det S_R, which is the kernel diag(e^{αr})·S·diag(e^{αr}) with α = θ / (2 (1 - θ)).
  The determinant grows by the square d² of what a post adds at a right angle to those chosen; a Cholesky factor that
  grows by a row for each choice keeps d² for all posts, so k of n posts take O(k² n).
* MMR (Carbonell and Goldstein 1998): greedily the post with the largest θ·r - (1 - θ)·max S to those chosen.

Glossary: n posts of the pool, k chosen, D width.
"""

from collections.abc import Callable

import numpy as np

from phoenix.pipeline.candidates import Candidates, Context
from phoenix.pipeline.settings import PipelineSettings

Rows = Callable[[int], np.ndarray]
_LEAST = 1e-10  # a squared volume below it is rounding: the post adds nothing


def diversify(feed: Candidates, context: Context, settings: PipelineSettings) -> Candidates:
    """Puts the chosen ones of the pool first, in the order of their choice; all others stay in theirs."""
    if settings.diversity == "off" or not len(feed.posts):
        return feed
    vectors = context.vectors[feed.posts]
    order = put_diverse_first(
        feed.order, scores=feed.scores.final, vectors=vectors, settings=settings, count=context.top
    )
    return feed._replace(order=order)


def put_diverse_first(
    order: np.ndarray, *, scores: np.ndarray, vectors: np.ndarray, settings: PipelineSettings, count: int
) -> np.ndarray:
    """Chooses among the pool, the first of an order, and puts those first that were chosen.

    Args:
      order: int [n], indices of candidates, best first.
      scores: float [n], of the candidates.
      vectors: float [n, D], theirs.
      settings: method, θ, size of the pool.
      count: how many are chosen at most.

    Returns:
      int [n].
    """
    pool, behind = order[: settings.pool], order[settings.pool :]
    choose = choose_by_dpp if settings.diversity == "dpp" else choose_by_mmr
    relevance, similar_to = scale_relevance(scores[pool]), similarity_rows(vectors[pool])
    picks = choose(relevance, similar_to=similar_to, theta=settings.theta, count=count)
    left = np.ones(len(pool), bool)
    left[picks] = False
    return np.concatenate([pool[picks], pool[left], behind])


def scale_relevance(scores: np.ndarray) -> np.ndarray:
    """Scores [n] from 0, the least, to 1, the largest; all 0 where they are equal."""
    low, high = scores.min(initial=np.inf), scores.max(initial=-np.inf)
    return (scores - low) / (high - low) if high > low else np.zeros(len(scores))


def similarity_rows(vectors: np.ndarray) -> Rows:
    """The rows of S of unit vectors [n, D], made when they are asked for: one for each choice is all that is needed."""
    exact = vectors.astype(np.float64)
    exact /= np.linalg.norm(exact, axis=1, keepdims=True)
    # Not by BLAS, whose threads would wait for each other longer than this takes.
    return lambda post: (1 + np.einsum("nd,d->n", exact, exact[post])) / 2


def intra_list_similarity(vectors: np.ndarray) -> float:
    """The mean cosine of all pairs of unit vectors [n, D]; NaN for fewer than two."""
    count = len(vectors)
    if count < 2:
        return float("nan")
    total = vectors.astype(np.float64).sum(axis=0)
    return float((total @ total - (vectors.astype(np.float64) ** 2).sum()) / (count * (count - 1)))


def choose_by_dpp(relevance: np.ndarray, *, similar_to: Rows, theta: float, count: int) -> np.ndarray:
    """Greedy MAP of the determinantal point process.

    Args:
      relevance: [n].
      similar_to: post → its row of S, float64 [n]; 1 for the post itself.
      theta: 0 … 1.
      count: k at most.

    Returns:
      int [k], in the order of choice; ties go to the first. Fewer than `count` where no further post adds volume.
    """
    if theta == 1:
        return np.argsort(-relevance, kind="stable")[:count]
    count = min(count, len(relevance))
    factor, volume = np.empty((count, len(relevance))), np.ones(len(relevance))
    picks: list[int] = []
    for row in range(count):
        gain = theta * relevance + (1 - theta) * np.log(np.maximum(volume, _LEAST))
        gain[volume <= _LEAST] = -np.inf
        best = int(gain.argmax())
        if gain[best] == -np.inf:
            break
        grown = (similar_to(best) - factor[:row, best] @ factor[:row]) / np.sqrt(volume[best])
        factor[row] = grown
        volume -= grown**2
        volume[best] = 0.0
        picks.append(best)
    return np.array(picks, np.int64)


def choose_by_mmr(relevance: np.ndarray, *, similar_to: Rows, theta: float, count: int) -> np.ndarray:
    """Maximal marginal relevance; arguments as for `choose_by_dpp`, int [min(count, n)]."""
    nearest = np.zeros(len(relevance))
    picks: list[int] = []
    for _ in range(min(count, len(relevance))):
        gain = theta * relevance - (1 - theta) * nearest
        gain[picks] = -np.inf
        picks.append(int(gain.argmax()))
        nearest = np.maximum(nearest, similar_to(picks[-1]))
    return np.array(picks, np.int64)
