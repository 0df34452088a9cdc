"""Every program that serving runs, with its weights, and what of it is compiled ahead of the first question.

Glossary: S history, B users (or histories of one user) in a batch, C candidates padded to a bucket, T = 1 + S + C.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np

from phoenix.batch import RecsysBatch
from phoenix.forward import ranker_functions, retrieval_functions, tower_stages
from phoenix.hashing import NUM_HASHES
from phoenix.masks import POSITION_SCHEMES
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.serving.compiled import BUCKETS, Program

FEED_STEPS = 3  # of `compile_steps`: what a feed of 200 candidates needs


class BoundProgram(NamedTuple):
    """A program and the parameters it is called with."""

    program: Program
    params: Any

    def __call__(self, *inputs: Any, **options: Any) -> Any:
        """See `Program.__call__`."""
        return self.program(self.params, *inputs, **options)

    def compile(self, *inputs: Any, **options: Any) -> object:
        """See `Program.compile`."""
        return self.program.compile(self.params, *inputs, **options)

    def shapes(self, *inputs: Any, **options: Any) -> Any:
        """See `Program.shapes`."""
        return self.program.shapes(self.params, *inputs, **options)


class Programs(NamedTuple):
    """The functions of both models; each reads of a batch what it needs."""

    encode_user: BoundProgram  # (batch) → [B, D]
    encode_candidates: BoundProgram  # (post hashes, author hashes) → [N, D]
    tower_stages: BoundProgram  # (batch) → both towers, with what happens on the way
    encode_context: BoundProgram  # (batch) → Context
    score_candidates: BoundProgram  # (context, batch) → [B, C, A]
    dense: BoundProgram  # (batch, *, mask, positions) → RankerOutput, all tokens at once
    dense_logits: BoundProgram  # the same, logits alone


def make_programs(
    *, ranker: PhoenixConfig, ranker_params: Any, retrieval: RetrievalConfig, retrieval_params: Any
) -> Programs:
    """All programs; nothing is compiled yet.

    Args:
      ranker: shape of the ranker.
      ranker_params: its weights on the device.
      retrieval: shape of the retrieval model.
      retrieval_params: its weights on the device.
    """
    towers, network = retrieval_functions(retrieval), ranker_functions(ranker)

    def dense_logits(*args: Any, **kwargs: Any) -> jax.Array:
        return network.dense(*args, **kwargs).logits

    return Programs(
        encode_user=BoundProgram(Program(towers.encode_user), retrieval_params),
        encode_candidates=BoundProgram(Program(towers.encode_candidates), retrieval_params),
        tower_stages=BoundProgram(Program(tower_stages(retrieval)), retrieval_params),
        encode_context=BoundProgram(Program(network.encode_context), ranker_params),
        score_candidates=BoundProgram(Program(network.score_candidates), ranker_params),
        dense=BoundProgram(Program(network.dense, static_argnames="positions"), ranker_params),
        dense_logits=BoundProgram(Program(dense_logits, static_argnames="positions"), ranker_params),
    )


class CompileStep(NamedTuple):
    """One program for one shape, to be compiled ahead of its use.

    Attributes:
      program: name of the function.
      users: B.
      candidates: C, 0 where the program reads none.
      compile: compiles it, unless that is done already.
    """

    program: str
    users: int
    candidates: int
    compile: Callable[[], object]


def compile_steps(programs: Programs, *, ranker: PhoenixConfig, retrieval: RetrievalConfig) -> list[CompileStep]:
    """All programs for all shapes that serving uses, those that a feed needs first.

    Args:
      programs: what is compiled.
      ranker: shape of the ranker.
      retrieval: shape of the retrieval model.
    """
    few, feed, _ = BUCKETS
    # A history, and each of its rows left out once.
    rank_most, embed_most = ranker.history_len + 1, retrieval.history_len + 1
    ranked, embedded = partial(_ranker_steps, programs, ranker), partial(batch_shapes, retrieval)
    users = [
        CompileStep("encode_user", count, 0, partial(programs.encode_user.compile, embedded(users=count)))
        for count in (1, embed_most)
    ]
    towers = partial(programs.tower_stages.compile, embedded(users=1, candidates=few))
    return [
        users[0],
        *ranked(users=1, buckets=sorted(BUCKETS, key=lambda bucket: bucket != feed)),
        *_dense_steps(programs.dense, "dense", ranker, users=1, buckets=BUCKETS),
        *ranked(users=rank_most, buckets=BUCKETS),
        *_dense_steps(programs.dense_logits, "dense_logits", ranker, users=few + 1, buckets=(few,)),
        users[1],
        CompileStep("tower_stages", 1, few, towers),
    ]


def _ranker_steps(
    programs: Programs, config: PhoenixConfig, *, users: int, buckets: tuple[int, ...]
) -> list[CompileStep]:
    """The context of so many users, and candidates against it."""
    empty = batch_shapes(config, users=users)

    def compile_candidates(bucket: int) -> None:
        context = programs.encode_context.shapes(empty)
        programs.score_candidates.compile(context, batch_shapes(config, users=users, candidates=bucket))

    context = CompileStep("encode_context", users, 0, partial(programs.encode_context.compile, empty))
    return [
        context,
        *(CompileStep("score_candidates", users, bucket, partial(compile_candidates, bucket)) for bucket in buckets),
    ]


def _dense_steps(
    program: BoundProgram, name: str, config: PhoenixConfig, *, users: int, buckets: tuple[int, ...]
) -> list[CompileStep]:
    """A pass over all tokens, under any mask, for both position schemes."""
    steps = []
    for bucket in buckets:
        batch = batch_shapes(config, users=users, candidates=bucket)
        total = 1 + config.history_len + bucket
        mask = jax.ShapeDtypeStruct((total, total), np.int8)
        for scheme in POSITION_SCHEMES:
            steps.append(CompileStep(name, users, bucket, partial(program.compile, batch, mask=mask, positions=scheme)))
    return steps


def batch_shapes(config: PhoenixConfig | RetrievalConfig, *, users: int, candidates: int = 0) -> RecsysBatch:
    """Shapes and types of a model's batch: `jax.ShapeDtypeStruct`s in the places of its arrays."""
    history_len = config.history_len

    def shape(*sizes: int, dtype: type = np.int32) -> jax.ShapeDtypeStruct:
        return jax.ShapeDtypeStruct((users, *sizes), dtype)

    return RecsysBatch(
        user_hashes=shape(NUM_HASHES),
        history_post_hashes=shape(history_len, NUM_HASHES),
        history_author_hashes=shape(history_len, NUM_HASHES),
        history_actions=shape(history_len, config.num_actions, dtype=np.float32),
        history_surfaces=shape(history_len),
        candidate_post_hashes=shape(candidates, NUM_HASHES),
        candidate_author_hashes=shape(candidates, NUM_HASHES),
        candidate_surfaces=shape(candidates),
    )
