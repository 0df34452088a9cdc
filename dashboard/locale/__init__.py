"""Texts in English and Chinese.

A text's key is `<domain>.<name>`; it stands in `<language>/<domain>.po`, with the full key as msgid and the
text as msgstr. `{placeholders}` are filled by `str.format`, but only when values are given: a text with LaTeX
in it (a name ending in `maths`) takes none, so that its braces need no escaping.
"""

from functools import cache
from pathlib import Path
from typing import Any

from babel.messages.pofile import read_po

from dashboard import state

_FOLDER = Path(__file__).resolve().parent


@cache
def catalogue(language: str, domain: str) -> dict[str, str]:
    """All texts of a domain, key → text.

    Raises:
      FileNotFoundError: no such catalogue.
    """
    with (_FOLDER / language / f"{domain}.po").open("rb") as file:
        return {str(message.id): str(message.string) for message in read_po(file, abort_invalid=True) if message.id}


def domains(language: str) -> list[str]:
    """The names of all catalogues of a language."""
    return sorted(path.stem for path in (_FOLDER / language).glob("*.po"))


def translate(key: str, language: str, /, **values: Any) -> str:
    """The text of a key in a given language.

    Args:
      key: `<domain>.<name>`.
      language: `en` or `zh`.
      **values: what the placeholders stand for.

    Raises:
      KeyError: the catalogue has no such key.
    """
    text = catalogue(language, key.partition(".")[0])[key]
    return text.format(**values) if values else text


def t(key: str, /, **values: Any) -> str:
    """The text of a key in the session's language; see `translate`."""
    return translate(key, state.language(), **values)


def topic(number: int) -> str:
    """A topic's name in the session's language."""
    from phoenix.world.topics import topic_name

    return topic_name(int(number), state.language())


def listing(items: list[str]) -> str:
    """Joins words in the way of the session's language: with a comma, or with a Chinese enumeration comma."""
    return ("、" if state.language() == "zh" else ", ").join(items)
