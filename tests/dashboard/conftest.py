"""The dashboard under Streamlit's own test driver, on the shipped artifacts."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import resources
from dashboard.background import Background
from tests.dashboard.patience import Clock, until

ROOT = Path(__file__).resolve().parents[2]


@pytest.fixture
def address():
    """Reads a query parameter, which the driver gives as text or as a list: `address(app, "lang")`."""

    def read(app: AppTest, name: str) -> str | None:
        value = app.query_params.get(name)
        return value[-1] if isinstance(value, list) else value

    return read


@pytest.fixture
def open_page():
    """Opens a page as a visitor's first address does: `open_page("retrieval", lang="zh", k="300")`."""

    def opener(name: str, **query: str) -> AppTest:
        app = AppTest.from_file(str(ROOT / "app.py"), default_timeout=120)
        for key, value in query.items():
            app.query_params[key] = value
        if name != "overview":
            app.switch_page(next(str(path.relative_to(ROOT)) for path in ROOT.glob(f"pages/*/{name}.py")))
        return app.run()

    return opener


@pytest.fixture(scope="session")
def recommender():
    """The recommender that the pages use."""
    return resources.recommender()


@pytest.fixture
def clock() -> Clock:
    """The clock of `place`."""
    return Clock()


@pytest.fixture
def place(monkeypatch, clock):
    """An empty place for background work, which the pages use; whatever a test leaves running stops after it."""
    made = Background(kept_bytes=10**9, clock=clock)
    monkeypatch.setattr(resources, "background", lambda: made)
    yield made
    clock.now += 1e6
    until(lambda: made._running is None)
