"""Questions that only an explorer asks: other histories, other buckets, many lists at once, everything on the way.

Glossary: n candidates, A actions, S history, R questions in one batched call, D width.
"""

import dataclasses
from collections.abc import Sequence

import jax
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from phoenix.batch import RecsysBatch
from phoenix.forward import table_lookup
from phoenix.hashing import hash_ids
from phoenix.recsys_retrieval_model import CandidateStages, UserStages
from phoenix.serving.batching import check_buckets, check_positions, pad_mask, without_candidates
from phoenix.serving.compiled import BUCKETS, bucket_for
from phoenix.serving.corpus_vectors import embed_posts
from phoenix.serving.engine import NO_POSTS, Engine
from phoenix.serving.results import Inspection

_USERS_CHUNK = 100


class WhatIf(Engine):
    """An engine that answers them."""

    @property
    def ranker_weights(self) -> dict[str, dict[str, np.ndarray]]:
        """The ranker's weights, module → name → array; copies are not made, so read only."""
        return jax.tree.map(np.asarray, self._ranker_params)

    def embed_posts(self, post_ids: np.ndarray, author_ids: np.ndarray) -> np.ndarray:
        """Unit vectors of any posts, float32 [n, D].

        An id beyond the corpus is hashed like any other: into rows that other posts have trained, so that only the
        author says anything about it.
        """
        tables = self.config.tables
        posts = hash_ids(post_ids, kind="post", num_buckets=tables.posts)
        authors = hash_ids(author_ids, kind="author", num_buckets=tables.authors)
        return embed_posts(self._candidate_tower, posts, authors)

    def predict_impressions(self, user_ids: np.ndarray, post_ids: np.ndarray, surfaces: np.ndarray) -> np.ndarray:
        """Logits of many users' impressions on any surface, in batches of users; for evaluation.

        Args:
          user_ids: int [U].
          post_ids: int [U, n].
          surfaces: int [U, n], index into SURFACES.

        Returns:
          float32 [U, n, A].
        """
        parts = []
        for start in range(0, len(user_ids), _USERS_CHUNK):
            rows = slice(start, start + _USERS_CHUNK)
            users = user_ids[rows]
            batch = self._builder.build(
                users,
                history_posts=self._histories.posts[users],
                history_surfaces=self._histories.surfaces[users],
                history_actions=self._histories.actions[users],
                candidates=post_ids[rows],
                candidate_surfaces=surfaces[rows],
            )
            context = self._encode_context(self._ranker_params, without_candidates(batch))
            parts.append(np.asarray(self._score_candidates(self._ranker_params, context, batch)))
        return np.concatenate(parts)

    def rank_histories(self, user_id: int, post_ids: Sequence[int], histories: Sequence[pd.DataFrame]) -> np.ndarray:
        """Logits of the same posts under several what-if histories, in one batched call (isolated, shared positions).

        Args:
          user_id: a user's id.
          post_ids: n different posts, at most 1024.
          histories: R histories, as `history` returns them; at most one more than S.

        Returns:
          float32 [R, n, A].

        Raises:
          ValueError: as for `rank`, or more posts or histories than fit.
        """
        posts, most = self._batcher.check_candidates(post_ids), self.config.history_len + 1
        if len(posts) > BUCKETS[-1]:
            raise ValueError(f"At most {BUCKETS[-1]} posts can be ranked in one batch, got {len(posts)}.")
        if not 1 <= len(histories) <= most:
            raise ValueError(f"Give 1 to {most} histories, got {len(histories)}.")
        bucket = bucket_for(len(posts))
        batches = [self._batch(user_id, posts, bucket=bucket, history=history) for history in histories]
        batch = _stack(batches, count=most)
        context = self._encode_context(self._ranker_params, without_candidates(batch))
        logits = self._score_candidates(self._ranker_params, context, batch)
        return np.array(logits)[: len(histories), : len(posts)]

    def rank_sets(
        self,
        user_id: int,
        sets: Sequence[Sequence[int]],
        mask: str | ArrayLike = "isolated",
        positions: str = "shared",
        history: pd.DataFrame | None = None,
    ) -> np.ndarray:
        """Logits of several lists of candidates under one mask, in one batched dense pass over all tokens.

        Args:
          user_id: a user's id.
          sets: R lists of n different posts each; R at most 33 and n at most 32, so that each of n candidates can
            be exchanged once and compared with the original list.
          mask: see `rank`; also `isolated` takes the dense pass, where nothing but the mask keeps candidates apart.
          positions: see `rank`.
          history: another history than the user's own.

        Returns:
          float32 [R, n, A], in the order given.

        Raises:
          ValueError: as for `rank`, or more lists or posts than fit, or lists of different lengths.
        """
        most = BUCKETS[0]
        if not 1 <= len(sets) <= most + 1 or len({len(posts) for posts in sets}) != 1:
            raise ValueError(f"Give 1 to {most + 1} lists of candidates of the same length, got {len(sets)} lists.")
        lists = np.stack([self._batcher.check_candidates(posts) for posts in sets])
        if lists.shape[1] > most:
            raise ValueError(f"At most {most} posts fit into each list, got {lists.shape[1]}.")
        check_positions(positions)
        first = self._batch(user_id, lists[0], bucket=most, history=history)
        _, padded_mask, _ = pad_mask(mask, first, candidates=lists.shape[1])
        others = [self._batch(user_id, posts, bucket=most, history=history) for posts in lists[1:]]
        batch = _stack([first, *others], count=most + 1)
        logits = self._dense_logits(self._ranker_params, batch, mask=padded_mask, positions=positions)
        return np.array(logits)[: len(lists), : lists.shape[1]]

    def embed_histories(self, user_id: int, histories: Sequence[pd.DataFrame]) -> np.ndarray:
        """Unit vectors [R, D] of one user under several what-if histories, in one batched call.

        Args:
          user_id: a user's id.
          histories: R histories, as `history` returns them; at most one more than S.

        Raises:
          ValueError: an unknown user, an unusable history, none or more histories than fit.
        """
        most = self.config.history_len + 1
        if not 1 <= len(histories) <= most:
            raise ValueError(f"Give 1 to {most} histories, got {len(histories)}.")
        batches = [self._batch(user_id, NO_POSTS, bucket=0, history=history) for history in histories]
        batch = _stack(batches, count=most)
        return np.array(self._encode_user(self._retrieval_params, batch))[: len(histories)]

    def rank_hashes(
        self, user_id: int, post_hashes: ArrayLike, author_hashes: ArrayLike, *, history: pd.DataFrame | None = None
    ) -> np.ndarray:
        """Logits of candidates that are given by their buckets instead of by ids, as for `rank` (isolated, shared).

        Args:
          user_id: a user's id.
          post_hashes: int [n, 2], rows of the post table; n at most 32. 0, padding, reads as zeros: an unknown post.
          author_hashes: int [n, 2], rows of the author table.
          history: another history than the user's own.

        Returns:
          float32 [n, A].

        Raises:
          ValueError: an unknown user, an unusable history, other shapes, or a bucket outside its table.
        """
        posts = check_buckets(post_hashes, rows=self.config.tables.posts)
        authors = check_buckets(author_hashes, rows=self.config.tables.authors)
        if len(posts) != len(authors):
            raise ValueError(f"Give as many author hashes as post hashes, got {len(authors)} and {len(posts)}.")
        places = np.arange(len(posts))  # of any posts: their hashes are replaced
        batch = self._batch(user_id, places, bucket=BUCKETS[0], history=history)
        batch.candidate_post_hashes[0, places], batch.candidate_author_hashes[0, places] = posts, authors
        logits = self._score_candidates(self._ranker_params, self._context(batch), batch)
        return np.array(logits)[0, places]

    def inspect_towers(
        self, user_id: int, post_ids: Sequence[int], history: pd.DataFrame | None = None
    ) -> tuple[UserStages, CandidateStages]:
        """Both towers step by step for one user (B = 1) and at most 32 posts (C of them); arrays of NumPy.

        Raises:
          ValueError: as for `rank`, or more posts.
        """
        posts = self._batcher.check_candidates(post_ids)
        if len(posts) > BUCKETS[0]:
            raise ValueError(f"At most {BUCKETS[0]} posts can be inspected at once, got {len(posts)}.")
        batch = self._batch(user_id, posts, bucket=BUCKETS[0], history=history)
        user, candidates = self._tower_stages(self._retrieval_params, batch)
        kept = [np.array(stage)[:, : len(posts)] for stage in candidates]
        return UserStages(*map(np.array, user)), CandidateStages(*kept)

    def table_rows(self, kind: str, buckets: ArrayLike, *, stored: bool = False) -> np.ndarray:
        """Rows of one of the ranker's hash-embedding tables, float32 [..., D].

        Args:
          kind: "users", "posts" or "authors".
          buckets: int [...].
          stored: as they are stored; otherwise as the model reads them, where bucket 0, padding, is all zeros.

        Raises:
          ValueError: an unknown kind or a bucket outside the table.
        """
        sizes = dataclasses.asdict(self.config.tables)
        if kind not in sizes:
            raise ValueError(f"Unknown table {kind!r}: choose one of {', '.join(sizes)}.")
        hashes = check_buckets(buckets, rows=sizes[kind], pairs=False)
        (tables,) = (group for group in self._ranker_params.values() if kind in group)
        if stored:
            return np.array(tables[kind][hashes], np.float32)
        look_up = table_lookup(self.config.tables, self.config.transformer.width)
        return np.array(look_up(tables, hashes, kind), np.float32)

    def inspect(
        self,
        user_id: int,
        post_ids: Sequence[int],
        mask: str | ArrayLike = "isolated",
        positions: str = "shared",
        history: pd.DataFrame | None = None,
    ) -> Inspection:
        """One dense pass with its intermediates; arguments and errors as for `rank`, at most 256 posts."""
        posts = self._batcher.check_candidates(post_ids)
        if len(posts) > BUCKETS[1]:
            raise ValueError(f"At most {BUCKETS[1]} posts can be inspected at once, got {len(posts)}.")
        check_positions(positions)
        return self._run_dense(user_id, posts, mask, positions, history)


def _stack(batches: list[RecsysBatch], *, count: int) -> RecsysBatch:
    """Joins batches of one user, and repeats the first of them up to `count`: one shape, compiled once."""
    batches = batches + batches[:1] * (count - len(batches))
    return RecsysBatch(*(np.concatenate(fields) for fields in zip(*batches, strict=True)))
