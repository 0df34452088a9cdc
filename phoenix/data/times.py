"""Moments, however a log writes them, as whole milliseconds since 1970; never through a 32-bit float."""

import math
import re
from collections.abc import Sequence

from phoenix.data.expressions import MISSING, Names
from phoenix.data.mapping import Time

# Number of milliseconds in a unit, as a decimal constant: products of decimals are exact.
_FACTORS = {"s": "1000.0", "ms": "1.0", "us": "0.001", "ns": "0.000001"}
# From which number on a count since 1970 is in this unit: seconds reach 1e11 in the year 5138.
_LEAST = (("ns", 1e17), ("us", 1e14), ("ms", 1e11), ("s", 0.0))
_ISO = re.compile(r"\d{4}[-/]\d{1,2}[-/]\d{1,2}([T ]|$)")
_DAY = re.compile(r"(19|20)\d\d(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])")
_NEVER = 2**63 - 1  # a number that is no moment
ORDER_START = 946_684_800_000  # 2000-01-01: rows without a time are a second apart from there on


def as_milliseconds(column: str | None, time: Time, names: Names) -> str:
    """A column as milliseconds in SQL, NULL where it is no moment; without a column, the row's place in seconds."""
    if column is None:
        return f"{ORDER_START} + row * 1000"
    text = f"trim({column})"
    if time.format is not None:
        moment = f"TRY_STRPTIME({text}, {names.value(time.format)}::VARCHAR)"
        return f"TRY(epoch_ms({moment}::TIMESTAMPTZ))"
    if time.unit == "iso":
        plain = f"replace({text}, ',', '.')"
        return f"TRY(epoch_ms(TRY_CAST({plain} AS TIMESTAMPTZ)))"
    exact = f"TRY_CAST(floor(TRY_CAST({text} AS DECIMAL(28, 6)) * {_FACTORS[time.unit]}) AS BIGINT)"
    return f"coalesce({exact}, CASE WHEN isfinite(TRY_CAST({text} AS DOUBLE)) THEN {_NEVER} END)"


def find_unit(values: Sequence[str]) -> str:
    """The unit of the values that are not missing, by the middle one if they are numbers; `iso` if they are none."""
    known = [value for value in values if value.strip().lower() not in MISSING]
    numbers = sorted(number for value in known if (number := _number(value)) is not None)
    if 2 * len(numbers) <= len(known):
        return "iso"
    middle = abs(numbers[len(numbers) // 2])
    return next(unit for unit, least in _LEAST if middle >= least)


def is_plausible(values: Sequence[str], *, share: float) -> bool:
    """Whether such a share of values look like moments: numbers of a unit between 1990 and 2100, or ISO."""
    unit = find_unit(values)
    if unit == "iso":
        good = [value for value in values if _ISO.match(value.strip())]
    else:
        factor = float(_FACTORS[unit])
        good = [value for value in values if 6.3e11 < (_number(value) or 0.0) * factor < 4.1e12]
    return len(good) >= share * len(values) > 0


def find_format(values: Sequence[str]) -> str | None:
    """The strptime format of values that are neither numbers of a unit nor ISO, if it is one of the usual."""
    if values and all(_DAY.fullmatch(value.strip()) for value in values):
        return "%Y%m%d"
    for pattern, format_ in _PATTERNS:
        if values and all(re.fullmatch(pattern, value.strip()) for value in values):
            return format_
    return None


_PATTERNS = (
    (r"\d{1,2}/\d{1,2}/\d{4} \d{1,2}:\d\d:\d\d [AP]M", "%m/%d/%Y %I:%M:%S %p"),
    (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d:\d\d", "%d.%m.%Y %H:%M:%S"),
    (r"\d{1,2}\.\d{1,2}\.\d{4} \d{1,2}:\d\d", "%d.%m.%Y %H:%M"),
    (r"\d{1,2}\.\d{1,2}\.\d{4}", "%d.%m.%Y"),
    (r"(19|20)\d{12}", "%Y%m%d%H%M%S"),
)


def _number(value: str) -> float | None:
    try:
        number = float(value)
    except ValueError:
        return None
    return number if math.isfinite(number) else None
