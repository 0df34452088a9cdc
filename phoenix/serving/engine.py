"""Both models, loaded, compiled and ready: batches in, arrays out.

Glossary: B rows of a batch, C candidates padded to a bucket, A actions, D width, N posts, T = 1 + S + C.

Design:
* arrays have a few fixed shapes, so that everything is compiled once, ahead of the first question (`compile_steps`);
* the context of a user and a history is computed once and remembered by content; candidates run against it. That is
  the cached pass; it holds for isolated candidates with shared positions. The dense pass goes over all tokens, under
  any mask.
"""

from collections.abc import Callable, Mapping

import jax
import numpy as np

from phoenix.batch import RecsysBatch
from phoenix.parameters import Params
from phoenix.recsys_model import Context, PhoenixConfig, RankerOutput
from phoenix.recsys_retrieval_model import CandidateStages, RetrievalConfig, UserStages
from phoenix.serving.batching import context_fields, without_candidates
from phoenix.serving.compiled import cast_weights
from phoenix.serving.content_cache import ContentCache
from phoenix.serving.programs import CompileStep, Programs, compile_steps, make_programs

_REMEMBERED = 128  # users whose context is kept: about 35 KB each for the shipped ranker


class Engine:
    """The models' functions on their weights; read-only after loading and safe to share among threads.

    Attributes:
      ranker, retrieval: shapes of the models.
      precision: what they compute in.
      programs: the compiled functions.
      contexts: remembered contexts of the ranker.
      vectors: remembered user vectors.
    """

    def __init__(
        self,
        *,
        ranker: PhoenixConfig,
        ranker_params: Params,
        retrieval: RetrievalConfig,
        retrieval_params: Params,
        precision: str = "float32",
    ):
        """Puts the weights on the device; nothing is compiled yet.

        Raises:
          ValueError: an unknown precision.
        """
        self.ranker, self.retrieval, self.precision = ranker, retrieval, precision
        self.programs: Programs = make_programs(
            ranker=ranker,
            ranker_params=cast_weights(ranker_params, precision),
            retrieval=retrieval,
            retrieval_params=cast_weights(retrieval_params, precision),
        )
        self.contexts: ContentCache[Context] = ContentCache(_REMEMBERED)
        self.vectors: ContentCache[np.ndarray] = ContentCache(_REMEMBERED)

    @property
    def ranker_weights(self) -> Mapping[str, Mapping[str, np.ndarray]]:
        """The ranker's weights, module → name → array; copies are not made, so read only."""
        return jax.tree.map(np.asarray, self.programs.dense.params)

    def user_vectors(self, batch: RecsysBatch) -> np.ndarray:
        """Unit vectors of the users of a batch, float32 [B, D]."""
        return np.array(self.programs.encode_user(without_candidates(batch)))

    def user_vector(self, batch: RecsysBatch) -> np.ndarray:
        """The unit vector [1, D] of the user of a batch of one row, encoded or remembered; treat it as read-only."""
        return self.vectors.get(context_fields(batch), lambda: self.user_vectors(batch))

    def post_vectors(self, post_hashes: np.ndarray, author_hashes: np.ndarray) -> np.ndarray:
        """Unit vectors of posts, float32 [N, D], from their hashes int32 [N, 2]."""
        return np.asarray(self.programs.encode_candidates(post_hashes, author_hashes))

    def tower_stages(self, batch: RecsysBatch) -> tuple[UserStages, CandidateStages]:
        """Both towers step by step; arrays of NumPy."""
        user, candidates = self.programs.tower_stages(batch)
        return UserStages(*map(np.array, user)), CandidateStages(*map(np.array, candidates))

    def encode_context(self, batch: RecsysBatch) -> Context:
        """User and history of each row, encoded: the first half of the cached pass."""
        return self.programs.encode_context(without_candidates(batch))

    def context(self, batch: RecsysBatch) -> Context:
        """The same for a batch of one row, encoded or remembered."""
        return self.contexts.get(context_fields(batch), lambda: self.encode_context(batch))

    def candidate_logits(self, context: Context, batch: RecsysBatch) -> np.ndarray:
        """Logits float32 [B, C, A] of the candidates of a batch against a context: the second half."""
        return np.array(self.programs.score_candidates(context, batch))

    def dense(self, batch: RecsysBatch, *, mask: np.ndarray, positions: str) -> RankerOutput:
        """One pass over all tokens under a mask int8 [T, T], with what happens on the way; arrays of the device."""
        return self.programs.dense(batch, mask=mask, positions=positions)

    def dense_logits(self, batch: RecsysBatch, *, mask: np.ndarray, positions: str) -> np.ndarray:
        """Logits float32 [B, C, A] of the same pass."""
        return np.array(self.programs.dense_logits(batch, mask=mask, positions=positions))

    def compile_steps(self) -> list[CompileStep]:
        """All programs for all shapes that serving uses; the first `FEED_STEPS` of them are what a feed needs."""
        return compile_steps(self.programs, ranker=self.ranker, retrieval=self.retrieval)

    def warm_up(self, progress: Callable[[int, int], None] | None = None) -> None:
        """Compiles every program for every bucket; progress is called as progress(done, in all)."""
        steps = self.compile_steps()
        for done, step in enumerate(steps, start=1):
            step.compile()
            if progress:
                progress(done, len(steps))
