"""The whole recommender behind one object: load once; retrieve, rank, recommend.

Glossary: n candidates, A actions, K retrieved, S history. Ids in, NamedTuples out; every stage is returned and timed;
nothing that is returned is shared or kept.

It has an engine (the models), a reader of requests, a batcher for each model, the ways through the ranker, the world
and an index; what only an explorer asks is in `probes`.
"""

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit

from phoenix.actions import ActionSet
from phoenix.batch import BatchBuilder
from phoenix.checks import check_whole
from phoenix.disk_cache import DiskCache
from phoenix.environment import cache_folder, index_uri
from phoenix.index import VectorIndex, open_index
from phoenix.index.base import check_k
from phoenix.pipeline import OFF, Context, PipelineSettings, check_settings, run_stages
from phoenix.pipeline.sources import spare
from phoenix.recsys_model import PhoenixConfig
from phoenix.serving.batching import RequestBatcher, check_positions
from phoenix.serving.corpus_vectors import corpus_embeddings
from phoenix.serving.engine import Engine
from phoenix.serving.passes import RankerPasses, RankPath
from phoenix.serving.results import Ranking, Recommendation, Retrieval
from phoenix.serving.user_request import RequestReader, UserRequest
from phoenix.storage import Artifacts, load_artifacts
from phoenix.world import AnyWorld, Histories


class Recommender:
    """Two-stage recommender over one world; read-only after loading and safe to share among threads.

    Attributes:
      world: the world; if it is not a log, with its truth.
      actions: that the models predict, A of them.
      config: shape of the ranker.
      metrics: what was measured of these models.
      training_log: losses and metrics during training.
      run: id of the training run that made them.
      engine: the models.
      requests: checks ids and histories.
      ranker_batches, retrieval_batches: each model's batches, by its own tables.
      passes: the ways through the ranker.
      corpus_embeddings: unit vectors of all posts, float32 [N, D].
      index: finds the nearest of them.
    """

    def __init__(
        self,
        artifacts: Artifacts,
        *,
        precision: str = "float32",
        cache: DiskCache | None = None,
        uri: str | None = None,
    ):
        """Prepares models and index; `load` reads what is said here from the environment.

        Args:
          artifacts: world, models, metrics.
          precision: what the models compute in.
          cache: where the corpus's vectors are kept; None computes them.
          uri: where the corpus is searched, see `open_index`.

        Raises:
          IndexUnavailableError: the index cannot be opened.
          ValueError: an unknown precision.
        """
        ranker, retrieval = artifacts.ranker_config, artifacts.retrieval_config
        self.world: AnyWorld = artifacts.world
        self.actions: ActionSet = self.world.actions
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
        authors, users = self.world.author_of_post, self.world.num_users
        # Models of one run mostly have tables of the same size: then ids are hashed once.
        hashes = {
            tables: BatchBuilder(authors, num_users=users, tables=tables)
            for tables in {ranker.tables, retrieval.tables}
        }
        self.ranker_batches, self.retrieval_batches = (
            RequestBatcher(hashes[model.tables], history_len=model.history_len) for model in (ranker, retrieval)
        )
        self.passes = RankerPasses(self.engine, self.ranker_batches)
        self.corpus_embeddings = corpus_embeddings(
            self.engine, self.retrieval_batches.hashes, weights=artifacts.retrieval, cache=cache
        )
        self.index: VectorIndex = open_index(self.corpus_embeddings, uri=uri)

    @classmethod
    def load(cls, artifacts: str | os.PathLike | None = None, *, precision: str = "float32") -> Self:
        """Loads and verifies artifacts, by default those of PHOENIX_ARTIFACTS or the shipped ones.

        The corpus's vectors are kept in PHOENIX_CACHE_DIR; it is searched where PHOENIX_INDEX_URI says.

        Args:
          artifacts: the folder where they are.
          precision: "float32" or "bfloat16", for weights and activations of both models.

        Raises:
          ArtifactError: a file is missing, damaged or does not belong to the others.
          IndexUnavailableError: the index cannot be opened.
          ValueError: an unknown precision.
        """
        cache, loaded = DiskCache(cache_folder()), load_artifacts(artifacts)
        return cls(loaded, precision=precision, cache=cache, uri=index_uri())

    def history(self, user_id: int) -> pd.DataFrame:
        """The user's last impressions on which at least one action was taken.

        Args:
          user_id: a user's id.

        Returns:
          At most S rows, oldest first: post_id, author_id, surface, and every action as 0/1.

        Raises:
          ValueError: an unknown user.
        """
        return self.requests.history_frame(user_id)

    def retrieve(self, user_id: int, k: int = 200, history: pd.DataFrame | None = None) -> Retrieval:
        """Finds the k posts of the corpus nearest to the user.

        Args:
          user_id: a user's id.
          k: 1 … number of posts; Milvus returns at most 16384.
          history: another history than the user's own, for what-if questions; empty is a cold start.

        Returns:
          A `Retrieval`.

        Raises:
          IndexUnavailableError: the index went away.
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
        """Predicts what a user would do with posts on the first of the surfaces, home.

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
        logits = self.passes.logits(request, posts, mask=mask, positions=positions, path=path)
        return Ranking(int(request.users[0]), posts, logits, expit(logits))

    def recommend(
        self,
        user_id: int,
        weights: str | Mapping[str, float] | None = None,
        k: int = 200,
        top: int = 20,
        mask: str | ArrayLike = "isolated",
        positions: str = "shared",
        history: pd.DataFrame | None = None,
        *,
        settings: PipelineSettings = OFF,
        served: Sequence[int] = (),
        draw: tuple[int, int] = (0, 0),
    ) -> Recommendation:
        """Makes a feed: runs the stages of `phoenix.pipeline`, by default retrieve, rank, score.

        Args:
          user_id: a user's id.
          weights: a preset's name or a mapping from action to weight, missing ones 0; default: the default preset.
          k: how many posts are retrieved and ranked; where filters take out what the user knows, so many more are
            retrieved.
          top: how many of them make the feed, 1 … k; fewer, where the stages leave fewer.
          mask: see `rank`.
          positions: see `rank`.
          history: another history than the user's own.
          settings: which further stages do something.
          served: ids of posts that were shown in this session before, oldest first.
          draw: a seed and the number of the request, both at least 0, by which exploration draws.

        Returns:
          A `Recommendation`.

        Raises:
          ValueError: anything out of range or unknown; the text says what was expected.
        """
        vector = self.actions.resolve_weights(weights)
        check_settings(settings, world=self.world)
        begun = time.perf_counter()
        request = self.requests.user(user_id, history)
        check_k(k, self.world.num_posts)
        known = self.world.check_posts(served)
        more = spare(int((request.histories.posts >= 0).sum()), len(known), settings=settings)
        retrieval = self._retrieve(request, min(k + more, self.world.num_posts), begun=begun)
        check_whole("top", top, least=1, most=k, why=" (k)")
        check_positions(positions)
        used = self.history(user_id) if history is None else history.copy()
        context = Context(
            world=self.world,
            user_id=int(user_id),
            history=Histories(*(column[0] for column in request.histories)),
            retrieved=retrieval.post_ids,
            k=k,
            vectors=self.corpus_embeddings,
            rank=lambda posts: self.passes.logits(request, posts, mask=mask, positions=positions, path=None),
            weights=vector,
            top=top,
            served=known,
            draw=(check_whole("The seed", draw[0], least=0), check_whole("The request", draw[1], least=0)),
        )
        made, seconds = run_stages(context, settings)
        return Recommendation(
            user_id=int(user_id),
            history=used,
            retrieval=retrieval,
            ranking=Ranking(int(user_id), made.posts, made.logits, expit(made.logits)),
            author_ids=self.world.author_of_post[made.posts].astype(np.int64),
            followed=self.world.follows_authors_of(user_id, made.posts),
            weights=vector,
            stages=made.scores,
            feed=made.posts[made.order[:top]],
            seconds=retrieval.seconds | {name: spent for name, spent in seconds.items() if name != "retrieval"},
            sources=made.sources,
            steps=made.steps,
            order=made.order,
        )

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
