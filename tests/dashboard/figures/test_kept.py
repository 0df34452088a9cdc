"""Figures that are made once for everybody."""

import plotly.graph_objects as go
from plotly.subplots import make_subplots

from dashboard.figures.kept import in_ink, keep


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


def test_each_theme_has_text_in_its_own_ink():
    figure = go.Figure(go.Bar(y=[1]), layout={"xaxis": {"title": {"text": "x"}}, "font": {"size": 20}})
    before = figure.to_dict()
    light, dark = (in_ink(figure, colour).to_dict()["layout"] for colour in ("#000000", "#ffffff"))
    assert [layout["font"] for layout in (light, dark)] == [
        {"size": 20, "color": "#000000"},
        {"size": 20, "color": "#ffffff"},
    ]
    assert dark["xaxis"]["title"] == {"text": "x", "font": {"color": "#ffffff"}}
    assert dark["yaxis"]["tickfont"] == {"color": "#ffffff"}  # also where the figure says nothing of an axis
    assert figure.to_dict() == before


def test_every_axis_is_written_in_ink():
    panels = make_subplots(2, 2)
    layout = in_ink(panels, "#123456").to_dict()["layout"]
    assert {name for name in layout if "axis" in name} == {f"{kind}axis{n}" for kind in "xy" for n in ("", 2, 3, 4)}
    assert all(axis["tickfont"]["color"] == "#123456" for name, axis in layout.items() if "axis" in name)


def test_numbers_in_cells_are_written_in_ink():
    cells, bars = in_ink(go.Figure([go.Heatmap(z=[[1]]), go.Bar(y=[1])]), "#123456").to_dict()["data"]
    assert cells["textfont"] == {"color": "#123456"}
    assert "textfont" not in bars
