"""Pictures of hashed ids and of vectors: where ids stand in their tables, and vectors as strips of colour.

Glossary: R vectors, D width, n hash functions.
"""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures import theme
from dashboard.words import count, digits

DIVERGING = [[0.0, theme.NEGATIVE], [0.5, "rgba(140, 150, 163, 0.08)"], [1.0, theme.POSITIVE]]
SATURATION = 0.9  # share of all values that stays below the end of the colour scale
HASH_SYMBOLS = ("circle", "diamond")
_CLOSE = 0.2  # of a table: on a phone, numbers centred over nearer buckets would run into each other


class Table(NamedTuple):
    """One embedding table and two ids in it.

    Attributes:
      title: heading.
      num_buckets: rows of the table.
      names: labels of the ids, the journey's own first; the second shares a bucket with it, or is missing.
      buckets: [1 or 2, n], the buckets of each.
    """

    title: str
    num_buckets: int
    names: Sequence[str]
    buckets: np.ndarray


class TableText(NamedTuple):
    """What `bucket_tables` writes.

    Attributes:
      hashes: names of the n hash functions.
      axis: title of the x axis.
      hover: template with %{y} (the id) and %{x} (the bucket).
    """

    hashes: Sequence[str]
    axis: str
    hover: str


def bucket_tables(tables: Sequence[Table], *, text: TableText) -> go.Figure:
    """Draws where ids stand in their tables, one panel for each table.

    Args:
      tables: from top to bottom.
      text: what to write.

    Returns:
      Figure with one marker trace for each table and hash function; x holds the buckets, y the names.
    """
    titles = [table.title for table in tables]
    figure = make_subplots(rows=len(tables), cols=1, subplot_titles=titles, vertical_spacing=0.17)
    figure.update_layout(theme.layout(x="", y="", height=160 * len(tables) + 40, legend=True))
    figure.update_layout(margin={"t": 70, "r": 40}, legend={"y": 1.08})
    for row, table in enumerate(tables, start=1):
        for column, symbol in enumerate(HASH_SYMBOLS):
            figure.add_scatter(
                x=table.buckets[:, column],
                y=list(table.names),
                mode="markers+text",
                name=text.hashes[column],
                legendgroup=symbol,
                showlegend=row == 1,
                marker={
                    "symbol": symbol,
                    "size": 13,
                    "color": [theme.ACCENT, theme.MUTED][: len(table.names)],
                },
                text=[count(bucket) for bucket in table.buckets[:, column]],
                textposition=[sides[column] for sides in _sides(table)],
                cliponaxis=False,
                hovertemplate=f"{text.hover}<extra>{text.hashes[column]}</extra>",
                row=row,
                col=1,
            )
        _mark_shared(figure, table, row=row)
        figure.update_xaxes(range=[-0.04 * table.num_buckets, 1.04 * table.num_buckets], tickformat=",d", row=row)
        figure.update_xaxes(tickvals=[0, table.num_buckets - 1], showgrid=False, zeroline=True, row=row)
        figure.update_yaxes(range=[len(table.names) - 0.3, -0.7], showgrid=True, row=row)
    figure.update_xaxes(fixedrange=True)
    figure.update_yaxes(fixedrange=True, automargin=True)
    figure.update_xaxes(title={"text": text.axis}, row=len(tables))
    figure.update_annotations(x=0, xanchor="left", font={"size": 14})
    return figure


def _sides(table: Table) -> list[list[str]]:
    """Where each id's buckets are written: above the first, below the second, and apart where two stand close."""
    sides = []
    for buckets, height in zip(table.buckets, ("top", "bottom"), strict=False):
        order = np.argsort(np.argsort(buckets, kind="stable"))
        close = np.ptp(buckets) < _CLOSE * table.num_buckets
        sides.append([f"{height} {('left', 'right')[place] if close else 'center'}" for place in order])
    return sides


def _mark_shared(figure: go.Figure, table: Table, *, row: int) -> None:
    """Joins the markers of the two ids where they stand in one bucket."""
    for bucket in np.intersect1d(table.buckets[:1], table.buckets[1:]):
        line = {"color": theme.NEGATIVE, "width": 2, "dash": "dot"}
        figure.add_shape(type="line", x0=bucket, x1=bucket, y0=0.15, y1=0.85, line=line, row=row, col=1)


class StripText(NamedTuple):
    """What `strips` writes.

    Attributes:
      names: long names of the vectors, all different, for the hover text.
      ticks: short names, for the axis.
      coordinate, vector, value: titles of the axes and of the colour bar.
      hover: template with %{y} (the vector), %{x} (the coordinate) and %{z} (the value).
    """

    names: Sequence[str]
    ticks: Sequence[str]
    coordinate: str
    vector: str
    value: str
    hover: str


def strips(groups: Sequence[np.ndarray], *, text: StripText, highlighted: int | None = None) -> go.Figure:
    """Draws vectors as strips of colour, one row each, with a blank row between groups.

    Args:
      groups: arrays [R_i, D], from top to bottom.
      text: names of the R = ΣR_i vectors, in that order.
      highlighted: the vector to frame, counted over all groups.

    Returns:
      Figure with one heatmap; its z are the vectors, NaN in the blank rows, and its x the coordinates from 1.
    """
    width = groups[0].shape[1]
    z, names, places = _stack(groups, text.names)
    top = float(np.nanquantile(np.abs(z), SATURATION)) or 1.0
    figure = go.Figure(layout=theme.layout(x=text.coordinate, y=text.vector, height=150 + 22 * len(z)))
    figure.add_heatmap(
        z=z,
        x=np.arange(1, width + 1),
        y=names,
        zmin=-top,
        zmax=top,
        colorscale=DIVERGING,
        colorbar=_strip_bar(text.value, top),
        hoverongaps=False,
        hovertemplate=text.hover + "<extra></extra>",
        ygap=1,
    )
    figure.update_layout(margin={"t": 76})
    figure.update_xaxes(tickvals=[1, *range(16, width + 1, 16)], showgrid=False, zeroline=False)
    figure.update_yaxes(
        type="category",
        autorange="reversed",
        tickvals=[names[i] for i in places],
        ticktext=list(text.ticks),
        showgrid=False,
    )
    if highlighted is not None:
        row = places[highlighted]
        figure.add_shape(
            type="rect", x0=0.5, x1=width + 0.5, y0=row - 0.5, y1=row + 0.5, line={"color": theme.TRUTH, "width": 2}
        )
    return figure


def _stack(groups: Sequence[np.ndarray], names: Sequence[str]) -> tuple[np.ndarray, list[str], list[int]]:
    """All vectors with a blank row between groups, the name of each row, and the rows that hold the vectors."""
    rows, named, places = [], [], []
    for number, group in enumerate(groups):
        if number:
            rows.append(np.full((1, group.shape[1]), np.nan, np.float32))
            named.append("\u200b" * number)  # invisible, and each another one
        named += names[len(places) : len(places) + len(group)]
        places += range(len(named) - len(group), len(named))
        rows.append(np.asarray(group, np.float32))
    return np.concatenate(rows).round(3), named, places


def _strip_bar(title: str, top: float) -> dict:
    return {
        "title": {"text": title, "side": "top"},
        "tickvals": [-top, 0, top],
        "ticktext": [f"≤ {digits(-top, 2)}", "0", f"≥ {digits(top, 2)}"],
        "thickness": 12,
        "orientation": "h",
        "y": 1.0,
        "yanchor": "bottom",
        "len": 0.6,
    }
