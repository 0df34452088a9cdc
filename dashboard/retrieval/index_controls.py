"""What the index laboratory is asked for, checked before anything is built.

Glossary: N posts, D dimensions.
"""

from typing import NamedTuple

import streamlit as st

from dashboard import controls, state, words
from dashboard.locale import t
from phoenix.index import (
    KINDS,
    HNSWParameters,
    HNSWSearch,
    IndexParameters,
    IVFFlatParameters,
    IVFPQParameters,
    IVFSearch,
    IVFSQ8Parameters,
    SearchSettings,
    default_parameters,
)

SIZES = {"10k": 10_000, "100k": 100_000, "1m": 1_000_000}
PICTURES = ("speed", "memory", "search")
_LARGEST = 1_000_000  # what can be typed; whether it fits is checked, so that a sentence can say why not
_MOST_LINKS = 256


class Setup(NamedTuple):
    """An index and how it is searched.

    Attributes:
      size: number of posts in the corpus.
      parameters: what is built.
      settings: how it is searched; None for an exact index.
    """

    size: int
    parameters: IndexParameters
    settings: SearchSettings | None


class Choices(NamedTuple):
    """Numbers as they were typed; those that a kind does not have are left alone."""

    nlist: int
    nprobe: int
    pq: int
    links: int
    ef_construction: int
    ef_search: int


def defaults(size: int, dimension: int) -> Choices:
    """Numbers to start from for a corpus."""
    cells = default_parameters("ivf_pq", size=size, dimension=dimension)
    graph = default_parameters("hnsw", size=size, dimension=dimension)
    return Choices(cells.nlist, 32, cells.m, graph.m, graph.ef_construction, 64)


_FIELDS = {
    "flat": (),
    "ivf_flat": ("nlist", "nprobe"),
    "ivf_sq8": ("nlist", "nprobe"),
    "ivf_pq": ("nlist", "pq", "nprobe"),
    "hnsw": ("links", "ef_construction", "ef_search"),
}


def read(dimension: int, k: int) -> tuple[Setup, str]:
    """The controls; returns the setup to show and which picture of it.

    A combination that fits no index gets a sentence, and the last one that did stays.
    """
    left, right = st.columns([3, 2])
    with left:
        kind = controls.choice(
            "kind", tuple(KINDS), default="ivf_flat", label=t("retrieval.index.kind"), names="retrieval.index.kinds"
        )
    with right:
        size = SIZES[
            controls.choice(
                "corpus", tuple(SIZES), default="100k", label=t("retrieval.index.corpus"), names="retrieval.index.size"
            )
        ]
    st.markdown(t(f"retrieval.index.about.{kind}"))
    typed = _numbers(kind, defaults(size, dimension))
    picture = controls.choice(
        "plot", PICTURES, default="search", label=t("retrieval.index.picture"), names="retrieval.index.pictures"
    )
    problem = find_problem(kind, typed, size=size, dimension=dimension, k=k)
    memory = f"index_{kind}_{size}"
    if problem is None:
        state.keep(memory, make_setup(kind, typed, size))
    else:
        st.warning(problem)
    return state.recall(memory) or make_setup(kind, defaults(size, dimension), size), picture


def _numbers(kind: str, start: Choices) -> Choices:
    """One number field for each parameter of the kind."""
    typed = start._asdict()
    fields = _FIELDS[kind]
    for column, name in zip(st.columns(3), fields, strict=False):
        label, help = t(f"retrieval.index.field.{name}"), t(f"retrieval.index.help.{name}")
        with column:
            typed[name] = controls.number(
                name, low=1, high=_LARGEST, default=typed[name], kind="field", label=label, written_out=True, help=help
            )
    return Choices(**typed)


def find_problem(kind: str, typed: Choices, *, size: int, dimension: int, k: int) -> str | None:
    """Why these numbers cannot be used, in the visitor's language; None if they can.

    Args:
      kind: of the index.
      typed: the numbers.
      size: N.
      dimension: D.
      k: how many neighbours are searched.
    """
    if "nlist" in _FIELDS[kind] and typed.nlist > size:
        return t("retrieval.index.problem.nlist", nlist=words.count(typed.nlist), size=words.count(size))
    if "nprobe" in _FIELDS[kind] and typed.nprobe > typed.nlist:
        return t("retrieval.index.problem.nprobe", nprobe=words.count(typed.nprobe), nlist=words.count(typed.nlist))
    if kind == "ivf_pq" and (dimension % typed.pq or typed.pq > dimension):
        good = ", ".join(str(m) for m in range(1, dimension + 1) if dimension % m == 0)
        return t("retrieval.index.problem.pq", m=typed.pq, dimension=dimension, good=good)
    if kind == "hnsw" and not 2 <= typed.links <= _MOST_LINKS:
        return t("retrieval.index.problem.links", links=typed.links, most=_MOST_LINKS)
    if k > size:
        return t("retrieval.index.problem.k", k=k, size=words.count(size))
    return None


def make_setup(kind: str, typed: Choices, size: int) -> Setup:
    """The setup of numbers in which `find_problem` found none."""
    cells, graph = IVFSearch(min(typed.nprobe, typed.nlist)), HNSWSearch(typed.ef_search)
    made: dict[str, tuple[IndexParameters, SearchSettings | None]] = {
        "flat": (KINDS["flat"](), None),
        "ivf_flat": (IVFFlatParameters(typed.nlist), cells),
        "ivf_sq8": (IVFSQ8Parameters(typed.nlist), cells),
        "ivf_pq": (IVFPQParameters(typed.nlist, typed.pq), cells),
        "hnsw": (HNSWParameters(typed.links, typed.ef_construction), graph),
    }
    return Setup(size, *made[kind])


def name_of(parameters: IndexParameters, settings: SearchSettings | None) -> str:
    """A setup in one line, such as `IVF, nlist 512, nprobe 32`."""
    parts = [t(f"retrieval.index.kinds.{parameters.kind}")]
    parts += [f"{'PQ m' if parameters.kind == 'ivf_pq' and n == 'm' else n} {v}" for n, v in vars(parameters).items()]
    parts += [f"{n} {v}" for n, v in vars(settings).items()] if settings else []
    return ", ".join(parts)
