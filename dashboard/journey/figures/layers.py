"""One vector through the layers. Glossary: L layers."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures import theme

_LINE = {
    "mode": "lines+markers+text",
    "textposition": "top center",
    "marker": {"size": 9, "color": theme.ACCENT},
    "line": {"color": theme.ACCENT, "width": 2},
}
_BARS = {"textposition": "outside", "width": 0.5, "marker": {"color": theme.MUTED}}


class LayerText(NamedTuple):
    """What `layer_states` writes.

    Attributes:
      states: 2 L + 1 names.
      axis: title of the x axis.
      probability, added, cosine: titles of the three panels.
      hovers: 2 L + 1 sentences.
    """

    states: Sequence[str]
    axis: str
    probability: str
    added: str
    cosine: str
    hovers: Sequence[str]


def layer_states(probability: np.ndarray, *, added: np.ndarray, cosine: np.ndarray, text: LayerText) -> go.Figure:
    """Draws one vector on its way through the layers, in three panels over the same states.

    Args:
      probability: [2 L + 1], of one action if the model stopped here.
      added: [2 L], length of what each half layer adds.
      cosine: [2 L + 1], of the angle to the final vector.
      text: what to write.

    Returns:
      Figure with a line for the probability, bars for the lengths, and a line for the cosine.
    """
    titles = [text.probability, text.added, text.cosine]
    figure = make_subplots(rows=3, cols=1, shared_xaxes=True, subplot_titles=titles, vertical_spacing=0.1)
    figure.update_layout(theme.layout(x="", y="", height=600))
    figure.update_layout(margin={"t": 40, "r": 40})
    states, hovers = list(text.states), list(text.hovers)
    shared = {"hovertemplate": "%{hovertext}<extra></extra>", "cliponaxis": False, "col": 1}
    line = {**_LINE, **shared, "x": states, "hovertext": hovers}
    figure.add_scatter(y=probability, texttemplate="%{y:.2~p}", row=1, **line)
    figure.add_bar(x=states[1:], y=added, hovertext=hovers[1:], texttemplate="%{y:.1f}", row=2, **_BARS, **shared)
    figure.add_scatter(y=cosine, texttemplate="%{y:.2f}", row=3, **line)
    figure.update_yaxes(range=[0, 1.35 * float(np.max(probability))], tickformat="~p", nticks=4, row=1)
    figure.update_yaxes(range=[0, 1.3 * float(np.max(added))], nticks=4, row=2)
    figure.update_yaxes(range=[min(0.0, 1.2 * float(np.min(cosine))), 1.3], tickvals=[0, 0.5, 1], row=3)
    figure.update_xaxes(type="category", categoryarray=states, range=[-0.5, len(states) - 0.5], fixedrange=True)
    figure.update_yaxes(fixedrange=True, automargin=True)
    figure.update_xaxes(title={"text": text.axis}, row=3)
    figure.update_annotations(x=0, xanchor="left", font={"size": 14})
    return figure
