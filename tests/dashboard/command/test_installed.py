"""The wheel, built and installed into an environment of its own, from whatever folder it is called."""

import asyncio
import contextlib
import os
import re
import site
import subprocess
import sys
import tarfile
import venv
import zipfile
from pathlib import Path
from typing import NamedTuple

import pytest

from benchmarks.visitor import Visitor
from dashboard import navigation
from dashboard.command import health
from tests.dashboard.patience import until
from tools.server import free_port

pytestmark = pytest.mark.slow


class Installed(NamedTuple):
    """An environment with the package in it: command, packages, and a folder far from the checkout."""

    command: list[str | Path]
    packages: Path
    home: Path


def clean() -> dict[str, str]:
    """The environment without what leads back to the checkout."""
    return {name: value for name, value in os.environ.items() if not name.startswith(("PYTHON", "VIRTUAL_ENV"))}


@pytest.fixture(scope="module")
def built(repository, tmp_path_factory) -> Path:
    """A folder with wheel and source distribution."""
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-t", "sdist", "-d", str(folder)]
    subprocess.run(build, cwd=repository, check=True, capture_output=True)
    return folder


@pytest.fixture(scope="module")
def installed(built, tmp_path_factory) -> Installed:
    """The wheel alone is installed; what it needs comes from the environment of the tests: nothing is downloaded."""
    home = tmp_path_factory.mktemp("elsewhere")
    venv.create(home / "env")
    packages = next((home / "env").glob("lib/python*/site-packages"))
    (wheel,) = built.glob("*.whl")
    zipfile.ZipFile(wheel).extractall(packages)  # all that installing a pure wheel is, but for the command's file
    (packages / "others.pth").write_text("\n".join(site.getsitepackages()), encoding="utf-8")
    (entry,) = next(packages.glob("*.dist-info/entry_points.txt")).read_text(encoding="utf-8").splitlines()[1:]
    name, module, function = re.fullmatch(r"(\S+) = (\S+):(\S+)", entry).groups()
    assert name == "phoenix-explorer"
    start = f"import sys; from {module} import {function}; sys.exit({function}())"
    return Installed([home / "env" / "bin" / "python", "-c", start], packages, home)


def test_wheel_and_source_hold_what_the_app_needs(built, repository):
    (wheel,), (source,) = built.glob("*.whl"), built.glob("*.tar.gz")
    names = zipfile.ZipFile(wheel).namelist()
    with tarfile.open(source) as archive:
        originals = {name.partition("/")[2] for name in archive.getnames()}
    artifacts = {path.relative_to(repository).as_posix() for path in repository.glob("phoenix/artifacts/*")}
    texts = {path.relative_to(repository).as_posix() for path in repository.glob("dashboard/**/*.po")}
    pages = {f"dashboard/pages/{navigation.script(name).relative_to(navigation.PAGES)}" for name in navigation.NAMES}
    assert artifacts | texts | pages | {"dashboard/app.py", "dashboard/.streamlit/config.toml"} <= set(names)
    assert {name.split("/")[0].split("-")[0] for name in names} == {"phoenix", "dashboard", "phoenix_explorer"}
    assert artifacts | texts | {"app.py", "Makefile", "tests/conftest.py", ".streamlit/config.toml"} <= originals
    assert not [name for name in originals if name.startswith((".git/", ".venv", ".cache", "shots"))]


def test_doctor_finds_everything(installed):
    doctor = [*installed.command, "doctor"]
    said = subprocess.run(doctor, cwd=installed.home, env=clean(), capture_output=True, text=True, check=False)
    assert said.returncode == 0, said.stdout + said.stderr
    assert "good  packages" in said.stdout
    assert str(installed.packages / "phoenix" / "artifacts") in re.sub(r"\s+", "", said.stdout)
    assert "browser" not in said.stdout


def test_a_log_of_ones_own_is_kept_in_the_users_data_not_among_the_packages(installed, tmp_path):
    command = [*installed.command, "explore", "none.csv", "--no-app"]
    variables = {**clean(), "XDG_DATA_HOME": str(tmp_path / "data"), "HOME": str(tmp_path)}
    said = subprocess.run(command, cwd=tmp_path, env=variables, capture_output=True, text=True, check=False)
    assert said.returncode
    kept = re.search(r"import none\.csv --out (\S+)", said.stderr).group(1)
    assert Path(kept).is_relative_to(tmp_path)
    assert Path(kept).parts[-3:] == ("explored", "none", "log")


def test_the_app_shows_a_feed(installed, tmp_path):
    port = free_port()
    command = [*installed.command, "app", "--port", str(port), "--address", "127.0.0.1", "--server.headless", "true"]
    address = f"http://127.0.0.1:{port}"
    with (tmp_path / "log").open("w+") as log:
        process = subprocess.Popen(command, cwd=installed.home, env=clean(), stdout=log, stderr=subprocess.STDOUT)
        try:
            until(lambda: process.poll() is not None or is_ready(address), seconds=240)
            answer = asyncio.run(first_page(port))
        finally:
            process.terminate()
            process.wait(20)
        assert address in (tmp_path / "log").read_text(encoding="utf-8")
    assert answer.exceptions == []
    assert any("px-feed" in text for text in answer.texts), answer.texts


def is_ready(address: str) -> bool:
    with contextlib.suppress(OSError):
        return health.ask(address) == "ready"
    return False


async def first_page(port: int):
    visitor = await Visitor.connect(port)
    answer = await visitor.open("", "lang=zh&user=7")
    await visitor.close()
    return answer
