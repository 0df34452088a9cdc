"""Questions about the mask, drawn as a grid of small squares."""

from collections.abc import Sequence

import numpy as np

from dashboard.locale import t
from dashboard.study.questions.question import Question, options_of, shuffled
from dashboard.view import Html
from phoenix.masks import build_attention_mask, reachability

LETTERS = "ABCD"
_CELLS = ("context", "read", "itself", "other", "ahead")  # the kinds of cells, see `kind_of`


def isolation(seed: int) -> Question:
    """Which of four masks isolates the candidates? The other three let one reach another within two layers."""
    draw = np.random.default_rng([seed, 2])
    past, candidates = int(draw.integers(2, 5)), int(draw.integers(3, 5))
    size = {"history_len": past, "candidate_len": candidates}
    flaw = build_attention_mask(**size).copy()
    row, column = draw.choice(candidates, 2, replace=False)
    flaw[1 + past + row, 1 + past + column] = 1
    right = ("isolated", "causal")[int(draw.integers(2))]
    masks = {name: build_attention_mask(**size, variant=name) for name in (right, "leaky", "full")} | {"flaw": flaw}
    letters = dict(zip(LETTERS, shuffled(tuple(masks), seed), strict=True))
    answer = next(letter for letter, name in letters.items() if name == right)
    grids = "".join(_grid(masks[name], context=1 + past, title=letter) for letter, name in letters.items())
    return Question(
        text=t("study.ask.isolation", past=past, candidates=candidates),
        options={letter: letter for letter in LETTERS},
        answer=answer,
        hint=t("study.ask.isolation.hint"),
        explanation="\n".join(
            [t("study.ask.isolation.why", answer=answer)]
            + [f"- **{letter}** {_verdict(name, masks[name], 1 + past)}" for letter, name in letters.items()]
        ),
        blocks=(Html(f'<div class="px-masks">{grids}</div>'),),
    )


def _verdict(name: str, mask: np.ndarray, context: int) -> str:
    """What the mask lets through: how many pairs of different candidates reach each other within two layers."""
    reached = reachability(mask, 2)[-1][context:, context:]
    pairs = int(reached.sum() - len(reached))
    return t(f"study.ask.isolation.{name}", pairs=pairs)


def mask_code(seed: int) -> Question:
    """What stands in one cell of the mask, and by which rule?"""
    draw = np.random.default_rng([seed, 2])
    past, candidates = int(draw.integers(3, 12)), int(draw.integers(3, 12))
    mask = build_attention_mask(past, candidates)
    kinds = [kind_of(i, j, context=1 + past) for i, j in np.ndindex(mask.shape)]
    wanted = _CELLS[int(draw.integers(len(_CELLS)))]
    cells = [divmod(number, len(mask)) for number, kind in enumerate(kinds) if kind == wanted]
    row, column = cells[int(draw.integers(len(cells)))]
    said = {"past": past, "candidates": candidates, "row": row, "column": column}
    return Question(
        text=t("study.ask.mask_code", **said),
        options=options_of("study.ask.mask_code", _CELLS, seed),
        answer=wanted,
        hint=t("study.ask.mask_code.hint", context=1 + past),
        explanation=t("study.ask.mask_code.why", rule=t(f"study.ask.mask_code.{wanted}")),
    )


def kind_of(row: int, column: int, *, context: int) -> str:
    """Which rule of isolation a cell stands under."""
    if row < context:
        return "context" if column < context else "ahead"
    if column < context:
        return "read"
    return "itself" if row == column else "other"


def _grid(mask: np.ndarray, *, context: int, title: str) -> str:
    """HTML of a small mask; each row and column is named, 1 is filled."""
    names = ["U", *(f"H{i}" for i in range(1, context)), *(f"C{i}" for i in range(1, len(mask) - context + 1))]
    head = "".join(f"<th scope='col'>{name}</th>" for name in names)
    rows = "".join(f"<tr><th scope='row'>{name}</th>{_cells(row)}</tr>" for name, row in zip(names, mask, strict=True))
    return f"<table class='px-mask'><caption>{title}</caption><tr><td></td>{head}</tr>{rows}</table>"


def _cells(row: Sequence[int]) -> str:
    return "".join("<td class='px-on'>1</td>" if cell else "<td>0</td>" for cell in row)
