"""What the Overview page shows of a scene, without a running app."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard import weighting, words
from dashboard.locale import t
from dashboard.overview import exercise
from dashboard.overview.scene import DiversityScene, SourceScene
from dashboard.overview.views import diversity, feed, pipeline, sources
from dashboard.weighting import of_preset
from phoenix.actions import X_ACTIONS

LIKES = of_preset("likes_only", actions=X_ACTIONS)


def test_funnel_shows_what_each_step_leaves_and_its_time(scene):
    shown = scene(history=0.001, encode_user=0.002, search=0.003, rank=0.004, score=0.0005)
    (bars,) = pipeline.view(shown).figure.data
    assert list(bars.x) == [shown.world.num_posts, 200, 200, 20]
    assert [step.seconds for step in shown.steps] == [None, pytest.approx(0.006), 0.004, 0.0005]
    written = [note.text for note in pipeline.view(shown).figure.layout.annotations]
    for seconds, text in zip((0.006, 0.004, 0.0005), written[1:], strict=True):
        assert words.milliseconds(seconds) in text


@pytest.mark.parametrize(
    ("seconds", "step", "share"),
    [
        # The picture adds up the three stages of retrieval, and so must the sentence.
        ({"history": 0.002, "encode_user": 0.002, "search": 0.002, "rank": 0.004, "score": 0.0}, "retrieved", 0.6),
        ({"history": 0.001, "encode_user": 0.001, "search": 0.001, "rank": 0.007, "score": 0.0}, "ranked", 0.7),
        ({"history": 0.0, "encode_user": 0.001, "search": 0.001, "rank": 0.002, "score": 0.006}, "feed", 0.6),
    ],
)
def test_the_slowest_step_is_the_slowest_of_the_picture(scene, seconds, step, share):
    shown = scene(**seconds)
    expected = t(
        f"overview.notice.slowest.{step}", share=words.percent(share), total=words.milliseconds(sum(seconds.values()))
    )
    assert pipeline.slowest(shown) == expected
    assert expected in pipeline.view(shown).notices


def test_published_weights_need_no_note(scene):
    assert not [block for block in pipeline.view(scene()).blocks if getattr(block, "style", "") == "info"]
    assert t("common.preset.x_2026") in feed.view(scene()).blocks[1].text


def test_other_weights_make_another_feed_and_say_so(scene, made):
    shown = scene(LIKES)
    assert shown.made.feed.tolist() != made.feed.tolist()
    favorites = shown.made.ranking.probabilities[:, 0]
    assert shown.made.stages.weighted == pytest.approx(favorites * LIKES.vector[0])
    assert pipeline.view(shown).blocks[0].text == weighting.note(LIKES)
    assert t("common.preset.x_2026") not in feed.view(shown).blocks[1].text


def test_feed_has_a_card_for_every_post(scene):
    view = feed.view(scene())
    assert view.blocks[2].html.count("px-card") == 20


def test_ranking_the_whole_corpus_takes_as_many_times_as_long_as_there_are_more_posts(scene):
    shown = scene(rank=0.01)
    guesses = exercise.whole_corpus(shown)
    assert words.duration(0.01 * shown.world.num_posts / 200) in guesses.options["linear"]
    assert len(set(guesses.options.values())) == 4


def test_interests_are_counted_in_the_feed(scene):
    shown = scene()
    liked = np.argsort(-shown.world.interests[shown.made.user_id])[:3]
    about = sum(why.topic in liked for why in shown.whys)
    assert any(f"**{about} of 20**" in notice for notice in pipeline.notices(shown))


def test_posts_that_the_user_has_met_before_are_counted(scene):
    shown = scene()
    history = shown.made.history.copy()
    others = [post for post in range(100) if post not in shown.made.feed][: len(history)]
    history["post_id"] = others
    fresh = shown._replace(made=shown.made._replace(history=history))
    assert not any("already stand" in notice for notice in pipeline.view(fresh).notices)
    history.loc[history.index[:2], "post_id"] = shown.made.feed[:2]
    assert any("2 of these 20 posts already stand in" in notice for notice in pipeline.view(fresh).notices)


@pytest.mark.parametrize(
    ("together", "kind"),
    [
        (1.951, "together"),
        (1.9441, "apart"),  # more than retrieval alone, but written alike
        (1.9, "apart"),
    ],
)
def test_two_sources_are_called_better_only_where_the_numbers_shown_say_so(whole, together, kind):
    alone = {"retrieval": 1.9439, "in_network": 1.09}
    shown = SourceScene(whole(), np.full(20, together), alone)
    written = {name: words.significant(value, 3) for name, value in {**alone, "together": together}.items()}
    assert t(f"overview.sources.notice.{kind}", **written) in sources.view(shown).notices


def test_a_price_of_diversity_that_cannot_be_seen_is_none(whole):
    base = whole(diversity="dpp", theta=0.65)
    scene = DiversityScene(base, base.made, (0.5, 0.6), (1.9441, 1.9439), None, np.array([0.0, 1.0]), 0)
    assert t("overview.variety.notice.even", value="1.94") in diversity.notices(scene)
    cheaper = diversity.notices(scene._replace(worths=(1.9, 2.0)))
    assert t("overview.variety.notice.cost", change=words.percent(0.05)) in cheaper


def test_retrieval_is_said_to_be_reordered_only_where_the_feed_is_its_first_posts(scene):
    shown = scene()
    whys = [why._replace(retrieval_place=21 - why.place) for why in shown.whys]
    said = pipeline.notices(shown._replace(whys=whys))
    assert t("overview.notice.reorder.same", stayed=20, top=20, deepest=20, place=1) in said


@pytest.mark.parametrize(("posts", "expected"), [(200, "so small a world"), (300, "so small a world"), (400, "in 2")])
def test_of_a_small_world_it_is_not_said_that_few_posts_reach_the_ranker(scene, posts, expected):
    shown = scene()
    assert expected in pipeline._kept(shown._replace(world=SimpleNamespace(num_posts=posts)))


def test_an_action_that_lifts_nothing_is_not_said_to_lift(scene):
    shown = scene()
    assert len(pipeline._lifting(shown)) == 1
    assert pipeline._lifting(shown._replace(whys=[why._replace(lift=0.0) for why in shown.whys])) == []


def test_posts_without_a_topic_make_no_topic_of_their_own(whole):
    base = whole(diversity="dpp", theta=0.65)
    topics = base.world.topic_of_post.copy()
    topics[base.made.feed[1:]] = -1
    scene = DiversityScene(base, base.made, (0.5, 0.6), None, None, np.array([0.0, 1.0]), 0)
    unknown = base._replace(world=SimpleNamespace(topic_of_post=topics))
    assert diversity.topics_of(scene._replace(base=unknown)) == (1, 1)


@pytest.mark.parametrize(("explore", "alone"), [(0.0, True), (0.2, False)])
def test_where_exploration_brings_posts_too_retrieval_is_not_called_the_only_source(whole, explore, alone):
    base = whole(in_network=0, explore=explore, explore_by="random")
    said = sources.view(SourceScene(base, None, {})).notices
    assert (t("overview.sources.notice.one") in said) == alone
