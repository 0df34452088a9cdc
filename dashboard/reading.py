"""Source code as the app shows it, with a guided reading where there is one.

A reading stands in `reading.po` under the source's own name, such as `reading.PhoenixModel.__call__`. Each of its
bullets begins with a piece of the code in backquotes, or with two that a stretch lies between (`first` … `last`); what
is drawn says in which lines it stands. So a reading cannot point to the wrong line, and `tests/dashboard/test_reading`
asks that every piece is there.
"""

import inspect
import re
import textwrap
from pathlib import Path
from typing import Any, NamedTuple

from dashboard import state
from dashboard.locale import catalogue, t

_TESTS = Path(__file__).resolve().parent.parent / "tests"
# What the guide has its reader read beside the models; not part of an installed package.
RANKER_TESTS, RETRIEVAL_TESTS = _TESTS / "test_recsys_model.py", _TESTS / "test_recsys_retrieval_model.py"

_BULLET = re.compile(r"^- `(?P<first>[^`]+)`(?: … `(?P<last>[^`]+)`)?", re.MULTILINE)


class Source(NamedTuple):
    """A source: its name, what names its reading, and its text."""

    title: str
    name: str
    text: str


def find(item: Any) -> Source | None:
    """The source of a function, a method, a class, or a file; None if the file is not there."""
    if isinstance(item, Path):
        if not item.is_file():
            return None
        return Source(f"{item.parent.name}/{item.name}", item.stem, item.read_text(encoding="utf-8").rstrip())
    item = inspect.unwrap(item)
    name = item.__qualname__
    return Source(f"{item.__module__}.{name}", name, textwrap.dedent(inspect.getsource(item)).rstrip())


def guide(source: Source) -> str | None:
    """The guided reading of a source in the session's language, Markdown; None if there is none."""
    if f"reading.{source.name}" not in catalogue(state.language(), "reading"):
        return None

    def number(bullet: re.Match[str]) -> str:
        first, last = lines(source.text, bullet["first"], bullet["last"])
        many = "lines" if last > first else "line"
        return f"- **{t(f'common.source.{many}', first=first, last=last)}**"

    return _BULLET.sub(number, t(f"reading.{source.name}"))


def pieces(reading: str) -> list[tuple[str, str | None]]:
    """The pieces of code that a reading names, first and last of a stretch."""
    return [(bullet["first"], bullet["last"]) for bullet in _BULLET.finditer(reading)]


def lines(text: str, first: str, last: str | None) -> tuple[int, int]:
    """The numbers of the lines, from 1, of the first occurrence of a piece of code, and of another one after it.

    Raises:
      ValueError: one of them is not there.
    """
    begins = text.index(first)
    ends = begins if last is None else text.index(last, begins)
    return text.count("\n", 0, begins) + 1, text.count("\n", 0, ends) + 1
