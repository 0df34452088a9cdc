"""Reads a mapping's TOML into `mapping.Mapping`, and says in a sentence what no mapping says."""

import codecs
import dataclasses
import datetime
import pathlib
import re
import tomllib
import zoneinfo
from collections.abc import Mapping as Mappings
from typing import Any

from phoenix.actions import check_signs
from phoenix.checks import shown
from phoenix.data import expressions
from phoenix.data.mapping import (
    FOLLOW_COLUMNS,
    FORMATS,
    ITEM_COLUMNS,
    LOG_COLUMNS,
    UNITS,
    Action,
    Column,
    Events,
    FileFormat,
    Mapping,
    Table,
    Time,
)
from phoenix.data.words import DataError

EARLIEST = "1990-01-01"  # before it there were no recommenders
_SPANS = {"ms": 1, "s": 1_000, "m": 60_000, "h": 3_600_000, "d": 86_400_000}
_MOST_TEXT = 1 << 20  # bytes of a mapping
_MOST_LABEL = 60


def load(path: pathlib.Path) -> Mapping:
    """Reads a mapping.

    Raises:
      DataError: it is missing, no TOML, or says what no mapping says.
    """
    try:
        data = path.read_bytes()
    except OSError as error:
        raise DataError("mapping.unreadable", file=path, reason=error.strerror or str(error)) from error
    if len(data) > _MOST_TEXT:
        raise DataError("mapping.no_toml", file=path, reason=f"{len(data)} bytes")
    try:
        return read(data.decode("utf-8-sig"))
    except (UnicodeDecodeError, tomllib.TOMLDecodeError, RecursionError) as error:
        raise DataError("mapping.no_toml", file=path, reason=shown(str(error))) from error


def read(text: str) -> Mapping:
    """Reads a mapping's text; errors as for `load`, and TOMLDecodeError."""
    value = tomllib.loads(text)
    _check_keys(value, "", ("target", "file", "columns", "actions", "events", "items", "follows"))
    columns, time = _read_columns(value.get("columns"))
    actions = _read_actions(value.get("actions"))
    target = value.get("target")
    if target is not None and target not in [action.name for action in actions]:
        raise DataError("mapping.target", target=shown(target), actions=", ".join(action.name for action in actions))
    return Mapping(
        file=_read_format(value.get("file", {}), "file"),
        columns=columns,
        time=time,
        actions=actions,
        target=target,
        events=_read_events(value["events"]) if "events" in value else None,
        items=_read_table(value["items"], "items", ITEM_COLUMNS, needs=("item",)) if "items" in value else None,
        follows=_read_table(value["follows"], "follows", FOLLOW_COLUMNS, needs=FOLLOW_COLUMNS)
        if "follows" in value
        else None,
        source=_plain(value),
    )


def _read_format(value: Any, place: str) -> FileFormat:
    value = _table(value, place)
    _check_keys(value, place, tuple(field.name for field in dataclasses.fields(FileFormat)))
    for name in ("format", "delimiter", "quote", "escape", "encoding", "entries"):
        if name in value:
            _text(value[name], f"{place}.{name}", empty=name in ("quote", "escape"))
    if value.get("format", FORMATS[0]) not in FORMATS:
        raise DataError(
            "mapping.choice", place=f"{place}.format", got=shown(value["format"]), choices=", ".join(FORMATS)
        )
    for name in ("quote", "escape"):
        if len(value.get(name, "")) > 1 or value.get(name) in ("\n", "\r"):
            raise DataError("mapping.character", place=f"{place}.{name}", got=shown(value[name]))
    if set(value.get("delimiter", "")) & {"\n", "\r", '"'}:
        raise DataError("mapping.character", place=f"{place}.delimiter", got=shown(value["delimiter"]))
    if "encoding" in value:
        value = value | {"encoding": _read_encoding(value["encoding"], f"{place}.encoding")}
    _truth(value, "header", place)
    columns = value.get("columns", [])
    if not isinstance(columns, list) or not all(isinstance(name, str) for name in columns):
        raise DataError("mapping.kind", place=f"{place}.columns", wanted='["…", "…"]', got=shown(columns))
    return FileFormat(**{**value, "columns": tuple(columns)})


def _read_encoding(name: str, place: str) -> str:
    """The one name by which the readers know an encoding: utf-16 for UTF-16, UTF16 and utf_16."""
    try:
        "a".encode(name)
        return codecs.lookup(name).name
    except (LookupError, ValueError, UnicodeError) as error:
        raise DataError("mapping.choice", place=place, got=shown(name), choices="utf-8, gb18030, latin-1, …") from error


def _read_columns(value: Any) -> tuple[dict[str, Column], Time]:
    value = dict(_table(value, "columns"))
    _check_keys(value, "columns", LOG_COLUMNS)
    for name in ("user", "item", "time"):
        if name not in value:
            raise DataError("mapping.needs", place="columns", missing=name)
    time = _read_time(value.pop("time"))
    return _read_roles(value, "columns", needs=("user", "item")), time


def _read_roles(value: Mappings[str, Any], place: str, *, needs: tuple[str, ...]) -> dict[str, Column]:
    """The columns by their roles, of which those that are needed cannot be optional."""
    columns = {role: _read_column(found, f"{place}.{role}") for role, found in value.items()}
    for role in needs:
        if columns[role].optional:
            raise DataError("mapping.kind", place=f"{place}.{role}.optional", wanted="false", got="true")
    return columns


def _read_column(value: Any, place: str) -> Column:
    if isinstance(value, dict):
        _check_keys(value, place, ("column", "separator", "optional"))
        if "column" not in value:
            raise DataError("mapping.needs", place=place, missing="column")
        separator = value.get("separator")
        return Column(
            name=_name(value["column"], place),
            separator=None if separator is None else _text(separator, f"{place}.separator"),
            optional=_truth(value, "optional", place),
        )
    return Column(_name(value, place))


def _read_time(value: Any) -> Time:
    value = {"column": value} if not isinstance(value, dict) else value
    _check_keys(value, "columns.time", ("column", "unit", "format", "zone", "earliest", "latest"))
    unit = value.get("unit", "auto")
    if unit not in UNITS:
        raise DataError("mapping.choice", place="columns.time.unit", got=shown(unit), choices=", ".join(UNITS))
    column = value.get("column")
    if (column is None) != (unit == "order"):
        raise (
            DataError("mapping.order")
            if unit == "order"
            else DataError("mapping.needs", place="columns.time", missing="column")
        )
    zone, format_ = value.get("zone", "UTC"), value.get("format")
    latest = value.get("latest", datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1))
    return Time(
        column=None if column is None else _name(column, "columns.time"),
        unit="iso" if format_ is not None else unit,
        format=None if format_ is None else _text(format_, "columns.time.format"),
        zone=_read_zone(zone),
        earliest=_moment(value.get("earliest", EARLIEST), "columns.time.earliest"),
        latest=_moment(latest, "columns.time.latest"),
    )


def _read_zone(zone: Any) -> str:
    """The name of a zone as DuckDB knows it; +08:00 is GMT+08:00 there."""
    wrong = DataError("mapping.zone", got=shown(zone))
    if not isinstance(zone, str):
        raise wrong
    if re.fullmatch(r"[+-](0\d|1[0-4]):?[0-5]\d", zone):
        return f"GMT{zone[:3]}:{zone[-2:]}"
    try:
        return zoneinfo.ZoneInfo(zone).key
    except (ValueError, OSError, zoneinfo.ZoneInfoNotFoundError) as error:
        raise wrong from error


def _moment(value: Any, place: str) -> int:
    """A date or an ISO text as milliseconds since 1970."""
    try:
        if isinstance(value, str):
            value = datetime.datetime.fromisoformat(value)
        if not isinstance(value, datetime.datetime):
            value = datetime.datetime.combine(value, datetime.time())
        aware = value if value.tzinfo else value.replace(tzinfo=datetime.UTC)
        return int(aware.timestamp() * 1000)
    except (ValueError, TypeError, OverflowError) as error:
        raise DataError("mapping.kind", place=place, wanted='"2022-04-25"', got=shown(value)) from error


def _read_actions(value: Any) -> tuple[Action, ...]:
    value = _table(value, "actions")
    if not value:
        raise DataError("mapping.needs", place="actions", missing="…")
    actions = tuple(_read_action(name, found) for name, found in value.items())
    try:
        check_signs([action.name for action in actions], [action.sign for action in actions])
    except ValueError as error:
        raise DataError("mapping.actions", reason=str(error)) from error
    return actions


def _read_action(name: str, value: Any) -> Action:
    place = f"actions.{name}"
    value = {"when": value} if not isinstance(value, dict) else value
    _check_keys(value, place, ("when", "sign", "en", "zh", "optional"))
    if "when" not in value:
        raise DataError("mapping.needs", place=place, missing="when")
    if value.get("sign", 1) not in (1, -1) or isinstance(value.get("sign"), bool):
        raise DataError("mapping.choice", place=f"{place}.sign", got=shown(value["sign"]), choices="1, -1")
    labels = {language: _text(value[language], f"{place}.{language}") for language in ("en", "zh") if language in value}
    for language, label in labels.items():
        if len(label) > _MOST_LABEL or not label.isprintable():
            raise DataError("mapping.label", place=f"{place}.{language}", most=_MOST_LABEL, got=shown(label))
    when = expressions.parse(_text(value["when"], f"{place}.when"))
    named = {language: labels.get(language, name) for language in ("en", "zh")}
    return Action(name, when, value.get("sign", 1), named, _truth(value, "optional", place))


def _read_events(value: Any) -> Events:
    value = _table(value, "events")
    _check_keys(value, "events", ("within", "impression"))
    span = re.fullmatch(r"(\d{1,9})\s*(ms|s|m|h|d)", str(value.get("within", "30m")))
    if span is None:
        raise DataError(
            "mapping.kind", place="events.within", wanted='"30m" | "90s" | "1d"', got=shown(value["within"])
        )
    impression = value.get("impression")
    return Events(
        within=int(span[1]) * _SPANS[span[2]],
        impression=None if impression is None else expressions.parse(_text(impression, "events.impression")),
    )


def _read_table(value: Any, place: str, roles: tuple[str, ...], *, needs: tuple[str, ...]) -> Table:
    value = dict(_table(value, place))
    described = {field.name for field in dataclasses.fields(FileFormat)} - {"columns"}
    _check_keys(value, place, ("file", "names", "columns", "optional", *sorted(described)))
    if "file" not in value:
        raise DataError("mapping.needs", place=place, missing="file")
    columns = _table(value.get("columns"), f"{place}.columns")
    _check_keys(columns, f"{place}.columns", roles)
    for role in needs:
        if role not in columns:
            raise DataError("mapping.needs", place=f"{place}.columns", missing=role)
    format_ = {name: value[name] for name in described if name in value} | {"columns": value.get("names", [])}
    return Table(
        file=_text(value["file"], f"{place}.file"),
        format=_read_format(format_, place),
        columns=_read_roles(columns, f"{place}.columns", needs=needs),
        optional=_truth(value, "optional", place),
    )


def _table(value: Any, place: str) -> dict[str, Any]:
    if value is None:
        raise DataError("mapping.missing", place=place)
    if not isinstance(value, dict):
        raise DataError("mapping.kind", place=place, wanted="{ … = … }", got=shown(value))
    return value


def _check_keys(value: Mappings[str, Any], place: str, known: tuple[str, ...]) -> None:
    for name in value:
        if name not in known:
            raise DataError("mapping.unknown", name=shown(name), place=place or "…", known=", ".join(known))


def _name(value: Any, place: str) -> str:
    """A column's name; a number is that of a column in a file without header."""
    if isinstance(value, int) and not isinstance(value, bool):
        return str(value)
    return _text(value, place)


def _text(value: Any, place: str, *, empty: bool = False) -> str:
    if not isinstance(value, str) or not (value or empty):
        raise DataError("mapping.kind", place=place, wanted='"…"', got=shown(value))
    return value


def _truth(value: Mappings[str, Any], name: str, place: str) -> bool:
    if not isinstance(value.get(name, False), bool):
        raise DataError("mapping.kind", place=f"{place}.{name}", wanted="true | false", got=shown(value[name]))
    return value.get(name, False)


def _plain(value: Any) -> Any:
    """Dates as text, so that JSON can hold the mapping."""
    if isinstance(value, dict):
        return {name: _plain(found) for name, found in value.items()}
    if isinstance(value, list):
        return [_plain(found) for found in value]
    return value if isinstance(value, str | int | float | bool) else str(value)
