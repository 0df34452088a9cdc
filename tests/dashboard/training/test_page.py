"""The Training page: a lesson begun, stopped and gone on with; whoever else is there sees nothing of it."""

import numpy as np
import pytest

from dashboard import resources
from dashboard.locale import translate
from dashboard.resources import Subject
from dashboard.training import measured, running
from phoenix.checkpoint import save_arrays
from phoenix.training.lesson import Plan
from phoenix.world import World
from tests.dashboard.conftest import empty_place
from tests.dashboard.patience import until
from tests.dashboard.reading import spec, words
from tests.dashboard.training.lessons import child, finished, lines
from tests.logged import save_logged

PLAN = Plan(scale="short")


@pytest.fixture
def lessons(monkeypatch, clock):
    """An empty place for lessons; whatever a test leaves running stops after it."""
    yield from empty_place(monkeypatch, clock, name="lessons", kept_bytes=10**7)


@pytest.fixture
def command(monkeypatch):
    """Lets a lesson be another process: `command(*printed, then=…)`."""

    def let(*printed: str, then: str = "") -> None:
        monkeypatch.setattr(running, "command_of", lambda plan: child(*printed, then=then))

    return let


def press(app, name: str):
    return app.button(key=f"training.{name}").click().run()


def names(app) -> list[str]:
    return [button.key for button in app.button if button.key]


def open_own(open_page, **query):
    app = open_page("training", view="own", scale="short", **query)
    assert not app.exception
    return app


@pytest.mark.parametrize("language", ["en", "zh"])
def test_before_a_lesson_the_page_offers_one(open_page, lessons, language):
    app = open_own(open_page, lang=language)
    assert app.info[0].value == translate("training.own.ask", language, people="400")
    assert "training.start" in names(app)
    assert translate("training.own.why_here", language)[:9] in " ".join(caption.value for caption in app.caption)


def test_a_lesson_that_was_stopped_can_be_gone_on_with(open_page, lessons, command):
    command(*lines(PLAN)[:4], then="import time; time.sleep(60)")
    app = press(open_own(open_page), "start")
    until(lambda: lessons._running is not None and lessons._running.done == 40)
    app.run()
    assert "training.cancel" in names(app)
    assert translate("training.own.running", "en", done="40", total="60") in [
        bar.proto.text for bar in app.get("progress")
    ]
    assert any("step 20: loss 6.50" in caption.value for caption in app.caption)
    press(app, "cancel")
    assert translate("training.own.stopped", "en", done="40", total="60") in [info.value for info in app.info]
    assert app.button(key="training.start").label == translate("training.own.resume", "en")
    until(lambda: lessons._running is None)
    command(*lines(PLAN))
    press(app, "start")
    until(lambda: lessons.result(running.request(PLAN, run=resources.recommender().run).key) is not None)
    app.run()
    assert not app.exception
    assert list(spec(app)["data"][0]["y"]) == [0.25, 0.32]
    assert "Your towers reach 32% of the possible gain" in words(app)


def test_another_visitor_and_other_knobs_see_nothing_of_it(open_page, lessons, command):
    command(*lines(PLAN)[:4], then="import time; time.sleep(60)")
    press(open_own(open_page), "start")
    other = open_own(open_page)
    assert "training.cancel" not in names(other)
    assert other.info[0].value == translate("training.own.ask", "en", people="400")
    turned = open_own(open_page, history="8")
    assert "training.start" in names(turned)


def test_a_lesson_that_takes_too_long_or_is_killed_says_so(open_page, lessons, command, monkeypatch):
    command(then="import os; os.kill(os.getpid(), 9)")
    app = press(open_own(open_page), "start")
    until(lambda: lessons._running is None)
    app.run()
    assert app.error[0].value == translate("common.work.killed", "en")
    monkeypatch.setattr(running, "LONGEST_SECONDS", 0.2)
    command(then="import time; time.sleep(60)")
    app = press(app, "start")
    until(lambda: lessons._running is None)
    app.run()
    assert "ended after 200" in app.error[0].value
    assert "training.start" in names(app)


def test_a_failed_lesson_says_why_and_can_be_tried_again(open_page, lessons, command):
    command(then="raise SystemExit('no world')")
    app = press(open_own(open_page), "start")
    until(lambda: lessons._running is None)
    app.run()
    assert app.error[0].value == translate("common.work.failed", "en")
    assert "no world" in [code.value for code in app.code]
    assert "training.start" in names(app)


def test_a_world_smaller_than_a_lesson_gets_a_sentence(open_page, lessons, tmp_path, monkeypatch):
    world = World.generate(seed=4, num_posts=300, num_users=40, num_authors=100)
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(save_logged(tmp_path / "small", world)))
    for query in ({}, {"scale": "short"}):
        app = open_page("training", view="own", lang="en", **query)
        assert not app.exception
        assert "this world has fewer" in app.info[0].value
        assert "training.start" not in names(app)


def test_both_feeds_of_a_lesson_are_made_of_the_real_history(open_page, lessons, recommender, monkeypatch):
    lesson, posts = finished(PLAN), recommender.corpus_embeddings[: PLAN.size.posts]
    request = running.request(PLAN, run=recommender.run)
    lessons.kept.put(request.key, lesson, request.weigh(lesson))
    people = np.stack([recommender.embed_user(user) for user in range(8)])
    monkeypatch.setattr(measured, "vectors", lambda *_: measured.Vectors(people, posts))
    app = open_own(open_page, lang="en", user="7", h="7,empty")
    assert translate("training.own.real", "en") in [caption.value for caption in app.caption]
    assert translate("training.own.notice.common", "en", common=100, count=100) in words(app)


def test_vectors_that_are_gone_or_forged_leave_the_feed_out(tmp_path, monkeypatch):
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path))
    assert measured.vectors(PLAN, "gone") is None
    folder = tmp_path / "lessons"
    folder.mkdir()
    forged = measured.folder_of(PLAN, run="forged")
    forged.mkdir()
    (forged / measured.VECTORS).write_bytes(b"\x00" * 100)
    assert measured.vectors(PLAN, "forged") is None


def test_vectors_of_a_lesson_that_is_repeated_are_found(tmp_path, monkeypatch):
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path))
    assert measured.vectors(PLAN, "repeated") is None
    folder = measured.folder_of(PLAN, run="repeated")
    folder.mkdir(parents=True)
    save_arrays(
        folder / measured.VECTORS, {"users": np.eye(2, dtype=np.float32), "posts": np.eye(2, dtype=np.float32)}, {}
    )
    assert measured.vectors(PLAN, "repeated").users.shape == (2, 2)


@pytest.mark.parametrize(
    ("view", "name", "given"),
    [
        ("curves", "phase", "warp"),
        ("samples", "objective", "luck"),
        ("samples", "retrieval_cell", "128"),
        ("samples", "logq", "perhaps"),
        ("calibration", "action", "sing"),
        ("groups", "by", "moon"),
        ("own", "negatives", "7"),
        ("own", "history", "999"),
        ("own", "scale", "vast"),
        ("ablations", "model", "car"),
    ],
)
def test_unusable_address_gets_a_sentence(open_page, lessons, address, view, name, given):
    app = open_page("training", view=view, **{name: given})
    assert not app.exception
    assert f"`{given}`" in app.main.warning[0].value
    assert address(app, name) in (None, str(app.query_params.get(name)))


def test_a_click_on_a_square_is_looked_at_closely(open_page):
    app = open_page("training", view="samples", retrieval_cell="40")
    assert "An in-batch negative" in words(app)
    assert not app.warning


def test_a_batch_of_one_session_has_no_negatives_of_others(open_log):
    app = open_log("training", view="samples", lang="en")
    assert measured.batch(Subject(resources.first_user())).posts.shape[0] == 1
    assert not app.exception
    assert "This batch is a single session" in words(app)
    assert "are there anyway" not in words(app)
