"""The User page under the test driver: the guess comes first, every tool edits, nonsense gets a sentence."""

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest

from dashboard import state
from dashboard.locale import translate
from phoenix.actions import ACTIONS, X_ACTIONS
from phoenix.analysis import edits
from phoenix.analysis.edit_text import from_text
from phoenix.data.log import make_world, read_log
from tests.dashboard.reading import assert_said_until_a_change, words
from tests.dashboard.user.conftest import USER
from tests.imported import draw_import, write_import
from tests.logged import save_logged


@pytest.fixture
def open_user(open_page):
    """Opens the page on user 17: `open_user(view="edit", h="-3")`."""

    def opener(**query: str) -> AppTest:
        app = open_page("user", user=str(USER), **query)
        assert not app.exception
        return app

    return opener


@pytest.fixture
def history(recommender, address):
    """The history that a page's address stands for."""

    def read(app: AppTest):
        text = address(app, "h")
        edit = from_text(text, user_id=USER, actions=X_ACTIONS) if text else edits.real(USER)
        return edits.apply(recommender, edit)

    return read


def press(app: AppTest, name: str) -> AppTest:
    app.button(key=name).click().run()
    assert not app.exception
    return app


# What if


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_the_guess_is_asked_before_the_answer_is_shown(open_user, language):
    app = open_user(view="what_if", lang=language)
    assert not app.get("plotly_chart")
    app.slider(key="user.guess").set_value(10).run()
    assert not app.get("plotly_chart")
    press(app, "user.look")
    assert app.get("plotly_chart")
    said = app.info[0].value
    assert "10" in said
    app.segmented_control(key="user.if").select("turned").run()
    assert not app.get("plotly_chart")
    app.segmented_control(key="user.if").select("empty").run()
    assert app.info[0].value == said


def test_likes_are_taken_back_only_where_there_are_some(open_page, recommender):
    every = recommender.requests.own(np.arange(recommender.world.num_users)).histories
    user = int(np.flatnonzero(~every.actions[..., recommender.actions.target].any(axis=1))[0])
    app = open_page("user", view="what_if", user=str(user), **{"if": "turned"})
    assert not app.exception
    assert app.segmented_control(key="user.if").options == [
        translate(f"user.what_if.{name}", "en") for name in ("empty", "strange")
    ]
    assert "`turned`" in app.warning[0].value


def test_a_what_if_is_about_the_real_history_whatever_is_in_force(open_user):
    said, listed = (
        [part(open_user(view="what_if", **edit)) for edit in ({}, {"h": f"{USER},of42,-3"})]
        for part in (words, lambda app: app.main.get("html")[-1].proto.body)
    )
    assert all("All 64 rows of the **real** history are removed" in each for each in said)
    assert listed[0] == listed[1]


def test_every_what_if_is_answered_in_a_log_of_few_posts(open_page, tmp_path, monkeypatch):
    topics = {"topics": ["jazz", "tea"], "topic": np.arange(60) % 3 - 1}
    log = read_log(draw_import(tmp_path / "log", posts=60, more=topics))
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(save_logged(tmp_path / "toy", make_world(log, history_len=12))))
    for name in ("empty", "strange", "turned"):
        app = press(open_page("user", view="what_if", lang="en", **{"if": name}), "user.look")
        assert "You guessed 5" in app.info[0].value


def test_where_no_action_is_negative_likes_are_left_out(open_page, tmp_path, monkeypatch):
    log = read_log(
        draw_import(tmp_path / "log", names=[{"name": name, "sign": 1} for name in ("click", "like", "keep")])
    )
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(save_logged(tmp_path / "toy", make_world(log, history_len=12))))
    app = open_page("user", view="what_if", lang="en", **{"if": "turned"})
    assert "are left out: this log has no negative action" in words(app)
    assert "“”" not in words(app)


def test_what_was_guessed_of_one_user_says_nothing_of_another(open_user):
    app = press(open_user(view="what_if"), "user.look")
    app.number_input(key="user").set_value(23).run()
    assert not app.get("plotly_chart")


def test_a_what_if_becomes_the_history_of_all_pages(open_user, address):
    app = press(open_user(view="what_if"), "user.look")
    press(app, f"user.use_{USER}_empty")
    assert address(app, "h") == f"{USER},empty"
    assert app.button(key=f"user.use_{USER}_empty").disabled
    assert app.button(key="edit_back")
    app.switch_page("pages/pipeline/retrieval.py").run()
    assert translate("retrieval.origins.none", "en") in [info.value for info in app.info]


# Edit


def test_a_row_is_removed_moved_and_its_actions_are_changed(open_user, history, recommender):
    own = recommender.history(USER)
    app = open_user(view="edit", row="3")
    press(app, "user.remove")
    assert history(app)["post_id"].tolist() == own["post_id"].drop(index=2).tolist()
    press(app, "user.move_first")
    assert history(app)["post_id"].tolist()[0] == own["post_id"][3]
    assert app.number_input(key="user.row").value == 1
    app.multiselect(key="user.taken").set_value(["report", "reply"]).run()
    first = history(app).iloc[0]
    assert [action for action in ACTIONS if first[action]] == ["reply", "report"]
    app.multiselect(key="user.taken").set_value([]).run()
    assert [action for action in ACTIONS if history(app).iloc[0][action]] == ["reply", "report"]
    assert app.multiselect(key="user.taken").value == ["reply", "report"]


def test_undoing_by_hand_is_the_real_user_again(open_user, address):
    app = press(open_user(view="edit"), "user.move_earlier")
    assert address(app, "h")
    press(app, "user.move_later")
    assert address(app, "h") is None


def test_the_whole_history_is_turned_round_and_emptied(open_user, history, recommender, address):
    app = press(open_user(view="edit"), "user.reverse")
    assert history(app)["post_id"].tolist() == recommender.history(USER)["post_id"].tolist()[::-1]
    press(app, "user.clear")
    assert address(app, "h") == f"{USER},empty"
    assert translate("user.rows.none", "en") in [caption.value for caption in app.caption]


def test_a_post_is_found_and_added_with_what_was_done(open_user, history):
    app = open_user(view="edit", tool="add", find="28086", row="5")
    app.multiselect(key="user.add_actions").set_value(["quote"]).run()
    press(app, "match_post_28086")
    newest = history(app).iloc[-1]
    assert newest["post_id"] == 28086
    assert [action for action in ACTIONS if newest[action]] == ["quote"]
    app.segmented_control(key="user.tool").select("rows").run()
    assert app.number_input(key="user.row").value == 64


def test_words_find_posts_and_nonsense_finds_none(open_user, recommender):
    app = open_user(view="edit", tool="add", find="chess", lang="zh")
    found = [button for button in app.main.button if (button.key or "").startswith("match_post_")]
    assert len(found) == 6
    assert all("国际象棋" in button.label for button in found)
    app.text_input(key="user.find").set_value("qwertz").run()
    assert translate("user.add.nothing", "zh") in [caption.value for caption in app.caption]


def test_another_users_history_is_taken(open_user, history, recommender):
    app = press(open_user(view="edit", tool="other", **{"from": "42"}), "user.take_other")
    assert history(app)["post_id"].tolist() == recommender.history(42)["post_id"].tolist()


def test_the_world_writes_the_history_of_a_made_up_person(open_user, history, recommender, address):
    app = open_user(view="edit", tool="person")
    app.multiselect(key="user.person_liked").set_value([10, 21])
    app.multiselect(key="user.person_disliked").set_value([27])
    app.selectbox(key="user.person_persona").set_value("fan").run()
    press(app, "user.write")
    assert address(app, "h") == f"{USER},like10.21-27~fan~0"
    assert (recommender.world.post_columns.topic[history(app)["post_id"]] == 10).mean() > 0.2
    assert address(open_user(h=address(app, "h")), "h") == address(app, "h")


@pytest.mark.parametrize(
    ("liked", "disliked", "said"), [([], [], "user.person.nobody"), ([3], [3], "user.person.both")]
)
def test_who_cannot_be_made_up_is_said(open_user, liked, disliked, said):
    app = open_user(view="edit", tool="person")
    app.multiselect(key="user.person_liked").set_value(liked)
    app.multiselect(key="user.person_disliked").set_value(disliked).run()
    assert app.button(key="user.write").disabled
    opening = translate(said, "en", topics="").split(":")[0]
    assert any(caption.value.startswith(opening) for caption in app.caption)


def test_a_made_up_person_in_the_address_is_shown_to_be_changed(open_user):
    app = open_user(view="edit", tool="person", h="like10.21-27~fan~5")
    assert app.multiselect(key="user.person_liked").value == [10, 21]
    assert app.selectbox(key="user.person_persona").value == "fan"
    assert app.number_input(key="user.person_number").value == 5


# Addresses


@pytest.mark.parametrize(
    ("name", "given", "view"),
    [
        ("view", "mirror", "who"),
        ("if", "rich", "what_if"),
        ("guess", "11", "what_if"),
        ("tool", "hammer", "edit"),
        ("row", "65", "edit"),
        ("row", "0", "history"),
        ("from", "123456", "edit"),
    ],
)
def test_nonsense_gets_a_sentence(open_user, name, given, view):
    query = {"view": view, "tool": "other" if name == "from" else "rows", **{name: given}}
    assert_said_until_a_change(open_user(**query), given)


def test_a_row_of_the_timeline_comes_from_the_address(open_user, recommender):
    app = open_user(view="history", row="7")
    post = recommender.history(USER)["post_id"][6]
    assert f"post {post} by" in words(app)


def test_a_question_with_four_answers(open_user):
    app = open_user()
    app.radio(key="quiz_cold").set_value("id").run()
    assert app.success


def test_a_post_of_a_log_is_found_by_the_id_of_its_file(open_page, tmp_path, monkeypatch):
    def spell(text: str) -> str:
        return str(7 * int(text.split()[1])) if text.startswith("item") else text

    log = read_log(draw_import(tmp_path / "log", spell=spell))
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(save_logged(tmp_path / "toy", make_world(log, history_len=12))))
    app = open_page("user", view="edit", tool="add", find="21", lang="en")
    found = [button for button in app.main.button if (button.key or "").startswith("match_post_")]
    assert found[0].key == "match_post_3"
    assert "21" in found[0].label


def test_a_log_of_three_posts_has_no_top_ten(open_page, tmp_path, monkeypatch):
    rows = np.arange(24)
    given = {"users": rows % 2, "items": rows % 3, "times": 1_650_000_000_000 + 1000 * rows, "authors": np.arange(3)}
    log = read_log(write_import(tmp_path / "log", actions=np.ones((24, 3), bool), **given))
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(save_logged(tmp_path / "toy", make_world(log, history_len=12))))
    for view in ("history", "what_if", "edit"):
        app = open_page("user", view=view, lang="en")
        assert not app.exception
        assert "of the top 10" not in words(app)
    app = press(open_page("user", view="what_if", lang="en"), "user.look")
    assert "You guessed 1" in app.info[0].value


@pytest.mark.parametrize("view", ["history", "what_if", "edit"])
def test_a_log_of_a_single_user_compares_nobody_with_others(open_page, tmp_path, monkeypatch, view):
    log = read_log(draw_import(tmp_path / "log", users=1, posts=30, rows=300))
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(save_logged(tmp_path / "toy", make_world(log, history_len=12))))
    app = open_page("user", view=view, lang="en")
    if view == "what_if":
        app = press(app, "user.look")
    assert not app.exception
    shown = words(app) + "".join(block.proto.body for block in app.main.get("html"))
    assert "two users" not in shown
    assert "quiz_cold" not in {radio.key for radio in app.radio}


def test_where_no_post_has_a_topic_no_strange_ones_are_asked_about(open_page, tmp_path, monkeypatch):
    log = read_log(draw_import(tmp_path / "log", more={"topics": ["jazz", "tea"], "topic": np.full(200, -1)}))
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(save_logged(tmp_path / "toy", make_world(log, history_len=12))))
    app = open_page("user", view="what_if", lang="en")
    assert not app.exception
    assert translate("user.what_if.strange", "en") not in app.segmented_control(key="user.if").options
