"""The pictures of the attention page show the numbers that they are given."""

import numpy as np
import pytest

from dashboard.figures import attention as figures

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
        names,
        [n[0] for n in names],
        ("user", "history", "candidates"),
        "query",
        "key",
        "may",
        "may not",
        "+",
        "-",
        "w",
    )


def test_mask_grid_shows_the_mask_itself_as_small_integers():
    heatmap = figures.mask_grid(ISOLATED, history_len=2, text=text()).data[0]
    assert heatmap.z.dtype == np.uint8
    np.testing.assert_array_equal(heatmap.z, ISOLATED)
    assert list(heatmap.x) == list(heatmap.y) == NAMES


def test_mask_grid_says_in_words_what_each_cell_allows():
    words = np.array(figures.mask_grid(ISOLATED, history_len=2, text=text()).data[0].customdata)
    np.testing.assert_array_equal(words == "may", ISOLATED == 1)
    np.testing.assert_array_equal(words == "may not", ISOLATED == 0)


def test_large_mask_carries_no_words():
    size = 70
    names = [f"position {i}" for i in range(size)]
    heatmap = figures.mask_grid(np.ones((size, size)), history_len=size - 3, text=text(names)).data[0]
    assert heatmap.customdata is None
    assert "%{z}" in heatmap.hovertemplate


def test_mask_grid_marks_what_differs_from_the_reference():
    (crosses,) = figures.mask_grid(LEAKY, history_len=2, text=text(), reference=ISOLATED).data[1:]
    assert crosses.name == "+"
    assert set(zip(crosses.y, crosses.x, strict=True)) == {
        (NAMES[row], NAMES[column]) for row in range(3) for column in (3, 4)
    }
    (rings,) = figures.mask_grid(ISOLATED, history_len=2, text=text(), reference=LEAKY).data[1:]
    assert rings.name == "-"
    assert rings.marker.symbol != crosses.marker.symbol
    assert len(figures.mask_grid(ISOLATED, history_len=2, text=text(), reference=ISOLATED).data) == 1


def test_blocks_are_divided_and_named():
    layout = figures.mask_grid(ISOLATED, history_len=2, text=text()).layout
    assert {shape.x0 for shape in layout.shapes if shape.x0 == shape.x1} == {0.5, 2.5}
    assert {shape.y0 for shape in layout.shapes if shape.y0 == shape.y1} == {0.5, 2.5}
    assert [note.text for note in layout.annotations].count("candidates") == 2
    assert layout.yaxis.range[0] > layout.yaxis.range[1]


def test_attention_grid_shows_weights_where_the_mask_allows_and_nothing_elsewhere():
    weights = ISOLATED / ISOLATED.sum(axis=1, keepdims=True)
    shown = figures.attention_grid(weights, mask=ISOLATED, history_len=2, text=text()).data[0].z
    np.testing.assert_allclose(shown[ISOLATED == 1], weights[ISOLATED == 1], atol=1e-4)
    assert np.isnan(shown[ISOLATED == 0]).all()


def test_leak_dots_show_every_difference_and_zero_at_the_edge():
    differences = np.array([[0.0, 2e-7, 1e-7], [0.5, 0.25, 0.125]])
    words = figures.LeakText(["isolated", "full"], ["replaced", "removed", "reversed"], "x", "mask", "noise", "%{text}")
    chart = figures.leak_dots(differences, text=words)
    assert [trace.name for trace in chart.data] == ["replaced", "removed", "reversed"]
    shown = np.array([trace.x for trace in chart.data]).T
    np.testing.assert_allclose(shown, np.maximum(differences, figures.EXACT))
    assert chart.data[0].text[0] == "0"
    assert len({trace.marker.symbol for trace in chart.data}) == 3
    low, high = chart.layout.xaxis.range
    assert low < np.log10(figures.EXACT)
    assert high > np.log10(differences.max())


@pytest.mark.parametrize(("value", "words"), [(0, "0"), (2.41e-7, "2.4e-07"), (0.834, "0.83")])
def test_scientific(value, words):
    assert figures.scientific(value) == words
