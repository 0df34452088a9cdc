"""What serving compiles ahead of the first question: every program for every shape that a question can have.

Glossary: S history, B users (or histories of one user) in a batch, C candidates padded to a bucket, T = 1 + S + C.
"""

from collections.abc import Callable
from functools import partial
from typing import Any, NamedTuple

import jax
import numpy as np

from phoenix.batch import RecsysBatch
from phoenix.masks import POSITION_SCHEMES
from phoenix.serving.compiled import BUCKETS, Program

FEED_STEPS = 3  # of `compile_steps`: what a feed of 200 candidates needs


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


class BoundProgram(NamedTuple):
    """A program and the parameters it is called with."""

    program: Program
    params: Any

    def compile(self, *inputs: Any, **options: Any) -> object:
        """See `Program.compile`."""
        return self.program.compile(self.params, *inputs, **options)


def compile_steps(
    *,
    encode_user: BoundProgram,
    encode_context: BoundProgram,
    score_candidates: BoundProgram,
    dense: BoundProgram,
    dense_logits: BoundProgram,
    tower_stages: BoundProgram,
    batch: RecsysBatch,
) -> list[CompileStep]:
    """All programs for all shapes that serving uses, those that a feed needs first.

    Args:
      encode_user: the user tower.
      encode_context: user and history to keys and values.
      score_candidates: candidates against a context.
      dense: all tokens at once, with what happens on the way.
      dense_logits: the same for many lists of candidates, logits alone.
      tower_stages: both towers, with what happens on the way.
      batch: a batch of one user without candidates.
    """
    most = batch.history_surfaces.shape[1] + 1  # a history, and each of its rows left out once
    few = BUCKETS[0]

    def users_alone(users: int) -> CompileStep:
        return CompileStep(
            "encode_user", users, 0, lambda: encode_user.compile(_shapes(batch, users=users, candidates=0))
        )

    def context(users: int) -> CompileStep:
        return CompileStep(
            "encode_context", users, 0, lambda: encode_context.compile(_shapes(batch, users=users, candidates=0))
        )

    def candidates(users: int, bucket: int) -> CompileStep:
        def compile() -> None:
            empty = _shapes(batch, users=users, candidates=0)
            made = encode_context.program.shapes(encode_context.params, empty)
            score_candidates.compile(made, _shapes(batch, users=users, candidates=bucket))

        return CompileStep("score_candidates", users, bucket, compile)

    def everything(name: str, program: BoundProgram, users: int, bucket: int, positions: str) -> CompileStep:
        total = most + bucket
        mask = jax.ShapeDtypeStruct((total, total), np.int8)
        shapes = _shapes(batch, users=users, candidates=bucket)
        return CompileStep(name, users, bucket, partial(program.compile, shapes, mask=mask, positions=positions))

    return [
        users_alone(1),
        context(1),
        *(candidates(1, bucket) for bucket in sorted(BUCKETS, key=lambda bucket: bucket != BUCKETS[1])),
        *(everything("dense", dense, 1, bucket, scheme) for bucket in BUCKETS for scheme in POSITION_SCHEMES),
        context(most),
        *(candidates(most, bucket) for bucket in BUCKETS),
        *(everything("dense_logits", dense_logits, few + 1, few, scheme) for scheme in POSITION_SCHEMES),
        users_alone(most),
        CompileStep("tower_stages", 1, few, lambda: tower_stages.compile(_shapes(batch, users=1, candidates=few))),
    ]


def _shapes(batch: RecsysBatch, *, users: int, candidates: int) -> RecsysBatch:
    """Shapes and types of a batch like this one with so many users and candidates."""

    def widen(name: str, array: np.ndarray) -> jax.ShapeDtypeStruct:
        rest = (candidates, *array.shape[2:]) if name.startswith("candidate_") else array.shape[1:]
        return jax.ShapeDtypeStruct((users, *rest), array.dtype)

    return RecsysBatch(**{name: widen(name, array) for name, array in batch._asdict().items()})
