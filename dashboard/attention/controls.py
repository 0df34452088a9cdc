"""The controls of the attention page; what they choose stands in the address."""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import controls as shared
from dashboard import state
from dashboard.attention import custom, measures
from dashboard.attention.scene import CUSTOM, DRAWN_POSITIONS, Scene, choose_posts, drawn_positions
from dashboard.locale import listing, t
from phoenix.masks import MASK_VARIANTS, POSITION_SCHEMES, build_attention_mask

VARIANTS = (*MASK_VARIANTS, CUSTOM)
MOST_HISTORY = 64
MOST_CANDIDATES = 200


def choose_scene(*, user_id: int, retrieved: np.ndarray, history: pd.DataFrame, positions: bool) -> Scene:
    """The mask, the sizes and the positions.

    Args:
      user_id: the user.
      retrieved: posts, best first.
      history: the user's whole history, oldest first.
      positions: whether the view depends on the positions; otherwise their control is left out.
    """
    names = {variant: t(f"attention.mask.{variant}") for variant in VARIANTS}
    variant = segments("mask", VARIANTS, default="isolated", label=t("attention.variant"), names=names)
    st.markdown(t(f"attention.variant.{variant}"))
    scheme = _positions(shown=positions)
    past = shared.number("s", low=2, high=MOST_HISTORY, default=8, step=1, label=t("attention.s"))
    count = shared.number("c", low=2, high=MOST_CANDIDATES, default=6, step=1, label=t("attention.c"))
    shown = history.tail(past)
    if len(shown) < past:
        st.caption(t("attention.short_history", rows=len(shown)))
    post = _interest(retrieved)
    posts = choose_posts(retrieved, count, interest=post)
    return Scene(
        user_id=user_id,
        history=shown,
        post_ids=posts,
        interest=posts.index(post),
        variant=variant,
        positions=scheme,
        mask=_mask(variant, len(shown), len(posts)),
    )


def _mask(variant: str, history_len: int, candidate_len: int) -> np.ndarray:
    if variant == CUSTOM:
        return custom.current(history_len, candidate_len)
    custom.remember_base(variant)
    return build_attention_mask(history_len, candidate_len, variant).astype(np.uint8)


def _positions(*, shown: bool) -> str:
    if shown:
        label = t("attention.positions")
        value = shared.choice("positions", POSITION_SCHEMES, default="shared", label=label, names="common.positions")
        st.markdown(t(f"attention.positions.{value}"))
        return value
    rejected = state.reconcile("positions", POSITION_SCHEMES, "shared")
    value = state.publish_choice("positions", "shared")
    _warn("positions", rejected, POSITION_SCHEMES, value)
    return value


def _interest(retrieved: np.ndarray) -> int:
    """The candidate of interest, one of the retrieved posts."""
    posts = [str(post) for post in retrieved]
    rejected = state.reconcile("post", posts, posts[0])
    value = state.publish_choice("post", posts[0])
    if rejected is not None:
        st.warning(t("attention.problem.post", given=rejected, count=len(posts), shown=value))
    return int(value)


def choose_interest(scene: Scene, names: Sequence[str]) -> None:
    """A list of the scene's candidates; what it chooses takes effect in the next run, which follows at once."""
    long_names = dict(zip(map(str, scene.post_ids), names[scene.context :], strict=True))
    st.selectbox(t("attention.interest"), list(long_names), key="post", format_func=long_names.get)


def choose_measure() -> str:
    """Which number of a candidate is watched."""
    return selected(
        "measure",
        measures.MEASURES,
        default=measures.DEFAULT_MEASURE,
        label=t("attention.measure"),
        text=measures.name,
    )


def selected(name: str, options: Sequence[str], *, default: str, label: str, text: Callable[[str], str]) -> str:
    """A drop-down list whose option stands in the address as `?name=option`."""
    rejected = state.reconcile(name, options, default)
    st.selectbox(label, options, key=name, format_func=text)
    value = state.publish_choice(name, default)
    _warn(name, rejected, options, text(value))
    return value


def segments(name: str, options: Sequence[str], *, default: str, label: str, names: dict[str, str]) -> str:
    """A segmented control that wraps in a narrow column; an option without a name stands for itself."""
    rejected = state.reconcile(name, options, default)
    st.segmented_control(label, options, key=name, format_func=lambda o: names.get(o, o), required=True, wrap=True)
    value = state.publish_choice(name, default)
    _warn(name, rejected, options, names.get(value, value))
    return value


def drawn(scene: Scene) -> np.ndarray:
    """The positions that are drawn; where there are too many, a slider moves a window over the candidates."""
    total, room = len(scene.mask), DRAWN_POSITIONS - scene.context
    if total <= DRAWN_POSITIONS:
        return drawn_positions(scene.context, total, first=0)
    count = len(scene.post_ids)
    last = count - room + 1
    st.caption(t("attention.window", room=room, count=count, most=DRAWN_POSITIONS))
    label = t("attention.from")
    first = shared.number("from", low=1, high=last, default=1, step=1, label=label)
    return drawn_positions(scene.context, total, first=first - 1)


def _warn(name: str, rejected: str | None, options: Sequence[str], shown: str) -> None:
    if rejected is not None:
        values = {"name": name, "given": rejected, "options": listing(list(options)), "shown": shown}
        st.warning(t("common.problem.choice", **values))
