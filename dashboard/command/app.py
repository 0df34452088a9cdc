"""Opens the dashboard in the browser; stop it with Ctrl+C.

What is not listed here goes to Streamlit, such as --server.headless true or --browser.serverAddress.
"""

import argparse
from pathlib import Path

import dashboard


def entry() -> Path:
    """The app's script: beside the packages in a checkout, among them once it is installed."""
    package = Path(dashboard.__file__).parent
    installed = package / "app.py"
    return installed if installed.is_file() else package.parent / "app.py"


def flags(argv: list[str]) -> list[str]:
    """What Streamlit is given."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--port", type=int, help="default: 8501, or the next that is free")
    parser.add_argument("--address", help="default: localhost; 0.0.0.0 lets other machines in")
    parser.add_argument("--base-path", help="path below which a proxy serves it, such as /phoenix")
    known, others = parser.parse_known_args(argv)
    named = {"port": known.port, "address": known.address, "baseUrlPath": known.base_path}
    return [*(f"--server.{name}={value}" for name, value in named.items() if value is not None), *others]


def main(argv: list[str]) -> int:
    """Serves until it is stopped; returns the exit status, or ends with it."""
    given = flags(argv)
    from streamlit.web import cli

    return cli.main(["run", str(entry()), *given]) or 0
