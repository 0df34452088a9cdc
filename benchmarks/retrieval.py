"""One million posts: built from nothing, then exact search against every index at recall@100 of at least 0.95.

The corpus is the world's, encoded by the shipped candidate tower; queries are users. Each index gets the least
thorough setting that reaches the target for these users, and is then timed on one thread, one query at a time, all
indexes in turn in one run. hnswlib and usearch are measured beside ours where they are installed (dependency group
`bench`).

Prints tables and writes benchmarks/results/retrieval.json. Run: make bench ARGS=benchmarks/retrieval.py
"""

import argparse
import importlib.util
import json
import os
import resource
import time
from collections.abc import Callable, Sequence
from typing import Any, NamedTuple

import numpy as np
from rich.console import Console
from rich.table import Table

from benchmarks.report import write
from phoenix.analysis.corpus import Corpus, borrow, make_corpus
from phoenix.evaluation.retrieval_quality import measure_new_posts
from phoenix.index import (
    FlatParameters,
    HNSWParameters,
    HNSWSearch,
    IVFSearch,
    SearchResult,
    SearchSettings,
    VectorIndex,
    build_index,
    default_parameters,
)
from phoenix.index.sweep import TARGET_RECALL, Measurement, Trial, one_thread, recall, sweep
from phoenix.serving import Recommender

K, USERS, REPEATS, JUDGED_USERS = 100, 200, 5, 40
NPROBES = (4, 6, 8, 12, 16, 24, 32, 48, 64, 96, 128, 192, 256)
EFS = (64, 96, 128, 192, 256, 384, 512, 768, 1024, 1536, 2048, 3072, 4096)
BUDGET_SECONDS, BUDGET_BYTES = 300, 4 * 2**30


class Contender(NamedTuple):
    """An index with its name, the settings to tune over, and the seconds it took to build."""

    name: str
    index: VectorIndex
    grid: Sequence[SearchSettings | None]
    build_seconds: float


class OtherGraph(VectorIndex):
    """hnswlib or usearch behind our interface; for one thread alone, since ef is set on the index."""

    exact = False

    def __init__(self, vectors: np.ndarray, *, memory_bytes: int, search: Callable[[np.ndarray, int, int], tuple]):
        self._shape, self._memory, self._find = vectors.shape, memory_bytes, search

    @property
    def size(self) -> int:
        """N."""
        return self._shape[0]

    @property
    def dimension(self) -> int:
        """D."""
        return self._shape[1]

    @property
    def memory_bytes(self) -> int:
        """As the library reports it."""
        return self._memory

    def check_settings(self, settings: HNSWSearch, *, k: int) -> HNSWSearch:
        """Accepts what the grid gives."""
        return settings

    def _search(self, queries: np.ndarray, k: int, settings: HNSWSearch) -> SearchResult:
        ids, distances = self._find(queries, k, max(settings.ef_search, k))
        shape = len(queries), k
        return SearchResult(ids.astype(np.int64).reshape(shape), 1 - distances.reshape(shape))


def build_hnswlib(vectors: np.ndarray, graph: HNSWParameters) -> VectorIndex:
    """hnswlib with the same M and efConstruction as ours."""
    import hnswlib

    index = hnswlib.Index(space="ip", dim=vectors.shape[1])
    index.init_index(max_elements=len(vectors), M=graph.m, ef_construction=graph.ef_construction)
    index.add_items(vectors, num_threads=os.cpu_count())

    def search(queries: np.ndarray, k: int, ef: int) -> tuple:
        index.set_ef(ef)
        return index.knn_query(queries, k, num_threads=1)

    return OtherGraph(vectors, memory_bytes=index.index_file_size(), search=search)


def build_usearch(vectors: np.ndarray, graph: HNSWParameters) -> VectorIndex:
    """usearch with the same connectivity and expansion as ours, in float32."""
    import usearch.index

    index = usearch.index.Index(
        ndim=vectors.shape[1], metric="ip", dtype="f32", connectivity=graph.m, expansion_add=graph.ef_construction
    )
    index.add(np.arange(len(vectors)), vectors, threads=os.cpu_count())

    def search(queries: np.ndarray, k: int, ef: int) -> tuple:
        index.expansion_search = ef
        found = index.search(queries, k, threads=1)
        return found.keys, found.distances

    return OtherGraph(vectors, memory_bytes=index.memory_usage, search=search)


OTHERS = {"hnswlib": build_hnswlib, "usearch": build_usearch}
KINDS = ("ivf_sq8", "ivf_pq", "hnsw", *OTHERS)


def from_nothing(size: int) -> tuple[Recommender, Corpus, Contender, dict[str, float]]:
    """Loads the models, generates, encodes and indexes; also returns seconds of each stage and the peak of memory."""
    begun = time.perf_counter()
    recommender = Recommender.load()
    loaded = time.perf_counter()
    corpus = make_corpus(recommender, size)
    begun_index = time.perf_counter()
    index = build_index(corpus.embeddings, default_parameters("ivf_flat", size=size, dimension=64))
    ended = time.perf_counter()
    stages = {"load": loaded - begun, **corpus.seconds, "index": ended - begun_index, "all": ended - begun}
    stages["peak_bytes"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
    grid = [IVFSearch(n) for n in NPROBES if n <= index.parameters.nlist]
    return recommender, corpus, Contender(_name(index), index, grid, ended - begun_index), stages


def build_contenders(vectors: np.ndarray, graph: HNSWParameters, only: Sequence[str]) -> list[Contender]:
    """The other kinds, and the other libraries where they are installed; exact search is always among them."""
    shape = dict(size=len(vectors), dimension=vectors.shape[1])
    nprobes, efs = [IVFSearch(n) for n in NPROBES], [HNSWSearch(ef) for ef in EFS]
    ours = {
        "flat": (FlatParameters(), [None]),
        "ivf_sq8": (default_parameters("ivf_sq8", **shape), nprobes),
        "ivf_pq": (default_parameters("ivf_pq", **shape), nprobes),
        "hnsw": (graph, efs),
    }
    made = []
    for kind, (parameters, grid) in ours.items():
        if kind not in ("flat", *only):
            continue
        print(f"building {kind} …", flush=True)
        begun = time.perf_counter()
        index = build_index(vectors, parameters)
        made.append(Contender(_name(index), index, grid, time.perf_counter() - begun))
    for name, build in OTHERS.items():
        if name not in only:
            continue
        if importlib.util.find_spec(name) is None:
            print(f"{name} is not installed: left out")
            continue
        print(f"building {name} …", flush=True)
        begun = time.perf_counter()
        index = build(vectors, graph)
        settings = f"m={graph.m} ef_construction={graph.ef_construction}"
        made.append(Contender(f"{name} {settings}", index, efs, time.perf_counter() - begun))
    return made


def _name(index: VectorIndex) -> str:
    parameters = vars(index.parameters)
    return " ".join([index.parameters.kind, *(f"{key}={value}" for key, value in parameters.items())])


def tune(contender: Contender, queries: np.ndarray, truth: np.ndarray) -> Trial:
    """The least thorough settings that reach the target on these queries, or the most thorough there are."""
    for settings in contender.grid:
        found = contender.index.search(queries, k=K, settings=settings)
        if recall(found.ids, truth=truth).mean() >= TARGET_RECALL:
            break
    return Trial(contender.index, settings)


def report(contenders: Sequence[Contender], measured: Sequence[Measurement]) -> list[dict[str, Any]]:
    """Prints the table and returns its rows."""
    exact = next(m for m in measured if m.exact)
    size = exact.size
    table = Table(title=f"recall@{K} ≥ {TARGET_RECALL}, one thread, one query at a time, {size} posts")
    for column in ("index", "search", "recall", "ms", "faster than exact by", "MB", "built in s"):
        table.add_column(column, justify="left" if column in ("index", "search") else "right")
    rows = []
    for contender, one in sorted(zip(contenders, measured, strict=True), key=lambda pair: pair[1].milliseconds):
        settings = vars(one.settings) if one.settings else {}
        rows.append(
            {
                "index": contender.name,
                "settings": settings,
                "recall": one.recall,
                "milliseconds": one.milliseconds,
                "faster_than_exact": exact.milliseconds / one.milliseconds,
                "memory_bytes": one.memory_bytes,
                "build_seconds": contender.build_seconds,
            }
        )
        cells = f"{one.recall:.3f}", f"{one.milliseconds:.3f}", f"{exact.milliseconds / one.milliseconds:.1f} ×"
        sizes = f"{one.memory_bytes / 1e6:.0f}", f"{contender.build_seconds:.1f}"
        missed = "" if one.recall >= TARGET_RECALL else " (missed)"
        table.add_row(contender.name, " ".join(f"{k}={v}" for k, v in settings.items()) + missed, *cells, *sizes)
    Console(width=120).print(table)
    return rows


def main() -> None:
    """Measures and reports."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--posts", type=int, default=1_000_000, help="size of the corpus (default: 1000000)")
    parser.add_argument("--m", type=int, default=16, help="links of a node in every graph (default: 16)")
    parser.add_argument("--ef-construction", type=int, default=80, help="of every graph (default: 80)")
    parser.add_argument(
        "--only", nargs="+", choices=KINDS, default=KINDS, help="beside flat and ivf_flat (default: all)"
    )
    arguments = parser.parse_args()
    size, graph = arguments.posts, HNSWParameters(arguments.m, arguments.ef_construction)
    recommender, corpus, first, stages = from_nothing(size)
    seconds = ", ".join(f"{name} {stages[name]:.1f} s" for name in ("load", "generate", "encode", "index", "all"))
    print(f"from nothing: {seconds} (budget {BUDGET_SECONDS} s)")
    print(f"peak memory: {stages['peak_bytes'] / 2**30:.2f} GiB (budget {BUDGET_BYTES / 2**30:.0f} GiB)")
    contenders = [first, *build_contenders(corpus.embeddings, graph, arguments.only)]
    users = np.stack([recommender.embed_user(user) for user in range(USERS)])
    exact = next(contender.index for contender in contenders if contender.index.exact)
    truth = exact.search(users, k=K).ids
    with one_thread():
        trials = [tune(contender, users, truth) for contender in contenders]
    measured = sweep(trials, users, truth=truth, repeats=REPEATS)
    rows = report(contenders, measured)
    judged = np.arange(JUDGED_USERS)
    new_posts = None
    if corpus.known < size:
        made = {"by author": corpus, "by siblings": borrow(corpus)}
        new_posts = {name: measure_new_posts(recommender, one, users=judged) for name, one in made.items()}
    print(f"true P(favorite) of the first 100, by posts known to training and new ones: {json.dumps(new_posts)}")
    write("retrieval", {"posts": size, "from_nothing": stages, "indexes": rows, "new_posts": new_posts})


if __name__ == "__main__":
    main()
