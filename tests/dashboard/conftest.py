"""The dashboard under Streamlit's own test driver, on the shipped artifacts."""

import functools
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from streamlit.components.v2 import manifest_scanner
from streamlit.testing.v1 import AppTest, local_script_runner

from dashboard import resources, state
from dashboard.background import Background
from dashboard.feed import Candidates
from dashboard.ranking import sweeps
from dashboard.retrieval import measured
from phoenix.actions import ACTIONS, X_ACTIONS, resolve_weights
from phoenix.analysis.projection import Projection
from phoenix.data.log import make_world, read_log
from phoenix.scoring import RELEASE, ScoreSettings, score_feed
from phoenix.serving import Recommender
from tests.dashboard.patience import Clock, until
from tests.imported import draw_import
from tests.logged import save_logged

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture(scope="session", autouse=True)
def quick_driver() -> Iterator[None]:
    """The driver reads the metadata of every installed package for every page it opens, a third of its time.

    It compiles the app's scripts for every page too, which a server does once. And it looks a thousand times a second
    whether the script has ended, while the script wants the same lock.
    """
    give_up = local_script_runner.require_widgets_deltas

    def wait(runner: local_script_runner.LocalScriptRunner, timeout: float) -> None:
        runner._script_thread.join(timeout)
        if not runner.script_stopped():
            give_up(runner, timeout=0)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            manifest_scanner, "scan_component_manifests", functools.cache(manifest_scanner.scan_component_manifests)
        )
        patch.setattr(local_script_runner, "require_widgets_deltas", wait)
        patch.setattr(local_script_runner, "ScriptCache", functools.cache(local_script_runner.ScriptCache))
        yield


@pytest.fixture
def kept(monkeypatch) -> dict:
    """What `state.keep` keeps and `state.recall` finds, where there is no session."""
    kept = {}
    monkeypatch.setattr(state, "recall", lambda key, default=None: kept.get(key, default))
    monkeypatch.setattr(state, "keep", kept.__setitem__)
    return kept


@pytest.fixture
def address():
    """Reads a query parameter, which the driver gives as text or as a list: `address(app, "lang")`."""

    def read(app: AppTest, name: str) -> str | None:
        value = app.query_params.get(name)
        return value[-1] if isinstance(value, list) else value

    return read


@pytest.fixture(scope="session")
def open_page():
    """Opens a page as a visitor's first address does: `open_page("retrieval", lang="zh", k="300")`.

    Its boxes of maths and sources are open, so that whatever they hold is drawn.
    """

    def opener(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        for box in ("maths", "source"):
            app.session_state[f"{name}.{box}"] = True
        for key, value in query.items():
            app.query_params[key] = value
        if name != "overview":
            app.switch_page(next(str(path.relative_to(ROOT)) for path in ROOT.glob(f"pages/*/{name}.py")))
        return app.run()

    return opener


@pytest.fixture(scope="session")
def toy_log(tmp_path_factory) -> Path:
    """The artifacts of a small log: three actions, authors, ages; no truth, topics, follows, texts or personas."""
    folder = tmp_path_factory.mktemp("logs")
    world = make_world(read_log(draw_import(folder / "log")), history_len=12)
    return save_logged(folder / "toy" / "artifacts", world)


@pytest.fixture
def open_log(open_page, toy_log, monkeypatch):
    """Opens a page on the small log: `open_log("retrieval", lang="zh")`."""
    monkeypatch.setenv("PHOENIX_ARTIFACTS", str(toy_log))
    return open_page


@pytest.fixture(scope="session")
def recommender():
    """The recommender that the pages use."""
    return resources.recommender()


@pytest.fixture(scope="module")
def made(recommender) -> Projection:
    """Some map of the corpus."""
    return some_map(recommender)


def some_map(recommender: Recommender) -> Projection:
    """A map of a recommender's corpus, made in no time."""
    rng, size = np.random.default_rng(0), recommender.world.num_posts
    xy = recommender.corpus_embeddings[:, :2] + 0.01 * rng.normal(size=(size, 2)).astype(np.float32)
    landmarks = np.arange(0, size, 100)
    return Projection(xy, landmarks, xy[landmarks], 0.4, 0.001)


@pytest.fixture
def drawn(monkeypatch, made) -> Projection:
    """A map that has been drawn before."""
    monkeypatch.setattr(measured, "corpus_map", lambda: made)
    return made


@pytest.fixture
def clock() -> Clock:
    """The clock of `place`."""
    return Clock()


@pytest.fixture
def place(monkeypatch, clock) -> Iterator[Background]:
    """An empty place for background work, which the pages use; whatever a test leaves running stops after it."""
    yield from empty_place(monkeypatch, clock, name="background", kept_bytes=10**9)


def empty_place(monkeypatch: pytest.MonkeyPatch, clock: Clock, *, name: str, kept_bytes: int) -> Iterator[Background]:
    """Puts an empty place where `resources.<name>()` gives one, for as long as a test runs."""
    made = Background(kept_bytes=kept_bytes, clock=clock)
    monkeypatch.setattr(resources, name, lambda: made)
    yield made
    clock.now += 1e6
    until(lambda: made._running is None)


@pytest.fixture(scope="session")
def observed(recommender):
    """What the ranker answered for the sample of users."""
    return sweeps.request().run(lambda *_: None, lambda: False)


@pytest.fixture
def sampled(observed) -> None:
    """The ranker has answered for the sample of users: no page has to wait for it."""
    request = sweeps.request()
    resources.background().kept.put(request.key, observed, request.weigh(observed))


@pytest.fixture(params=["en", "zh"])
def language(request, monkeypatch) -> str:
    """Both languages, one after the other."""
    monkeypatch.setattr(state, "language", lambda: request.param)
    return request.param


@pytest.fixture(scope="session")
def make_candidates():
    """Builds candidates: `make_candidates(probabilities, weights="x_2026", selected=2)`."""

    def build(
        probabilities: np.ndarray,
        *,
        weights: np.ndarray | str = "x_2026",
        selected: int = 0,
        settings: ScoreSettings = RELEASE,
        authors: np.ndarray | None = None,
        followed: np.ndarray | None = None,
        texts: list[str] | None = None,
    ) -> Candidates:
        count = len(probabilities)
        given = {
            "author_ids": np.arange(count) if authors is None else np.asarray(authors),
            "followed": np.ones(count, bool) if followed is None else np.asarray(followed),
        }
        chosen = resolve_weights(weights)
        return Candidates(
            post_ids=np.arange(count) + 100,
            texts=texts or [f"post {i}" for i in range(count)],
            probabilities=probabilities,
            weights=chosen,
            stages=score_feed(probabilities, weights=chosen, settings=settings, **given, actions=X_ACTIONS),
            selected=selected,
            settings=settings,
            **given,
            actions=X_ACTIONS,
        )

    return build


@pytest.fixture(scope="session")
def table():
    """A table of probabilities from a few columns: `table(favorite=[0.5, 0.1], report=[0, 0.2])`."""

    def build(**columns: list[float]) -> np.ndarray:
        made = np.zeros((len(next(iter(columns.values()))), len(ACTIONS)))
        for action, values in columns.items():
            made[:, ACTIONS.index(action)] = values
        return made

    return build
