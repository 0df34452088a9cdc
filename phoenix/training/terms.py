"""The losses taken apart: what each post of a batch does to them.

Glossary: B users, C impressions each, D width, A actions. Every number comes out of `phoenix.training.losses`, by
asking it about one positive, or one action, alone, and for its slope.
"""

from typing import NamedTuple

import jax
import jax.numpy as jnp
import numpy as np

from phoenix.training.losses import ranker_loss, retrieval_loss


class RetrievalTerms(NamedTuple):
    """One user's part in the retrieval loss.

    Attributes:
      loss: of the whole batch, mean over its positives.
      positives: how many positives the batch has.
      terms: float64 [C], -log P(post | user) of each of the user's posts, NaN for those that are no positives.
      shares: float64 [B, C], P(post | user) of every post of the batch; they add up to 1.
    """

    loss: float
    positives: int
    terms: np.ndarray
    shares: np.ndarray


def retrieval_terms(
    users: np.ndarray,
    candidates: np.ndarray,
    *,
    favorites: np.ndarray,
    log_q: np.ndarray,
    temperature: float,
    user: int,
) -> RetrievalTerms:
    """Takes the loss of a batch apart; arguments as for `retrieval_loss`.

    Args:
      user: whose part, 0 … B - 1.
    """

    def loss(positives: jax.Array, rates: jax.Array) -> jax.Array:
        return retrieval_loss(users, candidates, favorites=positives, log_q=rates, temperature=temperature)

    def alone(place: int) -> jax.Array:
        return jnp.zeros(favorites.shape, jnp.float32).at[user, place].set(1.0)

    places = np.flatnonzero(favorites[user])
    terms = np.full(favorites.shape[1], np.nan)
    terms[places] = [float(loss(alone(place), log_q)) for place in places]
    # The slope with respect to a post's log Q is 1 - P for the positive, -P for all others.
    first = alone(0)
    shares = np.asarray(first - jax.grad(loss, argnums=1)(first, jnp.asarray(log_q)), np.float64)
    return RetrievalTerms(float(loss(jnp.asarray(favorites), log_q)), int(favorites.sum()), terms, shares)


def ranker_terms(logits: np.ndarray, labels: np.ndarray, *, action_weights: np.ndarray) -> np.ndarray:
    """What each action on each impression adds to the ranker's loss, before the mean over impressions.

    Args:
      logits: float32 [C, A].
      labels: float32 [C, A] of 0 and 1.
      action_weights: float32 [A].

    Returns:
      float64 [C, A]; their sum over actions, averaged over impressions, is the loss.
    """

    def term(logit: jax.Array, label: jax.Array, weights: jax.Array) -> jax.Array:
        return ranker_loss(logit[None, None], label[None, None], action_weights=weights)

    each = jax.vmap(jax.vmap(term, in_axes=(None, None, 0)), in_axes=(0, 0, None))
    return np.asarray(each(jnp.asarray(logits), jnp.asarray(labels), jnp.diag(jnp.asarray(action_weights))), np.float64)
