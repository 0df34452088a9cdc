"""The slow work behind the index views, for the background: corpora, indexes, measurements.

Glossary: N posts, D dimensions.
"""

import time
from typing import NamedTuple

import numpy as np

from dashboard import resources
from dashboard.background import Progress, Request, ShouldStop, stages
from dashboard.kept_results import Parts
from dashboard.retrieval.index.controls import Setup
from phoenix.analysis.corpus import make_corpus
from phoenix.environment import cache_folder
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
from phoenix.world import AnyWorld

QUERIES, NEIGHBOURS = 40, 100
_MOST_EFFORT, _ROUNDS = 512, 3  # of the sweep: beyond this nprobe or ef every curve is flat
# Microseconds for each post, roughly: how the stages share one bar.
_COSTS = {"known": 3, "new": 10, "flat": 1, "ivf_flat": 13, "ivf_sq8": 13, "ivf_pq": 25, "hnsw": 110}
_SEARCH_COST = 60.0


class Corpus(NamedTuple):
    """Posts of some number, ready to be indexed.

    Attributes:
      embeddings: float32 [N, D].
      topics: int [N].
      known: how many of the posts the models were trained with; the others are new ids.
      exact: the exact index over them.
      digest: of the vectors.
    """

    embeddings: np.ndarray
    topics: np.ndarray
    known: int
    exact: FaissIndex
    digest: str

    @property
    def parts(self) -> Parts:
        """What it keeps in memory."""
        arrays = {id(array): array.nbytes for array in (self.embeddings, self.topics)}
        return {**arrays, id(self.exact): self.exact.memory_bytes}


class PreparedIndex(NamedTuple):
    """An index and the corpus that it holds.

    Attributes:
      corpus: the posts, with the exact index beside this one.
      index: as asked for.
      graph: the links of an HNSW index, None for others.
      reused: whether it was found on disk.
      complaint: why a file on disk could not be used, None if there was no reason.
    """

    corpus: Corpus
    index: FaissIndex
    graph: GraphLinks | None
    reused: bool
    complaint: Exception | None

    @property
    def parts(self) -> Parts:
        """What it keeps in memory."""
        links = {} if self.graph is None else {id(a): a.nbytes for a in self.graph if isinstance(a, np.ndarray)}
        return {**self.corpus.parts, id(self.index): self.index.memory_bytes, **links}


class Swept(NamedTuple):
    """A sweep over all kinds: numbers alone, and time.time() at its end."""

    measurements: tuple[Measurement, ...]
    finished: float


def prepare(size: int, parameters: IndexParameters) -> Request:
    """The request for a `PreparedIndex`."""

    def run(progress: Progress, should_stop: ShouldStop) -> PreparedIndex:
        first, second = stages(progress, [_corpus_cost(size), _COSTS[parameters.kind]])
        corpus = make(size, progress=first, should_stop=should_stop)
        stored = _stored(corpus, parameters, progress=second, should_stop=should_stop)
        graph = read_graph(stored.index) if isinstance(stored.index, HNSWIndex) else None
        return PreparedIndex(corpus, stored.index, graph, stored.reused, stored.complaint)

    return resources.request(("index", size, parameters), run, weigh=lambda prepared: prepared.parts)


def measure(plan: tuple[IndexParameters, ...], chosen: Setup) -> Request:
    """The request for a sweep over every index of a plan, with the chosen settings among those tried."""

    def run(progress: Progress, should_stop: ShouldStop) -> Swept:
        costs = [_corpus_cost(chosen.size), *(_COSTS[parameters.kind] for parameters in plan), _SEARCH_COST]
        first, *building, last = stages(progress, costs)
        corpus = make(chosen.size, progress=first, should_stop=should_stop)
        trials: list[Trial] = []
        for parameters, tell in zip(plan, building, strict=True):
            index = _stored(corpus, parameters, progress=tell, should_stop=should_stop).index
            trials += _trials(index, chosen)
        vectors = _queries()
        truth = corpus.exact.search(vectors, k=NEIGHBOURS).ids
        watch = dict(progress=last, should_stop=should_stop)
        return Swept(tuple(sweep(trials, vectors, truth=truth, repeats=_ROUNDS, **watch)), time.time())

    return resources.request(("sweep", plan, chosen), run)


def make(size: int, *, progress: Progress, should_stop: ShouldStop) -> Corpus:
    """The corpus of a size: kept from earlier work, or made and kept; only for use in the background."""
    kept, key = resources.background().kept, (resources.chosen_world().key, "corpus", size)
    corpus = kept.get(key)
    if corpus is None:
        made = make_corpus(resources.recommender(), size, progress=progress, should_stop=should_stop)
        exact = build_index(made.embeddings, FlatParameters(), should_stop=should_stop)
        topics = _kinds(made.world)
        corpus = Corpus(made.embeddings, topics, made.known, exact, digest_vectors(made.embeddings))
        kept.put(key, corpus, corpus.parts)
    progress(1, 1)
    return corpus


def _kinds(world: AnyWorld) -> np.ndarray:
    """As `naming.kinds` groups the posts, of a corpus of any size."""
    return world.author_of_post if world.topic_of_post is None else world.topic_of_post


def _corpus_cost(size: int) -> float:
    """Microseconds for each post, on average."""
    known = min(size, resources.recommender().world.num_posts)
    return (known * _COSTS["known"] + (size - known) * _COSTS["new"]) / size


def _stored(corpus: Corpus, parameters: IndexParameters, *, progress: Progress, should_stop: ShouldStop) -> StoredIndex:
    watch = dict(progress=progress, should_stop=should_stop)
    folder = cache_folder() / "indexes"
    stored = load_or_build(corpus.embeddings, parameters, folder=folder, corpus_digest=corpus.digest, **watch)
    progress(1, 1)
    return stored


def _trials(index: FaissIndex, chosen: Setup) -> list[Trial]:
    """The settings to try on an index, from careless to thorough, with the chosen ones among them."""
    grid = [settings for settings in settings_grid(index) if settings is None or _effort(settings) <= _MOST_EFFORT]
    if index.parameters == chosen.parameters and chosen.settings not in grid:
        grid = sorted([*grid, chosen.settings], key=_effort)
    return [Trial(index, settings) for settings in grid]


def _effort(settings: SearchSettings) -> int:
    return max(vars(settings).values())


def _queries() -> np.ndarray:
    """Vectors of users from all over the world, float32 [queries, D]."""
    recommender = resources.recommender()
    users = np.linspace(0, recommender.world.num_users - 1, QUERIES).astype(int)
    return np.stack([recommender.embed_user(int(user)) for user in users])


def time_search(index: FaissIndex, vector: np.ndarray, *, k: int, settings: SearchSettings | None) -> float:
    """Seconds of one search on one thread, the median of five."""
    seconds = []
    with one_thread():
        for _ in range(5):
            begun = time.perf_counter()
            index.search(vector[None], k=k, settings=settings)
            seconds.append(time.perf_counter() - begun)
    return float(np.median(seconds))
