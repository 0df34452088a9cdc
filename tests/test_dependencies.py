"""docs/dependencies.md says what pyproject.toml says, and nothing is imported that is not declared."""

import ast
import re
import sys
import tomllib
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

from tools import audit

OWN = {"app", "benchmarks", "dashboard", "pages", "phoenix", "tests", "tools"}
RUNNING = ("app.py", "dashboard", "pages", "phoenix")
DEVELOPING = ("benchmarks", "tests", "tools")


@pytest.fixture(scope="module")
def project(repository) -> dict:
    return tomllib.loads((repository / "pyproject.toml").read_text(encoding="utf-8"))


def names(requirements: list[str]) -> set[str]:
    return {re.match(r"[A-Za-z0-9._-]+", one)[0] for one in requirements}


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def test_the_table_names_exactly_what_is_declared(repository, project):
    text = (repository / "docs" / "dependencies.md").read_text(encoding="utf-8")
    rows = [[cell.strip() for cell in line.split("|")[1:-1]] for line in text.splitlines() if line.startswith("| ")]
    listed = [row[0] for row in rows if row[0] != "package"]
    extras = {name for group in project["project"]["optional-dependencies"].values() for name in names(group)}
    groups = {name for group in project["dependency-groups"].values() for name in names(group)}
    assert sorted(listed) == sorted(names(project["project"]["dependencies"]) | extras | groups)
    assert all(len(row) == 3 and all(row) for row in rows)


def test_the_table_names_the_licences_that_the_packages_name(repository):
    text = (repository / "docs" / "dependencies.md").read_text(encoding="utf-8")
    for name, said in re.findall(r"^\| (\S+) \| ([^|]+) \|", text, re.MULTILINE):
        found = audit.licence(name)
        families = [one for one in ("Apache", "BSD", "MIT", "MPL") if one in found.replace("Mozilla", "MPL")]
        assert all(family in said for family in families), f"{name}: {said} in the table, {found} in its metadata"


def test_everything_pinned_is_pinned_exactly_and_locked(repository, project):
    locked = {normal(one.name): one.version for one in audit.pinned(audit.REQUIREMENTS.read_text(encoding="utf-8"))}
    for requirement in project["project"]["dependencies"]:
        name, version = requirement.split("==")
        assert locked[normal(name)] == version
    for path in repository.glob("requirements*.txt"):
        assert "://" not in path.read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("places", "groups"), [(RUNNING, ("milvus",)), (DEVELOPING, ("milvus", "dev", "bench", "fuzz", "audit"))]
)
def test_nothing_is_imported_that_is_not_declared(repository, project, places, groups):
    sets = {**project["project"]["optional-dependencies"], **project["dependency-groups"]}
    declared = names(project["project"]["dependencies"]).union(
        *(names(sets[group]) for group in groups if group in sets)
    )
    declared = {normal(name) for name in declared}
    found = packages_distributions()
    foreign = {}
    for path in (file for place in places for file in files(repository / place)):
        for module in imported(path) - OWN - set(sys.stdlib_module_names):
            if not declared & {normal(name) for name in found.get(module, [module])}:
                foreign.setdefault(module, path.relative_to(repository).as_posix())
    assert foreign == {}


def files(place: Path) -> list[Path]:
    return [place] if place.is_file() else sorted(place.rglob("*.py"))


def imported(path: Path) -> set[str]:
    """The first parts of what a file imports, wherever in it."""
    modules = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            modules |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and not node.level:
            modules.add(node.module)
    return {module.partition(".")[0] for module in modules}


def test_a_bill_of_materials_names_every_pinned_package_with_its_hashes():
    packages = audit.pinned(audit.REQUIREMENTS.read_text(encoding="utf-8"))
    made = audit.bill(packages, version="1")
    assert made == audit.bill(packages, version="1")
    assert (made["bomFormat"], made["specVersion"]) == ("CycloneDX", "1.6")
    assert len(made["components"]) == len({one["purl"] for one in made["components"]}) == len(packages) > 50
    assert all(one["hashes"] for one in made["components"])


@pytest.mark.parametrize(
    ("licence", "expected"),
    [("MIT", False), ("BSD-3-Clause AND MIT", False), ("Apache 2.0", False), ("MPL-2.0 AND MIT", True), ("", True)],
)  # fmt: skip
def test_licences_that_need_a_look(licence, expected):
    assert audit.Package("name", "1", [], licence).needs_a_look is expected


def test_an_audit_that_could_not_ask_says_so(monkeypatch, capsys):
    monkeypatch.setattr(
        audit.subprocess, "run", lambda *_, **__: Answer(1, "", "Could not connect to PyPI's vulnerability feed")
    )
    assert audit.vulnerabilities() == audit.UNASKED
    assert "NOT AUDITED" in capsys.readouterr().out
    monkeypatch.setattr(
        audit.subprocess, "run", lambda *_, **__: Answer(1, "", "Found 1 known vulnerability in 1 package")
    )
    assert audit.vulnerabilities() == 1


class Answer:
    """What a process has said."""

    def __init__(self, returncode: int, stdout: str, stderr: str):
        self.returncode, self.stdout, self.stderr = returncode, stdout, stderr
