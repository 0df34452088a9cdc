"""House rules that no linter knows: who touches the session, who caches, who draws, how long a function may be."""

import ast
import importlib
import inspect
import re
from pathlib import Path

import pytest

from dashboard.view import View

ROOT = Path(__file__).resolve().parent.parent
SCREEN = sorted([*ROOT.glob("dashboard/**/*.py"), *ROOT.glob("pages/**/*.py"), ROOT / "app.py"])
LONG_TEXTS = {"phoenix/world/text.py"}  # data: the templates from which posts are written
VIEWS = sorted(path for path in ROOT.glob("dashboard/*/views/*.py") if path.stem != "__init__")


# Where the synthetic world itself is meant: what it does, what judges by its truth, what is trained in it.
OF_THE_FIFTEEN = {
    *(f"phoenix/world/{name}.py" for name in ("world", "behaviour", "stream", "catalog", "person")),
    *(f"phoenix/evaluation/{name}.py" for name in ("report", "groups", "retrieval_quality")),
    *(f"phoenix/training/{name}.py" for name in ("part", "phases", "served", "judge", "session")),
}


def users_of(pattern: str) -> set[str]:
    """Files of the dashboard in whose code, comments and docstrings aside, a pattern occurs."""
    found = set()
    for path in SCREEN:
        code = ast.unparse(_without_docstrings(ast.parse(path.read_text(encoding="utf-8"))))
        if re.search(pattern, code):
            found.add(path.relative_to(ROOT).as_posix())
    return found


def _without_docstrings(tree: ast.Module) -> ast.Module:
    for node in ast.walk(tree):
        if isinstance(node, ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef):
            is_text = node.body and isinstance(node.body[0], ast.Expr) and isinstance(node.body[0].value, ast.Constant)
            node.body = (node.body[1:] or [ast.Pass()]) if is_text else node.body
    return tree


def test_only_state_touches_the_session_and_the_address():
    assert users_of(r"\bst\.(session_state|query_params)\b") == {"dashboard/state.py"}


def test_nothing_is_bound_to_the_address_behind_the_back_of_state():
    assert users_of(r"bind='query-params'") == set()


def test_only_resources_and_measured_modules_cache():
    assert users_of(r"\bcache_(data|resource)\b") == {"dashboard/resources.py"}
    assert users_of(r"\bkeep_latest\b") == {"dashboard/latest.py", "dashboard/resources.py", "dashboard/lighter.py"}
    keepers = {Path(name).name for name in users_of(r"\bkeep_(data|resource)\b")}
    assert keepers == {"resources.py", "measured.py", "searching.py"}


def test_only_view_draws_charts_and_tables():
    assert users_of(r"\bst\.(plotly_chart|dataframe|table)\b") == {"dashboard/view.py"}


@pytest.mark.parametrize("path", VIEWS, ids=lambda path: "-".join(path.with_suffix("").parts[-3::2]))
def test_a_view_is_a_function_from_a_scene_to_a_view(path):
    module = importlib.import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
    signature = inspect.signature(module.view)
    assert list(signature.parameters) == ["scene"]
    assert signature.return_annotation in (View, "View")


def functions(folder: str) -> dict[str, int]:
    """Every function of a folder, and how many lines it has."""
    lengths = {}
    for path in ROOT.glob(f"{folder}/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
                lengths[f"{path.relative_to(ROOT)}:{node.name}"] = node.end_lineno - node.lineno + 1
    return lengths


def test_functions_of_the_dashboard_are_short():
    lengths = functions("dashboard") | functions("pages")
    assert {name: lines for name, lines in lengths.items() if lines > 45} == {}
    assert sorted(lengths.values())[int(0.9 * len(lengths))] <= 25


def test_files_hold_one_idea():
    folders = ("phoenix", "dashboard", "pages", "tests", "benchmarks", "tools")
    lengths = {
        path.relative_to(ROOT).as_posix(): len(path.read_text(encoding="utf-8").splitlines())
        for folder in folders
        for path in ROOT.glob(f"{folder}/**/*.py")
    }
    assert {name: lines for name, lines in lengths.items() if lines > 300}.keys() <= LONG_TEXTS


def test_nobody_takes_the_fifteen_for_granted():
    found = []
    for path in (*ROOT.glob("phoenix/**/*.py"), *SCREEN):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            given = []
            if isinstance(node, ast.FunctionDef):
                given = [default for default in (*node.args.defaults, *node.args.kw_defaults) if default]
            if isinstance(node, ast.AnnAssign) and node.value:
                given = [node.value]
            found += [f"{path.relative_to(ROOT)}:{node.lineno}" for one in given if "X_ACTIONS" in _names(one)]
    assert found == []


def _names(node: ast.expr) -> set[str]:
    """The names in an expression; a mere count of them is a size of a network."""
    if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == "len":
        return set()
    return {name.id for name in ast.walk(node) if isinstance(name, ast.Name)}


def test_the_library_counts_the_actions_of_the_world_it_is_given():
    names = r"\b(ACTIONS|POSITIVE_ACTIONS|NEGATIVE_ACTIONS|NUM_ACTIONS|FAVORITE|SIGNS|PRESETS|DEFAULT_PRESET)\b"
    imported = re.compile(rf"from phoenix\.actions import [^\n]*{names}")
    found = {
        path.relative_to(ROOT).as_posix()
        for path in ROOT.glob("phoenix/**/*.py")
        if imported.search(ast.unparse(ast.parse(path.read_text(encoding="utf-8"))))
    }
    assert found <= OF_THE_FIFTEEN
