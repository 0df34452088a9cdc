"""The pictures of the attention page show the numbers that they are given."""

import numpy as np

from dashboard.attention import figures
from dashboard.attention.figures.dots import EXACT

# One user, two history posts, two candidates.
ISOLATED = np.array(
    [
        [1, 1, 1, 0, 0],
        [1, 1, 1, 0, 0],
        [1, 1, 1, 0, 0],
        [1, 1, 1, 1, 0],
        [1, 1, 1, 0, 1],
    ]
)
LEAKY = np.array(
    [
        [1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1],
        [1, 1, 1, 1, 1],
        [1, 1, 1, 1, 0],
        [1, 1, 1, 0, 1],
    ]
)
NAMES = ["user", "history 1", "history 2", "candidate 1", "candidate 2"]


def text(names=NAMES):
    return figures.GridText(
        names=names,
        ticks=[n[0] for n in names],
        blocks=("user", "history", "candidates"),
        query="query",
        key="key",
        allowed="may",
        forbidden="may not",
        opened="+",
        closed="-",
        cell="%{y} %{customdata} %{x}",
        weight="w",
    )


def test_mask_grid_shows_the_mask_itself_as_small_integers():
    heatmap = figures.mask_grid(ISOLATED, history_len=2, text=text()).data[0]
    assert heatmap.z.dtype == np.uint8
    np.testing.assert_array_equal(heatmap.z, ISOLATED)
    assert list(heatmap.x) == list(heatmap.y) == NAMES


def test_mask_grid_carries_a_sentence_for_each_cell_or_none_at_all():
    sentences = [[f"{row} {column}" for column in range(5)] for row in range(5)]
    worded = figures.mask_grid(ISOLATED, history_len=2, text=text(), sentences=sentences).data[0]
    assert worded.customdata[3][1] == "3 1"
    assert "%{customdata}" in worded.hovertemplate
    assert figures.mask_grid(ISOLATED, history_len=2, text=text()).data[0].customdata is None


def test_legend_names_both_colours_in_the_colours_of_the_cells():
    heatmap, allowed, forbidden = figures.mask_grid(ISOLATED, history_len=2, text=text()).data
    assert (allowed.name, forbidden.name) == ("may", "may not")
    assert heatmap.colorscale[-1][1] == allowed.marker.color
    assert heatmap.colorscale[0][1] == forbidden.marker.color


def test_mask_grid_marks_what_differs_from_the_reference():
    (crosses,) = figures.mask_grid(LEAKY, history_len=2, text=text(), reference=ISOLATED).data[3:]
    assert crosses.name == "+"
    assert set(zip(crosses.y, crosses.x, strict=True)) == {
        (NAMES[row], NAMES[column]) for row in range(3) for column in (3, 4)
    }
    (rings,) = figures.mask_grid(ISOLATED, history_len=2, text=text(), reference=LEAKY).data[3:]
    assert rings.name == "-"
    assert rings.marker.symbol != crosses.marker.symbol
    assert len(figures.mask_grid(ISOLATED, history_len=2, text=text(), reference=ISOLATED).data) == 3


def test_blocks_are_divided_and_named():
    layout = figures.mask_grid(ISOLATED, history_len=2, text=text()).layout
    assert {shape.x0 for shape in layout.shapes if shape.x0 == shape.x1} == {0.5, 2.5}
    assert {shape.y0 for shape in layout.shapes if shape.y0 == shape.y1} == {0.5, 2.5}
    assert [note.text for note in layout.annotations].count("candidates") == 2
    assert layout.yaxis.range[0] > layout.yaxis.range[1]


def test_largest_mask_stays_a_small_message():
    size = 256
    names = [f"candidate {i}, a photo about a topic (“{'x' * 36}”)" for i in range(size)]
    chart = figures.mask_grid(np.eye(size), history_len=64, text=text(names), reference=np.eye(size))
    assert len(chart.to_json()) < 250_000


def test_attention_grid_shows_weights_where_the_mask_allows_and_nothing_elsewhere():
    weights = ISOLATED / ISOLATED.sum(axis=1, keepdims=True)
    heatmap, crosses = figures.attention_grid(weights, mask=ISOLATED, history_len=2, text=text()).data
    shown, names = heatmap.z, list(heatmap.x)
    np.testing.assert_allclose(shown[ISOLATED == 1], weights[ISOLATED == 1], rtol=1e-6)
    assert np.isnan(shown[ISOLATED == 0]).all()
    crossed = {(names.index(row), names.index(column)) for row, column in zip(crosses.y, crosses.x, strict=True)}
    assert crossed == set(map(tuple, np.argwhere(ISOLATED == 0).tolist()))
    assert crosses.name == text().forbidden


def influence_text(count):
    names = [f"candidate {i}" for i in range(count)]
    return figures.InfluenceText(names, [n[-1] for n in names], "moved", "exchanged", "colour", "%{z}")


def test_influence_grid_shows_who_moves_by_how_much():
    matrix = np.array([[np.nan, 0.25], [0.5, np.nan]])
    heatmap = figures.influence_grid(matrix, rounding=1e-4, text=influence_text(2)).data[0]
    np.testing.assert_allclose(heatmap.z, matrix)
    assert list(heatmap.y) == ["candidate 0", "candidate 1"]
    assert heatmap.zmax == 0.5
    assert [list(row) for row in heatmap.text] == [["", "0.25"], ["0.50", ""]]


def test_rounding_does_not_look_like_a_leak():
    matrix = np.full((12, 12), 1e-6)
    np.fill_diagonal(matrix, np.nan)
    heatmap = figures.influence_grid(matrix, rounding=1e-4, text=influence_text(12)).data[0]
    assert heatmap.zmax == 1e-4
    large = figures.influence_grid(np.zeros((32, 32)), rounding=1e-4, text=influence_text(32))
    assert len(large.layout.xaxis.tickvals) == 16
    assert heatmap.texttemplate is None


def test_change_dots_show_every_difference_and_zero_at_the_edge():
    differences = np.array([[0.0, 2e-7], [0.5, 0.25]])
    words = figures.ChangeText(
        masks=["isolated", "full"],
        changes=["among 8", "among 200"],
        axis="x",
        mask="mask",
        rounding="noise",
        labels=[["0", "tiny"], ["half", "quarter"]],
        hover="%{text}",
    )
    chart = figures.change_dots(differences, rounding=1e-4, text=words)
    assert [trace.name for trace in chart.data] == ["among 8", "among 200"]
    shown = np.array([trace.x for trace in chart.data]).T
    np.testing.assert_allclose(shown, np.maximum(differences, EXACT))
    assert [list(trace.text) for trace in chart.data] == [["0", "half"], ["tiny", "quarter"]]
    assert chart.layout.shapes[0].x1 == 1e-4  # where rounding ends
    assert len({trace.marker.symbol for trace in chart.data}) == 2
    low, high = chart.layout.xaxis.range
    assert low < np.log10(EXACT)
    assert high > np.log10(differences.max())


def test_shuffle_dots_show_each_candidate_before_and_after():
    words = figures.ShuffleText(["one", "two"], ["1", "2"], "before", "after", "x", "candidate", "%{x}")
    lines, before, after = figures.shuffle_dots([0.5, -1], [0.75, -2], places=[[1, 2], [2, 1]], text=words).data
    assert list(before.x) == [0.5, -1]
    assert list(after.x) == [0.75, -2]
    assert list(after.text) == ["2", "1"]
    assert before.marker.symbol != after.marker.symbol
    np.testing.assert_array_equal(lines.x, [0.5, 0.75, np.nan, -1, -2, np.nan])
