"""Numbers, dates and units in words, and texts cut short.

Both languages write numbers alike: a point, narrow spaces between thousands, a true minus; but Chinese counts round
ones in tens of thousands. Babel does the rounding, exactly as the number stands, half to even. Nothing here knows the
session, so that figures can use it: `dashboard.locale` says who knows the language.
"""

import math
import re
from collections.abc import Callable
from datetime import date
from functools import lru_cache
from unicodedata import east_asian_width

import numpy as np
from babel.dates import format_date
from babel.numbers import format_decimal, parse_pattern

NARROW_SPACE, MINUS = "\u202f", "\u2212"

_HOUSE = str.maketrans({",": NARROW_SPACE, "-": MINUS})
_SUPERSCRIPTS = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_TINY = 1e-3  # smaller differences are written with a power of ten
_SHORTEST, _LONGEST = 1e-6, 1e16  # beyond these, so are all others: nobody counts that many zeros
_AS_GOOD_AS_ALL = 0.99999
_MYRIADS = ((10**8, "亿"), (10**4, "万"))  # in which Chinese counts, down to a tenth of each
_UNITS = {"en": ("ms", "s"), "zh": ("毫秒", "秒")}
_DAYS = {"en": "MMMM d, y", "zh": "y 年 M 月 d 日"}
_pattern = lru_cache(maxsize=256)(parse_pattern)
_asked: dict[str, Callable[[], str]] = {"language": lambda: "en"}


def follow(language: Callable[[], str]) -> None:
    """Sets who knows the language, `en` or `zh`, in which everything here is written."""
    _asked["language"] = language


def _language() -> str:
    return _asked["language"]()


def _write(value: float, pattern: str) -> str:
    """All digits of a number by one of Babel's patterns: 0 a digit, # one where it is needed, @ a significant one."""
    if abs(value) >= _LONGEST:
        return _shortest_power(value)
    return _formatted(float(value) + 0.0, pattern)  # no negative zero


@lru_cache(maxsize=4096)  # a page that is drawn again writes the same numbers
def _formatted(value: float, pattern: str) -> str:
    return format_decimal(value, format=_pattern(pattern), locale="en", decimal_quantization=False).translate(_HOUSE)


# Numbers


def count(number: float) -> str:
    """A whole number; in Chinese 100 000 is 10 万.

    >>> count(12), count(-3)
    ('12', '−3')
    >>> count(100_000).split(NARROW_SPACE)
    ['100', '000']
    """
    whole = round(number)
    if _language() == "zh":
        for size, name in _MYRIADS:
            if abs(whole) >= size and whole % (size // 10) == 0:
                return f"{_write(whole / size, '#,##0.#')} {name}"
    return _write(whole, "#,##0")


def number(value: float) -> str:
    """A number exactly as it is, as short as that goes: 0.5, −234, 12.3456789.

    >>> number(0.5), number(-234.0), number(12.3456789), number(0.1 + 0.2), number(2.5e-9), number(np.float32(0.1))
    ('0.5', '−234', '12.3456789', '0.30000000000000004', '2.5×10⁻⁹', '0.1')
    """
    if isinstance(value, np.floating):
        value = float(str(value))  # the shortest text that its own type reads back as this number
    return _shortest_power(value) if 0 < abs(value) < _SHORTEST else _write(value, "#,##0.###")


def decimal(value: float, places: int) -> str:
    """A number with a fixed number of decimals; one that rounds to zero has no sign.

    >>> decimal(0.126, 2), decimal(-1.2, 3), decimal(-0.001, 2), decimal(42.4, 0)
    ('0.13', '−1.200', '0.00', '42')
    """
    return _write(_round(value, places), f"#,##0.{'0' * places}" if places else "#,##0")


def signed(value: float, places: int = 2) -> str:
    """A number with its sign and a fixed number of decimals; zero has none.

    >>> signed(1.1), signed(-0.374), signed(0.00001, 4), signed(3, 0)
    ('+1.10', '−0.37', '0.0000', '+3')
    """
    return _with_sign(_round(value, places), decimal(value, places))


def significant(value: float, count: int = 2) -> str:
    """A number with this many significant digits, zeros at the end included; whole digits are never rounded away.

    >>> significant(14.4), significant(2), significant(0.3456), significant(0.00312), significant(183.2, 2)
    ('14', '2.0', '0.35', '0.0031', '183')
    >>> significant(0.0999), significant(0.996), significant(-9.96)
    ('0.10', '1.0', '−10')
    """
    return _significant(value, count, pattern="@" * count)


def digits(value: float, count: int = 4) -> str:
    """A number with at most this many significant digits, never in powers of ten.

    >>> digits(0.12444), digits(-0.0000312), digits(2.5), digits(1234567)[-3:]
    ('0.1244', '−0.0000312', '2.5', '567')
    """
    return _significant(value, count, pattern="@" + "#" * (count - 1))


def rounded(value: float, count: int = 4) -> float:
    """The number that `digits` and, below as many whole digits, `significant` write, for what is made of what is seen.

    >>> rounded(0.0999, 2), rounded(2.3456, 3)
    (0.1, 2.35)
    """
    return float(f"{value:.{count - 1}e}")


def change(value: float, count: int = 3) -> str:
    """A number with its sign and at most this many significant digits; zero has none.

    >>> change(0.0312), change(-74), change(-3.14159, 2), change(0.0)
    ('+0.0312', '−74', '−3.1', '0')
    """
    return _with_sign(value, digits(value, count))


def scientific(value: float, count: int = 2) -> str:
    """A difference, which may be that of two roundings, with this many significant digits.

    >>> scientific(0.832), scientific(0.0), scientific(2.4e-7), scientific(-6.2e-8, 1)
    ('0.83', '0', '2.4×10⁻⁷', '−6×10⁻⁸')
    """
    if value == 0 or not math.isfinite(value) or abs(value) >= _TINY:
        return digits(value, count)
    return _power(f"{value:.{count - 1}e}")


def score(value: float) -> str:
    """A score with three decimals, or two significant digits where these would vanish.

    >>> score(0.3125), score(0.000954), score(-2)
    ('0.312', '0.00095', '−2.000')
    """
    return decimal(value, 3) if abs(value) >= 0.01 or value == 0 else digits(value, 2)


# Shares and units


def percent(share: float, count: int = 2) -> str:
    """A share as a percentage with this many significant digits; 100% is all, but for what rounding may have taken.

    >>> percent(0.244), percent(0.06), percent(0.0035), percent(1), percent(0.998), percent(-0.5), percent(0.1234, 3)
    ('24%', '6.0%', '0.35%', '100%', '99.8%', '−50%', '12.3%')
    """
    if share < _AS_GOOD_AS_ALL and significant(100 * share, count) == "100":
        return f"{decimal(100 * share, math.ceil(-math.log10(100 * (1 - share))))}%"
    return f"{significant(100 * share, count)}%"


def signed_percent(share: float, places: int = 1) -> str:
    """A change as a percentage with its sign.

    >>> signed_percent(0.05), signed_percent(-0.123, 0)
    ('+5.0%', '−12%')
    """
    return f"{signed(100 * share, places)}%"


def times(ratio: float) -> str:
    """A ratio: 2.1, 14."""
    return significant(ratio)


def milliseconds(seconds: float) -> str:
    """A duration in milliseconds with two significant digits."""
    return f"{significant(1000 * seconds)}{NARROW_SPACE}{_UNITS[_language()][0]}"


def duration(seconds: float) -> str:
    """A duration in milliseconds, or from one second on in seconds."""
    return milliseconds(seconds) if seconds < 1 else f"{significant(seconds)}{NARROW_SPACE}{_UNITS[_language()][1]}"


def day(iso: str) -> str:
    """A date such as 2026-08-12, or a year, as a sentence of the language names it.

    >>> day("2026-08-12"), day("2023")
    ('August 12, 2026', '2023')
    """
    if len(iso) == len("2023"):
        return f"{iso} 年" if _language() == "zh" else iso
    return format_date(date.fromisoformat(iso), format=_DAYS[_language()], locale=_language())


def _round(value: float, places: int) -> float:
    """The value as it will be written, without the sign of a zero."""
    return round(float(value), places) + 0.0


def _significant(value: float, count: int, *, pattern: str) -> str:
    if value == 0:
        return "0"
    if abs(value) >= 10**count - 0.5:
        return _write(round(float(value)), "#,##0")
    # Rounded before Babel sees it, which counts the digits of 0.0999 before it makes 0.1 of them, and writes 0.010.
    return _write(rounded(value, count), pattern)


def _with_sign(value: float, written: str) -> str:
    return f"+{written}" if value > 0 else written


def _shortest_power(value: float) -> str:
    shortest = repr(float(value))
    return _power(shortest) if "e" in shortest else shortest.translate(_HOUSE)


def superscript(exponent: int) -> str:
    """A whole number as an exponent.

    >>> superscript(-12)
    '⁻¹²'
    """
    return str(exponent).translate(_SUPERSCRIPTS)


def _power(text: str) -> str:
    mantissa, exponent = text.split("e")
    return f"{mantissa.translate(_HOUSE)}×10{superscript(int(exponent))}"


# Texts


@lru_cache(maxsize=8_192)  # a table of 200 posts asks for 200 of them at every move of a slider
@lru_cache(maxsize=4096)
def snippet(text: str, width: int) -> str:
    """The beginning of a text on one line, cut to a width; a Chinese character counts as two."""
    line, used = " ".join(text.split()), 0
    for end, character in enumerate(line):
        used += 2 if east_asian_width(character) in "WF" else 1
        if used > width:
            return line[: max(end - 1, 0)].rstrip() + "…"
    return line


def quoted(text: str, width: int = 60) -> str:
    """What came from outside, cut short, as a code span: Markdown, links and formulas in it are shown as they are."""
    text = text.encode("utf-8", "backslashreplace").decode()  # half a character, as JSON can spell it, goes nowhere
    short = " ".join(text.split()) if len(text) <= width else " ".join(text[:width].split()) + "…"
    fence = "`" * (1 + max(map(len, re.findall("`+", short)), default=0))
    return f"{fence} {short} {fence}" if "`" in short else f"{fence}{short or ' '}{fence}"


def plain(hover: str) -> str:
    """A hover text on one line, for those who hear it."""
    return hover.replace("<br>", "；" if _language() == "zh" else "; ")
