"""Texts of a log, which are somebody else's, made harmless where they come in: all that shows them shows just them.

Pages put ids, topics and texts of a log into Markdown, into HTML and into the labels of charts, which each read some
characters as their own: `**`, `$x$`, `[a](http://b)`, `<b>`, `:smile:`. `disarm` gives a world in whose texts none of
them does anything. Where a mark that nobody sees is enough, it stands between two characters; the five that are read
wherever they stand are replaced by ones that look alike. `plain` gives a text back, for tables, files and searches.

The synthetic world's texts are our own and stay as they are. Surfaces, by whose names histories are read, are made
harmless where they are named, in `dashboard.naming`.
"""

import copy
import dataclasses
import re
from typing import TYPE_CHECKING

import numpy as np

from dashboard.state import LANGUAGES

if TYPE_CHECKING:
    import pandas as pd

    from phoenix.actions import ActionSet
    from phoenix.world import AnyWorld
    from phoenix.world.strings import Strings

_JOINER = "\u2060"  # nobody sees it, and no line breaks there
_ALIKE = {"*": "\u2217", "$": "\uff04", "`": "\uff40", "~": "\u223c", "<": "\uff1c"}
_REPLACED, _PUT_BACK = str.maketrans(_ALIKE), str.maketrans({alike: c for c, alike in _ALIKE.items()} | {_JOINER: None})
# Marks that turn the direction of all that follows, control characters, and halves of characters.
_STRAY = re.compile("[\ud800-\udfff\u202a-\u202e\u2066-\u2069\x00-\x08\x0e-\x1f\x7f]")
# A mark goes behind what each of these finds: links and references, directives, emoji and addresses, escapes and
# entities, arrows and dashes; before an @ and around a _ that begins or ends a word; behind the % of a
# placeholder of a chart.
_READ = re.compile(
    r"\]|:(?=[\w+/:-])|\\|&(?=[#\w])|-(?=[->])|>(?==)|www(?=\.)|\w(?=@)|(?:(?<![^\W_])|(?=_++(?![^\W_])))_++|%(?=\{)"
)
_BEGINS = re.compile(r"[#>+\-=|:]|\d+[.)](?:\s|$)")  # a heading, a list, a quotation …
_QUIET = np.zeros(256, bool)  # bytes of which no text needs to be looked at: letters, digits and a few more
_QUIET[[*b"abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789/,;?'\"()"]] = True


def inert(text: str) -> str:
    """A text on one line that looks the same and is nothing but text to Markdown, HTML and charts.

    >>> inert("u-12_b"), inert("**bold** $5")
    ('u-12_b', '∗∗bold∗∗ ＄5')
    """
    line = " ".join(_STRAY.sub("", text).split())
    marked = _READ.sub(_mark, line).translate(_REPLACED)
    return f"{_JOINER}{marked}" if _BEGINS.match(marked) else marked


def _mark(found: re.Match[str]) -> str:
    return f"{_JOINER}{found[0]}{_JOINER}" if found[0][0] == "_" else f"{found[0]}{_JOINER}"


def plain(text: str) -> str:
    """The text that `inert` was given, but for spaces and what cannot be seen."""
    return text.translate(_PUT_BACK)


def plain_cells(frame: "pd.DataFrame") -> "pd.DataFrame":
    """A table with its texts as they are: cells are never read as anything else."""
    texts = [name for name, kind in frame.dtypes.items() if kind.kind not in "biufmM"]
    changed = {name: [plain(cell) if isinstance(cell, str) else cell for cell in frame[name]] for name in texts}
    return frame.assign(**changed) if texts else frame


def disarm(world: "AnyWorld") -> "AnyWorld":
    """A world with all texts of a log `inert`; any other as it is."""
    from phoenix.world.logged import LoggedWorld
    from phoenix.world.strings import Strings

    if not isinstance(world, LoggedWorld):
        return world
    known = copy.copy(world)
    for made in ("users", "posts", "authors"):  # tables that are made of the texts when they are asked for
        known.__dict__.pop(made, None)
    known.digest = world.digest  # of what is stored, not of what is shown
    strings = {name: _disarmed(part) for name, part in world.entities._asdict().items() if isinstance(part, Strings)}
    known.entities = world.entities._replace(**strings)
    known.name = inert(world.name)
    known.actions = dataclasses.replace(world.actions, labels=_labels(world.actions))
    return known


def _labels(actions: "ActionSet") -> dict[str, dict[str, str]]:
    return {name: {lang: inert(actions.label(name, lang)) for lang in LANGUAGES} for name in actions.names}


def _disarmed(texts: "Strings") -> "Strings":
    from phoenix.world.strings import pack_strings

    return texts if _QUIET[texts.data].all() else type(texts)(*pack_strings(map(inert, texts)))
