"""The views of the stages between the corpus and the feed, without a running app."""

import numpy as np
import pytest

from dashboard import words
from dashboard.locale import t
from dashboard.overview import measured
from dashboard.overview.reasons import clauses, reasons
from dashboard.overview.scene import FILTERS, DiversityScene, FilterScene, SourceScene, pass_all
from dashboard.overview.views import diversity, feed, filters, pipeline, sources
from dashboard.resources import Subject
from phoenix.actions import resolve_weights
from phoenix.analysis.sources import share_by_source
from phoenix.pipeline.diversity import intra_list_similarity


def worth(shown) -> np.ndarray:
    return shown.world.true_probabilities(shown.made.user_id, shown.made.feed) @ resolve_weights(None)


def filter_scene(shown, recommender, *, chosen: str = "drop_history") -> FilterScene:
    return FilterScene(shown, chosen, recommender.recommend(shown.made.user_id, settings=pass_all(shown.settings)))


def test_the_funnel_counts_what_sources_brought_and_filters_left(whole):
    shown = whole()
    (bars,) = pipeline.view(shown).figure.data
    brought = sum(len(step.added) for step in shown.made.steps)
    assert list(bars.x) == [100_000, brought, len(shown.made.ranking.post_ids), len(shown.made.ranking.post_ids), 20]
    timed = pipeline.seconds_of(shown)
    assert set(timed) == set(pipeline.STAGES)
    assert sum(timed.values()) == pytest.approx(sum(shown.made.seconds.values()))


def test_a_card_says_which_source_brought_it(whole):
    shown = whole()
    found = set(shown.made.retrieval.post_ids.tolist())
    assert {source for why in shown.whys for source in why.sources} == {"retrieval", "in_network"}
    for why in shown.whys:
        said = clauses(why, shown.world)[-1]
        assert (why.retrieval_place is not None) == (why.post_id in found) == ("retrieval place" in said)
        assert ("in_network" in why.sources) == (t("common.origin.in_network") in said)


def test_bars_of_sources_are_their_shares(whole):
    shown = whole()
    scene = SourceScene(shown, worth(shown), {})
    counted = share_by_source(shown.made, worth=scene.worth)
    retrieval, network = sources.view(scene).figure.data
    for bars, column in ((retrieval, 0), (network, 1)):
        expected = [100 * part[column] / part.sum() for part in counted]
        assert list(bars.x) == pytest.approx(expected)


def test_a_log_has_no_bar_of_true_value(whole):
    (bars, _) = sources.view(SourceScene(whole(), None, {})).figure.data
    assert list(bars.y) == [t("overview.sources.candidates"), t("overview.sources.feed")]


def test_each_filter_shows_what_it_leaves_and_takes_out(whole, recommender):
    shown = whole(muted_topics=(0, 1), oldest_hours=48.0)
    left, gone = filters.view(filter_scene(shown, recommender)).figure.data
    assert list(gone.customdata) == ["found", *FILTERS]
    assert list(np.add(left.x, gone.x)[1:]) == list(left.x)[:-1]
    assert left.x[-1] == len(shown.made.ranking.post_ids)
    steps = {step.stage: len(step.gone) for step in shown.made.steps}
    assert [steps.get(stage, 0) for stage in FILTERS] == list(gone.x[1:])


@pytest.mark.parametrize(
    ("chosen", "changed"),
    [("oldest_hours", {"oldest_hours": 24.0}), ("drop_history", {}), ("muted_words", {"muted_words": ("the",)})],
)
def test_an_opened_filter_lists_its_posts_and_why(whole, recommender, chosen, changed):
    shown = whole(**changed)
    view = filters.view(filter_scene(shown, recommender, chosen=chosen))
    (table,) = [block for block in view.blocks if hasattr(block, "frame")]
    step = next(step for step in shown.made.steps if step.stage == chosen)
    assert table.frame.index.tolist() == step.gone.tolist() != []
    if chosen == "muted_words":
        assert set(table.frame["why"]) == {t("overview.filters.why.muted_words", word="the")}


def test_what_would_be_in_the_feed_without_filters_is_counted(whole, recommender):
    topics = {shown.topic for shown in whole().whys[:1]}
    shown = whole(muted_topics=tuple(topics))
    scene = filter_scene(shown, recommender)
    gone = np.concatenate([step.gone for step in shown.made.steps if step.stage in FILTERS[:-1]])
    count = int(np.isin(scene.unfiltered.feed, gone).sum())
    assert count
    assert f"**{count} of the 20**" in filters.notices(scene)[0]


@pytest.mark.parametrize(
    ("changed", "left"),
    [({"oldest_hours": 0.0}, 0), ({"use_retrieval": False, "in_network": 7, "drop_history": False}, 7)],
)
def test_too_few_posts_get_a_sentence_in_every_view(whole, recommender, changed, left):
    shown = whole(**changed, drop_blocked=False)
    assert len(shown.whys) <= left < 20
    assert feed.too_few(shown)
    scenes = {
        feed: shown,
        pipeline: shown,
        sources: SourceScene(shown, worth(shown), {}),
        filters: filter_scene(shown, recommender),
    }
    for module, scene in scenes.items():
        view = module.view(scene)
        assert any(getattr(block, "text", "") == feed.too_few(shown) for block in view.blocks) or module is pipeline


def diversity_scene(shown, recommender, *, users: int = 0) -> DiversityScene:
    plain = recommender.recommend(shown.made.user_id, settings=shown.settings._replace(diversity="off"))
    feeds = (shown.made.feed, plain.feed)
    true = [recommender.world.true_probabilities(plain.user_id, posts) @ resolve_weights(None) for posts in feeds]
    curves = measured.curves(plain, shown.settings, weighting=shown.weighting)
    return DiversityScene(
        shown,
        plain,
        similarities=tuple(intra_list_similarity(recommender.corpus_embeddings[posts]) for posts in feeds),
        worths=tuple(float(worth.mean()) for worth in true),
        curves={method: one._make(np.stack([values, values]) for values in one) for method, one in curves.items()},
        thetas=np.array(measured.THETAS),
        users=users,
    )


@pytest.mark.parametrize("method", ["dpp", "mmr"])
def test_the_mark_of_this_feed_lies_on_its_curve(whole, recommender, method):
    scene = diversity_scene(whole(diversity=method, theta=0.4), recommender)
    traces = diversity.view(scene).figure.data
    called = t(f"common.pipeline.diversity.{method}")
    lines = [trace for trace in traces if trace.name == called]
    marks = [trace for trace in traces if trace.mode == "markers"]
    assert len(lines) == len(marks) == 2
    for line, mark in zip(lines, marks, strict=True):
        assert mark.x[0] == 0.4
        assert mark.y[0] == pytest.approx(line.y[list(line.x).index(0.4)])


def test_what_diversity_brings_in_is_counted_against_score_alone(whole, recommender):
    scene = diversity_scene(whole(theta=0.1), recommender)
    new = len(set(scene.base.made.feed) - set(scene.plain.feed))
    assert new
    assert f"**{new} posts** that score alone would not" in diversity.notices(scene)[0]
    assert scene.similarities[0] < scene.similarities[1]


def test_the_sample_is_judged_against_relevance_alone(whole, recommender):
    scene = diversity_scene(whole(theta=0.5), recommender, users=2)
    value = scene.curves["dpp"].value
    change = words.signed(float((value[:, 10] - value[:, -1]).mean()), 3)
    assert change in diversity.notices(scene)[-1]
    assert not [trace for trace in diversity.view(scene).figure.data if trace.mode == "markers"]


@pytest.mark.parametrize(("method", "said"), [("dpp", "θ = 0.4"), ("off", "")])
def test_a_feed_out_of_the_order_of_scores_says_why(whole, method, said):
    sentence = feed.view(whole(diversity=method, theta=0.4)).blocks[1].text
    assert said in sentence
    assert ("θ" in sentence) == bool(said)


def test_what_was_shown_before_is_taken_out_and_nothing_before_anything_was_shown(whole, recommender):
    first = whole()
    said = filters.view(filter_scene(first, recommender, chosen="drop_served")).blocks
    assert t("overview.filters.unserved", name=t("overview.shown")) in [getattr(block, "text", "") for block in said]
    who = Subject(first.made.user_id)
    second = measured.feed(who, first.settings, weighting=first.weighting, shown=1).result
    later = first._replace(made=second, shown=1, whys=reasons(second, first.world))
    (table,) = [block for block in filters.view(filter_scene(later, recommender, chosen="drop_served")).blocks
                if hasattr(block, "frame")]  # fmt: skip
    assert set(table.frame.index) <= set(first.made.feed.tolist())
    assert len(table.frame) >= len(first.made.feed) - 1
    assert not set(second.feed) & set(first.made.feed)
    assert t("overview.feed.after", count=1) in feed.view(later).blocks[1].text
