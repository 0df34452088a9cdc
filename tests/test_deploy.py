"""Dockerfile, compose file and proxy say what the app understands; where their own tools are there, they check them."""

import re
import shutil
import subprocess

import pytest

from dashboard.command.__main__ import COMMANDS
from phoenix import environment


@pytest.fixture(scope="module")
def read(repository):
    return lambda name: (repository / name).read_text(encoding="utf-8")


def test_the_image_takes_what_is_there_and_runs_as_nobody(repository, read):
    text, let_in = read("Dockerfile"), read(".dockerignore").splitlines()
    sources = [name for line in re.findall(r"^COPY (?!--from)(.+) \S+$", text, re.MULTILINE) for name in line.split()]
    assert all((repository / name).exists() and f"!{name}" in let_in for name in sources)
    assert {"app.py", "dashboard", "pages", "phoenix", ".streamlit"} <= set(sources)
    last = text.rpartition("\nFROM ")[2]
    assert re.search(r"^USER [1-9]\d*:[1-9]\d*$", last, re.MULTILINE)
    assert all(command in COMMANDS for command in re.findall(r'"phoenix-explorer", "([\w-]+)"', text))
    assert "pip install --require-hashes" in text


def test_the_files_name_only_variables_that_are_read(read):
    known = set(re.findall(r"PHOENIX_\w+", read("phoenix/environment.py")))
    proxy = set(re.findall(r"PHOENIX_\w+", read("deploy/Caddyfile")))
    assert set(re.findall(r"PHOENIX_\w+", read("Dockerfile") + read("compose.yaml"))) <= known | proxy
    assert int(re.search(r'PHOENIX_PLACES: "(\d+)"', read("compose.yaml"))[1]) == environment.PLACES


def test_proxy_processes_and_health_checks_agree_on_the_path(read):
    compose, proxy = read("compose.yaml"), read("deploy/Caddyfile")
    assert '"--base-path", "phoenix"' in compose
    assert "http://127.0.0.1:8501/phoenix" in compose
    assert "health_uri /phoenix/ready" in proxy
    assert "lb_policy cookie" in proxy
    for wall in ("read_only: true", 'cap_drop: ["ALL"]', "no-new-privileges:true", "internal: true", "max-size"):
        assert wall in compose


@pytest.mark.parametrize(
    "check",
    [
        ["hadolint", "Dockerfile"],
        ["docker", "compose", "config", "--quiet"],
        ["caddy", "validate", "--adapter", "caddyfile", "--config", "deploy/Caddyfile"],
    ],
    ids=lambda check: check[0],
)
def test_their_own_tools_find_nothing(repository, check):
    if shutil.which(check[0]) is None or (
        check[0] == "docker" and subprocess.run(["docker", "compose", "version"], capture_output=True).returncode
    ):
        pytest.skip(f"no {check[0]} on this machine")
    run = subprocess.run(check, cwd=repository, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr


@pytest.mark.parametrize("other", ["docs/serving.zh.md"])
def test_both_languages_name_the_same_commands_files_and_numbers(read, other):
    def named(text: str) -> set[str]:
        return set(re.findall(r"`([^`\n]+)`", text.partition("```nginx")[0] + text.rpartition("```")[2]))

    wanted = {name for name in named(read("docs/serving.md")) if re.search(r"[/_.]", name) and "[" not in name}
    missing = wanted - named(read(other))
    assert missing <= {"ip_hash"}, missing
