"""Clicks on charts and tables: each is reported once, to whoever made the chart or the table."""

from typing import TYPE_CHECKING

from dashboard import state

if TYPE_CHECKING:
    from dashboard.view import Chart, Table


def report_point(chart: "Chart") -> None:
    """Reports the point that was clicked, by its custom data."""
    points = (state.widget_value(chart.key) or {}).get("selection", {}).get("points", [])
    if points:
        chart.on_select(points[0].get("customdata"))


def report_row(table: "Table") -> None:
    """Reports a click once: until the browser has taken its mark away, it sends the row number with everything else."""
    rows = (state.widget_value(table.key) or {}).get("selection", {}).get("rows", [])
    if not rows:
        return
    repeated = state.recall(f"{table.key}.row") == rows[0]
    state.keep(f"{table.key}.row", rows[0])
    state.keep(f"{table.key}.reported", True)
    state.set_widget_value(table.key, {"selection": {"rows": []}})
    if not repeated:
        table.on_select(table.frame.index[rows[0]])


def forget_echo(table: "Table") -> None:
    """Forgets the row that was reported last, once the browser no longer sends it."""
    if not state.recall(f"{table.key}.reported"):
        state.keep(f"{table.key}.row", None)
    state.keep(f"{table.key}.reported", False)
