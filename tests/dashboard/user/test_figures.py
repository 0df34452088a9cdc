"""The User page's figures draw the arrays that they are given."""

import numpy as np

from dashboard.user.figures.profile import Profile, ProfileText, profile_panels
from dashboard.user.figures.shift import ShiftText, topic_shift
from dashboard.user.figures.timeline import TimelineText, history_timeline

PROFILE = Profile(
    interests=np.array([1.1, -0.6, np.nan]),
    follows=np.array([5.0, 0.0, 1.0]),
    followed=np.array([3.0, 0.0, 0.0]),
    others=np.array([1.0, 2.0, 0.0]),
    negative=np.array([0.0, 1.0, 0.0]),
)


def test_profile_stacks_the_history_and_splits_interests_by_sign():
    text = ProfileText("I", "F", "H", "by followed", "by others", "negative", ["a", "b", "c"], ("i", "f", "h"))
    liked, disliked, follows, *history = profile_panels(["x", "y", "others"], PROFILE, text=text).data
    np.testing.assert_array_equal(liked.x, [1.1, np.nan, np.nan])
    np.testing.assert_array_equal(disliked.x, [np.nan, -0.6, np.nan])
    assert disliked.marker.pattern.shape
    assert list(follows.x) == [5, 0, 1]
    assert [list(trace.x) for trace in history] == [[3, 0, 0], [1, 2, 0], [0, 1, 0]]
    assert [trace.name for trace in history] == ["by followed", "by others", "negative"]
    assert liked.marker.color not in {trace.marker.color for trace in history}  # which the legend explains


def test_timeline_marks_every_row_once_and_rings_the_selected_one():
    text = TimelineText("axis", "in feed", "other", "negative", "selected", ["one", "two", "three", "four"])
    figure = history_timeline(
        np.array([0, 1, 0, 1]),
        ["x", "y"],
        in_feed=np.array([True, False, True, False]),
        negative=np.array([False, False, False, True]),
        selected=2,
        text=text,
    )
    drawn = {trace.name: (list(trace.x), list(trace.y)) for trace in figure.data}
    assert drawn == {
        "in feed": ([1, 3], [0, 0]),
        "other": ([2], [1]),
        "negative": ([4], [1]),
        "selected": ([3], [0]),
    }
    assert list(figure.data[0].customdata) == [1, 3]
    assert len({trace.marker.symbol for trace in figure.data[:3]}) == 3


def test_shift_shows_both_shares_in_percent():
    text = ShiftText("share", "topic", "before", "after", ["a", "b"])
    bars, diamonds = topic_shift(["x", "y"], np.array([[0.1, 0.0], [0.25, 0.5]]), text=text).data
    assert (list(bars.x), bars.name) == ([25, 50], "after")
    assert (list(diamonds.x), diamonds.name) == ([10, 0], "before")
