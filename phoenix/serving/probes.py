"""Questions that only an explorer asks: other histories, other buckets, many lists at once, everything on the way.

Each is a function of the recommender. Glossary: n candidates, A actions, S history, R questions in one batched call,
D width, U users, T = 1 + S + n.
"""

import dataclasses
from collections.abc import Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from phoenix.checks import check_ids, check_integers, shown
from phoenix.forward import table_lookup
from phoenix.hashing import hash_ids
from phoenix.parameters import tables
from phoenix.recsys_retrieval_model import CandidateStages, UserStages
from phoenix.serving.batching import check_buckets, check_positions, pad_mask, pad_rows
from phoenix.serving.compiled import BUCKETS, bucket_for
from phoenix.serving.corpus_vectors import embed_posts as embed_hashed
from phoenix.serving.recommender import Recommender
from phoenix.serving.results import Inspection
from phoenix.serving.user_request import UserRequest

_USERS_CHUNK = 100


def inspect(
    recommender: Recommender,
    user_id: int,
    *,
    post_ids: Sequence[int],
    mask: str | ArrayLike = "isolated",
    positions: str = "shared",
    history: pd.DataFrame | None = None,
) -> Inspection:
    """One dense pass with its intermediates; arguments and errors as for `Recommender.rank`, at most 256 posts."""
    posts = recommender.requests.posts(post_ids)
    if len(posts) > BUCKETS[1]:
        raise ValueError(f"At most {BUCKETS[1]} posts can be inspected at once, got {len(posts)}.")
    check_positions(positions)
    request = recommender.requests.user(user_id, history)
    output, padded = recommender.passes.dense(request, posts, mask=mask, positions=positions)
    kept = padded.kept
    return Inspection(
        tokens=np.asarray(output.tokens)[0, kept],
        attention=np.stack([np.asarray(layer)[0] for layer in output.attention])[:, :, kept][..., kept],
        residuals=np.stack([np.asarray(h)[0] for h in output.residuals])[:, kept],
        mask=padded.small,
        logits=np.array(output.logits)[0, : len(posts)],
    )


def rank_sets(
    recommender: Recommender,
    user_id: int,
    *,
    sets: Sequence[Sequence[int]],
    mask: str | ArrayLike = "isolated",
    positions: str = "shared",
    history: pd.DataFrame | None = None,
) -> np.ndarray:
    """Logits of several lists of candidates under one mask, in one batched dense pass over all tokens.

    Args:
      recommender: the models.
      user_id: a user's id.
      sets: R lists of n different posts each; R at most 33 and n at most 32, so that each of n candidates can be
        exchanged once and compared with the original list.
      mask: see `Recommender.rank`; also `isolated` takes the dense pass, where nothing but the mask keeps candidates
        apart.
      positions: see `Recommender.rank`.
      history: another history than the user's own.

    Returns:
      float32 [R, n, A], in the order given.

    Raises:
      ValueError: as for `Recommender.rank`, or more lists or posts than fit, or lists of different lengths.
    """
    most = BUCKETS[0]
    given = _check_list(sets, "lists of candidates", most=most + 1)
    lists = [recommender.requests.posts(posts) for posts in given]
    if len({len(posts) for posts in lists}) != 1:
        raise ValueError(f"Give 1 to {most + 1} lists of candidates of the same length, got {len(lists)} lists.")
    posts = np.stack(lists)
    if posts.shape[1] > most:
        raise ValueError(f"At most {most} posts fit into each list, got {posts.shape[1]}.")
    check_positions(positions)
    request = recommender.requests.user(user_id, history).repeat(len(lists))
    batch = pad_rows(recommender.ranker_batches.batch(request, posts, bucket=most), rows=most + 1)
    padded = pad_mask(mask, batch, candidates=posts.shape[1])
    logits = recommender.engine.dense_logits(batch, mask=padded.full, positions=positions)
    return logits[: len(lists), : posts.shape[1]].copy()


def rank_histories(
    recommender: Recommender, user_id: int, *, post_ids: Sequence[int], histories: Sequence[pd.DataFrame]
) -> np.ndarray:
    """Logits of the same posts under several what-if histories, in one batched cached pass (isolated, shared).

    Args:
      recommender: the models.
      user_id: a user's id.
      post_ids: n different posts, at most 1024.
      histories: R histories, as `Recommender.history` returns them; at most one more than S.

    Returns:
      float32 [R, n, A].

    Raises:
      ValueError: as for `Recommender.rank`, or more posts or histories than fit.
    """
    posts = recommender.requests.posts(post_ids)
    if len(posts) > BUCKETS[-1]:
        raise ValueError(f"At most {BUCKETS[-1]} posts can be ranked in one batch, got {len(posts)}.")
    request = _histories_of(recommender, user_id, histories=histories)
    batch = recommender.ranker_batches.batch(request, posts, bucket=bucket_for(len(posts)))
    batch = pad_rows(batch, rows=recommender.requests.longest + 1)
    logits = recommender.engine.candidate_logits(recommender.engine.encode_context(batch), batch)
    return logits[: len(request.users), : len(posts)].copy()


def embed_histories(recommender: Recommender, user_id: int, *, histories: Sequence[pd.DataFrame]) -> np.ndarray:
    """Unit vectors [R, D] of one user under several what-if histories, in one batched call.

    Args:
      recommender: the models.
      user_id: a user's id.
      histories: R histories, as `Recommender.history` returns them; at most one more than S.

    Raises:
      ValueError: an unknown user, an unusable history, none or more histories than fit.
    """
    request = _histories_of(recommender, user_id, histories=histories)
    batch = pad_rows(recommender.retrieval_batches.batch(request), rows=recommender.requests.longest + 1)
    return recommender.engine.user_vectors(batch)[: len(request.users)].copy()


def rank_hashes(
    recommender: Recommender,
    user_id: int,
    *,
    post_hashes: ArrayLike,
    author_hashes: ArrayLike,
    history: pd.DataFrame | None = None,
) -> np.ndarray:
    """Logits of candidates that are given by their buckets instead of by ids, in a cached pass (isolated, shared).

    Args:
      recommender: the models.
      user_id: a user's id.
      post_hashes: int [n, 2], rows of the post table; n at most 32. 0, padding, reads as zeros: an unknown post.
      author_hashes: int [n, 2], rows of the author table.
      history: another history than the user's own.

    Returns:
      float32 [n, A].

    Raises:
      ValueError: an unknown user, an unusable history, other shapes, or a bucket outside its table.
    """
    posts = check_buckets(post_hashes, rows=recommender.config.tables.posts)
    authors = check_buckets(author_hashes, rows=recommender.config.tables.authors)
    if len(posts) != len(authors):
        raise ValueError(f"Give as many author hashes as post hashes, got {len(authors)} and {len(posts)}.")
    places = np.arange(len(posts))
    request = recommender.requests.user(user_id, history)
    # Of any posts: their hashes are replaced.
    batch = recommender.ranker_batches.batch(request, np.zeros(len(posts), np.int64), bucket=BUCKETS[0])
    batch.candidate_post_hashes[0, places], batch.candidate_author_hashes[0, places] = posts, authors
    return recommender.engine.candidate_logits(recommender.engine.context(batch), batch)[0, places]


def inspect_towers(
    recommender: Recommender, user_id: int, *, post_ids: Sequence[int], history: pd.DataFrame | None = None
) -> tuple[UserStages, CandidateStages]:
    """Both towers step by step for one user (B = 1) and at most 32 posts (C of them); arrays of NumPy.

    Raises:
      ValueError: as for `Recommender.rank`, or more posts.
    """
    posts = recommender.requests.posts(post_ids)
    if len(posts) > BUCKETS[0]:
        raise ValueError(f"At most {BUCKETS[0]} posts can be inspected at once, got {len(posts)}.")
    request = recommender.requests.user(user_id, history)
    batch = recommender.retrieval_batches.batch(request, posts, bucket=BUCKETS[0])
    user, candidates = recommender.engine.tower_stages(batch)
    return user, CandidateStages(*(stage[:, : len(posts)] for stage in candidates))


def embed_posts(recommender: Recommender, post_ids: np.ndarray, *, author_ids: np.ndarray) -> np.ndarray:
    """Unit vectors of any posts, float32 [n, D].

    An id beyond the corpus is hashed like any other: into rows that other posts have trained, so that only the
    author says anything about it.
    """
    sizes = recommender.engine.retrieval.tables
    posts = hash_ids(post_ids, kind="post", num_buckets=sizes.posts)
    authors = hash_ids(author_ids, kind="author", num_buckets=sizes.authors)
    return embed_hashed(recommender.engine.post_vectors, posts, author_hashes=authors)


def predict_impressions(
    recommender: Recommender, user_ids: np.ndarray, *, post_ids: np.ndarray, surfaces: np.ndarray
) -> np.ndarray:
    """Logits of many users' impressions on any surface, in batches of users; for evaluation.

    Args:
      recommender: the models.
      user_ids: int [U].
      post_ids: int [U, n].
      surfaces: int [U, n], index into the world's surfaces.

    Returns:
      float32 [U, n, A].

    Raises:
      ValueError: an unknown user, post or surface, or shapes that do not fit each other.
    """
    users, posts, places = _check_impressions(recommender, user_ids, post_ids=post_ids, surfaces=surfaces)
    parts = []
    for start in range(0, len(users), _USERS_CHUNK):
        rows = slice(start, start + _USERS_CHUNK)
        request = recommender.requests.own(users[rows])
        batch = recommender.ranker_batches.impressions(request, posts[rows], surfaces=places[rows])
        parts.append(recommender.engine.candidate_logits(recommender.engine.encode_context(batch), batch))
    return np.concatenate(parts)


def table_rows(recommender: Recommender, kind: str, *, buckets: ArrayLike, stored: bool = False) -> np.ndarray:
    """Rows of one of the ranker's hash-embedding tables, float32 [..., D].

    Args:
      recommender: the models.
      kind: "users", "posts" or "authors".
      buckets: int [...].
      stored: as they are stored; otherwise as the model reads them, where bucket 0, padding, is all zeros.

    Raises:
      ValueError: an unknown kind or a bucket outside the table.
    """
    sizes = dataclasses.asdict(recommender.config.tables)
    if not isinstance(kind, str) or kind not in sizes:
        raise ValueError(f"Unknown table {shown(kind)}: choose one of {', '.join(sizes)}.")
    hashes = check_buckets(buckets, rows=sizes[kind], pairs=False)
    rows = tables(recommender.engine.programs.dense.params)
    if stored:
        return np.array(rows[kind][hashes], np.float32)
    look_up = table_lookup(recommender.config.tables, recommender.config.transformer.width)
    return np.array(look_up(rows, hashes, kind), np.float32)


def _histories_of(recommender: Recommender, user_id: int, *, histories: Sequence[pd.DataFrame]) -> UserRequest:
    given = _check_list(histories, "histories", most=recommender.requests.longest + 1)
    return recommender.requests.what_if(user_id, given)


def _check_list(values: Sequence, what: str, *, most: int) -> Sequence:
    """Returns a list, tuple or array of 1 … most things, otherwise raises a ValueError."""
    if not isinstance(values, list | tuple) and not (isinstance(values, np.ndarray) and values.ndim):
        raise ValueError(f"Give a list of 1 to {most} {what}, got {type(values).__name__}.")
    if not 1 <= len(values) <= most:
        raise ValueError(f"Give 1 to {most} {what}, got {len(values)}.")
    return values


def _check_impressions(
    recommender: Recommender, user_ids: np.ndarray, *, post_ids: np.ndarray, surfaces: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    users = np.atleast_1d(recommender.world.check_users(user_ids))
    posts = check_ids(post_ids, kind="post", count=recommender.world.num_posts)
    places = check_integers(surfaces, what="Surfaces")
    if not users.size or posts.ndim != 2 or len(posts) != len(users) or posts.shape != places.shape:
        raise ValueError(
            f"Give at least one user, and posts and surfaces of shape [users, n], got {len(users)} users, posts of "
            f"shape {posts.shape} and surfaces of shape {places.shape}."
        )
    surfaces = recommender.world.surfaces
    if places.size and (places.min() < 0 or places.max() >= len(surfaces)):
        raise ValueError(f"Surfaces must be whole numbers from 0 to {len(surfaces) - 1}, places in {surfaces}.")
    return users, posts, places
