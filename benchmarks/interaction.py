"""Weight slider released → page idle again, in a browser, against a bare Streamlit page; both in turn, one run.

The bare page is the least that Streamlit can do with a slider and a Plotly bar chart. The ranking page is measured
in its default view: 200 candidates in a table beside the bars of the selected one. Idle means that nothing on the
page has changed for 300 ms; the time ends with the last change, so the waiting is not counted.

Prints a table and writes benchmarks/results/interaction.json. Run: make bench ARGS=benchmarks/interaction.py
"""

import json
import pathlib
import platform
import statistics
import tempfile
from contextlib import ExitStack

import streamlit
from playwright.sync_api import Browser, Page, sync_playwright
from rich.console import Console
from rich.table import Table

from tools.browser import launch_chromium, serve, wait_until_idle

REPEATS, WARM_UP = 30, 3
LIMIT = 1.5  # times the bare page

BARE_PAGE = """
import numpy as np
import plotly.graph_objects as go
import streamlit as st

st.title("One slider, one chart")
heights = np.random.default_rng(1).random(15)


@st.fragment
def panel():
    factor = st.slider("Factor", 0.0, 5.0, 1.0, 0.1)
    bars = go.Figure(go.Bar(x=factor * heights, y=[f"bar {i}" for i in range(15)], orientation="h"))
    st.plotly_chart(bars, key="bars")


panel()
"""

# Notes when the key is released, and when anything on the page last changed. What lies inside a canvas is not seen:
# there a table keeps a copy of itself for screen readers, which it always renews 200 ms after it was drawn.
WATCH = """() => {
    window.lastChange = 0;
    const visible = change => !(change.target.parentElement ?? document.body).closest('canvas');
    new MutationObserver(changes => {
        if (changes.some(visible)) window.lastChange = performance.now();
    }).observe(document.querySelector('[data-testid=stApp]'),
        {subtree: true, childList: true, attributes: true, characterData: true});
    document.addEventListener('keyup', () => { window.released = performance.now(); }, true);
}"""
SETTLED = """() => {
    const app = document.querySelector('[data-testid=stApp]');
    return app.dataset.testScriptState === 'notRunning' && !document.querySelector('[data-stale=true]')
        && window.lastChange > window.released + 20 && performance.now() - window.lastChange > 300;
}"""


def open_page(browser: Browser, url: str) -> Page:
    """The page of a fresh visitor, idle, with its first weight slider focused."""
    page = browser.new_context(viewport={"width": 1280, "height": 900}).new_page()
    page.goto(url)
    wait_until_idle(page)
    page.get_by_test_id("stMain").get_by_role("slider").first.focus()
    page.evaluate(WATCH)
    return page


def release(page: Page, key: str) -> float:
    """Presses a key on the slider; seconds from its release to the last change of the page.

    Raises:
      RuntimeError: the slider did not move.
    """
    page.bring_to_front()
    slider = page.get_by_test_id("stMain").get_by_role("slider").first
    slider.focus()
    before = slider.input_value()
    page.keyboard.press(key)
    page.wait_for_function(SETTLED, timeout=60_000)
    if slider.input_value() == before:
        raise RuntimeError(f"The slider did not move from {before}.")
    return page.evaluate("(window.lastChange - window.released) / 1000")


def measure(pages: dict[str, Page]) -> dict[str, list[float]]:
    """Seconds of every page, in turn, so that a change of the machine's speed meets all of them."""
    seconds: dict[str, list[float]] = {name: [] for name in pages}
    for turn in range(WARM_UP + REPEATS):
        for name, page in pages.items():
            elapsed = release(page, "ArrowRight" if turn % 2 == 0 else "ArrowLeft")
            if turn >= WARM_UP:
                seconds[name].append(elapsed)
    return seconds


def run() -> dict[str, list[float]]:
    """Serves both apps and measures them."""
    with ExitStack() as stack:
        folder = pathlib.Path(stack.enter_context(tempfile.TemporaryDirectory()))
        (folder / "bare.py").write_text(BARE_PAGE, encoding="utf-8")
        bare, ours = stack.enter_context(serve(str(folder / "bare.py"))), stack.enter_context(serve())
        browser = launch_chromium(stack.enter_context(sync_playwright()))
        return measure({"bare": open_page(browser, bare), "ranking": open_page(browser, f"{ours}/ranking")})


def main() -> None:
    """Measures and reports."""
    seconds = run()
    medians = {name: statistics.median(values) for name, values in seconds.items()}
    ratio = medians["ranking"] / medians["bare"]
    table = Table(title=f"slider released → page idle, {REPEATS} times each; ratio {ratio:.2f}, at most {LIMIT}")
    for column in ("page", "median ms", "quartiles", "least", "most"):
        table.add_column(column, justify="left" if column == "page" else "right")
    for name, values in seconds.items():
        low, _, high = (f"{1000 * v:.0f}" for v in statistics.quantiles(values, n=4))
        table.add_row(
            name, f"{1000 * medians[name]:.0f}", f"{low} … {high}", *(f"{1000 * f(values):.0f}" for f in (min, max))
        )
    Console().print(table)
    result = {
        "machine": platform.machine(),
        "streamlit": streamlit.__version__,
        "seconds": seconds,
        "medians": medians,
        "ratio": ratio,
    }
    path = pathlib.Path(__file__).parent / "results" / "interaction.json"
    path.parent.mkdir(exist_ok=True)
    path.write_text(json.dumps(result, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
