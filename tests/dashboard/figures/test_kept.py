"""Figures that are made once for everybody."""

import plotly.graph_objects as go

from dashboard.figures.kept import keep


def test_the_same_arguments_give_the_very_same_figure():
    made = []

    def bars(values, *, name):
        made.append(name)
        return go.Figure(go.Bar(y=list(values), name=name))

    kept = keep(bars)
    first = kept((1, 2), name="a")
    assert kept((1, 2), name="a") is first
    assert kept((1, 2), name="b") is not first
    assert made == ["a", "b"]
    assert first.to_dict() is first.to_dict()


def test_each_theme_has_a_copy_of_its_own():
    kept = keep(lambda: go.Figure(go.Bar(y=[1]), layout={"xaxis": {"title": {"text": "x"}}}))()
    light, dark = kept.in_ink("#000000"), kept.in_ink("#ffffff")
    assert [f.layout.font.color for f in (light, dark)] == ["#000000", "#ffffff"]
    assert [f.layout.xaxis.title.font.color for f in (light, dark)] == ["#000000", "#ffffff"]
    assert kept.layout.font.color is None
    assert kept.in_ink("#000000") is light
