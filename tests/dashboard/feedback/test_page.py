"""The Feedback page: opens with ten refreshes, one more by a button, the same by the same address."""

import json
import re

import pytest

from dashboard import resources, state
from dashboard.feedback import first_hour, sampling
from dashboard.locale import translate
from tests.dashboard import patience
from tests.dashboard.reading import decode, words


def columns(app, chart: int = 0) -> int:
    """How many feeds a picture has."""
    bars = json.loads(app.get("plotly_chart")[chart].proto.spec)["data"]
    return len({x for bar in bars for x in decode(bar["x"]).tolist()}) - 1


def test_ten_refreshes_one_more_and_from_the_start(open_page, address):
    app = open_page("feedback")
    assert not app.exception
    assert not app.warning
    assert columns(app, 0) == columns(app, 1) == 10
    app.button(key="feedback.button.again").click().run()
    assert (columns(app), address(app, "refreshes")) == (11, "11")
    app.button(key="feedback.button.start").click().run()
    assert (columns(app), address(app, "refreshes")) == (1, "1")
    assert app.button(key="feedback.button.start").disabled


def test_an_address_shows_the_same_to_everybody_and_another_seed_something_else(open_page):
    shown = [words(open_page("feedback", seed=seed, refreshes="2", b="explore:0.5")) for seed in ("7", "7", "8")]
    assert shown[0] == shown[1] != shown[2]


def test_controls_change_either_policy(open_page, address):
    app = open_page("feedback", refreshes="1")
    app.slider(key="feedback.b.explore").set_value(0.5).run()
    app.selectbox(key="feedback.a.diversity").set_value("off").run()
    assert not app.exception
    assert (address(app, "b"), address(app, "pipeline")) == ("explore:0.5", "diversity:off")
    app.selectbox(key="feedback.a.preset").set_value("x_2023").run()
    assert address(app, "preset") == "x_2023"


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_nonsense_gets_sentences(open_page, language):
    given = {"b": "theta:7", "seed": "-1", "refreshes": "31", "view": "sideways", "pipeline": "warp:9"}
    app = open_page("feedback", lang=language, **given)
    assert not app.exception
    said = "\n".join(warning.value for warning in app.warning)
    assert len(app.warning) == len(given)
    assert all(f"`{value}`" in said for value in ("7", "-1", "31", "sideways", "warp"))
    assert columns(app) == 10


NOTHING = "use_retrieval:off,in_network:0,explore:0"


@pytest.mark.parametrize("given", [{"pipeline": NOTHING}, {"b": NOTHING}, {"b": "oldest_hours:0,explore:0"}])
def test_a_policy_that_leaves_no_candidates_is_told_so(open_page, given):
    app = open_page("feedback", refreshes="2", **given)
    assert not app.exception
    assert f"Under {'A' if 'pipeline' in given else 'B'} no candidate is left" in words(app)


def test_feeds_that_run_out_of_posts_are_counted(open_page):
    app = open_page("feedback", refreshes="8", b="use_retrieval:off,explore:0")
    assert not app.exception
    assert re.search(r"Under B \d of 8 feeds hold fewer than 20 posts", words(app))


@pytest.mark.parametrize(
    ("view", "said"), [("refreshes", "lacking"), ("sample", "lacking"), ("new_post", "hour.lacking")]
)
def test_a_log_is_told_what_is_missing(open_log, view, said):
    app = open_log("feedback", lang="zh", view=view)
    assert not app.exception
    assert translate(f"feedback.{said}", "zh") in [info.value for info in app.info]


@pytest.mark.parametrize(
    ("view", "keys"), [("sample", ("feedback.a.cancel", "feedback.b.cancel")), ("new_post", ("feedback.cancel",))]
)
def test_background_work_shows_how_far_it_is_and_can_be_left(open_page, place, monkeypatch, view, keys):
    for module in (sampling, first_hour):
        monkeypatch.setattr(
            module, "request", lambda *key, **more: resources.request((view, str(key), str(more)), patience.endless)
        )
    app = open_page("feedback", view=view)
    assert not app.exception
    assert len(app.get("progress")) == len(keys)
    for key in keys:
        app.button(key=key).click().run()
    assert not app.get("progress")
    assert [info.value for info in app.info] == [translate("common.work.left", "en")] * len(keys)
