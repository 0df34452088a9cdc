"""The pages on logs that are unlike most: one action, hardly a topic, few posts, few rows after the split."""

import numpy as np
import pytest

from dashboard import resources, waiting
from dashboard.ranking import sweeps
from phoenix.analysis import frontier
from phoenix.data.log import make_world, read_log
from tests.dashboard.test_logs import shown
from tests.imported import draw_import, write_import
from tests.logged import save_logged


@pytest.fixture
def open_odd(open_page, tmp_path, monkeypatch):
    """Opens a page on the log of an import: `open_odd(folder, "ranking", view="single")`; no page fails."""

    def opener(folder, page, **query):
        artifacts = tmp_path / "odd" / "artifacts"
        if not artifacts.exists():
            save_logged(artifacts, make_world(read_log(folder), history_len=12))
        monkeypatch.setenv("PHOENIX_ARTIFACTS", str(artifacts))
        app = open_page(page, **{"lang": "en"} | query)
        assert not app.exception
        return app

    return opener


def one_action(folder, *, rows=400, users=20, posts=40):
    """A log of clicks and nothing else."""
    rng = np.random.default_rng(3)
    who, what = np.arange(rows) % users, rng.integers(0, posts, rows)
    what[:posts] = np.arange(posts)
    return write_import(
        folder,
        users=who,
        items=what,
        times=1_650_000_000_000 + 1_000 * np.arange(rows),
        actions=rng.random((rows, 1)) < 0.3,
        authors=np.arange(posts) % 7,
        names=[{"name": "click", "sign": 1}],
    )


@pytest.mark.parametrize(("view", "said"), [("ranking", "is likeliest"), ("heatmap", "tells these candidates apart")])
def test_one_action_is_not_compared_with_itself(open_odd, tmp_path, view, said):
    text = shown(open_odd(one_action(tmp_path / "log"), "ranking", view=view))
    assert "candidates" in text or "Against" in text
    assert said not in text
    assert "Negative actions" not in text


@pytest.mark.parametrize(
    ("view", "said"), [("moved", "6 of 6"), ("compare", "6 of 6"), ("dates", "6 of this user's 6")]
)
def test_no_more_posts_are_counted_than_there_are(open_odd, tmp_path, view, said):
    folder = draw_import(tmp_path / "log", posts=6, users=20, rows=400)
    app = open_odd(folder, "ranking", view=view, w="click:9")
    assert said in shown(app)


@pytest.mark.parametrize("lang", ["en", "zh"])
def test_actions_of_a_log_are_not_counted_as_the_fifteen(open_odd, tmp_path, lang):
    folder = draw_import(tmp_path / "log")
    said = shown(open_odd(folder, "ranking", view="sensitivity", lang=lang))
    said += shown(open_odd(folder, "ranking", view="frontier", frontier="sweep", w="hide:0", lang=lang))
    assert [word for word in ("fourteen", "four negative", "十四", "四个") if word in said] == []


def test_weights_are_not_said_to_change_nothing_where_every_feed_holds_all_posts(open_odd, tmp_path, monkeypatch):
    folder = draw_import(tmp_path / "log")
    app = open_odd(folder, "ranking", view="single")
    assert "truly worth the same" not in shown(app)
    chunks = sweeps.sample_chunks(resources.recommender().world, sweeps.MOST)
    sample = frontier.join([resources.observe_users(chunk) for chunk in chunks])
    assert 2 < sample.predicted.shape[1] <= 10
    monkeypatch.setattr(waiting, "result", lambda *_, **__: sample)
    app = open_odd(folder, "ranking", view="frontier", frontier="sweep", sweep="click")
    assert "to compare feeds of 20 posts" in shown(app)
    assert "posts into their top" not in shown(open_odd(folder, "ranking", view="dates", w="click:9"))


@pytest.mark.parametrize("view", ["ranking", "moved", "compare", "single", "sensitivity", "why", "dates", "score"])
def test_a_log_of_one_post_is_told_no_number_that_is_none(open_odd, tmp_path, view):
    folder = one_action(tmp_path / "log", posts=1, rows=60)
    assert "NaN" not in shown(open_odd(folder, "ranking", view=view))


def hardly_a_topic(folder):
    """A log in which the topic of one of many posts is known, a post that hardly anybody meets."""
    topics = np.full(300, -1)
    topics[299] = 0
    return draw_import(folder, posts=300, more={"topics": ["jazz"], "topic": topics})


def test_candidates_of_which_no_topic_is_known_get_a_sentence(open_odd, tmp_path):
    app = open_odd(hardly_a_topic(tmp_path / "log"), "retrieval", view="topics", k="10")
    assert "Nobody knows a topic" in shown(app)


@pytest.mark.parametrize(("page", "view"), [("ranking", "why"), ("retrieval", "candidates")])
def test_posts_without_a_topic_have_none_in_common(open_odd, tmp_path, page, view):
    folder = draw_import(tmp_path / "log", more={"topics": ["jazz"], "topic": np.arange(200) % 2 - 1})
    open_odd(folder, page)
    found = resources.recommender().retrieve(7, k=50).post_ids
    text = shown(open_odd(folder, page, view=view, user="7", post=str(found[found % 2 == 0][0])))
    assert "past post" in text or "history" in text
    assert "about no topic" not in text
    assert "no topic is the candidate" not in text


@pytest.mark.parametrize("view", ["ranking", "score"])
@pytest.mark.parametrize(("lang", "report"), [("en", "report"), ("zh", "举报")])
def test_a_log_that_knows_no_reports_is_not_told_of_them(open_odd, tmp_path, view, lang, report):
    app = open_odd(draw_import(tmp_path / "log"), "ranking", view=view, lang=lang, w="hide:0")
    assert report not in shown(app)
