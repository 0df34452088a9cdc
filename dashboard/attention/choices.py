"""The controls of the attention page; what they choose stands in the address."""

from collections.abc import Mapping, Sequence

import numpy as np
import streamlit as st

from dashboard import controls, naming, state
from dashboard.attention import custom, measures
from dashboard.locale import t
from phoenix.masks import MASK_VARIANTS, POSITION_SCHEMES, build_attention_mask

CUSTOM = "custom"
VARIANTS = (*MASK_VARIANTS, CUSTOM)
MOST_HISTORY = 64
MOST_CANDIDATES = 200
DRAWN_POSITIONS = 256  # at most this many rows of a mask are drawn at once
DEEPEST = 4  # layers; a detour through one position takes two, through two positions three
MEAN = "mean"
SHUFFLES = 1_000  # then they begin again


def variant(view: str) -> str:
    """Name of the mask. Until the visitor has chosen one, the view of the leak opens on a mask that leaks."""
    unchosen = state.given("mask") is None
    default = "leaky" if view == "leak" else "isolated"
    names, label = variant_names(), t("attention.variant")
    # Once it stands in the address it stays there: it would mean another mask in another view.
    written = {"written_out": view == "leak" or not unchosen}
    chosen = controls.choice("mask", VARIANTS, default=default, label=label, names=names, wrap=True, **written)
    st.markdown(t(f"attention.variant.{chosen}"))
    return chosen


def variant_names() -> dict[str, str]:
    """All masks in words."""
    return {name: t(f"attention.mask.{name}") for name in VARIANTS}


def mask(variant: str, *, history_len: int, candidate_len: int, said_here: bool) -> np.ndarray:
    """The mask itself, uint8 [T, T]; `said_here` as for `custom.current`."""
    size = {"history_len": history_len, "candidate_len": candidate_len}
    if variant != CUSTOM:
        custom.leave(variant)
        return build_attention_mask(**size, variant=variant).astype(np.uint8)
    made = custom.current(**size, said_here=said_here)
    if len(made) > custom.LINKED_POSITIONS:
        st.caption(t("attention.custom.too_large", most=custom.LINKED_POSITIONS, total=len(made)))
    return made


def positions(*, shown: bool) -> str:
    """Name of the position scheme; without a widget where the view does not depend on it."""
    named = {"label": t("attention.positions"), "names": "common.positions"}
    kind = "segments" if shown else "hidden"
    value = controls.choice("positions", POSITION_SCHEMES, default="shared", kind=kind, **named)
    if shown:
        st.markdown(t(f"attention.positions.{value}"))
    return value


def sizes() -> tuple[int, int]:
    """How many history posts and candidates."""
    return (
        controls.number("s", low=2, high=MOST_HISTORY, default=8, label=t("attention.s")),
        controls.number("c", low=2, high=MOST_CANDIDATES, default=6, label=t("attention.c")),
    )


def post(posts: Sequence[int], *, names: Mapping[int, str] | None = None, said_here: bool = True) -> int:
    """The post of interest, the first one until another is chosen; without names there is no widget."""
    label, problem = t("attention.interest"), "attention.problem.post"
    chosen = {"default": int(posts[0]), "label": label, "problem": problem, "names": names}
    return controls.item("post", posts, said_here=said_here, **chosen)


def measure() -> str:
    """Which number of a candidate is watched."""
    actions = naming.world().actions
    names = {measure: measures.name(measure) for measure in measures.measures(actions)}
    label, default = t("attention.measure"), actions.target_name
    return controls.choice("measure", list(names), default=default, label=label, names=names, kind="list")


def drawn(context: int, total: int) -> np.ndarray:
    """The positions that are drawn; where there are too many, a slider moves a window over the candidates."""
    if total <= DRAWN_POSITIONS:
        return drawn_positions(context, total, first=0)
    room, count = DRAWN_POSITIONS - context, total - context
    st.caption(t("attention.window", room=room, count=count, most=DRAWN_POSITIONS))
    first = controls.number("from", low=1, high=count - room + 1, default=1, label=t("attention.from"))
    return drawn_positions(context, total, first=first - 1)


def drawn_positions(context: int, total: int, *, first: int) -> np.ndarray:
    """Which positions are drawn: user, history, and as many candidates from `first` on as fit.

    Args:
      context: 1 + S.
      total: T.
      first: the first candidate to draw, from 0.
    """
    room = DRAWN_POSITIONS - context
    return np.r_[np.arange(context), np.arange(context + first, min(total, context + first + room))]


def step(count: int) -> int:
    """Index of one of `count` steps; in the address from 1. Back and on by click or by arrow key."""
    chosen = controls.number("step", low=1, high=count, default=1, label="", kind="hidden")
    with st.container(horizontal=True):
        for word, move, arrow in (("back", -1, "Left"), ("on", 1, "Right")):
            st.button(
                t(f"attention.steps.{word}"),
                key=controls.key(f"step_{word}"),
                on_click=controls.put,
                args=("step", chosen + move),
                shortcut=arrow,
                disabled=not 1 <= chosen + move <= count,
                width="stretch",
            )
    st.markdown(t("attention.steps.number", step=chosen, steps=count))
    return chosen - 1


def depth(model_layers: int) -> int:
    """Through how many layers information has travelled; the trained ranker has `model_layers`."""
    options, label = [str(layer) for layer in range(1, DEEPEST + 1)], t("attention.depth", layers=model_layers)
    return int(controls.choice("depth", options, default="2", label=label, names={}, wrap=True))


def layer_and_head(layers: int, heads: int) -> tuple[int, int | None]:
    """Indices of the chosen layer and head, from 0; None for the mean over the heads."""
    options = [str(i + 1) for i in range(layers)]
    layer = controls.choice("layer", options, default="1", label=t("attention.layer"), names={}, wrap=True)
    options, names = [MEAN, *(str(i + 1) for i in range(heads))], {MEAN: t("attention.mean")}
    head = controls.choice("head", options, default=MEAN, label=t("attention.head"), names=names, wrap=True)
    return int(layer) - 1, None if head == MEAN else int(head) - 1


def shuffle() -> int:
    """Which shuffle is shown, from 0; a button takes the next one."""
    chosen = controls.number("shuffle", low=0, high=SHUFFLES - 1, default=0, label="", kind="hidden")
    following = (chosen + 1) % SHUFFLES
    pressed = {"on_click": controls.put, "args": ("shuffle", following)}
    st.button(t("attention.slots.shuffle"), key=controls.key("next_shuffle"), width="stretch", **pressed)
    return chosen


def other_mask(variant: str) -> str:
    """The mask whose feed stands beside that of `variant`."""
    options = [name for name in MASK_VARIANTS if name != variant]
    default = "isolated" if variant != "isolated" else "full"
    label, names = t("attention.feeds.against"), variant_names()
    # Written out, since the default depends on the mask.
    return controls.choice("against", options, default=default, label=label, names=names, wrap=True, written_out=True)
