"""The whole recommender behind one object: load once; retrieve, rank, recommend.

Glossary: n candidates, A actions, K retrieved, S history, C candidates padded to a bucket, T = 1 + S + C.

Design:
* ids in, NamedTuples out; every stage is returned and timed; nothing that is returned is shared or kept;
* arrays have a few fixed shapes (`BUCKETS`), so that everything is compiled once, at `warm_up`;
* with isolation and shared positions the context is computed once and candidates run against it; every other mask
  takes the dense pass over all tokens.
"""

import contextlib
import os
import pathlib
import time
from collections.abc import Callable, Mapping, Sequence
from typing import Any, NamedTuple

import jax
import numpy as np
import pandas as pd
import platformdirs
from numpy.typing import ArrayLike
from scipy.special import expit

from phoenix.actions import ACTIONS, resolve_weights
from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.checkpoint import ArtifactError, load_arrays, save_arrays
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.index import FlatIndex
from phoenix.masks import POSITION_SCHEMES, resolve_mask
from phoenix.recsys_model import PhoenixConfig
from phoenix.scoring import ScoreStages, score_feed
from phoenix.storage import Artifacts, load_artifacts
from phoenix.world import SURFACES, World
from phoenix.world.stream import Histories, empty_histories

BUCKETS = (32, 256, 1024)
HISTORY_COLUMNS = ("post_id", "author_id", "surface", *ACTIONS)
_CORPUS_CHUNK = 20_000
_USERS_CHUNK = 100


class Retrieval(NamedTuple):
    """Posts found for a user: ids int64 [K], cosines float32 [K], best first, and seconds per stage."""

    user_id: int
    post_ids: np.ndarray
    scores: np.ndarray
    seconds: dict[str, float]


class Ranking(NamedTuple):
    """Predictions for posts in the order given: logits and probabilities float32 [n, A]."""

    user_id: int
    post_ids: np.ndarray
    logits: np.ndarray
    probabilities: np.ndarray


class Recommendation(NamedTuple):
    """A feed and everything on the way to it.

    Attributes:
      user_id: whose feed it is.
      history: the history that was used, see `Recommender.history`.
      retrieval: what the index returned.
      ranking: predictions for the retrieved posts, in their order.
      author_ids: int64 [K], author of each retrieved post.
      followed: bool [K], whether the user follows that author.
      weights: float64 [A].
      stages: score stages of the retrieved posts, in their order.
      feed: int64 [top], post ids, best first.
      seconds: time of each stage: history, encode_user, search, rank, score.
    """

    user_id: int
    history: pd.DataFrame
    retrieval: Retrieval
    ranking: Ranking
    author_ids: np.ndarray
    followed: np.ndarray
    weights: np.ndarray
    stages: ScoreStages
    feed: np.ndarray
    seconds: dict[str, float]


class Inspection(NamedTuple):
    """Intermediates of one dense pass without its padding, T = 1 + history + candidates.

    Attributes:
      tokens: [T, D] input tokens.
      attention: [L, H, T, T], rows sum to 1 up to rounding.
      residuals: [2 L + 1, T, D], hidden state after each half layer.
      mask: int8 [T, T], 1 = may attend.
      logits: [n, A].
    """

    tokens: np.ndarray
    attention: np.ndarray
    residuals: np.ndarray
    mask: np.ndarray
    logits: np.ndarray


def cache_folder() -> pathlib.Path:
    """Where derived files are kept: PHOENIX_CACHE_DIR, or the platform's cache folder."""
    return pathlib.Path(os.environ.get("PHOENIX_CACHE_DIR") or platformdirs.user_cache_dir("phoenix-explorer"))


class Recommender:
    """Two-stage recommender over one world; read-only after loading and safe to share among threads.

    Attributes:
      world: the world, with its truth.
      config: shape of the ranker.
      metrics: what was measured of these models.
      training_log: losses and metrics during training.
    """

    def __init__(self, artifacts: Artifacts):
        """Prepares models and index; prefer `load`."""
        self.world: World = artifacts.world
        self.config: PhoenixConfig = artifacts.ranker_config
        self.metrics: dict[str, Any] = artifacts.metrics
        self.training_log = artifacts.log
        self._histories = artifacts.histories
        self._builder = BatchBuilder(
            self.world.post_columns.author, num_users=self.world.num_users, tables=self.config.tables
        )
        self._retrieval_params = jax.device_put(artifacts.retrieval)
        self._ranker_params = jax.device_put(artifacts.ranker)
        retrieval, ranker = retrieval_functions(artifacts.retrieval_config), ranker_functions(self.config)
        self._encode_user = jax.jit(retrieval.encode_user)
        self._encode_candidates = jax.jit(retrieval.encode_candidates)
        self._encode_context = jax.jit(ranker.encode_context)
        self._score_candidates = jax.jit(ranker.score_candidates)
        self._dense = jax.jit(ranker.dense, static_argnames="positions")
        self.corpus_embeddings = self._embed_corpus(artifacts.digest)
        self.index = FlatIndex(self.corpus_embeddings)

    @classmethod
    def load(cls, folder: pathlib.Path | None = None) -> "Recommender":
        """Loads and verifies artifacts, by default those of PHOENIX_ARTIFACTS or the shipped ones.

        Raises:
          ArtifactError: a file is missing, damaged or does not belong to the others.
        """
        _keep_compilations()
        return cls(load_artifacts(folder))

    @property
    def ranker_weights(self) -> dict[str, dict[str, np.ndarray]]:
        """The ranker's weights, module → name → array; copies are not made, so read only."""
        return jax.tree.map(np.asarray, self._ranker_params)

    def warm_up(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Compiles every function for every bucket; progress is called as progress(done, in all)."""
        jobs: list[Callable[[], object]] = [lambda: self.retrieve(0, k=1)]
        for bucket in BUCKETS:
            posts = np.arange(min(bucket, self.world.num_posts))
            jobs.append(lambda posts=posts: self.rank(0, posts))
        few = np.arange(min(BUCKETS[0], self.world.num_posts))
        many = np.arange(min(BUCKETS[1], self.world.num_posts))
        for scheme in POSITION_SCHEMES:
            jobs.append(lambda scheme=scheme: self.rank(0, few, mask="full", positions=scheme))
            jobs.append(lambda scheme=scheme: self.rank(0, many, mask="full", positions=scheme))
        for done, job in enumerate(jobs, start=1):
            job()
            if progress:
                progress(done, len(jobs))

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
        batch = self._batch(user_id, np.zeros(0, np.int64), bucket=1, history=history)
        prepared = time.perf_counter()
        vector = np.asarray(self._encode_user(self._retrieval_params, batch))
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
        batch = self._batch(user_id, np.zeros(0, np.int64), bucket=1, history=history)
        return np.array(self._encode_user(self._retrieval_params, batch))[0]

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
        posts = self._check_candidates(post_ids)
        self._check_positions(positions)
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
            context = self._encode_context(self._ranker_params, _without_candidates(batch))
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
        posts, most = self._check_candidates(post_ids), self.config.history_len + 1
        if len(posts) > BUCKETS[-1]:
            raise ValueError(f"At most {BUCKETS[-1]} posts can be ranked in one batch, got {len(posts)}.")
        if not 1 <= len(histories) <= most:
            raise ValueError(f"Give 1 to {most} histories, got {len(histories)}.")
        bucket = _bucket(len(posts))
        batches = [self._batch(user_id, posts, bucket=bucket, history=history) for history in histories]
        batches += batches[:1] * (most - len(batches))  # one shape, compiled once
        batch = RecsysBatch(*(np.concatenate(fields) for fields in zip(*batches, strict=True)))
        context = self._encode_context(self._ranker_params, _without_candidates(batch))
        logits = self._score_candidates(self._ranker_params, context, batch)
        return np.array(logits)[: len(histories), : len(posts)]

    def inspect(
        self,
        user_id: int,
        post_ids: Sequence[int],
        mask: str | ArrayLike = "isolated",
        positions: str = "shared",
        history: pd.DataFrame | None = None,
    ) -> Inspection:
        """One dense pass with its intermediates; arguments and errors as for `rank`, at most 256 posts."""
        posts = self._check_candidates(post_ids)
        if len(posts) > BUCKETS[1]:
            raise ValueError(f"At most {BUCKETS[1]} posts can be inspected at once, got {len(posts)}.")
        self._check_positions(positions)
        return self._run_dense(user_id, posts, mask, positions, history)

    def _embed_corpus(self, digest: str) -> np.ndarray:
        path = cache_folder() / f"corpus-{digest[:16]}.safetensors"
        with contextlib.suppress(ArtifactError):
            return load_arrays(path)[0]["embeddings"]
        posts, authors = self._builder.posts, self._builder.authors
        chunks = [
            np.asarray(self._encode_candidates(self._retrieval_params, *_pad_rows(posts, authors, start)))
            for start in range(0, len(posts), _CORPUS_CHUNK)
        ]
        embeddings = np.concatenate(chunks)[: len(posts)]
        with contextlib.suppress(OSError):  # a read-only cache folder costs the next start a second, nothing else
            save_arrays(path, {"embeddings": embeddings}, {"kind": "corpus", "weights_digest": digest})
        return embeddings

    def _rank_isolated(self, user_id: int, posts: np.ndarray, history: pd.DataFrame | None) -> np.ndarray:
        context, parts = None, []
        for start in range(0, len(posts), BUCKETS[-1]):
            part = posts[start : start + BUCKETS[-1]]
            batch = self._batch(user_id, part, bucket=_bucket(len(part)), history=history)
            if context is None:
                context = self._encode_context(self._ranker_params, _without_candidates(batch))
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
        batch = self._batch(user_id, posts, bucket=_bucket(len(posts)), history=history)
        rows = int((batch.history_surfaces[0] > 0).sum())
        small = resolve_mask(mask, history_len=rows, candidate_len=len(posts))
        padded_history, padded = batch.history_surfaces.shape[1], batch.candidate_surfaces.shape[1]
        keep = np.r_[np.arange(1 + rows), 1 + padded_history + np.arange(len(posts))]
        total = 1 + padded_history + padded
        # Padding attends to the user, so that no row of the softmax is empty; nothing attends to padding.
        full = np.zeros((total, total), np.int8)
        full[:, 0] = 1
        full[keep, 0] = 0
        full[np.ix_(keep, keep)] = small
        output = self._dense(self._ranker_params, batch, mask=full, positions=positions)
        return Inspection(
            tokens=np.asarray(output.tokens)[0, keep],
            attention=np.stack([np.asarray(layer)[0] for layer in output.attention])[:, :, keep][..., keep],
            residuals=np.stack([np.asarray(h)[0] for h in output.residuals])[:, keep],
            mask=small,
            logits=np.array(output.logits)[0, : len(posts)],
        )

    def _batch(self, user_id: int, posts: np.ndarray, *, bucket: int, history: pd.DataFrame | None) -> RecsysBatch:
        user = self.world.check_user(user_id)
        histories = self._own_history(user) if history is None else self._edited_history(history)
        candidates = np.full((1, bucket), -1, np.int64)
        candidates[0, : len(posts)] = posts
        return self._builder.build(
            np.array([user]),
            history_posts=histories.posts,
            history_surfaces=histories.surfaces,
            history_actions=histories.actions,
            candidates=candidates,
            candidate_surfaces=np.zeros_like(candidates),
        )

    def _own_history(self, user: int) -> Histories:
        return Histories(*(column[user : user + 1] for column in self._histories))

    def _edited_history(self, history: pd.DataFrame) -> Histories:
        if not isinstance(history, pd.DataFrame):
            raise ValueError(f"The history must be a DataFrame as `history` returns it, got {type(history).__name__}.")
        missing = [c for c in HISTORY_COLUMNS if c not in history.columns and c != "author_id"]
        if missing:
            raise ValueError(f"The history lacks the column {missing[0]}: expected {', '.join(HISTORY_COLUMNS)}.")
        length, rows = self.config.history_len, len(history)
        if rows > length:
            raise ValueError(f"A history may have at most {length} rows, got {rows}: keep the newest.")
        result = empty_histories(1, length=length)
        if rows == 0:
            return result
        unknown = set(history["surface"]) - set(SURFACES)
        if unknown:
            raise ValueError(f"Unknown surface {unknown.pop()!r} in the history: choose from {', '.join(SURFACES)}.")
        actions = history[list(ACTIONS)].to_numpy()
        if not np.isin(actions, (0, 1)).all():
            raise ValueError("The actions of a history must be 0 (not taken) or 1 (taken).")
        result.posts[0, :rows] = self.world.check_posts(history["post_id"].to_numpy())
        result.surfaces[0, :rows] = [SURFACES.index(s) for s in history["surface"]]
        result.actions[0, :rows] = actions.astype(bool)
        return result

    def _check_candidates(self, post_ids: Sequence[int]) -> np.ndarray:
        posts = self.world.check_posts(post_ids)
        if not posts.size:
            raise ValueError("There is nothing to rank: give at least one post id.")
        ids, counts = np.unique(posts, return_counts=True)
        if (counts > 1).any():
            raise ValueError(f"Post {ids[counts > 1][0]} is given more than once: every candidate must be different.")
        return posts

    @staticmethod
    def _check_positions(positions: str) -> None:
        if positions not in POSITION_SCHEMES:
            raise ValueError(f"Unknown position scheme {positions!r}: choose one of {', '.join(POSITION_SCHEMES)}.")


def _bucket(count: int) -> int:
    return next(bucket for bucket in BUCKETS if count <= bucket)


def _without_candidates(batch: RecsysBatch) -> RecsysBatch:
    return batch._replace(
        candidate_post_hashes=batch.candidate_post_hashes[:, :0],
        candidate_author_hashes=batch.candidate_author_hashes[:, :0],
        candidate_surfaces=batch.candidate_surfaces[:, :0],
    )


def _pad_rows(posts: np.ndarray, authors: np.ndarray, start: int) -> tuple[np.ndarray, np.ndarray]:
    """One chunk of hashes, padded with zeros to the full chunk so that it is compiled once."""
    chunk = []
    for hashes in (posts, authors):
        rows = hashes[start : start + _CORPUS_CHUNK]
        chunk.append(np.pad(rows, ((0, min(_CORPUS_CHUNK, len(hashes)) - len(rows)), (0, 0))))
    return chunk[0], chunk[1]


def _keep_compilations() -> None:
    """Keeps compiled programs on disk, so that the next start does not compile."""
    jax.config.update("jax_compilation_cache_dir", str(cache_folder() / "jax"))
    jax.config.update("jax_persistent_cache_min_compile_time_secs", 0)
    jax.config.update("jax_persistent_cache_min_entry_size_bytes", -1)


__all__ = ["Inspection", "Ranking", "Recommendation", "Recommender", "Retrieval"]
