"""What filters leave and take out, stage by stage."""

from collections.abc import Sequence

import plotly.graph_objects as go

from dashboard.figures import theme

_ROOM = 1.4  # of the longest bar, for the text beside it


def filtered(
    keys: Sequence[str],
    names: Sequence[str],
    left: Sequence[int],
    gone: Sequence[int],
    *,
    texts: Sequence[str],
    hovers: Sequence[str],
    legend: tuple[str, str],
    axis: str,
) -> go.Figure:
    """A bar for each stage, what is left of it and, hatched, what it takes out.

    Args:
      keys: of the stages, the custom data of both traces.
      names: in words.
      left: posts that are left after each.
      gone: posts that each takes out.
      texts: written beside the bars.
      hovers: in words.
      legend: what both parts are called.
      axis: title of the axis of counts.
    """
    chart = go.Figure(layout=theme.layout(x=axis, y="", height=96 + 31 * len(names), legend=True))
    hatched = {"color": theme.NEGATIVE, "pattern": theme.NEGATIVE_PATTERN}
    for counts, name, marker in ((left, legend[0], {"color": theme.ACCENT}), (gone, legend[1], hatched)):
        chart.add_trace(
            go.Bar(
                x=list(counts),
                y=list(names),
                name=name,
                orientation="h",
                customdata=list(keys),
                hovertext=list(hovers),
                hoverinfo="text",
                marker=marker,
            )
        )
    for name, kept, out, text in zip(names, left, gone, texts, strict=True):
        chart.add_annotation(x=kept + out, y=name, text=text, xanchor="left", xshift=6, showarrow=False)
    longest = max((kept + out for kept, out in zip(left, gone, strict=True)), default=1)
    chart.update_layout(barmode="stack")
    chart.update_legends(traceorder="normal")
    chart.update_xaxes(range=[0, max(longest, 1) * _ROOM])
    return chart.update_yaxes(autorange="reversed")
