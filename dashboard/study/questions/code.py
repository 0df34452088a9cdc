"""Questions about the code: which line of the very source that runs here does this?"""

import inspect
import re
import textwrap
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from dashboard.locale import t
from dashboard.study.questions.question import Question
from dashboard.view import Text
from phoenix.recsys_model import PhoenixModel
from phoenix.recsys_retrieval_model import RecsysRetrievalModel

_OPTIONS = 4


class Spot(NamedTuple):
    """A line to be found: `study.ask.code.<name>` says what it does; `marker` is a piece of it."""

    name: str
    function: Callable
    marker: str


RETRIEVAL = (
    Spot("dot_product", RecsysRetrievalModel.__call__, "jnp.einsum("),
    Spot("user_transformer", RecsysRetrievalModel.user_stages, "_transformer.encode_context("),
    Spot("mean", RecsysRetrievalModel.user_stages, "mean = jnp.sum("),
    Spot("unit_length", RecsysRetrievalModel.user_stages, "normalise("),
    Spot("look_up", RecsysRetrievalModel.candidate_stages, 'tables(post_hashes, "posts")'),
    Spot("non_linear", RecsysRetrievalModel._candidate_tower, "jax.nn.silu("),
)
RANKING = (
    Spot("read_mask", PhoenixModel.__call__, "resolve_mask("),
    Spot("hide_padding", PhoenixModel.__call__, "& valid[:, None, :]"),
    Spot("positions", PhoenixModel.__call__, "build_positions("),
    Spot("transform", PhoenixModel.__call__, "result = self._transformer("),
    Spot("candidates_only", PhoenixModel.__call__, "result.hidden[:, 1 + history_len :]"),
    Spot("keep_context", PhoenixModel.encode_context, "_, caches ="),
)


def retrieval_code(seed: int) -> Question:
    """About the retrieval model."""
    return _ask(RETRIEVAL, seed)


def ranking_code(seed: int) -> Question:
    """About the ranker."""
    return _ask(RANKING, seed)


def lines_of(function: Callable) -> list[str]:
    """The source of a function without its docstring, line by line."""
    source = textwrap.dedent(inspect.getsource(inspect.unwrap(function)))
    docstring = inspect.getdoc(function) or ""
    lines = source.splitlines()
    if not docstring:
        return lines
    quotes = [number for number, line in enumerate(lines) for _ in range(line.count('"""'))]
    return [line for number, line in enumerate(lines) if not quotes[0] <= number <= quotes[1]]


def _does_something(line: str) -> bool:
    """Whether a line holds a statement of its own, more than a piece of the signature."""
    return re.match(r"\s+(return |[\w, ]+ = )", line) is not None


def _ask(spots: tuple[Spot, ...], seed: int) -> Question:
    draw = np.random.default_rng([seed, 2])
    spot = spots[int(draw.integers(len(spots)))]
    lines = lines_of(spot.function)
    right = next(number for number, line in enumerate(lines, start=1) if spot.marker in line)
    body = [n for n, line in enumerate(lines, start=1) if n != right and _does_something(line)]
    others = draw.choice(body, min(_OPTIONS - 1, len(body)), replace=False).tolist()
    listing = "\n".join(f"{number:2}  {line}" for number, line in enumerate(lines, start=1))
    name, what = f"{spot.function.__qualname__}", t(f"study.ask.code.{spot.name}")
    return Question(
        text=t("study.ask.code", function=f"`{name}`", what=what),
        options={str(number): t("study.ask.code.option", number=number) for number in sorted([right, *others])},
        answer=str(right),
        hint=t(f"study.ask.code.{spot.name}.hint"),
        explanation=t("study.ask.code.why", number=right, line=f"`{lines[right - 1].strip()}`", what=what),
        blocks=(Text(listing, "code"),),
    )
