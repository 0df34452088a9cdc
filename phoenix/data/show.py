"""Findings as tables for a terminal."""

from collections.abc import Iterator

from rich.console import RenderableType
from rich.table import Table
from rich.text import Text

from phoenix.data.findings import Findings, moment
from phoenix.data.mapping import Mapping
from phoenix.data.words import say

_SHOWN = 60


def tables(findings: Findings, mapping: Mapping, language: str) -> Iterator[RenderableType]:
    """How a log was understood, what is in it, its actions and its bad rows."""
    yield _understood(findings, language)
    yield _found(findings, language)
    if findings.taken:
        yield _actions(findings, mapping, language)
    if findings.bad:
        yield _bad(findings, language)
    for key, values in findings.notes:
        yield Text(say(key, language, **values))


def _understood(findings: Findings, language: str) -> Table:
    table = Table(title=say("title.understood", language, file=findings.file))
    table.add_column(say("what", language))
    table.add_column(say("column", language))
    for name, value in findings.format.items():
        table.add_row(name, _shown(value if isinstance(value, str) else str(value).lower()))
    for role, column in findings.columns.items():
        table.add_row(say(f"role.{role}", language), _shown(column + (f" ({findings.unit})" if role == "time" else "")))
    if "time" not in findings.columns:
        table.add_row(say("role.time", language), say("order", language))
    return table


def _found(findings: Findings, language: str) -> Table:
    table = Table(title=say("title.found", language))
    table.add_column(say("what", language))
    table.add_column(say("number", language), justify="right")
    for name in ("rows", "duplicates", "impressions", "users", "items"):
        table.add_row(say(f"count.{name}", language), f"{getattr(findings, name):,}")
    for name in ("authors", "topics", "surfaces", "sessions", "follows"):
        number = getattr(findings, name)
        table.add_row(say(f"count.{name}", language), "–" if number is None else f"{number:,}")
    if findings.impressions and "time" in findings.columns:
        table.add_row(say("count.span", language), f"{moment(findings.first_ms)}\n{moment(findings.last_ms)}")
    return table


def _actions(findings: Findings, mapping: Mapping, language: str) -> Table:
    table = Table(title=say("title.actions", language))
    for name in ("action", "when", "sign", "number", "rate"):
        table.add_column(say(name, language), justify="right" if name in ("number", "rate") else "left")
    for action in (action for action in mapping.actions if action.name in findings.taken):
        number = findings.taken[action.name]
        label = action.labels[language]
        name = action.name if label == action.name else f"{action.name} ({label})"
        rate = f"{100 * number / findings.impressions:.2f} %"
        table.add_row(_shown(name), _shown(action.when.text), "+" if action.sign > 0 else "−", f"{number:,}", rate)
    return table


def _bad(findings: Findings, language: str) -> Table:
    table = Table(title=say("title.bad", language, number=findings.bad_rows, rows=findings.all_rows))
    for name in ("kind", "number", "first", "shown"):
        table.add_column(say(name, language), justify="right" if name == "number" else "left")
    for key, bad in findings.bad.items():
        *file, kind = key.split(": ")
        name = ": ".join([*file, say(f"bad.{kind}", language)])
        first = say(findings.counts, language, number=bad.line)
        if bad.column:
            first = say("at", language, line=first, column=bad.column)
        table.add_row(name, f"{bad.number:,}", _shown(first), _shown(repr(bad.shown) if bad.shown else ""))
    return table


def _shown(text: str) -> Text:
    """A text of a file on one line, without markup, control characters and more than a little of it."""
    plain = "".join(character if character.isprintable() else repr(character)[1:-1] for character in text)
    return Text(plain if len(plain) <= _SHOWN else plain[: _SHOWN - 1] + "…")
