"""From a checked request to a model's batch: hashed by that model's tables, padded to a few fixed shapes.

Glossary: R rows of a request, S history, n candidates, C candidates padded to a bucket, T = 1 + S + C.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike

from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.checks import check_integers, shown
from phoenix.hashing import NUM_HASHES
from phoenix.masks import POSITION_SCHEMES, build_attention_mask, resolve_mask
from phoenix.serving.compiled import BUCKETS
from phoenix.serving.user_request import UserRequest
from phoenix.world import Histories

_NO_POSTS = np.zeros(0, np.int64)


class RequestBatcher:
    """Builds one model's batches.

    Attributes:
      hashes: of all ids of the world, by the model's tables.
    """

    def __init__(self, hashes: BatchBuilder, *, history_len: int):
        """Takes the hashed ids, and S that the model reads: of a longer history the newest rows."""
        self.hashes = hashes
        self._history_len = history_len

    def history_rows(self, request: UserRequest) -> int:
        """How many rows of the first history of a request the model reads."""
        return min(int((request.histories.posts[0] >= 0).sum()), self._history_len)

    def batch(self, request: UserRequest, posts: np.ndarray = _NO_POSTS, *, bucket: int = 0) -> RecsysBatch:
        """A batch of R rows.

        Args:
          request: users and histories.
          posts: int [n] for all rows or [R, n], ids that were checked, on the surface where serving takes place.
          bucket: C, at least n.
        """
        candidates = np.full((len(request.users), bucket), -1, np.int64)
        candidates[:, : posts.shape[-1]] = posts
        return self.impressions(request, candidates, surfaces=np.zeros_like(candidates))

    def impressions(self, request: UserRequest, posts: np.ndarray, *, surfaces: np.ndarray) -> RecsysBatch:
        """A batch of R rows with posts int [R, C] (-1 = padding) on surfaces int [R, C], indices into the world's."""
        histories = fit_histories(request.histories, length=self._history_len)
        return self.hashes.build(
            request.users,
            history_posts=histories.posts,
            history_surfaces=histories.surfaces,
            history_actions=histories.actions,
            candidates=posts,
            candidate_surfaces=surfaces,
        )


def fit_histories(histories: Histories, *, length: int) -> Histories:
    """The newest `length` rows of each history, left-aligned and padded."""
    given = histories.posts.shape[1]
    if given == length:
        return histories
    count = (histories.posts >= 0).sum(axis=1)[:, None]
    place = np.maximum(count - length, 0) + np.arange(length)
    inside = place < count
    place = np.minimum(place, max(given - 1, 0))
    rows = np.arange(len(place))[:, None]
    return Histories(
        np.where(inside, histories.posts[rows, place], -1),
        np.where(inside, histories.surfaces[rows, place], 0),
        histories.actions[rows, place] & inside[..., None],
    )


def pad_rows(batch: RecsysBatch, *, rows: int) -> RecsysBatch:
    """Repeats the first row up to `rows` of them: one shape, compiled once."""
    missing = rows - len(batch.user_hashes)
    return RecsysBatch(*(np.concatenate([field, np.repeat(field[:1], missing, axis=0)]) for field in batch))


def check_buckets(hashes: ArrayLike, *, rows: int, pairs: bool = True) -> np.ndarray:
    """Returns buckets as int32, with `pairs` of shape [n, 2] and n in 1 … 32, or raises a ValueError."""
    array = check_integers(hashes, what="Buckets")
    if pairs and (array.ndim != 2 or array.shape[1] != NUM_HASHES or not 1 <= len(array) <= BUCKETS[0]):
        raise ValueError(f"Hashes must have shape [1 … {BUCKETS[0]}, {NUM_HASHES}], got {array.shape}.")
    if array.size and (array.min() < 0 or array.max() >= rows):
        wrong = array[(array < 0) | (array >= rows)][0]
        raise ValueError(f"Buckets must be whole numbers from 0 to {rows - 1}, got {wrong}.")
    return array.astype(np.int32)


def check_positions(positions: str) -> None:
    """Raises a ValueError for an unknown position scheme."""
    if not isinstance(positions, str) or positions not in POSITION_SCHEMES:
        raise ValueError(f"Unknown position scheme {shown(positions)}: choose one of {', '.join(POSITION_SCHEMES)}.")


def without_candidates(batch: RecsysBatch) -> RecsysBatch:
    """User and history alone: what the context is computed from, whatever the number of candidates."""
    return batch._replace(
        candidate_post_hashes=batch.candidate_post_hashes[:, :0],
        candidate_author_hashes=batch.candidate_author_hashes[:, :0],
        candidate_surfaces=batch.candidate_surfaces[:, :0],
    )


def context_fields(batch: RecsysBatch) -> tuple[np.ndarray, ...]:
    """The fields that a context is a function of."""
    return tuple(getattr(batch, name) for name in batch._fields if not name.startswith("candidate_"))


class PaddedMask(NamedTuple):
    """A mask over the tokens of a batch whose rows all have histories of one length.

    Attributes:
      small: int8 [1 + rows + n, …], without padding.
      full: int8 [T, T], the same in the padded batch.
      kept: int [1 + rows + n], which of the T positions are no padding.
    """

    small: np.ndarray
    full: np.ndarray
    kept: np.ndarray


def pad_mask(mask: str | ArrayLike, batch: RecsysBatch, *, candidates: int) -> PaddedMask:
    """Checks a mask and lays it over the padded positions of a batch.

    Args:
      mask: a variant's name or a matrix over 1 + history rows + n positions.
      batch: the padded batch; the first of its histories gives the number of rows.
      candidates: n.

    Raises:
      ValueError: an unusable mask.
    """
    rows = int((batch.history_surfaces[0] > 0).sum())
    small = resolve_mask(mask, history_len=rows, candidate_len=candidates)
    padded_history, padded = batch.history_surfaces.shape[1], batch.candidate_surfaces.shape[1]
    kept = np.r_[np.arange(1 + rows), 1 + padded_history + np.arange(candidates)]
    total = 1 + padded_history + padded
    # Padding attends to the user, so that no row of the softmax is empty; nothing attends to padding.
    full = np.zeros((total, total), np.int8)
    full[:, 0] = 1
    full[kept, 0] = 0
    full[np.ix_(kept, kept)] = small
    return PaddedMask(small, full, kept)


def is_isolated(mask: str | ArrayLike, *, history_rows: int, candidates: int) -> bool:
    """Whether a mask, by name or by its entries, is that of candidate isolation.

    Raises:
      ValueError: an unusable mask.
    """
    if isinstance(mask, str):
        build_attention_mask(0, 0, variant=mask)  # refuses an unknown name
        return mask == "isolated"
    given = resolve_mask(mask, history_len=history_rows, candidate_len=candidates)
    return np.array_equal(given, build_attention_mask(history_rows, candidates))
