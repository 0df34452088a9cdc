"""Colours and layout that all figures share.

Backgrounds stay transparent and text colours unset, so that Streamlit's light or dark theme shows through.
The colours carry on both backgrounds and are told apart with any colour vision; still, no figure leans on hue
alone: negative bars are hatched, and marks of different meaning have different shapes.
"""

import plotly.graph_objects as go

ACCENT = "#2389A3"
POSITIVE = ACCENT
NEGATIVE = "#D9730D"
TRUTH = "#B0569B"
MUTED = "#8C96A3"
OUTLINE = {"color": "#15202B", "width": 1.5}  # of marks that lie on bars, so that they are seen on either background
FAINT = "rgba(140, 150, 163, 0.35)"
SERIES = (ACCENT, NEGATIVE, TRUTH, "#C79A00", "#5FA8D3", "#7A6BC4", MUTED)
_SERIES_PATTERNS = ("", "/", "x", ".")
NEGATIVE_PATTERN = {"shape": "/", "size": 6, "solidity": 0.35}
_TITLE_COLUMNS = 42  # of a phone's width; a Chinese letter takes two
SEQUENTIAL = [[0.0, "rgba(35, 137, 163, 0.05)"], [1.0, "rgba(35, 137, 163, 1)"]]


def _fold(title: str) -> str:
    """A title that a phone would cut goes on in another line, at its last bracket and then word by word."""
    place = max(title.rfind(" ("), title.rfind("\uff08"))
    if _columns(title) <= _TITLE_COLUMNS or "<br>" in title:
        return title
    parts = (title[:place], title[place:].lstrip()) if place > 0 else (title,)
    return "<br>".join(line for part in parts for line in _lines(part))


def _lines(text: str) -> list[str]:
    """Words in lines that a phone has room for."""
    lines = [""]
    for word in text.split(" "):
        longer = f"{lines[-1]} {word}".lstrip()
        lines = [*lines[:-1], longer] if _columns(longer) <= _TITLE_COLUMNS or not lines[-1] else [*lines, word]
    return lines


def _columns(text: str) -> int:
    return sum(2 if ord(letter) > 0x2E7F else 1 for letter in text)


def layout(*, x: str, y: str, height: int, legend: bool = False) -> go.Layout:
    """The layout that every figure starts from.

    Args:
      x: title of the x axis, with its unit.
      y: title of the y axis, with its unit.
      height: pixels.
      legend: show a legend, above the picture.
    """
    return go.Layout(
        xaxis={"title": {"text": _fold(x)}, "automargin": True, "fixedrange": True},
        yaxis={"title": {"text": y}, "automargin": True, "fixedrange": True},
        height=height,
        margin={"l": 8, "r": 16, "t": 40 if legend else 16, "b": 8},
        showlegend=legend,
        legend={"orientation": "h", "x": 0, "y": 1.02, "xanchor": "left", "yanchor": "bottom"},
        paper_bgcolor="rgba(0,0,0,0)",
        plot_bgcolor="rgba(0,0,0,0)",
        dragmode=False,
        hoverlabel={"align": "left"},
        bargap=0.25,
        separators=".\u202f",  # decimal point; a narrow space between thousands
    )


def series_marker(number: int) -> dict[str, object]:
    """What the bars of a series look like, by its place among the others: colour and pattern."""
    shape = _SERIES_PATTERNS[number % len(_SERIES_PATTERNS)]
    return {"color": SERIES[number], "pattern": {**NEGATIVE_PATTERN, "shape": shape}}
