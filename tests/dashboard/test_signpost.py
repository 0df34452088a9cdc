"""The line under a view's title, and the way along the path."""

from dashboard.guide import table
from dashboard.locale import translate


def signpost(app) -> str:
    """What the line says."""
    return next(caption.value for caption in app.main.caption if " · " in caption.value)


def test_the_line_names_section_lesson_and_place_and_follows_the_view(open_page):
    app = open_page("attention", user="17", lang="zh", view="steps")
    here = table.position("attention", "steps")
    said = dict(section="2.3", number=here.number, lesson=translate("guide.lesson.isolation", "zh"), place=2, count=3)
    assert signpost(app) == translate("guide.signpost", "zh", **said)
    app.button(key="go-attention-reach").click().run()
    assert app.session_state["attention.view"] == "reach"
    assert signpost(app) == translate("guide.signpost", "zh", **{**said, "place": 3})


def test_a_step_opens_a_view_in_the_state_that_teaches_whatever_was_chosen_there(open_page, address):
    app = open_page("attention", user="17", view="slots", mask="full", s="4")
    app.button(key="go-attention-leak-leaky").click().run()
    assert (address(app, "mask"), address(app, "view"), address(app, "s")) == ("leaky", "leak", None)
    assert address(app, "user") == "17"


def test_what_was_seen_and_done_is_known_to_the_session_that_did_it(open_page):
    app = open_page("embeddings", user="17")
    app.radio(key="quiz_hashes").set_value("three").run()
    done = app.session_state["_progress"]
    assert {"seen.embeddings/collisions", "quiz.hashes"} <= set(done)
    assert done["quiz.hashes"].said
    assert "quiz.hashes" not in open_page("embeddings", user="17").session_state["_progress"]
