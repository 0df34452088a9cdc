"""What the User page's views show of a scene: the numbers are those of world, history and feeds."""

import re

import numpy as np
import pytest

from dashboard import people
from dashboard.locale import t
from dashboard.naming import topic
from dashboard.user import changed, happened, measured
from dashboard.user.scene import EditScene, HistoryScene, WhatIfScene, WhoScene
from dashboard.user.views import edit, history, numbers, rows, what_if, who
from dashboard.view import Html, Table, Text, charts
from phoenix.actions import ACTIONS
from phoenix.analysis.changes import TOP
from phoenix.analysis.edits import Edit, real
from tests.dashboard.user.conftest import HELD_OUT, USER

EMPTY = Edit(USER, None)


def html_of(view) -> str:
    blocks = [inner for block in view.blocks for inner in getattr(block, "columns", ((block,),))]
    return "".join(block.html for column in blocks for block in column if isinstance(block, Html))


# Who


def test_the_profile_counts_every_row_and_every_follow(make, recommender):
    scene = make(WhoScene, usual=measured.usual_rates())
    full = who.profile(scene)
    assert (full.followed + full.others + full.negative).sum() == len(scene.history)
    assert full.follows.sum() == len(recommender.world.followed(USER))
    assert np.array_equal(full.interests, recommender.world.interests[USER].astype(float))


def test_who_draws_all_of_it_with_the_rest_in_one_line(make, language):
    scene = make(WhoScene, usual=measured.usual_rates())
    view = who.view(scene)
    *_, follows, followed, others, negative = view.figure.data
    assert sum(map(sum, (followed.x, others.x, negative.x))) == len(scene.history)
    assert sum(follows.x) == len(scene.world.followed(USER))
    assert len(follows.x) == len(who.topics(scene)) + 1 < 25
    assert view.notices[0].startswith("**")
    assert len(view.notices) >= 3


def test_who_names_the_action_that_stands_out(make, recommender):
    usual = measured.usual_rates()
    every = np.concatenate([recommender.history(user)[list(ACTIONS)].to_numpy() for user in range(300)])
    np.testing.assert_allclose(usual, every.mean(axis=0), atol=0.01)
    rare = usual.copy()
    rare[ACTIONS.index("click")] = 1e-3
    assert t("common.action.click") in who.view(make(WhoScene, usual=rare)).notices[-1]


def test_a_persona_that_does_not_show_is_not_said_to(make):
    said = who.view(make(WhoScene, usual=np.ones(len(ACTIONS)))).notices
    assert "The persona" not in " ".join(said)


def test_who_of_nobody_says_so(make, language):
    view = who.view(make(WhoScene, by=EMPTY, usual=measured.usual_rates()))
    assert view.notices == (t("user.notice.no_history"),)
    assert view.figure is not None


def test_who_says_that_an_edited_history_is_no_witness(make):
    scene = make(WhoScene, by=Edit(USER, 42), usual=measured.usual_rates())
    own = people.strong_interests(scene.world.interests[USER])
    assert "edited history" in who.view(scene).notices[0]
    assert all(topic(number) in who.view(scene).notices[0] for number in own)


def test_what_an_edited_history_holds_is_not_the_users_doing(make):
    usual = measured.usual_rates() / 10
    real, other = (who.view(make(WhoScene, by=by, usual=usual)).notices for by in (None, Edit(USER, 42)))
    for said in ("was wanted", "The persona"):
        assert said in " ".join(real)
        assert said not in " ".join(other)


# History


def test_history_has_a_mark_for_every_row_and_a_ring_on_the_selected_one(make, changes_of, language):
    scene = make(HistoryScene, place=12, without=changes_of(Edit(USER, USER, removed=(12,))))
    view = history.view(scene)
    *marks, ring = view.figure.data
    assert sorted(np.concatenate([trace.customdata for trace in marks]).tolist()) == list(range(1, 65))
    assert list(ring.x) == [12]
    assert len(re.findall("<li>", html_of(view))) == TOP
    assert str(scene.without.new) in view.notices[-1]


def test_history_lists_first_the_topics_of_the_feed(make, changes_of):
    scene = make(HistoryScene, place=1, without=changes_of(real(USER)))
    best = set(scene.world.post_columns.topic[scene.made.feed[:TOP]].tolist())
    shown = history.lines(scene)
    assert len(shown) <= history.LINES
    assert {number in best for number in shown[: len(best & set(shown))]} == {True}


def test_no_history_is_said_and_the_feed_still_shown(make, language):
    view = history.view(make(HistoryScene, by=EMPTY, place=None, without=None))
    assert Text(t("user.history.none"), "info") in view.blocks
    assert len(re.findall("<li>", html_of(view))) == TOP


# What if


def what_if_scene(change_scene, name: str, *, user: int = USER, guess: int | None = 5) -> WhatIfScene:
    asked = {"name": name, "topic": measured.strange_topic(user), "guess": guess}
    scene = change_scene(WhatIfScene, measured.what_if(user, name), contrast=measured.contrast(user, name), **asked)
    return scene if guess is not None else change_scene(WhatIfScene, scene.edit, contrast=None, changes=None, **asked)


@pytest.mark.parametrize("name", measured.WHAT_IFS)
def test_before_the_guess_nothing_is_told(change_scene, name, language):
    view = what_if.view(what_if_scene(change_scene, name, guess=None))
    assert not charts(view.blocks)
    assert not view.notices
    assert len(re.findall("<li>", html_of(view))) == TOP


@pytest.mark.parametrize("name", measured.WHAT_IFS)
def test_after_the_guess_it_is_judged_and_the_change_told(change_scene, name, language):
    scene = what_if_scene(change_scene, name)
    view = what_if.view(scene)
    (verdict,) = [block.text for block in view.blocks if isinstance(block, Text) and block.style == "info"]
    assert f"**{scene.changes.new}**" in verdict
    assert html_of(view).count("px-new") == scene.changes.new
    assert len(view.notices) == 2
    assert charts(view.blocks)


@pytest.mark.parametrize(("away", "how"), [(0, "right"), (1, "near"), (-1, "near"), (2, "far")])
def test_a_guess_is_right_near_or_far(change_scene, away, how):
    scene = what_if_scene(change_scene, "strange")
    guess = scene.changes.new + away
    asked = {"name": "strange", "topic": scene.topic, "guess": guess, "contrast": scene.contrast}
    (verdict,) = [
        block.text
        for block in what_if.view(change_scene(WhatIfScene, scene.edit, **asked)).blocks
        if isinstance(block, Text) and block.style == "info"
    ]
    assert verdict == t(f"user.verdict.{how}", guess=guess, new=scene.changes.new, top=TOP)


def test_a_known_id_remembers_what_an_unknown_one_cannot(change_scene):
    """The very point of the empty history: true for these two, and said of each."""
    known, unknown = (what_if_scene(change_scene, "empty", user=user) for user in (USER, HELD_OUT))
    opening = {
        kind: t(f"user.notice.empty.{kind}", **dict.fromkeys(("about", "top", "names", "degrees", "usual"), ""))
        for kind in ("trained.kept", "held_out.lost")
    }
    for scene, kind in ((known, "trained.kept"), (unknown, "held_out.lost")):
        assert what_if.view(scene).notices[0].split("**")[1] == opening[kind].split("**")[1]


def test_contrasts_are_measured(recommender):
    assert measured.contrast(USER, "empty") == 0
    topic_number = measured.strange_topic(USER)
    assert measured.contrast(USER, "strange") > (recommender.world.post_columns.topic == topic_number).mean()
    assert measured.contrast(USER, "turned") > 0


# Edit


def test_edit_of_the_real_history_shows_the_feed_and_no_change(change_scene, language):
    scene = change_scene(EditScene, real(USER), place=64)
    view = edit.view(scene)
    assert Text(t("user.edit.nothing"), "caption") in view.blocks
    assert "px-new" not in html_of(view)
    assert not view.notices
    assert "200" in html_of(numbers.view(scene))


def test_edit_marks_what_came_and_lists_what_went(change_scene, language):
    scene = change_scene(EditScene, Edit(USER, 42), place=64)
    new = scene.changes.new
    assert html_of(edit.view(scene)).count("px-new") == html_of(edit.view(scene)).count("px-gone") == new > 0
    assert f"{scene.changes.degrees:.0f}°" in html_of(numbers.view(scene))
    assert len(edit.view(scene).notices) == 1


@pytest.mark.parametrize(
    ("likes", "way"),
    [
        ((0.2, 0.1), "worse"),
        ((0.1, 0.2), "better"),
        ((0.2, 0.201), "same"),  # 20% and 20%
        ((0.2049, 0.2051), "better"),  # 20% and 21%: it says what the numbers show
    ],
)
def test_the_truth_has_the_last_word(change_scene, likes, way):
    scene = change_scene(EditScene, EMPTY, place=None)
    (said,) = changed.notices(scene, scene.changes._replace(likes=np.array(likes)))
    start = t(f"user.notice.truth.{way}", before="", after="", top="").split(":")[0]
    assert said.startswith(start)


def test_rows_are_listed_newest_first_with_the_selected_one_marked(change_scene, language):
    (table,) = rows.view(change_scene(EditScene, real(USER), place=60)).blocks
    assert isinstance(table, Table)
    assert table.frame["place"].tolist() == list(range(64, 0, -1))
    assert [place for place, name in table.frame["topic"].items() if name.startswith("▸")] == [60]
    assert rows.view(change_scene(EditScene, EMPTY, place=None)).blocks == ()


def test_posts_from_the_world_are_escaped(make, monkeypatch):
    scene = make(HistoryScene, by=EMPTY, place=None, without=None)
    monkeypatch.setattr(type(scene.world), "post_text", lambda *_: ["<script>"] * TOP)
    assert "<script>" not in html_of(history.view(scene))
    assert "<script>" not in changed.now(scene).html


def test_one_is_not_counted_as_several(make):
    scene = make(WhoScene, usual=measured.usual_rates())
    full = who.profile(scene)
    lonely = full._replace(followed=np.ones_like(full.followed), others=0 * full.others, negative=0 * full.negative)
    said = [*who._missed(scene, lonely), who._hover("Tea", 0.5, 1, 1, 0, 0)]
    assert "strength; rows: 1." in said[0]
    assert "1 authors" not in said[1]


@pytest.mark.parametrize(("taken", "out"), [(9, True), (4, False), (6, False)])
def test_an_action_stands_out_where_it_is_taken_more_often_than_by_others(make, taken, out):
    seen, usual = np.zeros((20, len(ACTIONS)), bool), np.full(len(ACTIONS), 0.3)
    seen[:taken, 2] = True
    scene = make(WhoScene, usual=usual)
    said = happened.notices(scene, seen, seen[:0])
    assert ("What stands out there is Retweet" in said[0]) == out
    assert ("No action stands out" in said[0]) != out
    assert said[-1] == t("user.notice.nothing_after")
