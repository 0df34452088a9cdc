"""The guide's exercise “draw the mask”: an empty grid, checked cell by cell against the rules of isolation."""

from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, controls, progress, state
from dashboard.attention import rules
from dashboard.attention.positions import tick_names
from dashboard.fragments import fragment
from dashboard.locale import listing, t
from phoenix.masks import build_attention_mask, reachability

HISTORY, CANDIDATES = 2, 3  # a phone has room for six buttons side by side
_LAYERS = 3  # that the question about the sketch offers
NAMED_CELLS = 4  # at most this many wrong cells of a rule are named
_ROUND, _CHECKED = "draw_round", "draw_checked"


class Mistake(NamedTuple):
    """A rule that the drawing breaks.

    Attributes:
      kind: the rule, of `rules.KINDS`.
      cells: the wrong cells, (row, column).
    """

    kind: str
    cells: list[tuple[int, int]]


def check(drawing: np.ndarray, *, history_len: int) -> list[Mistake]:
    """Compares a drawn mask with isolation, cell by cell.

    Args:
      drawing: [T, T] of 0 and 1.
      history_len: S.

    Returns:
      The broken rules, each with its wrong cells.
    """
    total, context = len(drawing), 1 + history_len
    wrong = (drawing != 0) != (build_attention_mask(history_len, total - context) != 0)
    codes = rules.kinds(context, total)
    mistakes = []
    for code, kind in enumerate(rules.KINDS):
        cells = np.argwhere(wrong & (codes == code))
        if len(cells):
            mistakes.append(Mistake(kind, [(int(row), int(column)) for row, column in cells]))
    return mistakes


@fragment
def show() -> None:
    """The grid, the verdict, and why the rules are what they are."""
    with components.exercise(t("attention.exercise", history=HISTORY, candidates=CANDIDATES)):
        number = state.recall(_ROUND, 0)
        drawing = _grid(number)
        with st.container(horizontal=True):
            st.button(
                t("attention.draw.check"), key=controls.key("draw_check"), on_click=state.keep, args=(_CHECKED, number)
            )
            st.button(
                t("attention.draw.again"),
                key=controls.key("draw_again"),
                on_click=state.keep,
                args=(_ROUND, number + 1),
            )
        if state.recall(_CHECKED) == number:
            _verdict(drawing)
        with st.expander(t("attention.draw.why")):
            st.markdown(t("attention.draw.because"))
    with components.exercise(t("attention.sketch")):
        _ask_about_the_sketch()


def _ask_about_the_sketch() -> None:
    """After how many layers has the guide's sketch let one candidate reach another?"""
    mask = build_attention_mask(HISTORY, CANDIDATES, variant="leaky")
    reached = [int(reach[1 + HISTORY :, 1 + HISTORY :].sum()) - CANDIDATES for reach in reachability(mask, _LAYERS)]
    first = next(depth for depth, pairs in enumerate(reached, start=1) if pairs)
    said = {"before": reached[first - 2], "after": reached[first - 1], "pairs": CANDIDATES * (CANDIDATES - 1)}
    components.quiz(
        "sketch",
        question=t("attention.quiz.question"),
        options={option: t(f"attention.quiz.{option}") for option in ("never", *map(str, range(1, _LAYERS + 1)))},
        answer=str(first),
        hint=t("attention.quiz.hint"),
        explanation=t("attention.quiz.why", first=first, **said),
        in_order=True,
    )


def _grid(number: int) -> np.ndarray:
    """The grid as the learner has filled it, int [T, T]; a new number gives an empty one.

    A row is a group of buttons, of which a phone shows all columns; a table would hide the candidates' to the right.
    """
    ticks = tick_names(HISTORY, CANDIDATES)
    drawing = np.zeros((len(ticks), len(ticks)), int)
    with st.container(gap="xsmall"):
        for row, tick in enumerate(ticks):
            open_cells = st.segmented_control(
                t("attention.draw.row", row=tick),
                range(len(ticks)),
                selection_mode="multi",
                format_func=ticks.__getitem__,
                key=controls.key(f"draw_{number}_{row}"),
            )
            drawing[row, open_cells] = 1
    return drawing


def _verdict(drawing: np.ndarray) -> None:
    mistakes = check(drawing, history_len=HISTORY)
    if not mistakes:
        said = t("attention.draw.right", cells=drawing.size)
        progress.done("drew_mask", said)
        st.success(said)
        return
    ticks = tick_names(HISTORY, CANDIDATES)
    wrong = sum(len(mistake.cells) for mistake in mistakes)
    lines = [t("attention.draw.wrong", right=drawing.size - wrong, cells=drawing.size)]
    for kind, cells in mistakes:
        named = listing([f"{ticks[row]} → {ticks[column]}" for row, column in cells[:NAMED_CELLS]])
        more = t("attention.draw.more", count=len(cells) - NAMED_CELLS) if len(cells) > NAMED_CELLS else ""
        lines.append(f"- {t(f'attention.rule.{kind}')} {t('attention.draw.cells', cells=named)}{more}")
    st.warning("\n".join(lines))
