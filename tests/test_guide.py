"""The learning guide's first exercise, its lines as printed.

`uv run` would first install everything into an environment of its own, from a network that tests do without: here it
stands for the interpreter that runs the tests. Of the guide's tests only the two quickest run a second time; that all
of them are found from there is what counts.
"""

import inspect
import os
import re
import subprocess
import sys

import pytest

from phoenix.defaults import DEFAULT_USER
from tests import test_recsys_model, test_recsys_retrieval_model

EXERCISE = """
cd phoenix
uv run run_retrieval.py
uv run run_ranker.py
uv run pytest test_recsys_model.py test_recsys_retrieval_model.py
"""
UV = """
uv() {
  [ "$1" = run ] && shift
  case "$1" in *.py) "$PYTHON" "$@" ;; *) "$PYTHON" -m "$@" ;; esac
}
"""


@pytest.fixture(scope="module")
def printed(repository) -> str:
    """What the exercise prints, in a shell that stops at the first line that fails."""
    settings = {"PYTHON": sys.executable, "PYTHONPATH": str(repository), "PYTEST_ADDOPTS": "-k guide_names"}
    done = subprocess.run(
        ["bash", "-c", f"set -e\n{UV}{EXERCISE}"],
        cwd=repository,
        env={**os.environ, **settings},
        capture_output=True,
        text=True,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    return done.stdout


def test_both_scripts_show_the_default_user(printed):
    assert printed.count(f"User {DEFAULT_USER} (@") == 2


def test_the_guides_tests_are_found_where_the_guide_runs_them(printed):
    passed, others = re.search(r"(\d+) passed, (\d+) deselected", printed).groups()
    modules = (test_recsys_model, test_recsys_retrieval_model)
    functions = [name for module in modules for name, _ in inspect.getmembers(module) if name.startswith("test_")]
    assert int(passed) == 2
    assert int(passed) + int(others) >= len(functions) > 30


def test_the_ordinary_run_does_not_collect_them_twice(pytestconfig):
    assert pytestconfig.getini("testpaths") == ["tests"]
