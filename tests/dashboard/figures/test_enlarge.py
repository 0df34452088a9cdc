"""Charts for the last row: larger type, wider margins, more height, the same data."""

import plotly.graph_objects as go

from dashboard.figures.enlarge import FACTOR, enlarge


def test_type_and_room_grow_and_the_figure_given_stays():
    figure = go.Figure(go.Bar(x=[1, 2], y=["a", "b"], text=["one", "two"], textfont_size=[10, 20]))
    figure.update_layout(
        height=400, margin=dict(l=100, r=0), xaxis_title="x", annotations=[dict(text="here", font_size=20)]
    )
    large = enlarge(figure)
    assert large.layout.height > 400
    assert large.layout.margin.l == FACTOR * 100
    assert large.layout.margin.t is None
    assert large.layout.xaxis.tickfont.size == large.layout.xaxis.title.font.size == FACTOR * 12
    assert large.layout.annotations[0].font.size == FACTOR * 20
    assert large.data[0].textfont.size == (FACTOR * 10, FACTOR * 20)
    assert large.data[0].x == figure.data[0].x
    assert (figure.layout.height, figure.layout.margin.l, figure.data[0].textfont.size) == (400, 100, (10, 20))
