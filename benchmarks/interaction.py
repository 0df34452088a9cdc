"""Weight slider released → page idle again, in a browser, against a bare Streamlit page; both in turn, one run.

The bare page (`bare_page.py`) is the least that Streamlit can do with a slider and a Plotly bar chart. The ranking
page is measured in its default view: 200 candidates in a table beside the bars of the selected one. Idle means that
nothing on the page has changed for 300 ms; the time ends with the last change, so the waiting is not counted.

Prints a table and writes benchmarks/results/interaction.json. Run: make bench ARGS=benchmarks/interaction.py
"""

from contextlib import ExitStack

from playwright.sync_api import Browser, Page, sync_playwright

from benchmarks.report import middle_half, milliseconds, print_table, spread, write
from tools.browser import launch_chromium, serve, wait_until_idle

REPEATS, WARM_UP = 60, 5
LIMIT = 1.35  # times the bare page

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
        bare, ours = stack.enter_context(serve("benchmarks/bare_page.py")), stack.enter_context(serve())
        browser = launch_chromium(stack.enter_context(sync_playwright()))
        return measure({"bare": open_page(browser, bare), "ranking": open_page(browser, f"{ours}/ranking")})


def main() -> None:
    """Measures and reports."""
    seconds = run()
    spreads = {name: spread(values) for name, values in seconds.items()}
    ratio = spreads["ranking"].median / spreads["bare"].median
    print_table(
        f"Slider released → page idle, {REPEATS} times each: {ratio:.2f} × the bare page, target {LIMIT}",
        ("page", "median ms", "middle half", "least … most"),
        [
            (
                name,
                milliseconds(s.median),
                middle_half(s),
                f"{milliseconds(min(seconds[name]))} … {milliseconds(max(seconds[name]))}",
            )
            for name, s in spreads.items()
        ],
    )
    write("interaction", {"seconds": seconds, "ratio": ratio, "target": LIMIT})


if __name__ == "__main__":
    main()
