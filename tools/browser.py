"""Start the app on a free port and look at it in Chromium: for browser tests, benchmarks and screenshots."""

import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager

from playwright.sync_api import Browser, ConsoleMessage, Page, Playwright

from dashboard.command.doctor import BROWSERS
from tools import server

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
    return next((path for path in map(shutil.which, BROWSERS) if path), None)


def launch_chromium(playwright: Playwright, *flags: str) -> Browser:
    """Headless Chromium, with more flags if there are any; RuntimeError with a remedy where none is installed."""
    path = find_chromium()
    if path is None:
        looked_for = ", ".join(BROWSERS)
        raise RuntimeError(f"No browser on PATH (looked for {looked_for}): try apt-get install chromium.")
    return playwright.chromium.launch(executable_path=path, args=[*CHROMIUM_FLAGS, *flags])


@contextmanager
def serve(script: str = "app.py", *, env: Mapping[str, str] | None = None) -> Iterator[str]:
    """Runs an app and yields its URL once it is healthy; arguments and errors as for `tools.server`."""
    with server.start(script, env=env) as started:
        server.wait_until_healthy(started)
        yield started.url


def wait_until_idle(page: Page, *, seconds: float = 180) -> None:
    """Wait until the script has run, its charts are drawn, and nothing has changed for a moment.

    Call it after `page.goto` and after every interaction. 300 ms, because Streamlit takes a moment
    to notice a widget's change: a single look may still find the run before it finished.
    """
    page.locator("[data-testid=stApp][data-test-script-state]").wait_for(timeout=seconds * 1000)
    page.wait_for_function(_IDLE_FOR_300_MS, timeout=seconds * 1000, polling=50)  # each frame has to be drawn for it


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
    """What a page shows of failures, [] where all is well: a trace, or the sentence in its place.

    Call it on an idle page.
    """
    return page.locator("[data-testid=stException], [data-testid=stAlertContentError]").all_inner_texts()


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
