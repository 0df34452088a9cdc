"""The Overview page under Streamlit's test driver."""

import pytest

from dashboard.locale import translate


def cards(app) -> list[str]:
    return [block.proto.body for block in app.main.get("html") if "px-feed" in block.proto.body]


def test_feed_follows_the_weights_of_the_address_and_says_which(open_page, address):
    published, other = open_page("overview", user="17"), open_page("overview", user="17", w="reply:20")
    assert not published.info
    (note,) = other.info
    expected = dict(preset=translate("common.preset.x_2026", "en"), actions=translate("common.action.reply", "en"))
    assert note.value == translate("common.weighting.changed", "en", **expected)
    assert cards(published) != cards(other)
    assert address(other, "w") == "reply:20"


@pytest.mark.parametrize(("name", "given"), [("w", "reply:nan"), ("preset", "mine"), ("stages", "decay:7")])
def test_unusable_weights_get_a_sentence_and_the_published_feed(open_page, name, given):
    app = open_page("overview", user="17", **{name: given})
    assert len(app.warning) == 1
    assert not app.info
    assert cards(app) == cards(open_page("overview", user="17"))


@pytest.mark.parametrize("view", ["feed", "sources", "filters", "diversity"])
def test_stages_of_the_address_are_in_force_in_every_view(open_page, address, view):
    text = "drop_history:off,in_network:0,diversity:off"
    changed = open_page("overview", user="17", view=view, pipeline=text)
    assert not changed.exception
    assert cards(changed) != cards(open_page("overview", user="17", view=view))
    assert address(changed, "pipeline") == text


def test_every_stage_off_makes_the_feed_of_retrieval_ranking_and_score(open_page, recommender):
    (drawn,) = cards(open_page("overview", user="17", lang="en", pipeline="off"))
    places = [drawn.index(f"post {post}<") for post in recommender.recommend(17).feed.tolist()]
    assert places == sorted(places)


@pytest.mark.parametrize("given", ["warp:on", "theta:7", "x" * 3000])
def test_unusable_stages_get_a_sentence_and_what_the_world_starts_with(open_page, given):
    app = open_page("overview", user="17", pipeline=given)
    (warning,) = app.warning
    assert "pipeline" in warning.value
    assert cards(app) == cards(open_page("overview", user="17"))


def test_a_switch_changes_the_feed_and_the_address(open_page, address):
    app = open_page("overview", user="17", view="filters")
    before = cards(app)
    app.toggle(key="overview.drop_history").set_value(False).run()
    assert address(app, "pipeline") == "drop_history:off"
    assert cards(app) != before
    app.multiselect(key="overview.muted_topics").set_value([0, 3]).run()
    assert address(app, "pipeline") == "drop_history:off,muted_topics:0~3"
    app.button(key="overview.pipeline_back").click().run()
    assert address(app, "pipeline") is None
    assert cards(app) == before


def test_the_whole_corpus_is_asked_about_only_where_it_is_much_larger_than_what_was_ranked(open_log):
    app = open_log("overview")
    assert not app.exception
    assert "quiz_corpus" not in {radio.key for radio in app.radio}
