"""All pages and views on an imported log, in both languages: whole, in words of that language, and never empty.

The log has three actions, one of them negative, authors and ages, and neither truth nor topics, follows, texts or
personas. Its models are not trained; what a training and a judging of them would have recorded is made up.
"""

import html
import json
import re
import zlib
from pathlib import Path

import numpy as np
import pytest
from streamlit.testing.v1 import AppTest
from streamlit.testing.v1.element_tree import Dataframe

from dashboard import resources, state
from dashboard.guide.table import PATH
from dashboard.locale import translate
from phoenix import stored_world
from phoenix.actions import ActionSet
from phoenix.data.log import make_world, read_log
from phoenix.logged_actions import logged_actions
from phoenix.storage import Model, save_artifacts, save_metrics
from phoenix.world.base import AnyWorld
from tests.dashboard.reading import decode, plain, words
from tests.imported import ACTIONS, draw_import, write_import
from tests.logged import LoggedWorld, logged_artifacts

STUDY = ("path", "tasks", "check", "notes", "projects")
PLACES = [(stop.place.page, tuple(stop.place.query.items())) for stop in PATH]
PLACES += [("study", (("view", view),)) for view in STUDY]
CHINESE = re.compile("[\u4e00-\u9fff]")
SENTENCE = re.compile(r"[a-z]+ [a-z]+ [a-z]+ [a-z]+")


def estimate(value: float) -> list[float]:
    return [value, value - 0.01, value + 0.01]


def metrics_of(actions: ActionSet) -> dict:
    """As judging writes it; the last action is too rare to be judged where there are several."""
    judged = actions.names[:-1] or actions.names
    rare = [name for name in actions.names if name not in judged]
    sides = {"ours": estimate(0.66), "overall": estimate(0.5), "user + item": estimate(0.62)}
    each = {
        "positives": 120,
        "rate": 0.2,
        "auc": sides,
        "log_loss": sides,
        "ece": 0.02,
        "reliability": {"predicted": [0.1, 0.3], "happened": [0.12, 0.28]},
    }
    part = {
        "judged": list(judged),
        "left_out": rare,
        "actions": dict.fromkeys(judged, each) | {name: {"positives": 2, "rate": 0.001} for name in rare},
        "mean": {"auc": sides, "log_loss": sides},
        "best_simple": {"auc": "user + item", "log_loss": "overall"},
        "gap": {"auc": estimate(0.04), "log_loss": estimate(0.16)},
    }
    ways = {"ours": estimate(0.1), "popularity": estimate(0.08), "authors": estimate(0.12)}
    recall = dict.fromkeys(("10", "100", "1000"), ways)
    return {
        "kind": "log",
        "negatives": {"sampled": False, "per_impression": 0},
        "ranker": part,
        "later": {"users": part, "posts": {"judged": [], "left_out": list(actions.names)}},
        "retrieval": {"recall": recall, "best_simple": "authors", "gap": {"100": estimate(-0.02)}},
    }


TRAINED = [
    {"phase": phase, "step": 20 * step, "loss": 3 / step, "seconds": 2.0 * step, "validation": 2 + (step - 3) ** 2 / 9}
    for phase in ("tables", "retrieval", "ranker")
    for step in range(1, 6)
]


def store(folder: Path, world: AnyWorld) -> Path:
    """Artifacts with a record of training and judging."""
    made = logged_artifacts(world)
    models = {
        "retrieval": Model(made.retrieval_config, made.retrieval),
        "ranker": Model(made.ranker_config, made.ranker),
    }
    run = save_artifacts(folder, world=world, history_len=12, **models, log=TRAINED)
    save_metrics(folder, metrics_of(world.actions), run=run)
    return folder


def draw_judged(folder: Path, **more: object) -> Path:
    """A drawn log as artifacts."""
    log = read_log(draw_import(folder / "log", **more))
    return store(folder / "artifacts", make_world(log, history_len=12))


@pytest.fixture(scope="module")
def judged(tmp_path_factory) -> dict[str, Path]:
    """Three actions, judged, for each language: one log of plain ids, and one that tries to be more than text."""
    texts = [spell(f"text {i}") for i in range(200)]
    known = {"text": texts, "topics": [f"{evil}topic" for evil in EVIL], "topic": np.arange(200) % len(EVIL)}
    hostile = {
        "spell": spell,
        "more": known,
        "names": [{**action, "labels": {"zh": f"{evil}动作"}} for action, evil in zip(ACTIONS, EVIL[2:5], strict=True)],
        "surface_names": ("<b>evil</b> feed", "$evil$ search"),
    }
    logs = {"en": {}, "zh": hostile}
    return {language: draw_judged(tmp_path_factory.mktemp("judged"), **more) for language, more in logs.items()}


EVIL = (
    "=1+1 ", "<b>evil</b> ", "$evil$ ", "[evil](http://evil.example) ", "**evil** ", "`evil` ", ":evil: ", "# evil\n",
    "_evil_ ", "😀 ", "&lt;evil&gt; ", "~~evil~~ ", "%{evil} ",
)  # fmt: skip
READ = re.compile(r"<b>evil|\$evil\$|\]\(http|\*\*evil|`evil`|:evil:|_evil_|&lt;evil|~evil|%{evil")


def spell(text: str) -> str:
    """An id that tries to be Markdown, HTML, a formula, a link …"""
    return f"{EVIL[zlib.crc32(text.encode()) % len(EVIL)]}{text}"


def texts(app: AppTest) -> list[str]:
    """All sentences of the page's body, those of its charts included."""
    kinds = ("title", "subheader", "markdown", "caption", "warning", "error", "info", "success")
    said = [plain(element.value) for kind in kinds for element in app.main.get(kind)]
    for chart in app.main.get("plotly_chart"):
        said.append(chart.proto.alt)
        said += labels(json.loads(chart.proto.spec))
    return said


def labels(value: object, key: str = "") -> list[str]:
    """Titles, names, labels and hover texts of a figure."""
    if isinstance(value, dict):
        return [text for name, part in value.items() if name != "template" for text in labels(part, name)]
    if isinstance(value, list):
        return [text for part in value for text in labels(part, key)]
    return [value] if isinstance(value, str) and key in ("text", "name", "hovertext", "customdata", "ticktext") else []


@pytest.mark.parametrize("language", state.LANGUAGES)
@pytest.mark.parametrize(("page", "query"), PLACES, ids=lambda part: str(part))
def test_every_view_is_whole_on_an_imported_log(open_page, judged, monkeypatch, page, query, language):
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(judged[language]))
    app = open_page(page, lang=language, **dict(query))
    assert not app.exception
    assert [element.value for element in app.error] == []
    assert len(app.title) == 1
    shown = texts(app)
    notices = translate("common.block.notice", language)
    said = [*app.info, *app.main.caption] or notices in [heading.value for heading in app.subheader]
    assert app.main.get("plotly_chart") or said
    for text in shown:
        assert "{" not in re.sub("{(user|evil)}", "", text) or "$" in text, text
        if language == "en":
            assert not CHINESE.search(text), text
        else:
            assert CHINESE.search(text) or not SENTENCE.search(text), text

    drawn = [
        element for element in (*app.main, *app.sidebar) if not isinstance(element, Dataframe)
    ]  # whose cells are texts
    read = [found for element in drawn for found in READ.finditer(str(getattr(element, "proto", "")))]
    assert [found.string[max(found.start() - 80, 0) : found.end() + 20] for found in read] == []


def actions_of(count: int, negative: int) -> ActionSet:
    signs = [-1] * negative + [1] * (count - negative)  # negative ones first: no chart may take the order for granted
    return logged_actions([f"act-{i}" for i in range(count)], signs=signs, rates=[0.1] * count)


RETRIEVAL = ("topics", "similarity", "map", "towers", "index", "quality")
SETS = {"one": (1, 0), "one negative": (1, 1), "twenty": (20, 7), "64 negative": (64, 64)}
COUNTED = (
    ("journey", {"step": "probabilities"}),
    ("journey", {"step": "score"}),
    ("attention", {"view": "leak"}),
    ("embeddings", {"view": "forced"}),
    ("training", {"view": "rivals"}),
    ("training", {"view": "samples", "objective": "ranker"}),
    ("study", {"view": "check", "question": "actions"}),
    ("ranking", {}),
    ("retrieval", {"view": "candidates"}),
)


@pytest.mark.parametrize("name", SETS)
def test_pages_count_as_many_actions_as_the_log_has(open_page, tmp_path, monkeypatch, name):
    actions = actions_of(*SETS[name])
    monkeypatch.setitem(stored_world.WORLDS, LoggedWorld.kind, LoggedWorld)
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(store(tmp_path, LoggedWorld(actions))))
    for page, query in COUNTED:
        app = open_page(page, **query)
        assert not app.exception, (page, query)
        assert [element.value for element in app.error] == [], (page, query)
        if query.get("step") == "probabilities":
            rows = decode(json.loads(app.get("plotly_chart")[0].proto.spec)["data"][2]["y"])
            assert len(np.unique(rows)) == len(actions)


@pytest.mark.parametrize("posts", [1, 3])
def test_a_log_of_a_few_posts_is_shown_or_gets_a_sentence(open_page, tmp_path, monkeypatch, posts):
    rows = np.arange(12)
    log = write_import(
        tmp_path / "log",
        users=0 * rows,
        items=rows % posts,
        times=1_650_000_000_000 + 1000 * rows,
        actions=np.ones((12, 1), bool),
        authors=np.zeros(posts, int),
        names=[{"name": "click", "sign": 1}],
    )
    folder = store(tmp_path / "artifacts", make_world(read_log(log), history_len=12))
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(folder))
    for page, query in COUNTED:
        app = open_page(page, **query)
        assert not app.exception, (page, query)
        assert app.main.get("plotly_chart") or app.info, (page, query)
    for view in RETRIEVAL:
        assert not open_page("retrieval", view=view).exception, view


def test_where_the_order_of_rows_is_all_there_is_no_age_is_claimed(open_page, tmp_path, monkeypatch):
    follows = {"follows": [(user, author) for user in range(40) for author in (user % 20, user * 3 % 20)]}
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(draw_judged(tmp_path, ages=False, more=follows)))
    for page, query in (("overview", {}), ("ranking", {}), ("user", {"view": "who"}), ("retrieval", {})):
        app = open_page(page, lang="en", **query)
        assert not app.exception
        cards = "".join(block.proto.body for block in app.main.get("html"))
        assert not re.search(r"\d (min|h|days) old", cards)
    app = open_page("overview", lang="en", view="filters")
    (limits,) = [toggle for toggle in app.toggle if toggle.label == translate("common.pipeline.limits_age", "en")]
    assert (limits.disabled, limits.value) == (True, False)
    app = open_page("overview", lang="en", view="sources")
    assert not app.exception
    (newest,) = [slider for slider in app.slider if slider.label == translate("common.pipeline.in_network", "en")]
    assert newest.disabled
    assert translate("overview.sources.notice.one", "en") in words(app)


def test_two_actions_of_one_label_stay_two(open_page, tmp_path, monkeypatch):
    names = [{**action, "labels": {"en": action["name"], "zh": "收藏"}} for action in ACTIONS]
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(draw_judged(tmp_path, names=names)))
    for page, query in (
        ("study", {"view": "check", "question": "actions"}),
        ("ranking", {"view": "heatmap"}),
        ("embeddings", {"view": "forced"}),
        ("training", {"view": "rivals"}),
    ):
        app = open_page(page, lang="zh", **query)
        assert not app.exception, page
        traces = [trace for chart in app.main.get("plotly_chart") for trace in json.loads(chart.proto.spec)["data"]]
        axes = [trace.get(axis) for trace in traces for axis in "xy" if trace.get("mode") != "lines"]
        named = [axis for axis in axes if isinstance(axis, list) and all(isinstance(place, str) for place in axis)]
        assert all(len(set(axis)) == len(axis) for axis in named), page
        assert "收藏 (" in json.dumps(traces, ensure_ascii=False) or page == "study", page


def test_two_ids_of_a_log_are_called_as_their_file_calls_them(open_page, judged, monkeypatch):
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(judged["en"]))
    app = open_page("embeddings", view="twins", twins="unseen")
    names = set(resources.recommender().world.posts["handle"])
    cards = "".join(block.proto.body for block in app.get("html"))
    (called,) = re.findall(r'px-author">Post ([^<]*)</span>', cards)
    assert html.unescape(called) in names
    assert "px-text" not in cards.split("</li>")[-2]
