"""The funnel and the retrieval pictures show the data that they are given."""

import numpy as np

from dashboard.figures.pipeline import funnel
from dashboard.figures.retrieval import (
    SimilarityLabels,
    TopicLabels,
    TopicShares,
    similarity_distribution,
    topics_returned,
)

LABELS = SimilarityLabels("similarity", "posts", "kept", "left", "the cut", "{low:.1f} to {high:.1f}: {count}")


def test_funnel_has_one_bar_per_step_first_on_top():
    chart = funnel(["all", "some", "few"], [1000, 10, 1], texts=["a", "b", "c"], hovers=["d", "e", "f"], axis="posts")
    (bars,) = chart.data
    assert list(bars.x) == [1000, 10, 1]
    assert list(bars.y) == ["all", "some", "few"]
    assert list(bars.hovertext) == ["d", "e", "f"]
    assert chart.layout.yaxis.autorange == "reversed"
    assert [(note.text, note.x) for note in chart.layout.annotations] == [("a", 3), ("b", 1), ("c", 0)]
    assert chart.layout.xaxis.title.text == "posts"


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
