"""What can be chosen of each kind of index: once when it is built, and separately for every search.

Glossary: N vectors of D dimensions.
"""

import dataclasses
import math
from typing import ClassVar

from phoenix.checks import check_whole, shown

PQ_BITS = 8
MOST_EFFORT = 2**31 - 1  # FAISS counts in int32


@dataclasses.dataclass(frozen=True)
class IVFSearch:
    """How thoroughly an inverted file is searched.

    Attributes:
      nprobe: how many cells are opened, the nearest first; 1 … nlist. More find more of the true neighbours and take
        proportionally longer; nprobe = nlist compares with every vector.
    """

    nprobe: int = 32


@dataclasses.dataclass(frozen=True)
class HNSWSearch:
    """How thoroughly a graph is searched.

    Attributes:
      ef_search: how many of the best nodes the walk keeps: it ends when the next node to expand is worse than all of
        them; 1 … 2^31 - 1. More find more and take longer; far below k, the end of the result
        stays weak.
    """

    ef_search: int = 64


@dataclasses.dataclass(frozen=True)
class FlatParameters:
    """Every vector as it is, compared one by one: exact, nothing to choose, time grows with N."""

    kind: ClassVar[str] = "flat"

    def check(self, *, size: int, dimension: int) -> None:
        """Accepts every corpus."""


@dataclasses.dataclass(frozen=True)
class IVFFlatParameters:
    """Inverted file: k-means sorts the vectors into cells, a search opens only the cells nearest to the query.

    Attributes:
      nlist: how many cells, 1 … N. More make each cell smaller, so that the same number of opened cells is searched
        faster and misses more; training takes longer. About twice the square root of N is a good start.
    """

    kind: ClassVar[str] = "ivf_flat"
    nlist: int = 1024

    def check(self, *, size: int, dimension: int) -> None:
        """Raises a ValueError unless these parameters fit a corpus."""
        check_whole("nlist", self.nlist, least=1, most=size, why=" (a cell needs at least one vector)")


@dataclasses.dataclass(frozen=True)
class IVFSQ8Parameters(IVFFlatParameters):
    """The same cells, but each number of a vector is rounded to 8 bits: a quarter of the memory, little recall lost.

    Attributes:
      nlist: as for `IVFFlatParameters`.
    """

    kind: ClassVar[str] = "ivf_sq8"


@dataclasses.dataclass(frozen=True)
class IVFPQParameters(IVFFlatParameters):
    """The same cells, but a vector is cut into m pieces and each is replaced by the nearest of 256 learnt pieces.

    Attributes:
      nlist: as for `IVFFlatParameters`.
      m: pieces, and so bytes, per vector; must divide D. Fewer save memory and blur the distances, so recall is
        bounded however many cells are opened.
    """

    kind: ClassVar[str] = "ivf_pq"
    m: int = 32

    def check(self, *, size: int, dimension: int) -> None:
        """Raises a ValueError unless these parameters fit a corpus."""
        super().check(size=size, dimension=dimension)
        check_whole("m", self.m, least=1, most=dimension, why=" (the dimensions of a vector)")
        if dimension % self.m:
            raise ValueError(
                f"m must divide the {dimension} dimensions of a vector into equal pieces, got {self.m}: choose one of "
                f"{', '.join(str(m) for m in range(1, dimension + 1) if dimension % m == 0)}."
            )
        if size < 2**PQ_BITS:
            raise ValueError(
                f"Product quantisation learns {2**PQ_BITS} pieces and needs at least as many vectors, got {size}: "
                "use another kind of index."
            )


@dataclasses.dataclass(frozen=True)
class HNSWParameters:
    """Hierarchical navigable small world: a graph of near neighbours, walked greedily from coarse levels to fine.

    Attributes:
      m: links of a node on each level (twice as many on the lowest), 2 … 256. More find more, and cost memory and
        building time.
      ef_construction: how many candidates are weighed when a node is linked in, at least 1. More build a better
        graph, more slowly; searching stays as fast. At most 2^31 - 1.
    """

    kind: ClassVar[str] = "hnsw"
    m: int = 16
    ef_construction: int = 80

    def check(self, *, size: int, dimension: int) -> None:
        """Raises a ValueError unless these parameters are usable."""
        check_whole("m", self.m, least=2, most=256)
        check_whole("ef_construction", self.ef_construction, least=1, most=MOST_EFFORT)


IndexParameters = FlatParameters | IVFFlatParameters | IVFSQ8Parameters | IVFPQParameters | HNSWParameters
SearchSettings = IVFSearch | HNSWSearch
KINDS: dict[str, type[IndexParameters]] = {
    parameters.kind: parameters
    for parameters in (FlatParameters, IVFFlatParameters, IVFSQ8Parameters, IVFPQParameters, HNSWParameters)
}


def default_parameters(kind: str, *, size: int, dimension: int) -> IndexParameters:
    """Parameters to start from: as many cells as the power of two next to 2·sqrt(N), m = D/2 pieces.

    Raises:
      ValueError: an unknown kind.
    """
    if kind not in KINDS:
        raise ValueError(f"Unknown kind of index {shown(kind)}: choose one of {', '.join(KINDS)}.")
    nlist = min(2 ** round(math.log2(2 * math.sqrt(size))), size)
    if kind == "ivf_pq":
        return IVFPQParameters(nlist=nlist, m=dimension // 2 if dimension % 2 == 0 else dimension)
    return KINDS[kind](nlist=nlist) if kind.startswith("ivf") else KINDS[kind]()
