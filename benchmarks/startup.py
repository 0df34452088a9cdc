"""Process start to first chart: our pages against a bare Streamlit page, in turn, in a fresh browser each.

Warm start (compiled programs and corpus vectors on disk) is what the ratio is about; the very first start of a machine,
which compiles, is measured once beside it. Prints a table and writes benchmarks/results/startup.json.

Run: make bench ARGS=benchmarks/startup.py
"""

import argparse
import tempfile
import time

from playwright.sync_api import Browser, sync_playwright

from benchmarks.report import print_table, spread, write
from tools.browser import launch_chromium
from tools.server import start, wait_until_healthy

TARGET = 1.6
PAGES = {
    "bare page": ("benchmarks/bare_page.py", "/"),
    "overview": ("app.py", "/"),
    "ranking": ("app.py", "/ranking"),
}
_CHART = "[data-testid=stPlotlyChart] .main-svg"


def first_chart(browser: Browser, script: str, path: str, *, cache: str | None = None) -> float:
    """Seconds from the start of the server's process until the page's first chart is drawn."""
    begun = time.perf_counter()
    with start(script, env={"PHOENIX_CACHE_DIR": cache} if cache else None) as server:
        wait_until_healthy(server)
        context = browser.new_context(viewport={"width": 1280, "height": 900})
        page = context.new_page()
        page.goto(f"{server.url}{path}")
        page.locator(_CHART).first.wait_for(timeout=120_000)
        seconds = time.perf_counter() - begun
        context.close()
    return seconds


def main() -> None:
    """Measures and reports."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--repeats", type=int, default=5, help="rounds (5)")
    args = parser.parse_args()
    seconds: dict[str, list[float]] = {name: [] for name in PAGES}
    with sync_playwright() as playwright, tempfile.TemporaryDirectory() as cache:
        browser = launch_chromium(playwright)
        very_first = first_chart(browser, *PAGES["overview"], cache=cache)
        for name in PAGES:
            first_chart(browser, *PAGES[name], cache=cache)  # files into the system's cache
        for _ in range(args.repeats):
            for name, (script, path) in PAGES.items():
                seconds[name].append(first_chart(browser, script, path, cache=cache))
        browser.close()
    spreads = {name: spread(values) for name, values in seconds.items()}
    bare = spreads["bare page"].median
    rows = [
        (name, f"{s.median:.2f}", f"{s.low:.2f} … {s.high:.2f}", f"{s.median / bare:.2f}")
        for name, s in spreads.items()
    ]
    rows.append(("overview, very first start", f"{very_first:.2f}", "once", f"{very_first / bare:.2f}"))
    print_table(
        f"Process start → first chart, {args.repeats} rounds; target {TARGET} × the bare page",
        ("page", "median s", "middle half", "× bare"),
        rows,
    )
    ratios = {name: s.median / bare for name, s in spreads.items()}
    write("startup", {"seconds": seconds, "ratios": ratios, "very_first_seconds": very_first, "target": TARGET})


if __name__ == "__main__":
    main()
