"""Photograph every page of the app, in both languages, light and dark, at 1280 px and on a phone.

    python -m tools.shots [PAGE ...] [--out DIR] [--user ID] [--url URL]

Starts the app itself unless --url names a running one. Writes DIR/<page>-<language>-<theme>-<size>.png, each
as tall as its page. Prints console errors and exceptions shown; exits with 1 if there was any.
"""

import argparse
import itertools
import sys
from collections.abc import Iterable
from contextlib import nullcontext
from pathlib import Path

from playwright.sync_api import Browser, sync_playwright

from tools.browser import exceptions_shown, launch_chromium, serve, wait_until_idle, watch_console
from tools.server import ROOT

LANGUAGES = ("en", "zh")
THEMES = ("light", "dark")
SIZES = {"wide": (1280, 900), "phone": (390, 844)}
MAX_HEIGHT = 8_000


def page_names() -> list[str]:
    """The stems of pages/<section>/<page>.py: each is its page's URL path, but the overview is at /."""
    return sorted(path.stem for path in ROOT.glob("pages/*/[a-z]*.py"))


def page_path(name: str) -> str:
    """The page's path below the app's URL."""
    return "/" if name == "overview" else f"/{name}"


def shoot(browser: Browser, *, url: str, path: Path, theme: str, size: str) -> list[str]:
    """Photograph one address in a fresh browser context; return what went wrong there, in words."""
    width, height = SIZES[size]
    context = browser.new_context(
        viewport={"width": width, "height": height}, color_scheme=theme, is_mobile=size == "phone"
    )
    page = context.new_page()
    problems = watch_console(page)
    page.goto(url)
    wait_until_idle(page)
    # Streamlit scrolls inside its main block: only a window as tall as the content shows all of it.
    content = page.evaluate("document.querySelector('[data-testid=stMain]').scrollHeight")
    page.set_viewport_size({"width": width, "height": min(max(content, height), MAX_HEIGHT)})
    wait_until_idle(page)
    page.screenshot(path=path)
    problems += exceptions_shown(page)
    context.close()
    return problems


def shoot_all(browser: Browser, *, base_url: str, pages: Iterable[str], out: Path, user: int | None) -> int:
    """Photograph every combination; return the number of problems met."""
    found = 0
    for name, language, theme, size in itertools.product(pages, LANGUAGES, THEMES, SIZES):
        query = f"?lang={language}" + (f"&user={user}" if user is not None else "")
        path = out / f"{name}-{language}-{theme}-{size}.png"
        problems = shoot(browser, url=base_url + page_path(name) + query, path=path, theme=theme, size=size)
        print(path, *problems, sep="\n    ")
        found += len(problems)
    return found


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    names = page_names()
    parser.add_argument("pages", nargs="*", metavar="PAGE", help=f"of {', '.join(names)} (default: all)")
    parser.add_argument("--out", type=Path, default=ROOT / "shots")
    parser.add_argument("--user", type=int, help="id of the user to show (default: the app's own)")
    parser.add_argument("--url", help="base URL of a running app")
    args = parser.parse_args()
    args.out.mkdir(parents=True, exist_ok=True)
    server = nullcontext(args.url.rstrip("/")) if args.url else serve()
    with server as base_url, sync_playwright() as playwright:
        browser = launch_chromium(playwright)
        problems = shoot_all(browser, base_url=base_url, pages=args.pages or names, out=args.out, user=args.user)
        browser.close()
    return 1 if problems else 0


if __name__ == "__main__":
    sys.exit(main())
