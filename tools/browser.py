"""Start the app on a free port and look at it in Chromium: for browser tests, benchmarks and screenshots."""

import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

ROOT = Path(__file__).resolve().parent.parent
CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome", "google-chrome-stable")
# Chromium's sandbox does not start for root, as in a container; the rest keeps it from calling its maker,
# which on a closed network costs time and fills the log.
CHROMIUM_FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)


def find_chromium() -> str | None:
    """Path of the system's Chromium or Chrome, None where there is none.

    Playwright's own builds are left aside: they are a download of their own, which nobody keeps up to date.
    """
    return next((path for path in map(shutil.which, CHROMIUM_NAMES) if path), None)


def launch_chromium(playwright: Playwright) -> Browser:
    """Headless Chromium; RuntimeError with a remedy where none is installed."""
    path = find_chromium()
    if path is None:
        looked_for = ", ".join(CHROMIUM_NAMES)
        raise RuntimeError(f"No browser on PATH (looked for {looked_for}): try apt-get install chromium.")
    return playwright.chromium.launch(executable_path=path, args=list(CHROMIUM_FLAGS))


@contextmanager
def serve(
    script: str = "app.py", *, env: Mapping[str, str] | None = None, startup_seconds: float = 240
) -> Iterator[str]:
    """Run `streamlit run script` on a free loopback port; yield its URL once healthy; stop it in the end.

    Args:
        script: Path of the app, absolute or from the repository's root.
        env: Environment variables in addition to the present ones (PHOENIX_ARTIFACTS, …).
        startup_seconds: How long the warm-up may take: the first one compiles.

    Raises:
        RuntimeError: The server ended or did not become healthy in time; the message ends with its output.
    """
    port = _free_port()
    url = f"http://127.0.0.1:{port}"
    options = {"server.port": port, "server.address": "127.0.0.1", "server.headless": "true"}
    flags = [part for name, value in options.items() for part in (f"--{name}", str(value))]
    with tempfile.TemporaryFile("w+", encoding="utf-8") as log:
        server = subprocess.Popen(
            [sys.executable, "-m", "streamlit", "run", script, *flags],
            cwd=ROOT,
            env={**os.environ, **(env or {})},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
        )
        try:
            _wait_until_healthy(url, server=server, seconds=startup_seconds)
            yield url
        except ServerNotReadyError as error:
            log.seek(0)
            raise RuntimeError(f"{error} It printed:\n{log.read()[-4000:]}") from None
        finally:
            server.terminate()
            try:
                server.wait(timeout=10)
            except subprocess.TimeoutExpired:
                server.kill()
                server.wait()


class ServerNotReadyError(RuntimeError):
    """The server ended, or is still not healthy."""


def wait_until_idle(page: Page, *, seconds: float = 180) -> None:
    """Wait until the script has run, its charts are drawn, and nothing has changed for a moment.

    Call it after `page.goto` and after every interaction. 300 ms, because Streamlit takes a moment
    to notice a widget's change: a single look may still find the run before it finished.
    """
    page.locator("[data-testid=stApp][data-test-script-state]").wait_for(timeout=seconds * 1000)
    page.wait_for_function(_IDLE_FOR_300_MS, timeout=seconds * 1000)


def watch_console(page: Page) -> list[str]:
    """A list that fills with the console's errors and uncaught exceptions while the page lives."""
    errors: list[str] = []

    def note(message: ConsoleMessage) -> None:
        # On a deep link Streamlit's client first looks for its server below the page's address, in vain.
        if message.type == "error" and "/_stcore/" not in message.location["url"]:
            errors.append(message.text)

    page.on("console", note)
    page.on("pageerror", lambda error: errors.append(str(error)))
    return errors


def exceptions_shown(page: Page) -> list[str]:
    """What Streamlit shows of uncaught exceptions, [] where all is well. Call it on an idle page."""
    return page.locator("[data-testid=stException]").all_inner_texts()


# Idle: not running, no skeleton or stale element left, every chart's plot area drawn; for 300 ms on end.
_IDLE_FOR_300_MS = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    const charts = [...document.querySelectorAll('[data-testid=stPlotlyChart]')];
    const idle = app && app.dataset.testScriptState === 'notRunning'
        && !document.querySelector('[data-testid=stSkeleton], [data-stale=true]')
        && charts.every(chart => chart.querySelector('.main-svg'));
    if (!idle) { window.idleSince = undefined; return false; }
    window.idleSince ??= performance.now();
    if (performance.now() - window.idleSince < 300) return false;
    window.idleSince = undefined;
    return true;
}"""


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def _wait_until_healthy(url: str, *, server: subprocess.Popen, seconds: float) -> None:
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if server.poll() is not None:
            raise ServerNotReadyError(f"The server ended with exit status {server.returncode}.")
        if _body(f"{url}/_stcore/health") == "ok":  # an unknown path answers 200 too, with a page
            return
        time.sleep(0.1)
    raise ServerNotReadyError(f"The server was not healthy after {seconds:.0f} s.")


def _body(url: str) -> str | None:
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.read().decode()
    except (urllib.error.URLError, OSError):
        return None
