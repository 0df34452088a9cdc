"""What the attention page asks the trained ranker; the answers are kept for all sessions.

Treat them as read-only.
"""

import hashlib
from functools import partial
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd

from dashboard import resources
from dashboard.weighting import Weighting
from phoenix.masks import MASK_VARIANTS
from phoenix.scoring import score_feed

if TYPE_CHECKING:
    from phoenix.analysis.influence import Influence

BATCHES = (1, 8, 200)  # candidates
SHUFFLES = 32
_ENTRIES = 128
_LARGE_ENTRIES = 16  # attention weights of the largest size are 3 MB


class Pass(NamedTuple):
    """A pass through the ranker; whatever is measured on it is a function of this.

    Attributes:
      user_id: a user's id.
      post_ids: the candidates.
      history: instead of the user's own, oldest first.
      mask: a variant's name or [T, T] of 0 and 1.
      positions: name of the position scheme.
    """

    user_id: int
    post_ids: tuple[int, ...]
    history: pd.DataFrame
    mask: np.ndarray | str
    positions: str

    @property
    def conditions(self) -> dict[str, object]:
        """All but the user and the candidates, as the library takes them."""
        return {"history": self.history, "mask": self.mask, "positions": self.positions}

    def digest(self) -> str:
        """The key under which answers are kept; frames and matrices go into it whole."""
        rows = pd.util.hash_pandas_object(self.history, index=False).to_numpy()
        mask = self.mask if isinstance(self.mask, str) else (self.mask.shape, np.packbits(self.mask != 0).tobytes())
        key = repr((self.user_id, self.post_ids, rows.tobytes(), mask, self.positions))
        return hashlib.blake2b(key.encode(), digest_size=16).hexdigest()


class Leak(NamedTuple):
    """What exchanging each candidate does to all others, and the place in the retrieval of what it is exchanged for."""

    influence: "Influence"
    place: int


class Shuffled(NamedTuple):
    """Logits [1 + shuffles, C, A] of the same candidates, and in which order they stood; the first is no shuffle."""

    logits: np.ndarray
    orders: tuple[tuple[int, ...], ...]


class Batches(NamedTuple):
    """Logits [variants, sizes, A] of one post, last in batches of several sizes, under each mask that has a name."""

    logits: np.ndarray
    sizes: tuple[int, ...]


_KEYS = {Pass: Pass.digest}


@resources.keep_data(entries=_LARGE_ENTRIES, hash_funcs=_KEYS)
def attention(run: Pass) -> np.ndarray:
    """Attention weights [L, H, T, T]."""
    from phoenix.serving.probes import inspect

    return inspect(resources.recommender(), run.user_id, post_ids=run.post_ids, **run.conditions).attention


def leak(run: Pass, *, retrieved: np.ndarray) -> Leak:
    """Exchanges each candidate for the last retrieved post that is none of them.

    Args:
      run: with at most 32 candidates.
      retrieved: post ids, best first.
    """
    place = next(place for place in range(len(retrieved), 0, -1) if retrieved[place - 1] not in run.post_ids)
    return Leak(_influence(run, int(retrieved[place - 1])), place)


@resources.keep_data(entries=_ENTRIES, hash_funcs=_KEYS)
def _influence(run: Pass, replacement: int) -> "Influence":
    from phoenix.analysis.influence import measure_influence

    exchanged = {"post_ids": run.post_ids, "replacement": replacement}
    return measure_influence(resources.recommender(), run.user_id, **exchanged, **run.conditions)


@resources.keep_data(entries=_ENTRIES, hash_funcs=_KEYS)
def shuffled(run: Pass, *, number: int) -> Shuffled:
    """Ranks at most 32 candidates as they are and in `SHUFFLES` other orders, the same for the same number."""
    from phoenix.analysis.influence import rank_shuffled

    orders = draw_orders(number, len(run.post_ids))
    stood = {"post_ids": run.post_ids, "orders": orders}
    return Shuffled(rank_shuffled(resources.recommender(), run.user_id, **stood, **run.conditions), orders)


def draw_orders(number: int, count: int) -> tuple[tuple[int, ...], ...]:
    """The order as it is, and `SHUFFLES` others, the first of which the picture shows.

    Args:
      number: which shuffles; the same number gives the same ones.
      count: number of candidates, at least 2.
    """
    rng = np.random.default_rng(number)
    orders = [tuple(range(count))]
    while len(orders) <= SHUFFLES:
        order = tuple(rng.permutation(count).tolist())
        if order != orders[0]:
            orders.append(order)
    return tuple(orders)


def in_batches(run: Pass, *, place: int, retrieved: np.ndarray) -> Batches:
    """Ranks one of the pass's candidates in batches with other retrieved posts, under each mask that has a name.

    Args:
      run: its mask does not matter.
      place: index of the candidate.
      retrieved: post ids, best first.
    """
    post = run.post_ids[place]
    others = tuple(int(other) for other in retrieved if other != post)
    sizes = tuple(min(size, 1 + len(others)) for size in BATCHES)
    alone = run._replace(post_ids=(post,), mask="any")
    return Batches(_batch_logits(alone, others=others, sizes=sizes), sizes)


@resources.keep_data(entries=_ENTRIES, hash_funcs=_KEYS)
def _batch_logits(run: Pass, *, others: tuple[int, ...], sizes: tuple[int, ...]) -> np.ndarray:
    from phoenix.analysis.influence import rank_in_batches

    (post,) = run.post_ids
    asked = {"others": others, "sizes": sizes, "history": run.history, "positions": run.positions}
    ask = partial(rank_in_batches, resources.recommender(), run.user_id, post_id=post, **asked)
    return np.stack([ask(mask=mask) for mask in MASK_VARIANTS])


def feed_order(run: Pass, weighting: Weighting) -> np.ndarray:
    """Indices of the candidates, best first."""
    world, posts = resources.recommender().world, np.array(run.post_ids)
    return score_feed(
        _probabilities(run),
        weights=weighting.vector,
        author_ids=world.author_of_post[posts],
        followed=world.follows_authors_of(run.user_id, posts),
        settings=weighting.settings,
        actions=weighting.actions,
    ).order


@resources.keep_data(entries=_ENTRIES, hash_funcs=_KEYS)
def _probabilities(run: Pass) -> np.ndarray:
    return resources.recommender().rank(run.user_id, run.post_ids, **run.conditions, path="dense").probabilities


def without_each(run: Pass, post_id: int) -> tuple[np.ndarray, np.ndarray]:
    """A post's logits [A], and [S, A] without each row of the history; isolated, shared positions."""
    result = resources.leave_one_out(run.user_id, post_id, history=run.history)
    return result.base[0], result.without[:, 0]
