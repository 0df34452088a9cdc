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


def test_what_looks_as_usual_does_not_stand_out(make):
    seen, usual = np.zeros((20, len(ACTIONS)), bool), np.full(len(ACTIONS), 0.9)
    seen[:9, 2], usual[2] = True, 0.4499  # 45% and 45%
    said = happened.notices(make(WhoScene, usual=usual), seen, seen)
    assert "No action stands out" in said[0]


def test_of_a_history_that_is_empty_nothing_is_said_to_be_removed(change_scene, recommender, monkeypatch):
    real_history = type(recommender).history
    monkeypatch.setattr(type(recommender), "history", lambda self, user: real_history(self, user).head(0))
    view = what_if.view(what_if_scene(change_scene, "empty"))
    assert view.blocks[0].text == t("user.question.nothing")
