"""Slots: the same candidates in another order, with shared or slot positions."""

import numpy as np

from dashboard.attention import figures, measures, words
from dashboard.attention.choices import CUSTOM
from dashboard.attention.scene import Scene
from dashboard.locale import listing, t
from dashboard.view import Chart, Text, View
from dashboard.words import scientific
from phoenix.analysis.influence import rank_shuffled
from phoenix.masks import build_positions


def view(scene: Scene) -> View:
    """One number of each candidate before and after a shuffle, and how far logits move in many shuffles."""
    if scene.shuffled is None:
        return View(blocks=(Text(words.cannot_measure(scene), "warning"),))
    small, (logits, orders) = scene.limited(), scene.shuffled
    before, after = scene.numbers(logits[:2])
    places = [np.argsort(order) + 1 for order in orders[:2]]
    moved = scientific(float(np.abs(after - before).max()))
    alt = t("attention.slots.alt", count=len(before), measure=measures.name(scene.measure), moved=moved)
    chart = figures.shuffle_dots(before, after, places=places, text=_text(small))
    return View(
        blocks=(Chart(chart, alt=alt, key="slots"),),
        notices=notices(logits, small),
        maths=t("attention.maths"),
        sources=(rank_shuffled, build_positions),
    )


def _text(scene: Scene) -> figures.ShuffleText:
    return figures.ShuffleText(
        names=scene.names[scene.context :],
        ticks=scene.ticks[scene.context :],
        before=t("attention.slots.before"),
        after=t("attention.slots.after"),
        axis=scene.unit,
        candidate=t("attention.slots.candidate"),
        hover=t("attention.slots.hover"),
    )


def notices(logits: np.ndarray, scene: Scene) -> tuple[str, ...]:
    """How far logits moved, which positions the candidates had, and who does it like this.

    Args:
      logits: [1 + shuffles, C, A], the first without a shuffle.
      scene: what was measured on.
    """
    moves = np.abs(logits[1:] - logits[0])
    largest, shown = float(moves.max()), float(moves[0].max())
    if words.is_rounding(largest):
        said = [t("attention.slots.still", shuffles=len(moves), zero=words.zero_to(largest))]
    else:
        spread = scientific(float(logits[0].std(axis=0).mean()))
        moved = {"shown": words.difference(shown), "largest": words.difference(largest), "spread": spread}
        said = [t("attention.slots.moved", shuffles=len(moves), **moved)]
        among = scene.mask[scene.context :, scene.context :]
        if scene.positions == "slot" and not among.sum() - np.trace(among):
            said.append(t("attention.slots.unseen"))
        if scene.variant == CUSTOM:
            said.append(t("attention.slots.custom"))
    return *said, _positions(scene), t("attention.slots.release")


def _positions(scene: Scene) -> str:
    """Positions as the model gives them, which pads the history to a fixed length."""
    valid = np.array([len(scene.history)], np.int32)
    sizes = {"history_len": scene.padded, "candidate_len": len(scene.candidates)}
    where = np.asarray(build_positions(valid, **sizes, scheme=scene.positions))[0, 1 + scene.padded :]
    numbers = [str(p) for p in (where[:1] if scene.positions == "shared" else where)]
    if len(numbers) > 8:
        numbers = [*numbers[:4], "…", numbers[-1]]
    return t(f"attention.notice.positions_{scene.positions}", numbers=listing(numbers), padded=scene.padded)
