"""The models of a recommender, loaded, compiled and ready for batches; what it is asked for is built on this.

Glossary: n candidates, A actions, S history, C candidates padded to a bucket, T = 1 + S + C.

Design:
* arrays have a few fixed shapes, so that everything is compiled once, ahead of the first question (`compile_steps`);
* with isolation and shared positions the context is computed once, remembered for the next question about the same
  user and history, and candidates run against it; every other mask takes the dense pass over all tokens.
"""

import os
import pathlib
from collections.abc import Callable
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from phoenix.batch import RecsysBatch
from phoenix.forward import ranker_functions, retrieval_functions, tower_stages
from phoenix.index import open_index
from phoenix.recsys_model import Context, PhoenixConfig
from phoenix.serving.batching import RequestBatcher, context_fields, pad_mask, without_candidates
from phoenix.serving.compiled import BUCKETS, Program, bucket_for, cache_folder, cast_weights, keep_compilations
from phoenix.serving.content_cache import ContentCache
from phoenix.serving.corpus_vectors import corpus_embeddings
from phoenix.serving.results import Inspection
from phoenix.serving.warm_up import BoundProgram, CompileStep, compile_steps
from phoenix.storage import Artifacts, load_artifacts
from phoenix.world import World

NO_POSTS = np.zeros(0, np.int64)
_REMEMBERED = 128  # users whose context is kept: about 35 KB each for the shipped ranker


class Engine:
    """Both models over one world; read-only after loading and safe to share among threads.

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
    def load(cls, folder: pathlib.Path | None = None, *, precision: str = "float32") -> Self:
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
            batch=self._batch(0, NO_POSTS, bucket=0, history=None),
        )

    def warm_up(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Compiles every program for every bucket; progress is called as progress(done, in all)."""
        steps = self.compile_steps()
        for done, step in enumerate(steps, start=1):
            step.compile()
            if progress:
                progress(done, len(steps))

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
