"""Bytes of a text file as blocks of whole lines in UTF-8, whatever they were encoded in.

Where the mapping says nothing, the encoding is that of the file's mark or, without one, what its first megabyte is
valid in: UTF-8, which a few broken characters do not change, then GB18030 if the bytes above 127 come in pairs as
Chinese characters have them, then Windows-1252. A file that begins in plain ASCII and turns out later not to be UTF-8
is looked at again there.
"""

import codecs
import pathlib
import re
from collections.abc import Iterator
from typing import BinaryIO, NamedTuple

from phoenix.data.reading.compression import open_bytes
from phoenix.data.reading.source import BYTES_AT_ONCE, Broken

HEAD = 1 << 20
_MARKS = {
    codecs.BOM_UTF8: "utf-8-sig",
    codecs.BOM_UTF32_LE: "utf-32",
    codecs.BOM_UTF32_BE: "utf-32",
    codecs.BOM_UTF16_LE: "utf-16",
    codecs.BOM_UTF16_BE: "utf-16",
}
_WIDE = ("utf-16", "utf-32")  # a line feed is more than one byte
_LEAST_PAIRED = 0.7  # of the runs of bytes above 127, which are pairs in GB18030 and characters in UTF-8


class Lines(NamedTuple):
    """Whole lines: the number of the first, from 1, their text in UTF-8, and which of them could not be decoded.

    A line that could not be decoded is empty in `text`.
    """

    first: int
    text: bytes
    broken: list[Broken]


def find_encoding(path: pathlib.Path) -> str:
    """The encoding of a text file, by its head."""
    with open_bytes(path) as stream:
        head = stream.read(HEAD)
    for mark, name in _MARKS.items():
        if head.startswith(mark):
            return name
    return guess_encoding(head)


def guess_encoding(data: bytes) -> str:
    """What bytes without a mark are encoded in."""
    try:
        codecs.getincrementaldecoder("utf-8")().decode(data)  # a character may be cut off at the end
        return "utf-8"
    except UnicodeDecodeError:
        runs = re.findall(rb"[\x80-\xff]+", data)
        if sum(map(_is_utf8, runs)) >= _LEAST_PAIRED * len(runs):
            return "utf-8"
        paired = sum(len(run) % 2 == 0 for run in runs)
    try:
        codecs.getincrementaldecoder("gb18030")().decode(data)
    except UnicodeDecodeError:
        paired = 0
    return "gb18030" if paired >= _LEAST_PAIRED * len(runs) else "cp1252"


def _is_utf8(data: bytes) -> bool:
    try:
        return bool(data.decode())
    except UnicodeDecodeError:
        return False


def read_lines(path: pathlib.Path, encoding: str | None) -> Iterator[Lines]:
    """The lines of a file in blocks.

    Args:
      path: of the file.
      encoding: of the file; None for the one that is found.
    """
    chosen = encoding or find_encoding(path)
    guessed = encoding is None and chosen == "utf-8"
    first = 1
    with open_bytes(path) as stream:
        for data in _blocks(stream, chosen):
            if guessed and not data.isascii():
                chosen, guessed = guess_encoding(data), False
            text, broken = _to_utf8(data, chosen, first=first)
            yield Lines(first, text, broken)
            first += text.count(b"\n")


def _blocks(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Pieces that end with a line feed, in an encoding whose line feed is one byte; marks are left out."""
    pieces = _wide(stream, encoding) if encoding.startswith(_WIDE) else iter(lambda: stream.read(BYTES_AT_ONCE), b"")
    data, rest = next(pieces, b"").removeprefix(codecs.BOM_UTF8), b""
    while data:
        following = next(pieces, b"")
        if b"\r" in data and b"\n" not in data[:HEAD]:
            data = data.replace(b"\r", b"\n")
        data = rest + data
        if not following and not data.endswith(b"\n"):
            data += b"\n"
        end = data.rfind(b"\n") + 1
        rest = data[end:]
        if end:
            yield data[:end]
        data = following


def _wide(stream: BinaryIO, encoding: str) -> Iterator[bytes]:
    """Pieces in UTF-8 of what is in an encoding of two or four bytes."""
    decoder = codecs.getincrementaldecoder(encoding)(errors="replace")
    while data := stream.read(BYTES_AT_ONCE):
        if text := decoder.decode(data):
            yield text.encode("utf-8", "replace")
    if text := decoder.decode(b"", final=True):
        yield text.encode("utf-8", "replace")


def _to_utf8(data: bytes, encoding: str, *, first: int) -> tuple[bytes, list[Broken]]:
    """Data in UTF-8, lines that are not in this encoding emptied."""
    narrow = "utf-8" if encoding.startswith((*_WIDE, "utf-8")) else encoding
    try:
        decoded = data.decode(narrow)
        return (data if narrow == "utf-8" else decoded.encode("utf-8", "replace")), []
    except UnicodeDecodeError:
        pass
    lines, broken = data.split(b"\n"), []
    for place, line in enumerate(lines):
        try:
            lines[place] = line.decode(narrow).encode("utf-8", "replace")
        except UnicodeDecodeError:
            broken.append(Broken("encoding", first + place, line[:200].decode("ascii", "backslashreplace")))
            lines[place] = b""
    return b"\n".join(lines), broken
