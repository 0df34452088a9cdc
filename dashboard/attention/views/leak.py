"""The leak, measured: who moves when whom is exchanged."""

from typing import TYPE_CHECKING

import numpy as np

from dashboard.attention import figures, measures, words
from dashboard.attention.scene import MEASURED, Scene
from dashboard.locale import t
from dashboard.view import Chart, Text, View
from dashboard.words import count, digits, scientific
from phoenix.analysis.influence import ROUNDING, influence_matrix, measure_influence
from phoenix.masks import reachability

if TYPE_CHECKING:
    from phoenix.analysis.influence import Influence


def view(scene: Scene) -> View:
    """The influence of each candidate on each other one."""
    if scene.leak is None:
        return View(blocks=(Text(words.cannot_measure(scene), "warning"),))
    small, influence = scene.limited(), scene.leak.influence
    matrix = influence_matrix(scene.numbers(influence.base), scene.numbers(influence.replaced))
    sizes = {"history": len(small.history), "candidates": len(small.candidates)}
    blocks: tuple[Text | Chart, ...] = (Text(t("attention.leak.caption", place=scene.leak.place, **sizes)),)
    if len(small.candidates) < len(scene.candidates):
        blocks += (Text(t("attention.leak.limited", most=MEASURED), "caption"),)
    chart = figures.influence_grid(matrix, rounding=ROUNDING, text=_text(small))
    return View(
        blocks=(*blocks, Chart(chart, alt=_alt(matrix, small), key="influence")),
        notices=notices(influence, matrix, scene=small),
        maths=t("attention.maths"),
        sources=(measure_influence, influence_matrix),
    )


def _text(scene: Scene) -> figures.InfluenceText:
    return figures.InfluenceText(
        names=scene.names[scene.context :],
        ticks=scene.ticks[scene.context :],
        moved=t("attention.leak.moved"),
        exchanged=t("attention.leak.exchanged"),
        colour=t("attention.leak.colour", unit=scene.unit),
        hover=t("attention.leak.hover"),
    )


def _alt(matrix: np.ndarray, scene: Scene) -> str:
    return t(
        "attention.leak.alt",
        count=len(matrix),
        variant=words.mask_name(scene.variant),
        measure=measures.name(scene.measure),
        largest=scientific(float(np.nanmax(matrix))),
        mean=scientific(float(np.nanmean(matrix))),
    )


def largest_moves(influence: "Influence") -> np.ndarray:
    """[C, C]: at [i, j] the largest move of any logit of candidate i when j was exchanged, 0 on the diagonal."""
    moved = np.abs(influence.replaced - influence.base).max(axis=-1).T
    np.fill_diagonal(moved, 0)
    return moved


def notices(influence: "Influence", matrix: np.ndarray, *, scene: Scene) -> tuple[str, ...]:
    """The summary, whether it agrees with the paths of the mask, and what it does not say.

    Args:
      influence: what was measured.
      matrix: [C, C], the watched number's part of it.
      scene: what was measured on, at most `MEASURED` candidates.
    """
    moves = largest_moves(influence)
    largest = float(moves.max())
    if words.is_rounding(largest):
        logits = count(influence.replaced.size - influence.base.size)
        values = {"mask": words.mask_name(scene.variant), "logits": logits, "zero": words.zero_to(largest)}
        return t("attention.leak.zero", **values), _paths(moves, scene)
    row, column = np.unravel_index(np.nanargmax(matrix), matrix.shape)
    summary = t(
        "attention.leak.summary",
        measure=measures.name(scene.measure),
        mean=words.difference(np.nanmean(matrix)),
        largest=words.difference(np.nanmax(matrix)),
        moved=row + 1,
        exchanged=column + 1,
    )
    odds = digits(np.exp(min(largest, 50)), 3)
    overall = t("attention.leak.largest", largest=words.difference(largest), odds=odds)
    return summary, overall, _paths(moves, scene), t("attention.notice.unfair")


def _paths(moves: np.ndarray, scene: Scene) -> str:
    """Whether just those candidates move that the paths of the mask lead to."""
    reach = reachability(scene.mask, scene.layers)[-1][scene.context :, scene.context :]
    reached, moved = int(reach.sum() - np.trace(reach)), int((moves >= ROUNDING).sum())
    values = {"reached": reached, "moved": moved, "pairs": len(moves) * (len(moves) - 1), "layers": scene.layers}
    if not reached and not moved:
        return t("attention.leak.agrees_on_none", layers=scene.layers)
    return t(f"attention.leak.{'agrees' if moved == reached else 'differs'}", **values)
