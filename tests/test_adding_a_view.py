"""docs/adding-a-view.md, followed word for word in a copy of the dashboard."""

import re
import shutil
import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

BLOCK = re.compile(r"^   ```\w+\n   # (?P<file>\S+)\n(?P<text>.*?)^   ```", re.DOTALL | re.MULTILINE)
OPEN = """
from pathlib import Path
from streamlit.testing.v1 import AppTest

for language in ("en", "zh"):
    app = AppTest.from_file(str(Path("app.py").resolve()), default_timeout=200)
    app.query_params.update(lang=language, view="ages")
    app.switch_page("pages/pipeline/retrieval.py").run()
    assert not app.exception, app.exception
    chart = app.get("plotly_chart")[0].proto
    assert "200" in chart.alt and "median" in chart.alt or "中位数" in chart.alt, chart.alt
"""


@pytest.fixture
def copy(repository: Path, tmp_path: Path) -> Path:
    """The dashboard, to be changed; the library as it is."""
    for name in ("dashboard", "pages"):
        shutil.copytree(repository / name, tmp_path / name, ignore=shutil.ignore_patterns("__pycache__"))
    shutil.copy(repository / "app.py", tmp_path)
    shutil.copytree(repository / ".streamlit", tmp_path / ".streamlit")
    (tmp_path / "phoenix").symlink_to(repository / "phoenix")
    return tmp_path


def follow(document: str, root: Path) -> list[str]:
    """Does what the document says; returns the files that it touched."""
    touched = []
    for block in BLOCK.finditer(document):
        path, text = root / block["file"], textwrap.dedent(block["text"])
        touched.append(block["file"])
        if path.suffix == ".po":
            path.write_text(path.read_text(encoding="utf-8") + "\n" + text, encoding="utf-8")
        elif path.exists():
            page = path.read_text(encoding="utf-8")
            page = page.replace("VIEWS = {\n", "VIEWS = {\n" + text, 1)
            page = page.replace("dashboard.retrieval.views import ", "dashboard.retrieval.views import ages, ", 1)
            path.write_text(page, encoding="utf-8")
        else:
            path.write_text(text, encoding="utf-8")
    return touched


def test_the_view_of_the_document_opens_in_both_languages(repository, copy):
    document = (repository / "docs" / "adding-a-view.md").read_text(encoding="utf-8")
    assert len(follow(document, copy)) == 5
    opened = subprocess.run([sys.executable, "-W", "ignore", "-c", OPEN], cwd=copy, capture_output=True, text=True)
    assert opened.returncode == 0, opened.stderr[-2000:]


def test_the_example_is_short(repository):
    document = (repository / "docs" / "adding-a-view.md").read_text(encoding="utf-8")
    code = [block["text"] for block in BLOCK.finditer(document) if block["file"].endswith(".py")]
    lines = [line for line in "\n".join(code).splitlines() if line.strip() and '"""' not in line]
    assert len(lines) <= 30
