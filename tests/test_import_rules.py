"""Imports go one way; pyproject.toml holds the contracts."""

import subprocess
import sys
from pathlib import Path


def test_import_contracts_are_kept(repository: Path) -> None:
    # In a process of its own: import-linter sets up logging for itself and silences the loggers of whoever calls it.
    script = "import sys; from importlinter.cli import lint_imports; sys.exit(lint_imports(no_cache=True))"
    run = subprocess.run([sys.executable, "-c", script], cwd=repository, capture_output=True, text=True, check=False)
    assert run.returncode == 0, run.stdout + run.stderr
