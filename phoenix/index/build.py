"""From vectors and parameters to an index."""

from collections.abc import Callable

import numpy as np

from phoenix.index.base import Progress, Watch, check_vectors
from phoenix.index.faiss_index import FaissIndex
from phoenix.index.flat import FlatIndex
from phoenix.index.hnsw import HNSWIndex
from phoenix.index.ivf import IVFIndex
from phoenix.index.parameters import (
    FlatParameters,
    HNSWParameters,
    IndexParameters,
    IVFFlatParameters,
    IVFPQParameters,
    IVFSQ8Parameters,
)

INDEX_OF: dict[type[IndexParameters], type[FaissIndex]] = {
    FlatParameters: FlatIndex,
    IVFFlatParameters: IVFIndex,
    IVFSQ8Parameters: IVFIndex,
    IVFPQParameters: IVFIndex,
    HNSWParameters: HNSWIndex,
}


def build_index(
    vectors: np.ndarray,
    parameters: IndexParameters,
    *,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> FaissIndex:
    """Builds an index.

    Args:
      vectors: float [N, D]; N at least 1, finite.
      parameters: which kind, and its parameters.
      progress: called as progress(done, in all) after each chunk of training and adding.
      should_stop: asked between chunks; True ends the work.

    Returns:
      The index; the ids are the row numbers of `vectors`.

    Raises:
      ValueError: unusable vectors, or parameters that do not fit them.
      StoppedError: `should_stop` said so.
    """
    array = check_vectors(vectors)
    parameters.check(size=len(array), dimension=array.shape[1])
    made = INDEX_OF[type(parameters)]
    watch = Watch(made.steps(parameters, len(array)), progress=progress, should_stop=should_stop)
    return made.build(array, parameters, watch=watch)
