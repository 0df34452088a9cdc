"""The dashboard under Streamlit's own test driver, on the shipped artifacts."""

from pathlib import Path

import pytest
from streamlit.testing.v1 import AppTest

from dashboard import resources

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
