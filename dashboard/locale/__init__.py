"""Texts in English and Chinese.

A text's key is `<domain>.<name>`; it stands in `<language>/<domain>.po`, with the full key as msgid and the
text as msgstr. `{placeholders}` are filled by `str.format`, but only when values are given: a text with LaTeX
in it (a name ending in `maths`) takes none, so that its braces need no escaping.

A text that counts something has a form for each plural of its language, in gettext's way, and says the number as `{n}`:

    msgid "retrieval.rows"
    msgid_plural "retrieval.rows"
    msgstr[0] "{n} row of the history"
    msgstr[1] "{n} rows of the history"

`t("retrieval.rows", 3)` chooses; English has two forms, Chinese one.
"""

from functools import cache
from pathlib import Path
from typing import Any

from babel import Locale
from babel.messages import Message
from babel.messages.pofile import read_po

from dashboard import state, words

_FOLDER = Path(__file__).resolve().parent


@cache
def catalogue(language: str, domain: str) -> dict[str, tuple[str, ...]]:
    """All texts of a domain: key → its text, or its text in each plural form.

    Raises:
      FileNotFoundError: no such catalogue.
    """
    with (_FOLDER / language / f"{domain}.po").open("rb") as file:
        messages = [message for message in read_po(file, abort_invalid=True) if message.id]
    return dict(_forms(message) for message in messages)


def _forms(message: Message) -> tuple[str, tuple[str, ...]]:
    return (message.id[0], tuple(message.string)) if message.pluralizable else (message.id, (message.string,))


def domains(language: str) -> list[str]:
    """The names of all catalogues of a language."""
    return sorted(path.stem for path in (_FOLDER / language).glob("*.po"))


def translate(key: str, language: str, n: int | None = None, /, **values: Any) -> str:
    """The text of a key in a given language.

    Args:
      key: `<domain>.<name>`.
      language: `en` or `zh`.
      n: how many, for a text with plural forms; such a text writes it as `{n}`.
      **values: what the placeholders stand for.

    Raises:
      KeyError: the catalogue has no such key.
      ValueError: a text with plural forms, and no number.
    """
    forms = catalogue(language, key.partition(".")[0])[key]
    if n is not None:
        values["n"] = words.count(n)
    text = forms[_plural(language, n)] if len(forms) > 1 else forms[0]
    return text.format(**values) if values else text


def _plural(language: str, n: int | None) -> int:
    """Which form of its texts a language uses for a number."""
    if n is None:
        raise ValueError('This text has plural forms; expected its number as the second argument: t("key", 3).')
    rule = Locale.parse(language).plural_form
    used = [tag for tag in ("zero", "one", "two", "few", "many", "other") if tag in {*rule.tags, "other"}]
    return used.index(rule(n))


def t(key: str, n: int | None = None, /, **values: Any) -> str:
    """The text of a key in the session's language; see `translate`."""
    return translate(key, state.language(), n, **values)


def topic(number: int) -> str:
    """A topic's name in the session's language."""
    from phoenix.world.topics import topic_name

    return topic_name(int(number), state.language())


def listing(items: list[str]) -> str:
    """Joins words in the way of the session's language: with a comma, or with a Chinese enumeration comma."""
    return ("、" if state.language() == "zh" else ", ").join(items)
