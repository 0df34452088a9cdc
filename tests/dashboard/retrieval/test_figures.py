"""The pictures of the Retrieval page show the data that they are given."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from dashboard.retrieval.figures import density, names
from dashboard.retrieval.figures.corpus_map import Names, Points, corpus_map
from dashboard.retrieval.figures.origins import OriginText, origin_bars
from dashboard.retrieval.figures.quality import strategy_bars
from dashboard.retrieval.figures.similarity import SimilarityLabels, similarity_distribution
from dashboard.retrieval.figures.sweep import Series, SweepText, sweep_chart
from dashboard.retrieval.figures.topics import TopicLabels, TopicShares, topics_returned
from dashboard.retrieval.figures.towers import VectorText, vector_bars

LABELS = SimilarityLabels("similarity", "posts", "kept", "left", "the cut", "{low} to {high}: {count}")


def test_topics_show_candidates_history_and_corpus_in_percent():
    shares = TopicShares([0.5, 0.25], [0.1, 0.0], [0.03, 0.04])
    labels = TopicLabels("share", "topic", "candidates", "history", "corpus", hovers=["h1", "h2"])
    chart = topics_returned(["jazz", "chess"], shares, labels=labels)
    assert [trace.name for trace in chart.data] == ["candidates", "history", "corpus"]
    for trace, values in zip(chart.data, ([50, 25], [10, 0], [3, 4]), strict=True):
        np.testing.assert_allclose(trace.x, values)
        assert list(trace.y) == ["jazz", "chess"]
        assert list(trace.hovertext) == ["h1", "h2"]


def test_similarity_bins_hold_every_post_once_and_none_on_both_sides_of_the_cut():
    similarities = np.sort(np.random.default_rng(0).normal(scale=0.3, size=2000))[::-1]
    chart = similarity_distribution(similarities, k=150, labels=LABELS)
    left, kept = chart.data
    assert kept.name == "kept"
    assert sum(kept.y) == 150
    assert sum(left.y) == 1850
    cut = similarities[149]
    assert min(kept.x) > cut > max(left.x)
    assert chart.layout.shapes[0].x0 == cut


def test_similarity_copes_with_a_corpus_of_equals_and_with_k_of_everything():
    chart = similarity_distribution(np.full(50, 0.25), k=50, labels=LABELS)
    assert sum(chart.data[1].y) == 50
    assert len(chart.data[0].y) == 0


def test_origins_keep_their_order_and_split_by_sign():
    text = OriginText("pull", "row", "towards", "away")
    chart = origin_bars(["a", "b", "c"], [0.3, 0.0, -0.2], hovers=["x", "y", "z"], text=text)
    towards, away = chart.data
    assert list(towards.x) == [0.3, 0.0]
    assert list(towards.y) == ["a", "b"]
    assert list(away.x) == [-0.2]
    assert list(away.hovertext) == ["z"]
    assert away.marker.pattern.shape == "/"  # told apart by more than hue
    assert list(chart.layout.yaxis.categoryarray) == ["a", "b", "c"]


def test_vector_bars_show_every_number_once():
    values = np.array([0.5, -0.25, 0.0])
    text = VectorText("dimension", "value", "positive", "negative", "{dimension}: {value}")
    positive, negative = vector_bars(values, text=text).data
    shown = dict(zip([*positive.x, *negative.x], [*positive.y, *negative.y], strict=True))
    assert shown == {1: 0.5, 2: -0.25, 3: 0.0}
    assert list(negative.hovertext) == ["2: −0.2500"]


def test_strategies_mark_ours_and_those_that_know_the_truth():
    values = [40.0, float("nan"), 80.0]
    chart = strategy_bars(
        ["ours", "followed", "oracle"], values, ours=0, bounds=[2], texts=["40%", "none", "80%"],
        hovers=["a", "b", "c"], axes=("x", "y"),
    )  # fmt: skip
    (bars,) = chart.data
    assert list(bars.x) == [40.0, 0.0, 80.0]
    assert list(bars.text) == ["40%", "none", "80%"]
    assert [shape != "" for shape in bars.marker.pattern.shape] == [False, False, True]
    assert len(set(bars.marker.color)) == 3


def test_sweep_draws_each_kind_and_the_two_marks():
    text = SweepText("recall", "value", "chosen", "best", "target")
    series = [
        Series("flat", "Flat", [100.0], [1000.0], ["f"]),
        Series("ivf_flat", "IVF", [50.0, 96.0], [9000.0, 4000.0], ["i", "j"]),
    ]
    chart = sweep_chart(series, chosen=(50.0, 9000.0), best=(96.0, 4000.0), target=95.0, text=text)
    assert [trace.name for trace in chart.data] == ["Flat", "IVF", "chosen", "best"]
    assert list(chart.data[1].x) == [50.0, 96.0]
    assert list(chart.data[1].y) == [9000.0, 4000.0]
    assert (chart.data[3].x[0], chart.data[3].y[0]) == (96.0, 4000.0)
    assert chart.layout.shapes[0].x0 == 95.0
    without = sweep_chart(series, chosen=(50.0, 9000.0), best=None, target=95.0, text=text)
    assert [trace.name for trace in without.data] == ["Flat", "IVF", "chosen"]


UNIT = density.Extent(0.0, 1.0, 0.0, 1.0)


def test_pixels_run_from_the_top_left_and_leave_out_what_lies_beyond():
    xy = np.array([[0.1, 0.9], [0.9, 0.9], [0.1, 0.1], [0.9, 0.1], [1.5, 0.5]])
    pixels = density.rasterise(xy, UNIT, size=2)
    assert pixels.inside.tolist() == [0, 1, 2, 3]
    assert pixels.index.tolist() == [0, 1, 2, 3]


def test_dominant_group_is_the_most_frequent_one_and_ties_go_to_the_lower():
    pixels = density.Pixels(np.arange(6), np.array([3, 3, 3, 0, 0, 1]), 2)
    filled, groups = density.dominant_group(pixels, np.array([5, 2, 5, 4, 1, 7]))
    assert filled.tolist() == [0, 1, 3]
    assert groups.tolist() == [1, 7, 5]


def test_posts_without_a_group_are_one_on_their_own_pixels():
    pixels = density.Pixels(np.arange(5), np.array([3, 3, 0, 0, 2]), 2)
    filled, groups = density.dominant_group(pixels, np.array([-1, -1, -1, 2, 1]))
    assert filled.tolist() == [0, 2, 3]
    assert groups.tolist() == [-1, 1, -1]


def test_mean_value_is_the_mean_on_each_pixel():
    pixels = density.Pixels(np.array([0, 2, 3]), np.array([1, 1, 2]), 2)
    filled, means = density.mean_value(pixels, np.array([0.2, 9.0, 0.4, 1.0]))
    assert filled.tolist() == [1, 2]
    np.testing.assert_allclose(means, [0.3, 1.0])


@given(st.lists(st.tuples(st.floats(0, 0.999), st.floats(0.001, 1)), min_size=1, max_size=60))
def test_exactly_the_pixels_with_posts_are_painted_and_fuller_ones_are_never_fainter(points):
    pixels = density.rasterise(np.array(points), UNIT, size=4)
    filled, _ = density.dominant_group(pixels, np.zeros(len(points), int))
    picture = density.paint(pixels, filled, np.full((len(filled), 3), 7, np.uint8)).reshape(-1, 4)
    counts = np.bincount(pixels.index, minlength=16)
    assert ((picture[:, 3] > 0) == (counts > 0)).all()
    order = np.argsort(counts, kind="stable")
    assert (np.diff(picture[order, 3].astype(int)) >= 0).all()


def test_laying_a_picture_over_another_keeps_what_it_leaves_free():
    bottom, top = np.full((1, 2, 4), 9, np.uint8), np.zeros((1, 2, 4), np.uint8)
    top[0, 1] = [1, 2, 3, 255]
    assert density.over(bottom, top).tolist() == [[[9, 9, 9, 9], [1, 2, 3, 255]]]


def test_map_draws_points_with_their_ids_and_only_names_inside():
    names = Names(["in", "out"], np.array([[0.5, 0.5], [3.0, 3.0]]))
    points = [
        Points("candidates", "retrieved", np.array([[0.2, 0.3], [0.4, 0.5]]), ["p", "q"], [11, 12]),
        Points("hits", "hits", np.zeros((0, 2)), []),
        Points("user", "user", np.array([[0.6, 0.7]]), ["u"]),
    ]
    chart = corpus_map(np.zeros((4, 4, 4), np.uint8), UNIT, points, names=names, axes=("x", "y"))
    retrieved, user, texts = chart.data
    assert list(retrieved.customdata) == [11, 12]
    np.testing.assert_allclose(retrieved.x, [0.2, 0.4])
    np.testing.assert_allclose(retrieved.y, [0.3, 0.5])
    assert list(user.hovertext) == ["u"]
    assert list(texts.text) == ["in"]
    image = chart.layout.images[0]
    assert (image.x, image.y, image.sizex, image.sizey) == (0.0, 1.0, 1.0, 1.0)


def test_extent_leaves_a_margin():
    extent = density.extent_around(np.array([[0.0, 0.0], [1.0, 2.0]]), margin=0.1, share=1.0)
    assert tuple(extent) == pytest.approx((-0.1, 1.1, -0.2, 2.2))


def test_names_stand_above_the_core_of_each_island_whatever_strays():
    ring = np.array([[-1.0, 0.0], [1.0, 0.0], [0.0, -1.0], [0.0, 1.0], [0.5, 0.5], [-0.5, -0.5]])
    xy = np.concatenate([ring, [[0.0, 90.0]], ring + 20])
    groups, places = density.island_tops(xy, np.repeat([3, 8], [7, 6]))
    assert groups.tolist() == [3, 8]
    np.testing.assert_allclose(places, [[0.0, 1.0], [20.0, 21.0]])


def boxes_of(chosen, texts, xy):
    return [names._box(t, p, s) for t, p, s in zip(texts, names._pixels(xy, UNIT), chosen, strict=True) if s]


def test_names_stay_inside_and_off_each_other_and_off_the_star():
    texts = ["Marine biology", "City<br>budgets", "爵士乐", "Chess", "Poetry"]
    xy = np.array([[0.01, 0.5], [0.5, 0.5], [0.51, 0.51], [0.5, 0.999], [0.995, 0.002]])
    star = np.array([[0.5, 0.53]])
    chosen = names.choose_sides(texts, xy, UNIT, marks=star)
    assert chosen[0] == "middle right"  # nothing is cut
    assert chosen[1] == "bottom center"  # below, since the star stands above
    assert chosen[3] == "bottom center"
    boxes = boxes_of(chosen, texts, xy)
    assert all(names._inside(box) for box in boxes)
    assert not any(one.meets(two) for i, one in enumerate(boxes) for two in boxes[:i])


def test_a_name_without_room_is_left_out_rather_than_written_over_another():
    texts, xy = ["Same place"] * 6, np.full((6, 2), 0.5)
    chosen = names.choose_sides(texts, xy, UNIT, marks=np.zeros((0, 2)))
    assert chosen[:2] == ["top center", "bottom center"]
    assert chosen[-1] is None
    boxes = boxes_of(chosen, texts, xy)
    assert not any(one.meets(two) for i, one in enumerate(boxes) for two in boxes[:i])


def test_names_of_places_outside_are_not_written():
    assert names.choose_sides(["out"], np.array([[3.0, 3.0]]), UNIT, marks=np.zeros((0, 2))) == [None]
