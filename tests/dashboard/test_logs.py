"""The pages on a small log: nothing of the synthetic world is claimed, and what happened stands for the truth."""

import json
import re

import pytest

from dashboard import resources, state
from dashboard.locale import translate
from dashboard.ranking import ranges
from dashboard.retrieval import measured
from dashboard.retrieval.index import controls as index_controls
from tests.dashboard.conftest import some_map

MADE_UP = ("synthetic", "fifteen", "true P(", "合成世界", "十五")


def shown(app) -> str:
    kinds = ("title", "subheader", "markdown", "info")  # no captions: the signpost names a lesson of the guide
    return "\n".join(element.value for kind in kinds for element in app.main.get(kind))


@pytest.mark.parametrize(
    ("page", "lang", "query"),
    [
        ("overview", "en", {}),
        ("user", "zh", {"view": "who"}),
        ("user", "en", {"view": "what_if"}),
        ("retrieval", "en", {"view": "candidates"}),
        ("retrieval", "zh", {"view": "quality"}),
        ("ranking", "zh", {}),
        ("ranking", "en", {"view": "single"}),
    ],
)
def test_page_of_a_log_is_whole_and_honest(open_log, page, lang, query):
    app = open_log(page, lang=lang, **query)
    assert not app.exception
    assert not app.error
    assert not app.warning
    text = shown(app)
    assert [word for word in MADE_UP if word in text] == [] or page == "overview"  # which says what it is not
    assert app.title[0].value.strip()


@pytest.mark.parametrize(
    ("page", "query"),
    [
        ("ranking", {}),
        ("ranking", {"view": "moved"}),
        ("journey", {"step": "rank"}),
        ("retrieval", {"view": "candidates"}),
    ],
)
def test_tables_call_posts_by_the_ids_of_their_log(open_log, page, query):
    app = open_log(page, lang="en", **query)
    tables = [frame.value for frame in app.dataframe if "id" in frame.value]
    assert tables
    for table in tables:
        assert table["id"].str.fullmatch(r"item \d{3}").all()


def test_the_picture_of_a_post_without_text_and_topic_names_the_post_not_its_author_twice(open_log):
    app = open_log("ranking", lang="en")
    (chart,) = app.get("plotly_chart")
    assert json.loads(chart.proto.spec)["layout"]["title"]["text"].startswith("item ")


@pytest.mark.parametrize(("page", "view"), [("ranking", "why"), ("retrieval", "candidates"), ("retrieval", "map")])
@pytest.mark.parametrize(("lang", "topic"), [("en", "topic"), ("zh", "话题")])
def test_where_posts_are_grouped_by_author_nothing_speaks_of_their_topics(
    open_log, monkeypatch, page, view, lang, topic
):
    drawn = some_map(resources.recommender())
    monkeypatch.setattr(measured, "corpus_map", lambda: drawn)
    app = open_log(page, lang=lang, view=view)
    assert not app.exception
    said = [sentence for text in app.main.markdown for sentence in re.split("[.。]", text.value) if "@" in sentence]
    assert said
    assert [sentence for sentence in said if topic in sentence] == []


def test_user_of_a_log_is_found_by_the_own_id(open_log, address):
    app = open_log("user", view="history")
    app.text_input(key="user_search").set_value("u-73").run()
    app.button(key="match_10").click().run()
    assert address(app, "user") == "10"
    assert "@u-73" in "".join(block.proto.body for block in app.sidebar.get("html"))


def test_world_is_chosen_in_the_sidebar_and_stands_in_the_address(open_log, address):
    log = open_log("overview", lang="en", user="7")
    assert address(log, "world") == log.selectbox(key="world").value
    (other,) = [key for key in log.selectbox(key="world").options if "made-up" in key]
    keys = {known.shipped: known.key for known in resources.known_worlds()}
    log.selectbox(key="world").select(keys[True]).run()
    assert not log.exception
    assert other == translate("common.world.shipped", "en")
    assert address(log, "world") == keys[True]
    assert address(log, "user") in (None, str(state.DEFAULT_USER))  # user 7 was somebody else
    assert translate("overview.sentence", "en").split("**")[1] in shown(log)


def test_link_to_a_world_that_is_not_here_says_so_and_uses_nothing_of_it(open_page):
    app = open_page("overview", lang="en", world="0123456789ab", user="999999", w="hide:3")
    (warning,) = app.warning
    assert "another world" in warning.value
    assert app.number_input(key="user").value == state.DEFAULT_USER


def test_slider_of_a_log_holds_every_preset(monkeypatch, toy_log):
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(toy_log))
    actions = resources.recommender().actions
    for action in actions.names:
        low, high, step = ranges.weight_range(action)
        assert low == 0 or high == 0
        assert step > 0
        assert all(low <= preset.weights[action] <= high for preset in actions.presets.values())


def test_corpora_of_a_log_are_no_larger_than_the_log():
    assert list(index_controls.sizes(25_000, made_up=False).values()) == [10_000, 25_000]
    assert index_controls.sizes(25_000, made_up=True) == index_controls.SIZES


@pytest.mark.parametrize("page", ["overview", "retrieval"])
@pytest.mark.parametrize("lang", state.LANGUAGES)
def test_a_command_about_a_log_asks_its_models_and_not_those_of_the_made_up_world(open_log, page, lang):
    said = shown(open_log(page, lang=lang))
    assert "PHOENIX_ARTIFACTS=… uv run" in said
    assert "&& uv run" not in said
