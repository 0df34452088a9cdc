"""The Embeddings page's views, from scenes made by hand: what they draw and what they say."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import naming
from dashboard.embeddings.scene import SIZES, Collisions, Forced, Padding, Scene, Twins
from dashboard.embeddings.views import collisions, forced, padding, twins
from dashboard.locale import t
from dashboard.posts import Post
from dashboard.view import Html, Text
from phoenix.actions import ACTIONS
from phoenix.analysis.collisions import CollisionShares, expected_collisions

ONE, OTHER = (Post(number, "handle", topic, "text", f"text {number}") for number, topic in ((1, "jazz"), (2, "tea")))


def counted(*, hashes: int = 2, size: int = 65_536) -> Scene:
    measured = tuple(CollisionShares(0.998, 4e-5 if each == size else 0.0) for each in SIZES)
    return Scene(collisions=Collisions("post", 100_000, size, hashes, measured, width=64))


def test_curves_are_theory_beside_what_was_measured():
    figure = collisions.view(counted()).figure
    for hashes, line in enumerate(figure.data[:3], start=1):
        expected = [expected_collisions(100_000, num_buckets=m, num_hashes=hashes).everywhere for m in line.x]
        np.testing.assert_allclose(line.y, expected)
    assert [trace.name for trace in figure.data[:2]] == [
        "Expected by chance (1 function)",
        "Expected by chance (2 functions)",
    ]
    measured, none = figure.data[-3:-1]
    assert (list(measured.x), list(measured.y)) == ([65_536], [4e-5])
    assert len(none.x) == len(SIZES) - 1


def test_nearly_all_posts_share_a_row_of_the_one_table():
    apart, somewhere, memory = collisions.view(counted()).notices
    assert "leave **4**" in apart
    assert "**99.8%** of the posts" in somewhere
    assert "(chance: 99.8%)" in somewhere
    assert "3.1 ids" in somewhere
    assert "16.8 MB for this table" in memory
    assert "instead of 25.6 MB" in memory
    assert "34% less" in memory


@pytest.mark.parametrize(("rows", "key"), [(2**16, "saved"), (2**17, "not_saved")])
def test_a_table_with_more_rows_than_ids_saves_nothing(rows, key):
    said = collisions.view(counted(size=rows)).notices[2]
    assert said.startswith(t(f"embeddings.notice.{key}", table="x", whole="x", share="x", width=1)[:8])
    assert ("more than" in said) == (key == "not_saved")


def pair(buckets, *, posts=(ONE, OTHER), ids=(1, 2)) -> Scene:
    vectors = np.array([[1.0, 0.0, 0.0, 1.0], [1.0, 0.0, 1.0, 0.0]], np.float32)
    return Scene(twins=Twins(ids, posts, np.array(buckets), vectors, np.array([[3, 1], [3, 2]])))


def test_shared_rows_are_marked_and_what_tells_apart_is_said():
    shown = twins.view(pair([[7, 8], [7, 9]]))
    (cards,) = [block for block in shown.blocks if isinstance(block, Html)]
    assert cards.html.count('class="px-same"') == 2
    assert "cosine of 0.50" in shown.notices[0]
    assert shown.notices[1].startswith("Posts of the corpus that write into the shared row: 3.")
    assert shown.notices[2] == t("embeddings.notice.other_topics", one="jazz", other="tea")
    np.testing.assert_array_equal(shown.figure.data[0].z, [[1, 0, 0, 1], [1, 0, 1, 0]])


@pytest.mark.parametrize(
    ("topics", "known", "said"),
    [
        ([0, 3, 3], {"authors"}, ["same_topic"]),
        ([0, 3, -1], {"authors"}, ["other_authors"]),
        ([0, -1, -1], {"authors"}, ["other_authors"]),
        ([0, -1, -1], set(), []),
    ],
)
def test_what_nobody_knows_of_two_posts_they_have_not_in_common(monkeypatch, topics, known, said):
    world = SimpleNamespace(topic_of_post=np.array(topics), knows=known.__contains__)
    monkeypatch.setattr(naming, "world", lambda: world)
    one, other = (Post(number, f"handle{number}", "no topic", "", "") for number in (1, 2))
    names = {"same_topic": {"one": "no topic"}, "other_authors": {"one": "@handle1", "other": "@handle2"}}
    scene = pair([[7, 8], [7, 9]], posts=(one, other)).twins
    assert twins.notices(scene)[2:] == tuple(t(f"embeddings.notice.{key}", **names[key]) for key in said)


def test_posts_that_share_both_rows_cannot_be_told_apart():
    shown = twins.view(pair([[7, 8], [7, 8]]))
    assert shown.notices[0] == t("embeddings.notice.inseparable", one=1, other=2)


def test_an_unseen_id_says_who_uses_its_rows():
    shown = twins.view(pair([[7, 8], [7, 9]], posts=(None, OTHER), ids=(100_000, 2)))
    assert "its first row: 3; its second: 1." in shown.notices[1]
    assert t("embeddings.twins.never_trained") in shown.blocks[0].html


def test_without_such_a_pair_the_view_says_so():
    assert twins.view(Scene()).blocks == (Text(t("embeddings.twins.none"), "info"),)


def test_texts_of_posts_are_no_html():
    evil = ONE._replace(text="<img src=x onerror=alert(1)>")
    assert "<img" not in twins.view(pair([[7, 8], [7, 9]], posts=(evil, OTHER))).blocks[0].html


def test_forced_collision_names_what_moves_most():
    moved = np.full((5, len(ACTIONS)), 0.1)
    moved[1, ACTIONS.index("reply")] = 0.02
    scene = Scene(forced=Forced(ONE, OTHER, "first", moved, np.full(len(ACTIONS), 0.3)))
    shown = forced.view(scene)
    assert shown.notices[0].startswith("Reply moves most: from 10% to 2.0%, 0.20 times as likely.")
    assert "nothing of A is left" not in " ".join(shown.notices)
    np.testing.assert_allclose(shown.figure.data[3].x[ACTIONS.index("reply")], 2)
    same = forced.view(Scene(forced=scene.forced._replace(other=ONE)))
    assert same.notices == (t("embeddings.notice.same_post"),)


def test_with_the_authors_rows_nothing_of_the_post_is_left():
    moved = np.full((5, len(ACTIONS)), 0.1)
    scene = Scene(forced=Forced(ONE, OTHER, "author", moved, moved[4] + 2e-7))
    assert "up to a difference of 2×10⁻⁷" in forced.view(scene).notices[0]


@pytest.mark.parametrize(("history", "said"), [(10, "fills 10 of 64 places; in the other 54"), (64, "fills all 64")])
def test_padding_is_said_to_be_never_read(history, said):
    rows = np.array([[3.0, 4.0], [0.0, 0.0], [1.0, 2.0], [1.0, 2.0]])
    probabilities = np.full(len(ACTIONS), 0.25)
    shown = padding.view(Scene(padding=Padding(rows, 200_000, 1, 65_535, history, 64, 5, probabilities, probabilities)))
    np.testing.assert_array_equal(shown.figure.data[0].z, rows)
    assert "length 5.00" in shown.notices[0]
    assert "length 0.00" in shown.notices[0] or "length 0" in shown.notices[0]
    assert "largest difference 0)" in shown.notices[0]
    assert said in shown.notices[2]
