"""Numbers in words: counts, percentages, times, ages, in the session's language; and texts cut short."""

import re
from functools import lru_cache
from unicodedata import east_asian_width

import numpy as np

from dashboard.locale import t

NARROW_SPACE = "\u202f"


def count(number: float) -> str:
    """A whole number with narrow spaces between thousands: 100 000."""
    return f"{round(number):,}".replace(",", NARROW_SPACE)


def percent(share: float) -> str:
    """A share as a percentage with about two significant digits: 24%, 6.0%, 0.35%, 0.021%."""
    value = 100 * share
    if value == 0 or abs(value) >= 9.95:
        return f"{value:.0f}%"
    if abs(value) >= 0.995:
        return f"{value:.1f}%"
    if abs(value) >= 0.0995:
        return f"{value:.2f}%"
    return f"{value:.2g}%" if abs(value) < 0.001 else f"{value:.3f}%"


def milliseconds(seconds: float) -> str:
    """A duration in milliseconds with about two significant digits."""
    value = 1000 * seconds
    if value >= 9.95:
        return f"{value:.0f}{NARROW_SPACE}ms"
    return f"{value:.1f}{NARROW_SPACE}ms" if value >= 0.095 else f"{value:.2f}{NARROW_SPACE}ms"


def duration(seconds: float) -> str:
    """A duration in milliseconds, or from one second on in seconds."""
    return milliseconds(seconds) if seconds < 1 else f"{seconds:.{0 if seconds >= 9.95 else 1}f}{NARROW_SPACE}s"


def number(value: float) -> str:
    """A number as short as it is exact, with a true minus: 0.5, −234."""
    return f"{value:g}".replace("-", "\u2212")


def digits(value: float, count: int = 4) -> str:
    """A number with so many significant digits, never in powers of ten, with a true minus: 0.1244, −0.0000312."""
    text = np.format_float_positional(value, precision=count, unique=False, fractional=False, trim="-")
    return text.replace("-", "\u2212")


def score(value: float) -> str:
    """A score with three decimals, or two significant digits where these would vanish."""
    return (f"{value:.3f}" if abs(value) >= 0.01 or value == 0 else f"{value:.2g}").replace("-", "\u2212")


def signed(value: float, digits: int = 2) -> str:
    """A number with its sign, and a true minus: +1.10, −0.37."""
    return f"{value:+.{digits}f}".replace("-", "\u2212")


def change(value: float, digits: int = 3) -> str:
    """A number with its sign and some significant digits, and a true minus: +0.123, −74; zero has no sign."""
    return "0" if value == 0 else f"{value:+.{digits}g}".replace("-", "\u2212")


def times(ratio: float) -> str:
    """A ratio: 2.1, 14."""
    return f"{ratio:.0f}" if ratio >= 9.95 else f"{ratio:.1f}" if ratio >= 0.095 else f"{ratio:.2f}"


def age(hours: float) -> str:
    """A post's age in minutes, hours or days."""
    if hours < 1:
        return t("common.age.minutes", count=max(1, round(hours * 60)))
    if hours < 48:
        return t("common.age.hours", count=round(hours))
    return t("common.age.days", count=round(hours / 24))


@lru_cache(maxsize=8_192)  # a table of 200 posts asks for 200 of them at every move of a slider
def snippet(text: str, width: int) -> str:
    """The beginning of a text on one line, at most so wide; a Chinese character counts as two."""
    line, used = " ".join(text.split()), 0
    for end, character in enumerate(line):
        used += 2 if east_asian_width(character) in "WF" else 1
        if used > width:
            return line[: max(end - 1, 0)].rstrip() + "…"
    return line


def quoted(text: str, width: int = 60) -> str:
    """What came from outside, cut short, as a code span: Markdown, links and formulas in it are shown as they are."""
    short = " ".join(text.split()) if len(text) <= width else " ".join(text[:width].split()) + "…"
    fence = "`" * (1 + max(map(len, re.findall("`+", short)), default=0))
    return f"{fence} {short} {fence}" if "`" in short else f"{fence}{short or ' '}{fence}"


def plain(hover: str) -> str:
    """A hover text on one line, for those who hear it."""
    return hover.replace("<br>", "; ")
