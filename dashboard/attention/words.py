"""Words that the views of the attention page share: names of positions, axes, differences and their decimals."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np

from dashboard import state
from dashboard.attention.scene import Scene
from dashboard.figures import attention as figures
from dashboard.figures.attention.dots import scientific
from dashboard.figures.attention.influence import NOISE
from dashboard.locale import listing, t, topic
from dashboard.words import snippet
from phoenix.actions import ACTIONS

if TYPE_CHECKING:
    from phoenix.world import World

SNIPPET = 36  # width in characters


def name_positions(scene: Scene, world: "World") -> list[str]:
    """All T positions in words: the user, history posts with what was done, candidates."""
    taken = scene.history[list(ACTIONS)].to_numpy() > 0
    names = [t("attention.name.user")]
    past = _describe(scene.history["post_id"].to_numpy(), world)
    for number, (post, row) in enumerate(zip(past, taken, strict=True), start=1):
        names.append(t("attention.name.history", number=number, actions=name_actions(row, most=3), **post))
    for number, post in enumerate(_describe(np.array(scene.post_ids), world), start=1):
        names.append(t("attention.name.candidate", number=number, **post))
    return names


def _describe(post_ids: np.ndarray, world: "World") -> list[dict[str, str]]:
    posts = world.posts.loc[post_ids]
    texts = world.post_text(post_ids, state.language())
    return [
        {"form": t(f"attention.form.{form}"), "topic": topic(number), "text": snippet(text, SNIPPET)}
        for form, number, text in zip(posts["format"], posts["topic"], texts, strict=True)
    ]


def name_actions(row: np.ndarray, *, most: int = len(ACTIONS)) -> str:
    """The actions of a multi-hot row [A] in words, the first so many."""
    return listing([t(f"common.action.{ACTIONS[i]}") for i in np.flatnonzero(row)[:most]])


def tick_names(history_len: int, candidate_len: int) -> list[str]:
    """Short names of all positions."""
    return [
        t("attention.tick.user"),
        *(t("attention.tick.history", number=i + 1) for i in range(history_len)),
        *(t("attention.tick.candidate", number=i + 1) for i in range(candidate_len)),
    ]


def candidate_names(scene: Scene, names: Sequence[str]) -> tuple[list[str], list[str]]:
    """Long and short names of the candidates."""
    count = len(scene.post_ids)
    return list(names[-count:]), tick_names(0, count)[1:]


def grid_text(scene: Scene, names: Sequence[str], *, drawn: np.ndarray, cell: str) -> figures.GridText:
    """Words for the grids.

    Args:
      scene: what is shown.
      names: of all T positions.
      drawn: the positions that are drawn.
      cell: hover template of a cell.
    """
    ticks = tick_names(len(scene.history), len(scene.post_ids))
    return figures.GridText(
        names=[names[i] for i in drawn],
        ticks=[ticks[i] for i in drawn],
        blocks=(t("attention.block.user"), t("attention.block.history"), t("attention.block.candidates")),
        query=t("attention.axis.query"),
        key=t("attention.axis.key"),
        allowed=t("attention.cell.allowed"),
        forbidden=t("attention.cell.forbidden"),
        opened=t("attention.cell.opened"),
        closed=t("attention.cell.closed"),
        cell=cell,
        weight=t("attention.axis.weight"),
    )


def zero_to(largest: float) -> str:
    """To how many decimals a difference is zero, in words; an exact 0 is called that."""
    if largest == 0:
        return t("attention.zero.exactly")
    return t("attention.zero.decimals", decimals=max(0, int(np.floor(-np.log10(2 * largest)))))


def is_rounding(largest: float) -> bool:
    """Whether a difference of logits is no more than float32 rounding explains."""
    return largest < NOISE


def difference(value: float) -> str:
    """A difference with two significant digits, bold."""
    return f"**{scientific(float(value))}**"
