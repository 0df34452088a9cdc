"""The models as pure functions of (parameters, batch), for training and serving alike.

Equal configurations give the same functions, so that JAX, which knows a function by its identity, traces each once.
"""

import functools
from collections.abc import Callable
from typing import NamedTuple

import haiku as hk

from phoenix.batch import RecsysBatch
from phoenix.embedding import HashTables
from phoenix.hashing import TableConfig
from phoenix.parameters import HASH_TABLES
from phoenix.recsys_model import PhoenixConfig, PhoenixModel
from phoenix.recsys_retrieval_model import CandidateStages, RecsysRetrievalModel, RetrievalConfig, UserStages


class RankerFunctions(NamedTuple):
    """Each takes parameters first; the rest as the method of `PhoenixModel` of that name."""

    init: Callable
    dense: Callable  # (params, batch, *, mask, positions) → RankerOutput
    logits: Callable  # (params, batch) → [B, C, A]
    encode_context: Callable  # (params, batch) → Context
    score_candidates: Callable  # (params, context, batch) → [B, C, A]


class RetrievalFunctions(NamedTuple):
    """Each takes parameters first; the rest as the method of `RecsysRetrievalModel` of that name."""

    init: Callable
    forward: Callable  # (params, batch) → RetrievalOutput
    encode_user: Callable  # (params, batch) → [B, D]
    encode_candidates: Callable  # (params, post hashes, author hashes) → [N, D]


@functools.cache
def ranker_functions(config: PhoenixConfig) -> RankerFunctions:
    """Pure functions of the ranker."""

    def method(name: str) -> hk.Transformed:
        return hk.without_apply_rng(hk.transform(lambda *args, **kw: getattr(PhoenixModel(config), name)(*args, **kw)))

    dense = method("__call__")
    return RankerFunctions(
        init=dense.init,
        dense=dense.apply,
        logits=method("logits").apply,
        encode_context=method("encode_context").apply,
        score_candidates=method("score_candidates").apply,
    )


@functools.cache
def retrieval_functions(config: RetrievalConfig) -> RetrievalFunctions:
    """Pure functions of the retrieval model."""

    def method(name: str) -> hk.Transformed:
        return hk.without_apply_rng(hk.transform(lambda *args: getattr(RecsysRetrievalModel(config), name)(*args)))

    forward = method("__call__")
    return RetrievalFunctions(
        init=forward.init,
        forward=forward.apply,
        encode_user=method("encode_user").apply,
        encode_candidates=method("encode_candidates").apply,
    )


def tower_stages(config: RetrievalConfig) -> Callable:
    """(params, batch) → the steps of both towers, `UserStages` and the `CandidateStages` of the candidates."""

    def stages(batch: RecsysBatch) -> tuple[UserStages, CandidateStages]:
        model = RecsysRetrievalModel(config)
        posts, authors = batch.candidate_post_hashes, batch.candidate_author_hashes
        return model.user_stages(batch), model.candidate_stages(posts, authors)

    return hk.without_apply_rng(hk.transform(stages)).apply


def table_lookup(tables: TableConfig, width: int) -> Callable:
    """(rows of the tables, hashes, kind) → embeddings, as the models look them up: bucket 0 reads as zeros."""
    read = hk.without_apply_rng(hk.transform(lambda hashes, kind: HashTables(tables, width)(hashes, kind)))
    return lambda rows, hashes, kind: read.apply({HASH_TABLES: rows}, hashes, kind)
