"""Ten refreshes: the pictures hold the posts and the measures, and the sentences are those of the numbers."""

import dataclasses

import numpy as np
import pytest

from dashboard import people
from dashboard.feedback import comparing
from dashboard.feedback.figures.feeds import LIKED
from dashboard.feedback.views import refreshes
from dashboard.locale import t
from dashboard.naming import topic
from dashboard.view import Controls, Row, Table, charts
from phoenix.analysis.feedback import live, measure_worth


@pytest.fixture(scope="module")
def scene(refreshed):
    return refreshed(3)


def test_a_life_is_that_of_the_library_and_begins_with_the_shorter_one(scene, refreshed, recommender):
    policy = scene.chosen[1].policy(k=200, top=20)
    lived = live(recommender, scene.user, policy, requests=3, seed=0)
    for mine, theirs in zip(scene.lives[1].feeds, lived, strict=True):
        np.testing.assert_array_equal(mine, theirs.made.feed)
    shorter = refreshed(2).lives[1]
    for mine, longer in zip(shorter.feeds, scene.lives[1].first(2).feeds, strict=True):
        np.testing.assert_array_equal(mine, longer)
    np.testing.assert_array_equal(shorter.course.value, scene.lives[1].first(2).course.value)


def test_what_was_wanted_is_what_the_library_measures_by(scene, recommender):
    world, weights = recommender.world.truth, recommender.actions.resolve_weights(None)
    yardstick = measure_worth(world, scene.user, weights=weights, top=20)
    assert scene.wanted.best == pytest.approx(yardstick.best)
    assert scene.wanted.random == pytest.approx(yardstick.random)
    worth = world.true_probabilities(scene.user, scene.wanted.posts) @ weights
    assert worth.mean() == pytest.approx(yardstick.best)


def test_every_post_has_its_cell_and_every_like_its_mark(scene):
    shown = refreshes.view(scene)
    columns = next(block for block in shown.blocks if isinstance(block, Row)).columns
    for (box, chart), life in zip(columns, scene.lives, strict=True):
        assert isinstance(box, Controls)
        bars = chart.figure.data
        cells = [(x, text) for bar in bars if bar.y[0] for x, text in zip(bar.x, bar.text, strict=True)]
        for number, (feed, actions) in enumerate(zip(life.feeds, life.actions, strict=True), start=1):
            mine = [text for x, text in cells if x == number]
            assert len(mine) == len(feed)
            assert mine.count(LIKED) == actions[:, scene.world.actions.target].sum()
        assert sum(x > 3.5 for x, _ in cells) == len(scene.wanted.posts)
    first, second = (chart.figure for _, chart in columns)
    assert [(bar.name, bar.marker.color) for bar in first.data] == [(bar.name, bar.marker.color) for bar in second.data]


def test_lines_are_the_measures_of_the_course(scene):
    figure = charts(refreshes.view(scene).blocks)[2].figure
    for which, life in enumerate(scene.lives):
        lines = [line for line in figure.data if line.name == "AB"[which]]
        both = [life.course.entropy, life.course.followed, life.course.value, life.course.regret]
        for line, values in zip(lines, both, strict=False):
            np.testing.assert_allclose(line.y, values)
        assert len(lines) == len(comparing.MEASURES)


def test_a_table_holds_every_post_and_what_was_done(scene):
    first = next(block for block in refreshes.view(scene).blocks if isinstance(block, Table))
    assert len(first.frame) == sum(map(len, scene.lives[0].feeds))
    nothing = (first.frame[t("feedback.table.did")] == t("feedback.nothing")).sum()
    assert nothing == sum(int((~actions.any(axis=1)).sum()) for actions in scene.lives[0].actions)


@pytest.mark.parametrize(
    ("entropy", "value", "kind"),
    [
        ((1, 2), (3, 2), "trade"),
        ((1, 2), (2, 3), "worse"),
        ((1, 2), (2, 2), "even"),
        ((1, 1), (2, 3), "alike"),
        ((1, 1), (2, 2), "same"),
    ],
)
def test_the_verdict_follows_the_numbers(scene, entropy, value, kind):
    courses = tuple(
        life.course._replace(entropy=np.full(3, float(e)), value=np.full(3, float(v)))
        for life, e, v in zip(scene.lives, entropy, value, strict=True)
    )
    numbers = {"ea": entropy[0], "eb": entropy[1], "va": value[0], "vb": value[1]}
    said = {name: f"{number}.00" for name, number in numbers.items()}
    more = "B" if value[1] > value[0] else "A"
    headline = t(f"feedback.verdict.{kind}", narrow="A", more=more)
    assert comparing.headline(courses) == headline
    assert comparing.verdict(courses) == f"{headline} {t('feedback.verdict.numbers', **said)}"


def test_equal_policies_are_said_to_be_equal(refreshed):
    said = refreshes.notices(refreshed(1, explore=0.0))
    assert said[0] == t("feedback.notice.identical")
    assert not [line for line in said if "explored with" in line]


def test_what_exploration_brought_is_counted(scene):
    (said,) = [line for line in refreshes.notices(scene) if "explored with" in line]
    life = scene.lives[1]
    by = np.concatenate(life.sources)[:, 2]
    assert f"explored with {by.sum()} posts" in said
    assert f"against {np.concatenate(life.values)[~by].mean():.2f}" in said


def test_one_post_of_exploration_is_one_post(refreshed):
    (said,) = [line for line in refreshes.notices(refreshed(1, explore=0.05)) if "explored with" in line]
    assert "with 1 post, of which" in said


def test_a_last_feed_that_is_empty_holds_no_posts(scene):
    first, second = scene.lives
    none = type(first)(*((*column[:-1], column[-1][:0]) for column in first[:-1]), first.course)
    chart = charts(refreshes.view(dataclasses.replace(scene, lives=(none, second))).blocks)[0]
    assert "The last feed holds: no posts." in chart.alt


def test_a_topic_that_no_feed_has_shown_is_not_lost(scene):
    own = people.strong_interests(scene.world.truth.interests[scene.user])
    of = [np.flatnonzero(scene.world.topic_of_post == topic)[:20] for topic in own[:2]]
    first, second = scene.lives
    none = of[0][:0]
    for feeds, lost in (((of[0], of[0], of[0]), False), ((of[1], of[0], of[0]), True), ((of[1], of[0], none), False)):
        changed = dataclasses.replace(scene, lives=(first._replace(feeds=feeds), second))
        (said,) = refreshes._wants(changed)
        assert (t("feedback.notice.missing", topics=topic(own[1])) in said) == lost
        assert lost or t("feedback.notice.missing", topics="").split(":")[1] not in said
