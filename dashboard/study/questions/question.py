"""A question with one right answer, made up from what the models or the code say at this moment."""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np

from dashboard.locale import t
from dashboard.view import Block


class Question(NamedTuple):
    """A question.

    Attributes:
      text: what is asked; Markdown.
      options: option → its words, in the order in which they stand.
      answer: the right option.
      hint: shown after the first wrong answer.
      explanation: shown at the end: the cause, and the numbers that were measured for it.
      blocks: what there is to look at before one answers.
    """

    text: str
    options: dict[str, str]
    answer: str
    hint: str
    explanation: str
    blocks: tuple[Block, ...] = ()


Setter = Callable[[int], Question]


def shuffled(names: Sequence[str], seed: int) -> list[str]:
    """The names in an order that the seed decides."""
    return [names[i] for i in np.random.default_rng([seed, 1]).permutation(len(names))]


def options_of(prefix: str, names: Sequence[str], seed: int, **values: object) -> dict[str, str]:
    """Options whose words are the texts `<prefix>.<name>`, in an order that the seed decides."""
    return {name: t(f"{prefix}.{name}", **values) for name in shuffled(names, seed)}
