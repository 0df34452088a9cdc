"""When a set of weights was published, in words."""

from datetime import date

from babel.dates import format_date

from dashboard import state
from dashboard.locale import t


def published(iso: str) -> str:
    """A date such as 2026-08-12, or a year, as a sentence of the language names it."""
    if len(iso) == len("2026"):
        return t("ranking.dates.year", year=iso)
    return format_date(date.fromisoformat(iso), format=t("ranking.dates.day"), locale=state.language())
