"""Each card's reasons are the numbers of its own post."""

from types import SimpleNamespace

import numpy as np
import pytest

from dashboard.locale import t
from dashboard.overview.reasons import cards, clauses, reasons
from dashboard.weighting import of_preset
from phoenix.actions import X_ACTIONS
from phoenix.scoring import RELEASE


@pytest.mark.parametrize("user", [17, 4711])
def test_reasons_belong_to_the_posts_of_the_feed(recommender, user):
    made, world = recommender.recommend(user), recommender.world
    whys = reasons(made, world)
    assert [why.post_id for why in whys] == made.feed.tolist()
    scores = [why.score for why in whys]
    assert scores == sorted(scores, reverse=True)
    for why in whys:
        assert made.retrieval.post_ids[why.retrieval_place - 1] == why.post_id
        assert why.followed == (world.posts["author_id"].loc[why.post_id] in world.followed(user))
        about = world.posts["topic"].loc[made.history["post_id"]] == why.topic
        assert why.history_count == about.sum()


def test_factors_are_those_of_the_settings(scene):
    made = scene(of_preset("x_2026", actions=X_ACTIONS, settings=RELEASE._replace(network=0.5, decay=0.1)))
    offset = {int(post): made.made.stages.offset[row] for row, post in enumerate(made.made.ranking.post_ids)}
    for why in made.whys:
        assert why.network == pytest.approx(1.0 if why.followed else 0.5)
        assert offset[why.post_id] * why.diversity * why.network == pytest.approx(why.score)


def test_card_of_an_author_not_followed_names_the_factor_that_was_used(scene, recommender):
    def said(settings) -> list[str]:
        whys = scene(of_preset("x_2026", actions=X_ACTIONS, settings=settings)).whys
        return clauses(next(why for why in whys if not why.followed), recommender.world)

    assert t("overview.why.not_followed", factor="0.75") in said(RELEASE)
    assert t("overview.why.not_followed", factor="0.5") in said(RELEASE._replace(network=0.5))
    assert t("overview.why.no_factor") in said(RELEASE._replace(use_network=False))


def test_cards_show_the_feed_in_its_order_with_its_scores(scene):
    shown = scene()
    texts = shown.world.post_text(shown.made.feed, "en")
    made = cards(shown.whys, shown.world, language="en")
    assert [card.place for card in made] == list(np.arange(1, 21))
    assert [card.text for card in made] == texts


def test_a_post_without_a_topic_is_not_held_against_the_history(recommender, made):
    unknown = SimpleNamespace(topic_of_post=np.full(recommender.world.num_posts, -1), actions=recommender.world.actions)
    whys = reasons(made, unknown)
    assert {why.topic for why in whys} == {None}
    assert {why.history_count for why in whys} == {0}
