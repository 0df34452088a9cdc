"""The slow work of the index laboratory, as background jobs: corpora, indexes, measurements.

Glossary: N posts, D dimensions.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dashboard import resources
from dashboard.jobs import Progress, Work
from dashboard.retrieval.index_controls import Setup
from phoenix.analysis.corpus import make_corpus
from phoenix.index import (
    FaissIndex,
    FlatParameters,
    HNSWIndex,
    IndexParameters,
    SearchSettings,
    StoredIndex,
    build_index,
    digest_vectors,
    load_or_build,
)
from phoenix.index.replay import GraphLinks, read_graph
from phoenix.index.sweep import Measurement, Trial, one_thread, settings_grid, sweep
from phoenix.serving import cache_folder

_MOST_EFFORT, _ROUNDS = 512, 3  # of the sweep: beyond this nprobe or ef every curve is flat


class PreparedIndex(NamedTuple):
    """An index, the exact one beside it, and the corpus that both hold.

    Attributes:
      index: as asked for.
      exact: over the same vectors.
      embeddings: float32 [N, D].
      topics: int [N].
      known: how many of the posts the models were trained with; the others are new ids.
      graph: the links of an HNSW index, None for others.
      reused: whether it was found on disk.
      complaint: why a file on disk could not be used, None if there was no reason.
    """

    index: FaissIndex
    exact: FaissIndex
    embeddings: np.ndarray
    topics: np.ndarray
    known: int
    graph: GraphLinks | None
    reused: bool
    complaint: str | None


class LabCorpus(NamedTuple):
    """Vectors [N, D] and topics [N] of a corpus, its known posts, its exact index, and the vectors' digest."""

    embeddings: np.ndarray
    topics: np.ndarray
    known: int
    exact: FaissIndex
    digest: str


def _corpus_of(size: int) -> Callable[[Progress, Callable[[], bool]], LabCorpus]:
    """Work that makes the corpus of a size with its exact index, or waits for whoever makes it already."""
    recommender, place = resources.recommender(), resources.corpus_place(size)

    def work(progress: Progress, should_stop: Callable[[], bool]) -> LabCorpus:
        def make() -> LabCorpus:
            corpus = make_corpus(recommender, size, progress=progress, should_stop=should_stop)
            vectors, topics = corpus.embeddings, corpus.world.post_columns.topic
            exact = build_index(vectors, FlatParameters(), should_stop=should_stop)
            return LabCorpus(vectors, topics, corpus.known, exact, digest_vectors(vectors))

        return place.get(make)

    return work


def _stored(corpus: LabCorpus, parameters: IndexParameters, **watch: Callable) -> StoredIndex:
    folder = cache_folder() / "indexes"
    return load_or_build(corpus.embeddings, parameters, folder=folder, corpus_digest=corpus.digest, **watch)


def prepare_index(size: int, parameters: IndexParameters) -> Work:
    """Work that makes a `PreparedIndex`."""
    corpus_of = _corpus_of(size)

    def work(progress: Progress, should_stop: Callable[[], bool]) -> PreparedIndex:
        corpus = corpus_of(progress, should_stop)
        stored = _stored(corpus, parameters, progress=progress, should_stop=should_stop)
        graph = read_graph(stored.index) if isinstance(stored.index, HNSWIndex) else None
        return PreparedIndex(
            stored.index,
            corpus.exact,
            corpus.embeddings,
            corpus.topics,
            corpus.known,
            graph,
            stored.reused,
            stored.complaint,
        )

    return work


def measure_indexes(size: int, plan: tuple[IndexParameters, ...], chosen: Setup, *, queries: int, k: int) -> Work:
    """Work that measures every index of a plan, with the chosen settings among those tried.

    Args:
      size: number of posts.
      plan: what to build.
      chosen: what the visitor chose.
      queries: how many users' vectors are searched for.
      k: neighbours.
    """
    corpus_of, recommender = _corpus_of(size), resources.recommender()

    def work(progress: Progress, should_stop: Callable[[], bool]) -> list[Measurement]:
        corpus = corpus_of(progress, should_stop)
        users = np.linspace(0, recommender.world.num_users - 1, queries).astype(int)
        vectors = np.stack([recommender.embed_user(int(user)) for user in users])
        truth = corpus.exact.search(vectors, k=k).ids
        trials = []
        for parameters in plan:
            index = _stored(corpus, parameters, progress=progress, should_stop=should_stop).index
            grid = [s for s in settings_grid(index) if s is None or max(vars(s).values()) <= _MOST_EFFORT]
            if parameters == chosen.parameters and chosen.settings not in grid:
                grid = sorted([*grid, chosen.settings], key=lambda s: max(vars(s).values()))
            trials += [Trial(index, settings) for settings in grid]
        return sweep(trials, vectors, truth=truth, repeats=_ROUNDS, progress=progress, should_stop=should_stop)

    return work


def time_search(index: FaissIndex, vector: np.ndarray, k: int, settings: SearchSettings | None) -> float:
    """Seconds of one search on one thread, the median of five."""
    seconds = []
    with one_thread():
        for _ in range(5):
            begun = time.perf_counter()
            index.search(vector[None], k=k, settings=settings)
            seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds))
