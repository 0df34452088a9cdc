"""Commands in terminals of any width and encoding, and with a reader who leaves."""

import json
import os
import shlex
import subprocess
import sys

import pytest

SCRIPT = """
import sys, types
sys.modules["phoenix.serving"] = types.SimpleNamespace(Recommender=types.SimpleNamespace(load=lambda: None))
from phoenix import command_line
from phoenix.command_line import Column, fit_table
ROWS = [["1", "山谷天文台，每周五 – 开放…"]] * 40
table = lambda answer, width: [fit_table([Column("post", [r[0] for r in ROWS]), Column("text", [r[1] for r in ROWS])],
                                         width=width, title="t", milliseconds={}, language="en")]
sys.exit(command_line.run(lambda recommender: {"rows": ROWS}, show=table, as_json="--json" in sys.argv))
"""


def run_script(repository, shell, *options, **environment):
    """Runs SCRIPT within a line of shell; `{}` in it stands for the command."""
    command = shlex.join([sys.executable, "-c", SCRIPT, *options])
    return subprocess.run(
        ["bash", "-c", "set -o pipefail; " + shell.format(command)],
        cwd=repository,
        env={**os.environ, "PYTHONPATH": str(repository), **environment},
        capture_output=True,
        timeout=120,
        check=False,
    )


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_a_reader_who_has_left_ends_the_command_quietly(repository, options):
    done = run_script(repository, "{} | true", *options)
    assert (done.returncode, done.stderr) == (1, b"")


@pytest.mark.parametrize("options", [[], ["--json"]])
def test_closed_standard_output_gets_a_sentence(repository, options):
    done = run_script(repository, "{} >&-", *options)
    assert done.returncode == 2
    assert done.stderr == b"Standard output is closed: there is nowhere to print to.\n"


@pytest.mark.parametrize("encoding", ["ascii", "latin-1", "gbk", "utf-8"])
def test_any_encoding_gets_valid_json_and_a_table(repository, encoding):
    done = run_script(repository, "{}", "--json", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout.decode(encoding))["rows"][0] == ["1", "山谷天文台，每周五 – 开放…"]
    done = run_script(repository, "{}", PYTHONIOENCODING=encoding)
    assert (done.returncode, done.stderr) == (0, b"")
    shown = done.stdout.decode(encoding)
    assert shown.count("山谷" if encoding in ("gbk", "utf-8") else "??") >= 40
