"""How the world answers a feed: what its user does with it, and what the history is afterwards."""

import numpy as np

from phoenix.hashing import uniform
from phoenix.world import Histories, Log, World
from phoenix.world.stream import extend_histories

_REACTION = 62  # stream of the counter-based generator


def react(world: World, user_id: int, posts: np.ndarray, *, seed: int, request: int) -> np.ndarray:
    """What a user does with the posts of a feed on the home surface: independent draws from the true probabilities.

    Args:
      world: knows them.
      user_id: who looks.
      posts: int64 [n].
      seed: which of many possible lives, at least 0.
      request: number of the feed in this life, at least 0.

    Returns:
      bool [n, A], a pure function of world, user, post, seed and request: two policies that show a post at the same
      request get the same answer, and its place in the feed does not matter.
    """
    true = world.true_probabilities(user_id, posts)
    draws = uniform(_REACTION, world.config.seed, seed, request, user_id, posts[:, None], np.arange(true.shape[1]))
    return draws < true


def append(histories: Histories, user_id: int, posts: np.ndarray, *, actions: np.ndarray) -> Histories:
    """A user's history [1, S] with those posts [n] behind it, first to last, on which an action [n, A] was taken."""
    home = np.zeros((1, len(posts)), np.int8)
    return extend_histories(histories, Log(np.full_like(home, 0, np.int64) + user_id, posts[None], home, actions[None]))
