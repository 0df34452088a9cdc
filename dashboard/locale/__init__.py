"""Texts in English and Chinese.

A text's key is `<domain>.<name>`; it stands in `<language>/<domain>.po`, with the full key as msgid and the
text as msgstr. `{placeholders}` are filled by `str.format`, but only when values are given: a text with LaTeX
in it (a name ending in `maths`) takes none, so that its braces need no escaping.

A text `<key>.imported` stands in for `<key>` while the session looks at a world that comes from a log, whose
truth nobody knows; it may use fewer placeholders.

A text that differs for one and for many has plural forms (`msgid_plural`, the same key again); `count` chooses, by
the rule in the catalogue's header.
"""

import re
from collections.abc import Callable, Iterable
from functools import cache, reduce
from gettext import c2py
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages.pofile import read_po

from dashboard import state, words

# Ending of the keys of other texts → whether the session's world is of that kind; the first that has a text counts.
_kinds: dict[str, Callable[[], bool]] = {"by_author": lambda: False, "imported": lambda: False}
_FOLDER = Path(__file__).resolve().parent
_IN_QUOTES = re.compile(r"“\{(\w+)\}")
_BETWEEN_CHINESE = re.compile(r"(?<=[\u3000-\u303f\u4e00-\u9fff\uff00-\uffef“”]) (?=[\u4e00-\u9fff])")


@cache
def catalogue(language: str, domain: str) -> dict[str, tuple[str, ...]]:
    """All texts of a domain, key → its forms: one, or one for each plural form of the language.

    Raises:
      FileNotFoundError: no such catalogue.
    """
    with (_FOLDER / language / f"{domain}.po").open("rb") as file:
        messages = [message for message in read_po(file, abort_invalid=True) if message.id]
    return {_forms(message.id)[0]: _forms(message.string) for message in messages}


@cache
def _plural_rule(language: str, domain: str) -> Callable[[int], int]:
    """Count → the form that stands for it, as the header of a catalogue says."""
    with (_FOLDER / language / f"{domain}.po").open("rb") as file:
        return c2py(read_po(file, abort_invalid=True).plural_expr)


def _forms(text: str | tuple[str, ...] | list[str]) -> tuple[str, ...]:
    return (text,) if isinstance(text, str) else tuple(text)


def domains(language: str) -> list[str]:
    """The names of all catalogues of a language."""
    return sorted(path.stem for path in (_FOLDER / language).glob("*.po"))


def translate(key: str, language: str, /, **values: Any) -> str:
    """The text of a key in a given language.

    Args:
      key: `<domain>.<name>`.
      language: `en` or `zh`.
      **values: what the placeholders stand for; `count` also chooses the plural form.

    Raises:
      KeyError: the catalogue has no such key, or a placeholder or the count has no value.
    """
    domain = key.partition(".")[0]
    forms = catalogue(language, domain)[key]
    text = forms[0] if len(forms) == 1 else forms[_plural_rule(language, domain)(_whole(values["count"]))]
    if not values:
        return text
    inner = {name: _within_quotes(values[name]) for name in _IN_QUOTES.findall(text) if isinstance(values[name], str)}
    filled = text.format(**{**values, **inner})
    return _BETWEEN_CHINESE.sub("", filled) if language == "zh" else filled


def _within_quotes(value: str) -> str:
    """A value with quotation marks of the second level, because those of the first stand around it."""
    return value.translate({ord("“"): "‘", ord("”"): "’"})


def _whole(count: int | str) -> int:
    """A count, which may be written out already."""
    return int(re.sub(r"\D", "", str(count)))


def follow(*, by_author: Callable[[], bool], imported: Callable[[], bool]) -> None:
    """Sets who knows whether the session's world groups posts by author, and whether it comes from a log."""
    _kinds.update(by_author=by_author, imported=imported)


def t(key: str, /, **values: Any) -> str:
    """The text of a key in the session's language and for its kind of world; see `translate`."""
    language = state.language()
    known = catalogue(language, key.partition(".")[0])
    kind = next((kind for kind, holds in _kinds.items() if f"{key}.{kind}" in known and holds()), None)
    return translate(f"{key}.{kind}" if kind else key, language, **values)


def listing(items: Iterable[str], *, parts: bool = False) -> str:
    """Joins words in the way of the session's language.

    Args:
      items: words.
      parts: they hold such lists or commas themselves: semicolons stand between them.
    """
    if parts:
        return t("common.separator").join(items)
    between = Locale(state.language()).list_patterns["standard"]["middle"]
    return reduce(between.format, items) if (items := list(items)) else ""


def paragraph(sentences: Iterable[str]) -> str:
    """Sentences one after the other; in Chinese no space stands between them."""
    joined = " ".join(sentences)
    return _BETWEEN_CHINESE.sub("", joined) if state.language() == "zh" else joined


words.follow(state.language)
