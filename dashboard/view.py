"""A view is data: what a page shows of one scene, and the only function that draws it.

    view(scene) -> View      a file each in `dashboard/<page>/views/`, testable without Streamlit
    draw(view)               blocks, what to notice, controls under them, maths, sources: the same for every view

Whatever a view shows is one of the blocks below. A chart cannot be made without the words for those who do not see it.
"""

import dataclasses
import html
from collections.abc import Callable, Mapping
from contextlib import nullcontext
from typing import TYPE_CHECKING, Any, Literal

import streamlit as st

from dashboard import clicks, controls, glossary, pictures, presenting, reading, state
from dashboard.locale import t
from dashboard.notices import bullets, remember
from dashboard.outside import plain_cells
from dashboard.resources import chosen_world

if TYPE_CHECKING:
    import pandas as pd
    import plotly.graph_objects as go

column = st.column_config  # titles, widths and formats of a table's columns, for `Table.columns`
_UNFOLDED = 2  # readings that stand open under the sentence to remember; more are folded
CHART_CONFIG = {"displaylogo": False, "modeBarButtons": [["toImage"]], "responsive": True}


@dataclasses.dataclass(frozen=True)
class Chart:
    """A Plotly figure that follows the theme.

    Attributes:
      figure: the figure.
      alt: what a person who cannot see it should know, in words, with its main numbers.
      key: unique on the page.
      on_select: called when a point is clicked, with the point's custom data, None if it has none.
    """

    figure: "go.Figure"
    alt: str
    key: str
    on_select: Callable[[Any], None] | None = None


@dataclasses.dataclass(frozen=True)
class Table:
    """A table.

    Attributes:
      frame: its rows.
      alt: what it holds, in words.
      key: unique on the page.
      columns: column → Streamlit's column configuration.
      height: in pixels; None for as high as its rows.
      row_height: in pixels; texts are wrapped in rows of more than 64, and cut in others.
      on_select: called when a row is clicked, with the row's label in the frame's index; the mark of the click goes
        out again, so that it cannot stay on another item when the order changes: mark the chosen row in a column.
      title: where there is one, the table stands folded under it; see `open`.
      open: whether a titled table is open at first.
    """

    frame: "pd.DataFrame"
    alt: str
    key: str
    columns: Mapping[str, Any] = dataclasses.field(default_factory=dict)
    height: int | None = None
    row_height: int | None = None
    on_select: Callable[[Any], None] | None = None
    title: str = ""
    open: bool = False


@dataclasses.dataclass(frozen=True)
class Text:
    """Words among the pictures; `style` info and warning stand in a box, code is shown as it is."""

    text: str
    style: Literal["body", "caption", "heading", "info", "warning", "code"] = "body"


@dataclasses.dataclass(frozen=True)
class Html:
    """A block of our own HTML (cards, a sum, the towers); everything from outside in it is escaped by its maker."""

    html: str


@dataclasses.dataclass(frozen=True)
class Row:
    """Columns side by side, which stack on a phone: blocks of each column, and the columns' widths."""

    columns: tuple[tuple["Block", ...], ...]
    widths: tuple[float, ...]


@dataclasses.dataclass(frozen=True)
class Controls:
    """Widgets that belong right beside the block above or below; the scene has been read with their values."""

    draw: Callable[[], Any]


Block = Chart | Table | Text | Html | Row | Controls


@dataclasses.dataclass(frozen=True, kw_only=True)
class View:
    """What a page shows of a scene.

    Attributes:
      blocks: pictures, tables and words, in the order in which they are read.
      notices: what to notice, computed from what is shown; Markdown, one bullet each, the one to remember first.
      maths: the formulas behind it; Markdown.
      sources: the very functions, methods or classes that ran, or a file; `dashboard.reading` guides through some.
      after: draws controls that belong under the picture.
    """

    blocks: tuple[Block, ...]
    notices: tuple[str, ...] = ()
    maths: str = ""
    sources: tuple[Any, ...] = ()
    after: Callable[[], None] | None = None

    @property
    def figure(self) -> "go.Figure | None":
        """The view's first chart, None if it has none."""
        return next((chart.figure for chart in charts(self.blocks)), None)


def charts(blocks: tuple[Block, ...]) -> list[Chart]:
    """All charts among the blocks, those in rows included."""
    found: list[Chart] = []
    for block in blocks:
        if isinstance(block, Chart):
            found.append(block)
        elif isinstance(block, Row):
            found += [chart for column in block.columns for chart in charts(column)]
    return found


def draw(view: View, *, below: "st.delta_generator.DeltaGenerator | None" = None) -> None:
    """Draws a view.

    Args:
      view: what to draw.
      below: where maths and sources go, if not right under the rest.
    """
    draw_work(view)
    with below or nullcontext():
        draw_background(view)


def draw_work(view: View) -> None:
    """The part of a view that changes while its controls move: all but maths and sources."""
    drawn = charts(view.blocks)
    pictures.show(*(chart.alt for chart in drawn[:1]), *view.notices)
    if presenting.is_on() and drawn:
        _draw_for_class(view, key=drawn[0].key)
    else:
        _draw_blocks(view.blocks)
        _draw_notices(view)
    if view.after is not None:
        view.after()


def _draw_for_class(view: View, *, key: str) -> None:
    """What to notice stands beside the picture, unless that has several columns itself; see presenting.css."""
    beside = view.notices and not any(isinstance(block, Row) for block in view.blocks)
    with st.container(key=f"{'beside' if beside else 'shown'}-{key}"):
        with st.container():
            _draw_blocks(view.blocks)
        with st.container():
            _draw_notices(view)


def _draw_blocks(blocks: tuple[Block, ...]) -> None:
    for block in blocks:
        _draw_block(block)


def _draw_notices(view: View) -> None:
    """The sentence to remember, and the readings that follow it; the box of many is there before it is opened."""
    if not view.notices:
        return
    st.subheader(t("common.block.notice"), anchor=False)
    first, *others = _explained((remember(view.notices[0]), *view.notices[1:]), above=_body(view))
    if len(others) <= _UNFOLDED:
        st.markdown(f"{first}\n\n{bullets(others)}", unsafe_allow_html=True)
        return
    st.markdown(first, unsafe_allow_html=True)
    with st.expander(t("common.block.readings"), expanded=presenting.opens_all()):
        st.markdown(bullets(others), unsafe_allow_html=True)


def _explained(texts: tuple[str, ...], *, above: str = "") -> tuple[str, ...]:
    """Texts with the terms explained that neither the page's own sentence nor what stands above them uses."""
    heading = t(f"{state.page()}.sentence") if state.page() else ""
    return glossary.explain(texts, known=f"{heading}\n{above}")


def _body(view: View) -> str:
    return "\n".join(block.text for block in view.blocks if isinstance(block, Text) and block.style == "body")


def draw_background(view: View) -> None:
    """The part of a view that stays the same: maths and sources, in boxes that are filled when they are opened.

    A browser typesets formulas and colours code in closed boxes too, which took it longer than the charts.
    """
    if view.maths:
        _draw_box("maths", lambda: _draw_maths(view))
    if view.sources:
        _draw_box("source", lambda: _draw_sources(view.sources))


def _draw_maths(view: View) -> None:
    above = "\n".join((_body(view), *view.notices))
    st.markdown(_explained((view.maths,), above=above)[0], unsafe_allow_html=True)


def _draw_box(name: str, fill: Callable[[], Any]) -> None:
    opened = presenting.opens_all()
    key = f"{controls.key(name)}{'.open' * opened}"
    with st.expander(t(f"common.block.{name}"), key=key, on_change="rerun", expanded=opened) as box:
        if box.open:
            fill()


def _draw_block(block: Block) -> None:
    match block:
        case Chart():
            _draw_chart(block)
        case Table():
            _draw_table(block)
        case Text():
            _draw_text(block)
        case Html():
            st.html(block.html)
        case Controls():
            block.draw()
        case Row():
            for column, blocks in zip(st.columns(block.widths, gap="medium"), block.columns, strict=True):
                with column:
                    for inner in blocks:
                        _draw_block(inner)


def _draw_chart(chart: Chart) -> None:
    from dashboard.figures.kept import in_ink  # whoever has a figure has paid for Plotly's import

    # Streamlit greys the text of charts in the light theme; a projector needs the full contrast.
    ink = st.get_option(f"theme.{st.context.theme.type or 'light'}.textColor")
    figure = chart.figure
    if presenting.is_on():
        from dashboard.figures.enlarge import enlarge

        figure = enlarge(figure)
    selecting = {}
    if chart.on_select:
        selecting = {"on_select": lambda: clicks.report_point(chart), "selection_mode": "points"}
    shown = dict(width="stretch", theme="streamlit", key=chart.key, config=CHART_CONFIG, alt=chart.alt)
    st.plotly_chart(in_ink(figure, ink), **shown, **selecting)


def _draw_table(table: Table) -> None:
    with st.expander(table.title, expanded=table.open or presenting.opens_all()) if table.title else nullcontext():
        selecting = {}
        if table.on_select:
            selecting = {"on_select": lambda: clicks.report_row(table), "selection_mode": "single-row"}
            clicks.forget_echo(table)
        shown = dict(hide_index=True, column_config=dict(table.columns), alt=table.alt, key=table.key, placeholder="")
        frame = plain_cells(table.frame) if chosen_world().imported else table.frame
        st.dataframe(frame, height=table.height or "auto", row_height=table.row_height, **shown, **selecting)


def _draw_text(text: Text) -> None:
    match text.style:
        case "caption":
            st.caption(text.text)
        case "heading":
            st.subheader(text.text, anchor=False)
        case "info" | "warning":
            (st.info if text.style == "info" else st.warning)(text.text)
        case "code":  # Streamlit's own block loads a highlighter of all languages, longer than the charts take
            st.html(f'<pre class="px-code">{html.escape(text.text)}</pre>')
        case _:
            st.markdown(_explained((text.text,))[0], unsafe_allow_html=True)


def _draw_sources(sources: tuple[Any, ...]) -> None:
    for source in filter(None, map(reading.find, sources)):
        st.markdown(f"`{source.title}`")
        guide = reading.guide(source)
        if guide is not None:
            st.markdown(guide)
        st.code(source.text, language="python", line_numbers=guide is not None)
