"""The three prepared questions begin with the real history and change what they say."""

import numpy as np
import pytest

from phoenix.analysis import edits, what_ifs
from phoenix.logged_actions import logged_actions
from phoenix.serving import Recommender
from phoenix.world.topics import TOPICS
from tests.logged import LoggedWorld, logged_artifacts

USERS = (17, 42, 409, 4711)


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.mark.parametrize("user", USERS)
def test_an_empty_history_is_empty(recommender, user):
    assert edits.apply(recommender, what_ifs.without_history(user)).empty


@pytest.mark.parametrize("user", USERS)
def test_the_strange_topic_is_neither_liked_nor_met(recommender, user):
    topic, world = what_ifs.strange_topic(recommender, user), recommender.world
    met = (world.post_columns.topic[recommender.history(user)["post_id"]] == topic).sum()
    assert met <= 1
    assert world.interests[user, topic] < 0


@pytest.mark.parametrize("user", USERS)
def test_five_strange_posts_by_five_authors_are_the_newest_rows(recommender, user):
    chess = next(number for number, topic in enumerate(TOPICS) if topic.key == "chess")
    history = edits.apply(recommender, what_ifs.with_strange_posts(recommender, user, topic=chess))
    new = history.tail(5)
    assert (recommender.world.post_columns.topic[new["post_id"]] == chess).all()
    assert new["author_id"].nunique() == 5
    assert new["favorite"].all()
    own = recommender.history(user)
    assert history["post_id"].tolist()[:-5] == own["post_id"].tolist()[-len(history) + 5 :]


@pytest.mark.parametrize("user", USERS)
def test_the_last_three_likes_become_not_interested_and_nothing_else(recommender, user):
    own = recommender.history(user)
    history = edits.apply(recommender, what_ifs.with_likes_taken_back(recommender, user))
    differ = np.flatnonzero((history != own).any(axis=1))
    assert differ.tolist() == np.flatnonzero(own["favorite"])[-3:].tolist()
    actions = history.iloc[differ].drop(columns=["post_id", "author_id", "surface"])
    assert (actions.sum(axis=1) == 1).all()
    assert actions["not_interested"].all()


def test_in_a_log_likes_are_of_the_target_action_and_taken_back_by_the_first_negative_one():
    made = Recommender(logged_artifacts())
    own = made.history(3)
    liked = own.index[own["like"] > 0][-3:]
    turned = edits.apply(made, what_ifs.with_likes_taken_back(made, 3)).loc[liked]
    assert turned["hide"].all()
    assert not turned[["click", "like"]].any(axis=None)
    assert what_ifs.strange_topic(made, 3) is None


def test_where_no_action_is_negative_likes_are_left_out():
    actions = logged_actions(("click", "like"), signs=(1, 1), rates=(0.3, 0.2), target="like")
    made = Recommender(logged_artifacts(LoggedWorld(actions)))
    liked = made.history(3)["like"].sum()
    assert edits.apply(made, what_ifs.with_likes_taken_back(made, 3))["like"].sum() == liked - 3


def test_in_a_log_with_topics_the_strange_one_is_written_on_and_met_least(monkeypatch):
    world = LoggedWorld()
    world.topic_of_post, world.known = (np.arange(300) % 3).astype(np.int32) - 1, world.known | {"topics"}
    monkeypatch.setattr(LoggedWorld, "topic_names", lambda self, language: ("none", "few", "never"))
    made = Recommender(logged_artifacts(world))
    met = world.topic_of_post[made.history(3)["post_id"]]
    topic = what_ifs.strange_topic(made, 3)
    assert topic == int(np.bincount(met[met >= 0], minlength=2).argmin())
    history = edits.apply(made, what_ifs.with_strange_posts(made, 3, topic=topic))
    assert (world.topic_of_post[history["post_id"].tail(5)] == topic).all()
    assert history["like"].tail(5).all()
