"""Terms that a newcomer may not know: explained where a text uses them first, and all in a list.

The words stand in the catalogue `glossary`: `<name>.term` and `<name>.text`, what it means; `<name>.forms` are the ways
in which it occurs in texts, a | between them. In a text a term is a button that opens its meaning: by mouse, touch and
keyboard alike, in the browser's topmost layer, without a script.
"""

import html
import re
from collections.abc import Iterable, Mapping
from functools import cache, lru_cache
from zlib import crc32

import streamlit as st

from dashboard import controls, state
from dashboard.locale import t, translate

TERMS = (
    "retrieval", "ranking", "two_towers", "embedding", "token", "hash", "collision", "oov", "cosine", "ann", "recall",
    "ivf", "nlist", "nprobe", "pq", "sq8", "hnsw", "ef_search", "mask", "isolation", "head", "rope", "gqa", "rmsnorm",
    "residual", "silu", "gelu", "logit", "odds", "sigmoid", "softmax", "temperature", "log_q", "in_batch", "base_rate",
    "calibration", "auc", "lift", "oracle", "held_out", "regret", "kendall", "entropy", "standard_error",
    "cold_start", "dpp", "mmr", "bfloat16", "jit", "logit_lens",
)  # fmt: skip

# Code, formulas and links are left as they are; what is quoted is somebody else's words.
_LITERAL = r"`+[^`]*`+|\$\$.*?\$\$|\$[^$\n]+\$|\[[^\]\n]*\]\([^)\n]*\)"
_PARTS = re.compile(rf"({_LITERAL}|“[^”]*”)", re.DOTALL)
_IS_LITERAL = re.compile(_LITERAL, re.DOTALL)
# Markdown sees no bold between a Chinese word and punctuation, such as that of a button.
_BOLD = re.compile(rf"{_LITERAL}|\*\*(?=\S)(?P<bold>.+?)(?<=\S)\*\*")


def explain(texts: Iterable[str], *, known: str = "") -> tuple[str, ...]:
    """Texts of a page with each term explained where it occurs first; to be shown with HTML allowed.

    Args:
      texts: Markdown, in the order in which it is read; `<` in it stands for itself.
      known: a text that stands above them and explains the terms that it uses.
    """
    return _explain(tuple(texts), known, state.language())


@lru_cache(maxsize=512)
def _explain(texts: tuple[str, ...], known: str, language: str) -> tuple[str, ...]:
    names, pattern = _forms(language)
    met = {names[found["term"].lower()] for part in _plain(known) for found in pattern.finditer(part)}
    return tuple(_mark(text, met, language) for text in texts)


def _plain(text: str) -> list[str]:
    """The parts of a text in which terms are looked for."""
    return _PARTS.split(text)[::2]


def _mark(text: str, met: set[str], language: str) -> str:
    """Marks the terms of a text that have not been met; they have from then on."""
    names, pattern = _forms(language)

    def explained(found: re.Match[str]) -> str:
        name = names[found["term"].lower()]
        if name in met:
            return found[0]
        met.add(name)
        place = f"px-{name}-{crc32(text.encode()):x}"
        term, meaning = (html.escape(translate(f"glossary.{name}.{part}", language)) for part in ("term", "text"))
        button = (
            f'<button type="button" class="px-term" popovertarget="{place}" title="{meaning}">{found["term"]}</button>'
        )
        if found["before"] or found["after"]:
            button = f'<span class="px-together">{found["before"]}{button}{found["after"]}</span>'
        return f'{button}<span popover class="px-meaning" id="{place}"><strong>{term}</strong> {meaning}</span>'

    parts = _PARTS.split(text)
    for i, part in enumerate(parts):
        if not _IS_LITERAL.fullmatch(part):
            safe = part.replace("<", "&lt;")
            parts[i] = safe if i % 2 else pattern.sub(explained, safe)
    return _BOLD.sub(lambda found: f"<strong>{bold}</strong>" if (bold := found["bold"]) else found[0], "".join(parts))


@cache
def _forms(language: str) -> tuple[Mapping[str, str], re.Pattern[str]]:
    """Form in lower case → its term, and what finds them all, the longest first."""
    forms = {form.lower(): name for name in TERMS for form in translate(f"glossary.{name}.forms", language).split("|")}
    longest_first = "|".join(map(re.escape, sorted(forms, key=len, reverse=True)))
    # A Latin word ends where its letters end; Chinese has no spaces between words. No line begins or ends between a
    # button and the punctuation that belongs to it, as it could, because a browser takes a button for a picture.
    word = rf"(?<![A-Za-z0-9_\-])(?P<term>{longest_first})(?![A-Za-z0-9_])"
    return forms, re.compile(
        rf"(?P<before>[(（《「]*){word}(?P<after>[,.;:!?)，。；：！？、）》」]*)", re.IGNORECASE | re.ASCII
    )


def draw() -> None:
    """The list of all terms, in the order in which one meets them."""
    rows = "".join(
        f"<dt>{html.escape(t(f'glossary.{name}.term'))}</dt><dd>{html.escape(t(f'glossary.{name}.text'))}</dd>"
        for name in TERMS
    )
    st.html(f'<dl class="px-terms">{rows}</dl>')


def folded() -> None:
    """The same in a box that is filled when it is opened."""
    with st.expander(t("glossary.title"), key=controls.key("glossary"), on_change="rerun") as box:
        if box.open:
            draw()
