"""The training losses. Glossary: B users, C impressions each, M = B·C, D width, A actions."""

import jax
import jax.numpy as jnp
import optax


def retrieval_loss(
    users: jax.Array, candidates: jax.Array, *, favorites: jax.Array, log_q: jax.Array, temperature: jax.Array
) -> jax.Array:
    """Softmax over in-batch candidates with log-Q correction.

    Posts that are shown often are in the batch often, so they would be pushed down as negatives more than they
    deserve; subtracting the log of their sampling rate corrects for it.

    Args:
      users: [B, D] unit vectors.
      candidates: [B, C, D] unit vectors of what was shown to each user.
      favorites: float [B, C], 1 = a positive.
      log_q: [B, C], log of each shown post's share of all impressions.
      temperature: scalar by which cosines are divided.

    Returns:
      Scalar, mean over positives of -log P(post | user).

    Raises:
      ValueError: shapes that do not belong together; broadcast, they would give plausible numbers.

    References:
      Yi et al. 2019, Sampling-bias-corrected neural modeling for large corpus item recommendations.
    """
    _check_shape("users", users, expected=(len(candidates), candidates.shape[-1]))
    _check_shape("favorites", favorites, expected=candidates.shape[:2])
    _check_shape("log_q", log_q, expected=candidates.shape[:2])
    pool = candidates.reshape(-1, candidates.shape[-1])
    logits = users @ pool.T / temperature - log_q.reshape(1, -1)
    log_normaliser = jax.nn.logsumexp(logits, axis=1)
    batch = users.shape[0]
    own = logits.reshape(batch, batch, -1)[jnp.arange(batch), jnp.arange(batch)]
    losses = (log_normaliser[:, None] - own) * favorites
    return jnp.sum(losses) / jnp.maximum(jnp.sum(favorites), 1.0)


def distillation_loss(logits: jax.Array, worth: jax.Array) -> jax.Array:
    """Cross-entropy between what candidates are worth to a user and a softmax over them.

    Args:
      logits: [B, C], scaled similarities of each user and that user's candidates.
      worth: float [B, C], at least 0; each user's add up to 1 after scaling.

    Returns:
      Scalar, mean over users of -Σ share of the worth · log P(post | user, candidates).

    Raises:
      ValueError: arrays of different shapes.

    References:
      Hinton et al. 2015, Distilling the knowledge in a neural network.
    """
    _check_shape("worth", worth, expected=logits.shape)
    shares = worth / jnp.maximum(jnp.sum(worth, axis=1, keepdims=True), 1e-9)
    return -jnp.mean(jnp.sum(shares * jax.nn.log_softmax(logits, axis=1), axis=1))


def ranker_loss(logits: jax.Array, labels: jax.Array, *, action_weights: jax.Array) -> jax.Array:
    """Binary cross-entropy of each action, one independent Bernoulli variable each.

    Args:
      logits: [B, C, A].
      labels: float [B, C, A] of 0 and 1.
      action_weights: [A], weight of each action's loss.

    Returns:
      Scalar, mean over impressions of the weighted sum over actions.

    Raises:
      ValueError: shapes that do not belong together.
    """
    _check_shape("labels", labels, expected=logits.shape)
    _check_shape("action_weights", action_weights, expected=logits.shape[-1:])
    losses = optax.sigmoid_binary_cross_entropy(logits, labels)
    return jnp.mean(losses @ action_weights)


def _check_shape(name: str, array: jax.Array, *, expected: tuple[int, ...]) -> None:
    if array.shape != expected:
        raise ValueError(f"{name} must have shape {expected}, got {array.shape}.")
