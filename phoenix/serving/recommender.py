"""The whole recommender behind one object: load once; retrieve, rank, recommend.

Glossary: n candidates, A actions, K retrieved, S history. Ids in, NamedTuples out; every stage is returned and timed;
nothing that is returned is shared or kept.

It has an engine (the models), a reader of requests, a batcher for each model, the world and an index; what only an
explorer asks is in `probes`.
"""

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any, Literal, NamedTuple, Self, get_args

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit

from phoenix.actions import resolve_weights
from phoenix.checks import check_whole, shown
from phoenix.index import VectorIndex, open_index
from phoenix.recsys_model import PhoenixConfig, RankerOutput
from phoenix.scoring import score_feed
from phoenix.serving.batching import PaddedMask, RequestBatcher, check_positions, is_isolated, pad_mask
from phoenix.serving.compiled import BUCKETS, bucket_for, cache_folder, keep_compilations
from phoenix.serving.corpus_vectors import corpus_embeddings
from phoenix.serving.engine import Engine
from phoenix.serving.results import Ranking, Recommendation, Retrieval
from phoenix.serving.user_request import RequestReader, UserRequest
from phoenix.storage import Artifacts, load_artifacts
from phoenix.world import World

RankPath = Literal["cached", "dense"]


class DensePass(NamedTuple):
    """A pass over all tokens of one user and some posts, and the mask it ran under."""

    output: RankerOutput
    mask: PaddedMask


class Recommender:
    """Two-stage recommender over one world; read-only after loading and safe to share among threads.

    Attributes:
      world: the world, with its truth.
      config: shape of the ranker.
      metrics: what was measured of these models.
      training_log: losses and metrics during training.
      run: id of the training run that made them.
      engine: the models.
      requests: checks ids and histories.
      ranker_batches, retrieval_batches: each model's batches, by its own tables.
      corpus_embeddings: unit vectors of all posts, float32 [N, D].
      index: finds the nearest of them.
    """

    def __init__(self, artifacts: Artifacts, *, precision: str = "float32"):
        """Prepares models and index; prefer `load`."""
        ranker, retrieval = artifacts.ranker_config, artifacts.retrieval_config
        self.world: World = artifacts.world
        self.config: PhoenixConfig = ranker
        self.metrics: dict[str, Any] = artifacts.metrics
        self.training_log = artifacts.log
        self.run: str = artifacts.run
        self.engine = Engine(
            ranker=ranker,
            ranker_params=artifacts.ranker,
            retrieval=retrieval,
            retrieval_params=artifacts.retrieval,
            precision=precision,
        )
        self.requests = RequestReader(self.world, artifacts.histories)
        self.ranker_batches, self.retrieval_batches = (
            RequestBatcher(self.world, tables=model.tables, history_len=model.history_len)
            for model in (ranker, retrieval)
        )
        hashes = self.retrieval_batches.hashes
        self.corpus_embeddings = corpus_embeddings(
            self.engine.post_vectors, hashes.posts, hashes.authors, digest=artifacts.run, precision=precision
        )
        self.index: VectorIndex = open_index(
            self.corpus_embeddings, uri=os.environ.get("PHOENIX_INDEX_URI"), folder=cache_folder() / "indexes"
        )

    @classmethod
    def load(cls, artifacts: str | os.PathLike | None = None, *, precision: str = "float32") -> Self:
        """Loads and verifies artifacts, by default those of PHOENIX_ARTIFACTS or the shipped ones.

        Args:
          artifacts: the folder where they are.
          precision: "float32" or "bfloat16", for weights and activations of both models.

        Raises:
          ArtifactError: a file is missing, damaged or does not belong to the others.
          ValueError: an unknown precision.
        """
        keep_compilations()
        return cls(load_artifacts(artifacts), precision=precision)

    def history(self, user_id: int) -> pd.DataFrame:
        """The user's last impressions on which at least one action was taken.

        Args:
          user_id: a user's id.

        Returns:
          At most S rows, oldest first: post_id, author_id, surface, and the fifteen actions as 0/1.

        Raises:
          ValueError: an unknown user.
        """
        return self.requests.history_frame(user_id)

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
        return self._retrieve(self.requests.user(user_id, history), k, begun=begun)

    def embed_user(self, user_id: int, history: pd.DataFrame | None = None) -> np.ndarray:
        """The user's unit vector, float32 [D]."""
        batch = self.retrieval_batches.batch(self.requests.user(user_id, history))
        return self.engine.user_vector(batch)[0].copy()

    def rank(
        self,
        user_id: int,
        post_ids: Sequence[int],
        mask: str | ArrayLike = "isolated",
        positions: str = "shared",
        history: pd.DataFrame | None = None,
        *,
        path: RankPath | None = None,
    ) -> Ranking:
        """Predicts what a user would do with posts on the home surface.

        Args:
          user_id: a user's id.
          post_ids: ids of n different posts, n at least 1; at most 1024 in a dense pass.
          mask: a mask variant's name, or a matrix of 0 and 1 over 1 + history rows + n positions.
          positions: a position scheme's name.
          history: another history than the user's own.
          path: "cached" encodes user and history once and runs the candidates against them, which is the same as the
            "dense" pass over all tokens where candidates are isolated and share a position. None: cached where it
            is the same, else dense.

        Returns:
          A `Ranking` in the order given.

        Raises:
          ValueError: unknown or repeated ids, an empty list, an unusable mask, position scheme or history, or a
            cached path where it is not the same.
        """
        posts = self.requests.posts(post_ids)
        check_positions(positions)
        request = self.requests.user(user_id, history)
        return self._rank(request, posts, mask=mask, positions=positions, path=path)

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
        begun = time.perf_counter()
        request = self.requests.user(user_id, history)
        retrieval = self._retrieve(request, k, begun=begun)
        check_whole("top", top, least=1, most=k, why=" (k)")
        check_positions(positions)
        used = self.history(user_id) if history is None else history.copy()
        begun = time.perf_counter()
        ranking = self._rank(request, retrieval.post_ids.copy(), mask=mask, positions=positions, path=None)
        ranked = time.perf_counter()
        authors = self.world.post_columns.author[retrieval.post_ids].astype(np.int64)
        followed = self.world.follows_authors_of(user_id, retrieval.post_ids)
        stages = score_feed(ranking.probabilities, weights=vector, author_ids=authors, followed=followed)
        feed = retrieval.post_ids[stages.order[:top]]
        seconds = {**retrieval.seconds, "rank": ranked - begun, "score": time.perf_counter() - ranked}
        return Recommendation(int(user_id), used, retrieval, ranking, authors, followed, vector, stages, feed, seconds)

    def dense_pass(
        self, request: UserRequest, posts: np.ndarray, *, mask: str | ArrayLike, positions: str
    ) -> DensePass:
        """Runs all tokens of a request of one row and of n posts, both checked, at once; n at most 1024.

        Raises:
          ValueError: more posts, or an unusable mask.
        """
        if len(posts) > BUCKETS[-1]:
            raise ValueError(
                f"At most {BUCKETS[-1]} posts can be ranked in one dense pass, got {len(posts)}: only isolated "
                "candidates with shared positions can be ranked in parts."
            )
        batch = self.ranker_batches.batch(request, posts, bucket=bucket_for(len(posts)))
        padded = pad_mask(mask, batch, candidates=len(posts))
        return DensePass(self.engine.dense(batch, mask=padded.full, positions=positions), padded)

    def _retrieve(self, request: UserRequest, k: int, *, begun: float) -> Retrieval:
        batch = self.retrieval_batches.batch(request)
        prepared = time.perf_counter()
        vector = self.engine.user_vector(batch)
        encoded = time.perf_counter()
        found = self.index.search(vector, k=k)
        seconds = {
            "history": prepared - begun,
            "encode_user": encoded - prepared,
            "search": time.perf_counter() - encoded,
        }
        return Retrieval(int(request.users[0]), found.ids[0], found.scores[0], seconds)

    def _rank(
        self, request: UserRequest, posts: np.ndarray, *, mask: str | ArrayLike, positions: str, path: RankPath | None
    ) -> Ranking:
        if self._takes_cached_path(request, posts, mask=mask, positions=positions, path=path):
            logits = self._rank_in_parts(request, posts)
        else:
            output, _ = self.dense_pass(request, posts, mask=mask, positions=positions)
            logits = np.array(output.logits)[0, : len(posts)]
        return Ranking(int(request.users[0]), posts, logits, expit(logits))

    def _takes_cached_path(
        self, request: UserRequest, posts: np.ndarray, *, mask: str | ArrayLike, positions: str, path: RankPath | None
    ) -> bool:
        if path is not None and (not isinstance(path, str) or path not in get_args(RankPath)):
            raise ValueError(f"Unknown path {shown(path)}: choose cached or dense, or None for whichever fits.")
        if path == "dense":
            return False
        rows = self.ranker_batches.history_rows(request)
        same = is_isolated(mask, history_rows=rows, candidates=len(posts)) and positions == "shared"
        if path == "cached" and not same:
            raise ValueError(
                "The cached path is only for isolated candidates with shared positions: under another mask or with "
                "slot positions candidates depend on each other. Ask for the dense path."
            )
        return same

    def _rank_in_parts(self, request: UserRequest, posts: np.ndarray) -> np.ndarray:
        context, parts = None, []
        for start in range(0, len(posts), BUCKETS[-1]):
            part = posts[start : start + BUCKETS[-1]]
            batch = self.ranker_batches.batch(request, part, bucket=bucket_for(len(part)))
            if context is None:
                context = self.engine.context(batch)
            parts.append(self.engine.candidate_logits(context, batch)[0, : len(part)])
        return np.concatenate(parts)
