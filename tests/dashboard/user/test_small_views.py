"""The User page's views where there is little: one row, a feed of three posts, no topics, nothing that stands out."""

import dataclasses
import re

import numpy as np

from dashboard import naming
from dashboard.locale import t
from dashboard.user import changed, happened
from dashboard.user.scene import HistoryScene, WhoScene
from dashboard.user.views import history, what_if
from phoenix.actions import ACTIONS
from phoenix.analysis.changes import TOP
from phoenix.analysis.edits import Edit, real
from tests.dashboard.user.conftest import USER
from tests.dashboard.user.test_views import what_if_scene


def of_other_topics(scene: HistoryScene) -> HistoryScene:
    """The same with a feed of which nothing is about a topic of the history."""
    topics = scene.world.topic_of_post
    posts = np.flatnonzero(~np.isin(topics, topics[scene.history["post_id"]]))[:20]
    return dataclasses.replace(scene, made=scene.made._replace(feed=posts))


ONE_ROW = Edit(USER, None, added=((0, ("favorite",)),))


def test_a_feed_on_other_topics_is_not_said_to_continue_the_history(make, changes_of):
    scene = of_other_topics(make(HistoryScene, by=ONE_ROW, place=1, without=changes_of(ONE_ROW)))
    assert "mostly about something else" in history.notices(scene)[0]


def test_of_a_single_row_no_other_is_spoken_of(make, changes_of):
    scene = make(HistoryScene, by=ONE_ROW, place=1, without=changes_of(ONE_ROW))
    said = " ".join(history.notices(scene))
    assert "other marks" not in said
    assert "1 rows" not in said


def test_posts_without_a_topic_are_not_alike(make, changes_of, monkeypatch):
    scene = make(HistoryScene, place=1, without=changes_of(real(USER)))
    monkeypatch.setattr(naming, "kinds", lambda: np.full(scene.world.num_posts, -1))
    assert f"0 of the top {TOP}" in history.notices(scene)[0]
    assert t("user.best.topic", count=0) in history._best(scene)


def test_a_feed_of_three_has_no_top_ten(make, changes_of):
    scene = make(HistoryScene, place=1, without=changes_of(real(USER)))
    short = dataclasses.replace(scene, made=scene.made._replace(feed=scene.made.feed[:3]))
    for shown in (changed.now(short).html, history._best(short), *history.notices(short)):
        assert "op 3" in shown or "one of 64" in shown
        assert f"op {TOP}" not in shown


def test_what_looks_as_usual_does_not_stand_out(make):
    seen, usual = np.zeros((20, len(ACTIONS)), bool), np.full(len(ACTIONS), 0.9)
    seen[:9, 2], usual[2] = True, 0.4499  # 45% and 45%
    said = happened.notices(make(WhoScene, usual=usual), seen, seen)
    assert "No action stands out" in said[0]


def test_one_row_and_one_impression_are_not_counted_as_several(make):
    seen, usual = np.ones((1, len(ACTIONS)), bool), np.full(len(ACTIONS), 0.3)
    said = happened.notices(make(WhoScene, usual=usual), seen, seen)
    said += [
        *happened._panel("before", seen, everybody=usual).hovers,
        *happened._panel("after", seen, everybody=usual).hovers,
    ]
    assert "What stands out" in said[0]
    assert not re.search(r"\b1 (rows|history rows|held-out impressions)", " ".join(said))


def test_of_a_history_that_is_empty_nothing_is_said_to_be_removed(change_scene, recommender, monkeypatch):
    real_history = type(recommender).history
    monkeypatch.setattr(type(recommender), "history", lambda self, user: real_history(self, user).head(0))
    view = what_if.view(what_if_scene(change_scene, "empty"))
    assert view.blocks[0].text == t("user.question.nothing")
