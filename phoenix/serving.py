"""The whole recommender behind one object: load once; retrieve, rank, recommend.

Glossary: n candidates, A actions, K retrieved, S history, C candidates padded to a bucket, T = 1 + S + C.

Design:
* ids in, NamedTuples out; every stage is returned and timed; nothing that is returned is shared or kept;
* arrays have a few fixed shapes, so that everything is compiled once, ahead of the first question (`compile_steps`);
* with isolation and shared positions the context is computed once, remembered for the next question about the same
  user and history, and candidates run against it; every other mask takes the dense pass over all tokens;
* requests are checked in `batching`, answers described in `results`, programs compiled in `compiled`.
"""

import dataclasses
import os
import pathlib
import time
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from typing import Any

import jax
import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit

from phoenix.actions import ACTIONS, resolve_weights
from phoenix.batch import RecsysBatch
from phoenix.batching import (
    HISTORY_COLUMNS,
    RequestBatcher,
    check_buckets,
    check_positions,
    context_fields,
    pad_mask,
    without_candidates,
)
from phoenix.compiled import BUCKETS, Program, bucket_for, cache_folder, cast_weights, keep_compilations
from phoenix.content_cache import ContentCache
from phoenix.corpus_vectors import corpus_embeddings, embed_posts
from phoenix.forward import ranker_functions, retrieval_functions, table_lookup, tower_stages
from phoenix.hashing import hash_ids
from phoenix.index import open_index
from phoenix.recsys_model import Context, PhoenixConfig
from phoenix.recsys_retrieval_model import CandidateStages, UserStages
from phoenix.results import Inspection, Ranking, Recommendation, Retrieval
from phoenix.scoring import score_feed
from phoenix.storage import Artifacts, load_artifacts
from phoenix.warm_up import FEED_STEPS, BoundProgram, CompileStep, compile_steps
from phoenix.world import SURFACES, World

_NO_POSTS = np.zeros(0, np.int64)
_USERS_CHUNK = 100
_REMEMBERED = 256  # users whose context is kept: about 35 KB each for the shipped ranker


class Recommender:
    """Two-stage recommender over one world; read-only after loading and safe to share among threads.

    Attributes:
      world: the world, with its truth.
      config: shape of the ranker.
      metrics: what was measured of these models.
      training_log: losses and metrics during training.
      precision: what the models compute in.
    """

    def __init__(self, artifacts: Artifacts, *, precision: str = "float32"):
        """Prepares models and index; prefer `load`."""
        self.world: World = artifacts.world
        self.config: PhoenixConfig = artifacts.ranker_config
        self.metrics: dict[str, Any] = artifacts.metrics
        self.training_log = artifacts.log
        self.precision = precision
        self._histories = artifacts.histories
        self._batcher = RequestBatcher(
            self.world, self._histories, tables=self.config.tables, history_len=self.config.history_len
        )
        self._builder = self._batcher.builder
        self._retrieval_params = cast_weights(artifacts.retrieval, precision)
        self._ranker_params = cast_weights(artifacts.ranker, precision)
        retrieval, ranker = retrieval_functions(artifacts.retrieval_config), ranker_functions(self.config)
        self._encode_user = Program(retrieval.encode_user)
        self._encode_candidates = Program(retrieval.encode_candidates)
        self._encode_context = Program(ranker.encode_context)
        self._score_candidates = Program(ranker.score_candidates)
        self._dense = Program(ranker.dense, static_argnames="positions")
        self._tower_stages = Program(tower_stages(artifacts.retrieval_config))
        self._dense_logits = Program(lambda *args, **kw: ranker.dense(*args, **kw).logits, static_argnames="positions")
        self._contexts: ContentCache[Context] = ContentCache(_REMEMBERED)
        self._user_vectors: ContentCache[np.ndarray] = ContentCache(_REMEMBERED)
        self.corpus_embeddings = corpus_embeddings(
            self._candidate_tower,
            self._builder.posts,
            self._builder.authors,
            digest=artifacts.digest,
            precision=precision,
        )
        self.index = open_index(
            self.corpus_embeddings, uri=os.environ.get("PHOENIX_INDEX_URI"), folder=cache_folder() / "indexes"
        )

    @classmethod
    def load(cls, folder: pathlib.Path | None = None, *, precision: str = "float32") -> "Recommender":
        """Loads and verifies artifacts, by default those of PHOENIX_ARTIFACTS or the shipped ones.

        Args:
          folder: where the artifacts are.
          precision: "float32" or "bfloat16", for weights and activations of both models.

        Raises:
          ArtifactError: a file is missing, damaged or does not belong to the others.
          ValueError: an unknown precision.
        """
        keep_compilations()
        return cls(load_artifacts(folder), precision=precision)

    def compile_steps(self) -> list[CompileStep]:
        """All programs for all shapes that serving uses; the first `FEED_STEPS` of them are what a feed needs."""
        return compile_steps(
            encode_user=BoundProgram(self._encode_user, self._retrieval_params),
            encode_context=BoundProgram(self._encode_context, self._ranker_params),
            score_candidates=BoundProgram(self._score_candidates, self._ranker_params),
            dense=BoundProgram(self._dense, self._ranker_params),
            dense_logits=BoundProgram(self._dense_logits, self._ranker_params),
            tower_stages=BoundProgram(self._tower_stages, self._retrieval_params),
            batch=self._batch(0, _NO_POSTS, bucket=0, history=None),
        )

    @property
    def ranker_weights(self) -> dict[str, dict[str, np.ndarray]]:
        """The ranker's weights, module → name → array; copies are not made, so read only."""
        return jax.tree.map(np.asarray, self._ranker_params)

    def warm_up(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Compiles every program for every bucket; progress is called as progress(done, in all)."""
        steps = self.compile_steps()
        for done, step in enumerate(steps, start=1):
            step.compile()
            if progress:
                progress(done, len(steps))

    def history(self, user_id: int) -> pd.DataFrame:
        """The user's last impressions on which at least one action was taken.

        Args:
          user_id: a user's id.

        Returns:
          At most S rows, oldest first: post_id, author_id, surface, and the fifteen actions as 0/1.

        Raises:
          ValueError: an unknown user.
        """
        user = self.world.check_user(user_id)
        posts = self._histories.posts[user]
        kept = posts >= 0
        frame = pd.DataFrame(
            {
                "post_id": posts[kept].astype(np.int64),
                "author_id": self.world.post_columns.author[posts[kept]].astype(np.int64),
                "surface": np.array(SURFACES)[self._histories.surfaces[user][kept]],
            }
        )
        actions = pd.DataFrame(self._histories.actions[user][kept].astype(np.int8), columns=list(ACTIONS))
        return pd.concat([frame, actions], axis=1)

    def retrieve(self, user_id: int, k: int = 200, history: pd.DataFrame | None = None) -> Retrieval:
        """Finds the k posts of the corpus nearest to the user.

        Args:
          user_id: a user's id.
          k: 1 … number of posts.
          history: another history than the user's own, for what-if questions; empty is a cold start.

        Returns:
          A `Retrieval`.

        Raises:
          ValueError: an unknown user, k out of range, or an unusable history.
        """
        begun = time.perf_counter()
        batch = self._batch(user_id, _NO_POSTS, bucket=0, history=history)
        prepared = time.perf_counter()
        vector = self._user_vector(batch)
        encoded = time.perf_counter()
        found = self.index.search(vector, k=k)
        seconds = {
            "history": prepared - begun,
            "encode_user": encoded - prepared,
            "search": time.perf_counter() - encoded,
        }
        return Retrieval(int(user_id), found.ids[0], found.scores[0], seconds)

    def embed_user(self, user_id: int, history: pd.DataFrame | None = None) -> np.ndarray:
        """The user's unit vector, float32 [D]."""
        return self._user_vector(self._batch(user_id, _NO_POSTS, bucket=0, history=history))[0].copy()

    def embed_posts(self, post_ids: np.ndarray, author_ids: np.ndarray) -> np.ndarray:
        """Unit vectors of any posts, float32 [n, D].

        An id beyond the corpus is hashed like any other: into rows that other posts have trained, so that only the
        author says anything about it.
        """
        tables = self.config.tables
        posts = hash_ids(post_ids, kind="post", num_buckets=tables.posts)
        authors = hash_ids(author_ids, kind="author", num_buckets=tables.authors)
        return embed_posts(self._candidate_tower, posts, authors)

    def rank(
        self,
        user_id: int,
        post_ids: Sequence[int],
        mask: str | ArrayLike = "isolated",
        positions: str = "shared",
        history: pd.DataFrame | None = None,
    ) -> Ranking:
        """Predicts what a user would do with posts on the home surface.

        Args:
          user_id: a user's id.
          post_ids: ids of n different posts, n at least 1; at most 1024 for masks other than `isolated`.
          mask: a mask variant's name, or a matrix of 0 and 1 over 1 + history rows + n positions.
          positions: a position scheme's name.
          history: another history than the user's own.

        Returns:
          A `Ranking` in the order given.

        Raises:
          ValueError: unknown or repeated ids, an empty list, an unusable mask, position scheme or history.
        """
        posts = self._batcher.check_candidates(post_ids)
        check_positions(positions)
        if isinstance(mask, str) and mask == "isolated" and positions == "shared":
            logits = self._rank_isolated(user_id, posts, history)
        else:
            logits = self._run_dense(user_id, posts, mask, positions, history).logits
        return Ranking(int(user_id), posts, logits, expit(logits))

    def recommend(
        self,
        user_id: int,
        weights: str | Mapping[str, float] | None = None,
        k: int = 200,
        top: int = 20,
        mask: str | ArrayLike = "isolated",
        positions: str = "shared",
        history: pd.DataFrame | None = None,
    ) -> Recommendation:
        """Makes a feed: retrieve, rank, score.

        Args:
          user_id: a user's id.
          weights: a preset's name or a mapping from action to weight, missing ones 0; default: the default preset.
          k: how many posts are retrieved.
          top: how many of them make the feed, 1 … k.
          mask: see `rank`.
          positions: see `rank`.
          history: another history than the user's own.

        Returns:
          A `Recommendation`.

        Raises:
          ValueError: anything out of range or unknown; the text says what was expected.
        """
        vector = resolve_weights(weights)
        retrieval = self.retrieve(user_id, k, history)
        if isinstance(top, bool) or not isinstance(top, int | np.integer) or not 1 <= top <= k:
            raise ValueError(f"top must be a whole number from 1 to k = {k}, got {top!r}.")
        used = self.history(user_id) if history is None else history.copy()
        begun = time.perf_counter()
        ranking = self.rank(user_id, retrieval.post_ids, mask, positions, history)
        ranked = time.perf_counter()
        authors = self.world.post_columns.author[retrieval.post_ids].astype(np.int64)
        followed = self.world.follows_authors_of(user_id, retrieval.post_ids)
        stages = score_feed(ranking.probabilities, weights=vector, author_ids=authors, followed=followed)
        feed = retrieval.post_ids[stages.order[:top]]
        seconds = {**retrieval.seconds, "rank": ranked - begun, "score": time.perf_counter() - ranked}
        return Recommendation(int(user_id), used, retrieval, ranking, authors, followed, vector, stages, feed, seconds)

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
        batches += batches[:1] * (most - len(batches))  # one shape, compiled once
        batch = RecsysBatch(*(np.concatenate(fields) for fields in zip(*batches, strict=True)))
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
        batches = [self._batch(user_id, posts, bucket=most, history=history) for posts in lists[1:]]
        batches = [first, *batches, *[first] * (most - len(batches))]  # one shape, compiled once
        batch = RecsysBatch(*(np.concatenate(fields) for fields in zip(*batches, strict=True)))
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
        batches = [self._batch(user_id, _NO_POSTS, bucket=0, history=history) for history in histories]
        batches += batches[:1] * (most - len(batches))  # one shape, compiled once
        batch = RecsysBatch(*(np.concatenate(fields) for fields in zip(*batches, strict=True)))
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

    def _rank_isolated(self, user_id: int, posts: np.ndarray, history: pd.DataFrame | None) -> np.ndarray:
        context, parts = None, []
        for start in range(0, len(posts), BUCKETS[-1]):
            part = posts[start : start + BUCKETS[-1]]
            batch = self._batch(user_id, part, bucket=bucket_for(len(part)), history=history)
            if context is None:
                context = self._context(batch)
            logits = self._score_candidates(self._ranker_params, context, batch)
            parts.append(np.asarray(logits)[0, : len(part)])
        return np.concatenate(parts)

    def _run_dense(
        self, user_id: int, posts: np.ndarray, mask: str | ArrayLike, positions: str, history: pd.DataFrame | None
    ) -> Inspection:
        if len(posts) > BUCKETS[-1]:
            raise ValueError(
                f"At most {BUCKETS[-1]} posts can be ranked in one dense pass, got {len(posts)}: only isolated "
                "candidates with shared positions can be ranked in parts."
            )
        batch = self._batch(user_id, posts, bucket=bucket_for(len(posts)), history=history)
        small, full, keep = pad_mask(mask, batch, candidates=len(posts))
        output = self._dense(self._ranker_params, batch, mask=full, positions=positions)
        return Inspection(
            tokens=np.asarray(output.tokens)[0, keep],
            attention=np.stack([np.asarray(layer)[0] for layer in output.attention])[:, :, keep][..., keep],
            residuals=np.stack([np.asarray(h)[0] for h in output.residuals])[:, keep],
            mask=small,
            logits=np.array(output.logits)[0, : len(posts)],
        )

    def _batch(self, user_id: int, posts: np.ndarray, *, bucket: int, history: pd.DataFrame | None) -> RecsysBatch:
        return self._batcher.batch(user_id, posts, bucket=bucket, history=history)

    def _candidate_tower(self, posts: np.ndarray, authors: np.ndarray) -> np.ndarray:
        return self._encode_candidates(self._retrieval_params, posts, authors)

    def _context(self, batch: RecsysBatch) -> Context:
        """User and history of a batch, encoded or remembered."""
        compute = partial(self._encode_context, self._ranker_params, without_candidates(batch))
        return self._contexts.get(context_fields(batch), compute)

    def _user_vector(self, batch: RecsysBatch) -> np.ndarray:
        """The unit vector [1, D] of the user of a batch, encoded or remembered."""
        return self._user_vectors.get(
            context_fields(batch), lambda: np.asarray(self._encode_user(self._retrieval_params, batch))
        )


__all__ = [
    "BUCKETS",
    "FEED_STEPS",
    "HISTORY_COLUMNS",
    "Inspection",
    "Ranking",
    "Recommendation",
    "Recommender",
    "Retrieval",
    "cache_folder",
]
