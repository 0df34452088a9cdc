"""The funnel from the corpus to the feed."""

import math
from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.figures import theme
from dashboard.words import count

_LABEL_ROOM = 0.8  # to the right of the longest bar, as a share of it, for the text beside it


def funnel(
    names: Sequence[str],
    counts: Sequence[int],
    *,
    texts: Sequence[str],
    hovers: Sequence[str],
    axis: str,
) -> go.Figure:
    """Steps from top to bottom, each a bar as long as the logarithm of the posts that are left.

    Args:
      names: one per step, in order.
      counts: posts left after each step.
      texts: written beside the bars.
      hovers: hover texts, in words.
      axis: title of the axis of counts.

    Returns:
      One horizontal bar trace, first step on top.
    """
    bars = go.Bar(
        x=list(counts),
        y=list(names),
        orientation="h",
        hovertext=list(hovers),
        hoverinfo="text",
        marker={"color": [theme.FAINT, *[theme.ACCENT] * (len(names) - 1)]},
    )
    chart = go.Figure(bars, theme.layout(x=axis, y="", height=90 + 62 * len(names)))
    decades = math.ceil(math.log10(max(*counts, 10)))
    powers = [10**power for power in range(decades % 2, decades + 1, 2)]  # all of their names would not fit a phone
    chart.update_xaxes(
        type="log",
        range=[0, decades * (1 + _LABEL_ROOM)],
        tickvals=powers,
        ticktext=[count(power) for power in powers],
        tickangle=0,
    )
    chart.update_yaxes(autorange="reversed")
    # On a logarithmic axis annotations stand at the exponent.
    beside = dict(xanchor="left", align="left", xshift=6, showarrow=False)
    exponents = [math.log10(max(left, 1)) for left in counts]
    places = zip(exponents, names, texts, strict=True)
    chart.layout.annotations = [{"x": x, "y": name, "text": text, **beside} for x, name, text in places]
    return chart
