"""Slots: the same candidates in another order, with shared or slot positions."""

import numpy as np
import streamlit as st

from dashboard import components, resources, state
from dashboard.attention import controls, measures, words
from dashboard.attention.scene import CUSTOM, Places, Scene
from dashboard.figures import attention as figures
from dashboard.figures.attention.dots import scientific
from dashboard.locale import listing, t
from phoenix.masks import build_positions

MEASURED = 32  # candidates at most, and shuffles at once
_SHUFFLE = "attention_shuffle"


def show(scene: Scene, places: Places) -> None:
    """One number of each candidate before and after a shuffle, and how far logits move in many shuffles."""
    scene = scene.limited(MEASURED)
    number = state.recall(_SHUFFLE, 0)
    with places.aside:
        measure = controls.choose_measure()
        label, press = t("attention.slots.shuffle"), {"on_click": state.keep, "args": (_SHUFFLE, number + 1)}
        st.button(label, key="shuffle", width="stretch", **press)
    if (scene.mask.sum(axis=1) == 0).any():
        st.warning(t("attention.leak.empty", row=int(np.argmin(scene.mask.sum(axis=1))) + 1, most=MEASURED))
        return
    orders = draw_orders(number, len(scene.post_ids))
    with st.spinner(t("common.computing")):
        logits = resources.shuffled(scene.user_id, scene.post_ids, orders=orders, **scene.conditions)
    before, after = measures.read(logits[:2], measure)
    stands = [np.argsort(order) + 1 for order in orders[:2]]
    world = resources.recommender().world
    long_names, ticks = words.candidate_names(scene, words.name_positions(scene, world))
    text = figures.ShuffleText(
        names=long_names,
        ticks=ticks,
        before=t("attention.slots.before"),
        after=t("attention.slots.after"),
        axis=measures.unit(measure),
        candidate=t("attention.slots.candidate"),
        hover=t("attention.slots.hover"),
    )
    chart = figures.shuffle_dots(before, after, places=stands, text=text)
    moved = np.abs(after - before).max()
    values = {"count": len(before), "measure": measures.name(measure), "moved": scientific(float(moved))}
    components.figure(chart, key="slots", alt=t("attention.slots.alt", **values))
    components.what_to_notice(notices(logits, scene))


def draw_orders(number: int, count: int) -> list[list[int]]:
    """The order as it is, and `MEASURED` shuffles, the first of which the picture shows.

    Args:
      number: how often the button was pressed; the same number gives the same shuffles.
      count: number of candidates, at least 2.
    """
    rng = np.random.default_rng(number)
    kept = np.arange(count)
    shuffles = []
    while len(shuffles) < MEASURED:
        order = rng.permutation(count)
        if (order != kept).any():
            shuffles.append(order.tolist())
    return [kept.tolist(), *shuffles]


def notices(logits: np.ndarray, scene: Scene) -> list[str]:
    """What to notice: how far logits moved, which positions the candidates had, and who does it like this.

    Args:
      logits: [1 + shuffles, n, A], the first without a shuffle.
      scene: what was measured on.
    """
    moves = np.abs(logits[1:] - logits[0])
    largest, shown = float(moves.max()), float(moves[0].max())
    values = {"shuffles": len(moves), "zero": words.zero_to(largest)}
    if words.is_rounding(largest):
        said = [t("attention.slots.still", **values)]
    else:
        spread = scientific(float(logits[0].std(axis=0).mean()))
        moved = {"shown": words.difference(shown), "largest": words.difference(largest), "spread": spread}
        said = [t("attention.slots.moved", shuffles=len(moves), **moved)]
    among = scene.mask[scene.context :, scene.context :]
    seen = int(among.sum() - np.trace(among))
    if scene.positions == "slot" and not seen and not words.is_rounding(largest):
        said.append(t("attention.slots.unseen"))
    if scene.variant == CUSTOM and not words.is_rounding(largest):
        said.append(t("attention.slots.custom"))
    said += [_positions(scene), t("attention.slots.release")]
    return said


def _positions(scene: Scene) -> str:
    """Positions as the model gives them, which pads the history to a fixed length."""
    padded = resources.ranker_config().history_len
    valid = np.array([len(scene.history)], np.int32)
    sizes = {"history_len": padded, "candidate_len": len(scene.post_ids)}
    where = np.asarray(build_positions(valid, **sizes, scheme=scene.positions))[0, 1 + padded :]
    numbers = [str(p) for p in where]
    if len(numbers) > 8:
        numbers = [*numbers[:4], "…", numbers[-1]]
    return t(f"attention.notice.positions_{scene.positions}", numbers=listing(numbers), padded=padded)
