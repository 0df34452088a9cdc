"""A mapping to start from, guessed from the head of a file and written with comments."""

import json
import pathlib
import re
from collections.abc import Iterator, Sequence

from phoenix.data import mapping_file, shipped
from phoenix.data.columns import plain
from phoenix.data.guess_columns import Action, Head, find_actions, find_roles, find_target, find_time
from phoenix.data.mapping import FileFormat, Mapping
from phoenix.data.reading import Source, open_source
from phoenix.data.vocabulary import ROLES
from phoenix.data.words import DataError, say

_LEAST_KNOWN = 4  # columns that a file must share with a mapping that comes with the program
_HEAD_ROWS = 20_000
_GENERAL = ("recbole",)  # whose names of columns anybody may use


def default_mapping(path: pathlib.Path) -> Mapping:
    """The mapping that lies beside a file as mapping.toml, or else a guess.

    Raises:
      DataError: as for `guess_text`, or the mapping cannot be used.
    """
    beside = path.parent / "mapping.toml"
    return mapping_file.load(beside) if beside.is_file() else mapping_file.read(guess_text(path))


def guess_text(path: pathlib.Path, language: str = "en") -> str:
    """A mapping for a file, as TOML with comments.

    Args:
      path: of the file.
      language: of the comments, "en" or "zh".

    Raises:
      DataError: the file cannot be read, or no column looks like a user, an item or a time.
    """
    source = open_source(path, FileFormat())
    known = _find_shipped(source)
    if known is not None:
        first = _comment(say("guess.shipped", language, file=path.name, name=known.stem))
        return first + "\n" + known.read_text(encoding="utf-8")
    return _write(source, Head(source, most=_HEAD_ROWS), language)


def _find_shipped(source: Source) -> pathlib.Path | None:
    """The mapping that comes with the program and fits a file with a header best, if one does."""
    best, most, there = None, _LEAST_KNOWN - 1, set(source.columns)
    has_time = any(plain(name) in ROLES["time"] for name in there)
    for name in shipped.names():
        mapping = mapping_file.load(shipped.FOLDER / f"{name}.toml")
        if name in _GENERAL or mapping.file.columns or mapping.file.entries != source.format.entries:
            continue
        if mapping.time.column is None and has_time:
            continue
        needed, known = _columns_of(mapping)
        if needed <= there and len(known & there) > most:
            best, most = shipped.FOLDER / f"{name}.toml", len(known & there)
    return best


def _columns_of(mapping: Mapping) -> tuple[set[str], set[str]]:
    """The columns that a log needs for a mapping, and all that it may have."""
    needed: set[str] = set()
    known: set[str] = set()
    for column in mapping.columns.values():
        (known if column.optional else needed).add(column.name)
    for action in mapping.actions:
        (known if action.optional else needed).update(action.when.columns)
    if mapping.time.column is not None:
        needed.add(mapping.time.column)
    return needed, needed | known


def _write(source: Source, head: Head, language: str) -> str:
    """The text of a mapping."""
    roles = find_roles(head)
    for role in ("user", "item"):
        if role not in roles:
            there = ", ".join(source.columns[:40])
            raise DataError("mapping.no_guess", file=source.path, role=role, there=there)
    actions, events = find_actions(head, roles)
    used = {*roles.values(), *(column for action in actions for column in action.columns)}
    parts = [
        _comment(say("guess.title", language, file=source.path.name)),
        f"target = {_text(find_target(actions))}  # {say('guess.target', language)}\n",
        "\n".join(["[file]", *_file(source.format)]) + "\n",
        "\n".join(["[columns]", *_columns(head, roles, language)]) + "\n",
        "\n".join(["[actions]", *map(_action, actions)]) + "\n",
    ]
    if events is not None:
        lines = ["[events]", f'within = "30m"  # {say("guess.within", language)}']
        lines += [f"impression = {_text(events)}"] if events else []
        parts.append("\n".join(lines) + "\n")
    left = [name for name in source.columns if name not in used]
    if left:
        parts.append(_comment(say("guess.unused", language, names=", ".join(left[:60]))))
    return "\n".join(parts)


def _file(format_: FileFormat) -> Iterator[str]:
    yield f"format = {_text(format_.format or 'csv')}"
    for name in ("delimiter", "encoding", "entries"):
        value = getattr(format_, name)
        if value:
            yield f"{name} = {_text(value)}"
    if format_.header is not None:
        yield f"header = {str(format_.header).lower()}"


def _columns(head: Head, roles: dict[str, str], language: str) -> Iterator[str]:
    if "time" not in roles:
        yield f'time = {{ unit = "order" }}  # {say("note.no_time", language)}'
    for role, name in roles.items():
        if role == "time":
            unit, format_ = find_time(head, name)
            said = f"format = {_text(format_)}" if format_ else f"unit = {_text(unit)}"
            yield f"time = {{ column = {_text(name)}, {said} }}"
        elif role == "topic" and (separator := _separator(head.values(name))):
            yield f"topic = {{ column = {_text(name)}, separator = {_text(separator)} }}"
        else:
            yield f"{role} = {_text(name)}"


def _separator(values: Sequence[str]) -> str | None:
    """What is between several topics of one item."""
    for separator in ("|", ";", ","):
        if sum(separator in value for value in values) * 5 > len(values):
            return separator
    return None


def _action(action: Action) -> str:
    parts = [f"when = {_text(action.when)}"]
    parts += ["sign = -1"] if action.sign < 0 else []
    parts += [f"en = {_text(action.labels['en'])}", f"zh = {_text(action.labels['zh'])}"]
    return f"{_key(action.name)} = {{ {', '.join(parts)} }}"


def _key(name: str) -> str:
    return name if re.fullmatch(r"[A-Za-z0-9_-]+", name) else _text(name)


def _text(value: str) -> str:
    """A text as TOML has it."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")


def _comment(text: str) -> str:
    """A sentence, whatever a file's names put into it, as lines that begin with #."""
    plain_text = "".join(character if character.isprintable() else " " for character in text)
    words, lines = plain_text.split(" "), [""]
    for word in words:
        if len(lines[-1]) + len(word) > 110:
            lines.append("")
        lines[-1] += f" {word}"
    return "".join(f"#{line}\n" for line in lines)
