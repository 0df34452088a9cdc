"""Tests of the watch over a training command."""

import pathlib
import subprocess
import sys
import textwrap

_COMMAND = """
    import pathlib, sys, time
    from phoenix.training.watch import Watch

    lives = pathlib.Path(sys.argv[1])
    with lives.open("a") as file:
        file.write(" ".join(sys.argv[2:]) + "\\n")
    with Watch(patience=3.0) as watch:
        report = watch.over(print)
        if len(lives.read_text().splitlines()) == 1:
            for _ in range(16):
                time.sleep(0.25)
                report("step")
            time.sleep(600)
        watch.end()
        time.sleep(4)
"""


def test_a_command_that_stands_still_is_begun_again_without_fresh(tmp_path: pathlib.Path) -> None:
    """One that moves is left alone, and so is what follows its end."""
    script, lives = tmp_path / "command.py", tmp_path / "lives"
    script.write_text(textwrap.dedent(_COMMAND))
    command = [sys.executable, str(script), str(lives), "--fresh", "--quiet"]
    run = subprocess.run(command, capture_output=True, text=True, timeout=120, check=True)
    assert lives.read_text().splitlines() == ["--fresh --quiet", "--quiet"]
    assert "beginning again" in run.stderr
