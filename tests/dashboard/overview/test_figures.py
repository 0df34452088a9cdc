"""The funnel shows the data that it is given."""

from dashboard.overview.figures.pipeline import funnel


def test_funnel_has_one_bar_per_step_first_on_top():
    chart = funnel(["all", "some", "few"], [1000, 10, 1], texts=["a", "b", "c"], hovers=["d", "e", "f"], axis="posts")
    (bars,) = chart.data
    assert list(bars.x) == [1000, 10, 1]
    assert list(bars.y) == ["all", "some", "few"]
    assert list(bars.hovertext) == ["d", "e", "f"]
    assert chart.layout.yaxis.autorange == "reversed"
    assert [(note.text, note.x) for note in chart.layout.annotations] == [("a", 3), ("b", 1), ("c", 0)]
    assert chart.layout.xaxis.title.text == "posts"
