"""Charts for the last row of a classroom: the same figure with everything larger that is measured in pixels."""

import plotly.graph_objects as go

FACTOR = 1.4
_TYPE = 12  # pixels, where a figure leaves the size to the theme
_ROOM = 1.25  # of a chart's height: it is as wide as before


def enlarge(figure: go.Figure) -> go.Figure:
    """A copy with larger type, wider margins and more height."""
    large = go.Figure(figure)
    layout = large.layout
    layout.font.size = FACTOR * (layout.font.size or _TYPE)
    for part in (layout.hoverlabel, layout.legend, layout.title):
        part.font.size = FACTOR * (part.font.size or _TYPE)
    layout.height = layout.height and _ROOM * layout.height
    for side in "lrtb":
        layout.margin[side] = layout.margin[side] and FACTOR * layout.margin[side]
    for axis in (*large.select_xaxes(), *large.select_yaxes()):
        axis.tickfont.size = FACTOR * (axis.tickfont.size or _TYPE)
        axis.title.font.size = FACTOR * (axis.title.font.size or _TYPE)
    for note in large.select_annotations():
        note.font.size = FACTOR * (note.font.size or _TYPE)
    for trace in large.data:
        if "textfont" in trace:
            trace.textfont.size = _larger(trace.textfont.size)
    return large


def _larger(size: object) -> object:
    """A size, sizes, or none at all."""
    if size is None:
        return FACTOR * _TYPE
    return [FACTOR * one for one in size] if isinstance(size, tuple | list) else FACTOR * size
