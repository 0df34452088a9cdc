"""What an index view is asked for, checked before anything is built.

Glossary: N posts, D dimensions.
"""

from typing import NamedTuple

import streamlit as st

from dashboard import controls, state, words
from dashboard.locale import listing, t
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
AREAS = ("search", "corpus")
_LARGEST = 1_000_000  # what can be typed; whether it fits is checked, so that a sentence can say why not
_MOST_LINKS = 256
_MOST_CANDIDATES = 2_000  # of a walk: an order of magnitude beyond what finds nearly every neighbour
# The vectors stand in the corpus, in the exact index and in the one that is asked for; a link takes 4 bytes on either
# side, in the graph and in the copy of it that is replayed.
_VECTORS, _LINK_BYTES = 3, 16


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


def sizes(posts: int, *, made_up: bool) -> dict[str, int]:
    """The corpora to choose from: of a log, which nobody can write on, no more posts than it has."""
    return SIZES if made_up else {name: size for name, size in SIZES.items() if size < posts} | {"all": posts}


def read(dimension: int, k: int, *, corpora: dict[str, int], most_bytes: int) -> tuple[Setup, str]:
    """The controls; returns the setup to show and which picture of it.

    Of numbers that fit no index the last ones that did are shown, or those to start from; a sentence says which.

    Args:
      dimension: D.
      k: how many neighbours are searched.
      corpora: name → size, see `sizes`.
      most_bytes: what an index and its corpus may need.
    """
    default = "100k" if "100k" in corpora else "all"
    size = corpora[_choose("corpus", tuple(corpora), default=default, names="size")]
    kind = _choose("kind", tuple(KINDS), default="ivf_flat", names="kinds")
    st.markdown(t(f"retrieval.index.about.{kind}"))
    start = defaults(size, dimension)
    typed = _numbers(kind, start)
    picture = controls.choice(
        "plot", PICTURES, default="search", label=t("retrieval.index.picture"), names="retrieval.index.pictures"
    )
    problem = find_problem(kind, typed, size=size, dimension=dimension, k=k, most_bytes=most_bytes)
    memory = state.of_world(f"index_{kind}_{size}")
    if problem is None:
        state.keep(memory, make_setup(kind, typed, size))
        return make_setup(kind, typed, size), picture
    shown = state.recall(memory) or make_setup(kind, start, size)
    st.warning(f"{problem} {t('retrieval.index.shown', name=name_of(shown.parameters, shown.settings))}")
    return shown, picture


def _choose(name: str, options: tuple[str, ...], *, default: str, names: str) -> str:
    words_of = {"label": t(f"retrieval.index.{name}"), "names": f"retrieval.index.{names}"}
    return controls.choice(name, options, default=default, **words_of)


def _numbers(kind: str, start: Choices) -> Choices:
    """One number field for each parameter of the kind."""
    typed = start._asdict()
    columns = st.columns(2)
    for number, name in enumerate(_FIELDS[kind]):
        bounds = dict(low=1, high=_LARGEST, default=typed[name], kind="field", written_out=True)
        label, help = t(f"retrieval.index.field.{name}"), t(f"retrieval.index.help.{name}")
        with columns[number % 2]:
            typed[name] = controls.number(name, **bounds, label=label, help=help)
    return Choices(**typed)


def read_area() -> str:
    """Which part of the map a search is shown on, one of `AREAS`."""
    label = t("retrieval.map.zoom")
    return controls.choice("area", AREAS, default=AREAS[0], label=label, names="retrieval.index.areas")


def read_step(count: int) -> int | None:
    """Which step of a search is shown, from 1, at first the last; None if there is none to show."""
    if not count:
        return None
    kind = "slider" if count > 1 else "hidden"
    label = t("retrieval.index.step")
    return controls.number("step", low=1, high=count, default=count, kind=kind, label=label)


def find_problem(kind: str, typed: Choices, *, size: int, dimension: int, k: int, most_bytes: int) -> str | None:
    """Why these numbers cannot be used, in the visitor's language; None if they can.

    Args:
      kind: of the index.
      typed: the numbers.
      size: N.
      dimension: D.
      k: how many neighbours are searched.
      corpora: name → size, see `sizes`.
      most_bytes: what an index and its corpus may need.
    """
    if "nlist" in _FIELDS[kind] and typed.nlist > size:
        return t("retrieval.index.problem.nlist", nlist=words.count(typed.nlist), size=words.count(size))
    if "nprobe" in _FIELDS[kind] and typed.nprobe > typed.nlist:
        return t("retrieval.index.problem.nprobe", nprobe=words.count(typed.nprobe), nlist=words.count(typed.nlist))
    if kind == "ivf_pq" and (dimension % typed.pq or typed.pq > dimension):
        good = listing(str(m) for m in range(1, dimension + 1) if dimension % m == 0)
        return t("retrieval.index.problem.pq", m=typed.pq, dimension=dimension, good=good)
    if kind == "hnsw" and not 2 <= typed.links <= _MOST_LINKS:
        return t("retrieval.index.problem.links", links=typed.links, most=_MOST_LINKS)
    for name in _FIELDS[kind]:
        if name.startswith("ef_") and getattr(typed, name) > _MOST_CANDIDATES:
            numbers = {"number": words.count(getattr(typed, name)), "most": words.count(_MOST_CANDIDATES)}
            return t("retrieval.index.problem.candidates", name=t(f"retrieval.index.field.{name}"), **numbers)
    if k > size:
        return t("retrieval.index.problem.k", k=k, size=words.count(size))
    needed = size * (_VECTORS * 4 * dimension + (_LINK_BYTES * typed.links if kind == "hnsw" else 0))
    if needed > most_bytes:
        sizes = {"needed": words.significant(needed / 1e9), "most": words.significant(most_bytes / 1e9)}
        return t("retrieval.index.problem.memory", **sizes)
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
    return listing(parts)
