"""Inverted files: vectors in cells, of which a search opens the nearest; stored as they are or as short codes."""

import itertools

import faiss
import numpy as np

from phoenix.checks import check_whole, shown
from phoenix.index.base import Watch
from phoenix.index.faiss_index import FaissIndex
from phoenix.index.parameters import PQ_BITS, IVFFlatParameters, IVFPQParameters, IVFSearch, IVFSQ8Parameters

TRAINING_ROUNDS = 10
ADDING_STEPS = 20
# k-means needs a few dozen vectors per cell to place its centre; more only take longer.
_TRAINING_VECTORS_PER_CELL = 64
_PQ_TRAINING_VECTORS = 256 * 2**PQ_BITS


class IVFIndex(FaissIndex):
    """A flat, scalar-quantised or product-quantised inverted file, whichever its parameters say."""

    @classmethod
    def steps(cls, parameters: IVFFlatParameters, size: int) -> int:
        """How many steps of progress building takes."""
        return TRAINING_ROUNDS + 1 + len(_slices(size))

    @classmethod
    def build(cls, vectors: np.ndarray, parameters: IVFFlatParameters, *, watch: Watch) -> "IVFIndex":
        """Trains cells and codes on checked vectors [N, D], then adds the vectors chunk by chunk."""
        quantizer = _train_cells(vectors, parameters.nlist, watch=watch)
        native = _make_native(quantizer, parameters)
        native.train(_sample(vectors, max(_PQ_TRAINING_VECTORS, parameters.nlist)))
        watch.step()
        for part in _slices(len(vectors)):
            native.add(vectors[part])
            watch.step()
        return cls(native, parameters)

    def check_settings(self, settings: IVFSearch | None, *, k: int) -> IVFSearch:
        """Returns usable settings, by default `IVFSearch()` or all cells if there are fewer, or raises a ValueError."""
        if settings is None:
            return IVFSearch(nprobe=min(IVFSearch.nprobe, self.native.nlist))
        if not isinstance(settings, IVFSearch):
            raise ValueError(f"An inverted file is searched with IVFSearch(nprobe=…), got {shown(settings)}.")
        check_whole("nprobe", settings.nprobe, least=1, most=self.native.nlist, why=" (nlist, the number of cells)")
        return settings

    def native_settings(self, settings: IVFSearch) -> faiss.SearchParametersIVF:
        """Checked settings as FAISS takes them."""
        return faiss.SearchParametersIVF(nprobe=int(settings.nprobe))


def _make_native(quantizer: faiss.IndexFlatIP, parameters: IVFFlatParameters) -> faiss.IndexIVF:
    shape = quantizer, quantizer.d, parameters.nlist
    match parameters:
        case IVFPQParameters():
            native = faiss.IndexIVFPQ(*shape, parameters.m, PQ_BITS, faiss.METRIC_INNER_PRODUCT)
            native.pq.cp.min_points_per_centroid = 1  # otherwise a small corpus makes FAISS print to stderr
        case IVFSQ8Parameters():
            native = faiss.IndexIVFScalarQuantizer(*shape, faiss.ScalarQuantizer.QT_8bit, faiss.METRIC_INNER_PRODUCT)
        case _:
            native = faiss.IndexIVFFlat(*shape, faiss.METRIC_INNER_PRODUCT)
    return native


def _train_cells(vectors: np.ndarray, nlist: int, *, watch: Watch) -> faiss.IndexFlatIP:
    """k-means on the unit sphere, one round at a time so that it can be watched and stopped."""
    clustering = faiss.Clustering(vectors.shape[1], nlist)
    clustering.niter, clustering.spherical, clustering.seed = 1, True, 1
    clustering.min_points_per_centroid = 1
    sample = _sample(vectors, nlist * _TRAINING_VECTORS_PER_CELL)
    quantizer = faiss.IndexFlatIP(vectors.shape[1])
    for _ in range(TRAINING_ROUNDS):
        clustering.train(sample, quantizer)  # each round goes on from the centroids of the one before
        watch.step()
    return quantizer


def _sample(vectors: np.ndarray, count: int) -> np.ndarray:
    if count >= len(vectors):
        return vectors
    return vectors[np.sort(np.random.default_rng(0).choice(len(vectors), count, replace=False))]


def _slices(size: int) -> list[slice]:
    edges = np.linspace(0, size, min(ADDING_STEPS, size) + 1).astype(int)
    return [slice(begin, end) for begin, end in itertools.pairwise(edges)]
