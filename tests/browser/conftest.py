"""A running app and a Chromium to look at it with."""

import functools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect, sync_playwright

from tools.browser import find_chromium, launch_chromium, serve, watch_console

HERE = Path(__file__).parent
WAIT_MS = 30_000  # two cores, one of which may be compiling
# Reading and compiling Streamlit's scripts and Plotly's is most of what a page costs: pages of one visitor share the
# process that has done it, and nothing is compiled so well that only a long visit would be repaid.
FLAGS = ("--process-per-site", "--js-flags=--no-opt --no-maglev", "--in-process-gpu")
LAPTOP = {"width": 1280, "height": 900}


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Mark what lies in this folder."""
    for item in items:
        if item.path.is_relative_to(HERE):
            item.add_marker(pytest.mark.browser)


@pytest.fixture(scope="session")
def chromium_path() -> str:
    path = find_chromium()
    if path is None:
        reason = "no Chromium on PATH (apt-get install chromium)"
        if os.environ.get("PHOENIX_REQUIRE_BROWSER") == "1":
            pytest.fail(f"{reason}, but PHOENIX_REQUIRE_BROWSER=1", pytrace=False)
        pytest.skip(reason)
    return path


# Package scope: Playwright keeps an event loop alive in this thread, where other tests could not start one.
@pytest.fixture(scope="package")
def browser(chromium_path: str) -> Iterator[Browser]:
    expect.set_options(timeout=WAIT_MS)
    with sync_playwright() as playwright:
        browser = launch_chromium(playwright, *FLAGS)
        # Visitors who want no motion: without a graphics card Streamlit's animations take most of two cores.
        browser.new_context = functools.partial(browser.new_context, reduced_motion="reduce")
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def app_url(chromium_path: str) -> Iterator[str]:
    """Base URL of the app, served from the shipped artifacts (or PHOENIX_ARTIFACTS) for all browser tests."""
    with serve() as url:
        yield url


@pytest.fixture(scope="package")
def visitor(browser: Browser, app_url: str) -> Iterator[BrowserContext]:
    """What all visitors on a laptop share; see `page`."""
    yield from _stay(browser, app_url, color_scheme="light")


@pytest.fixture(scope="package")
def elsewhere(browser: Browser, app_url: str) -> Iterator[BrowserContext]:
    """What all second visitors share, whose browser speaks French; see `stranger`."""
    yield from _stay(browser, app_url, locale="fr-FR")


@pytest.fixture
def page(visitor: BrowserContext) -> Iterator[Page]:
    """A page of a fresh visitor on a laptop. Its console errors fail the test."""
    yield from _arrive(visitor)


@pytest.fixture
def stranger(elsewhere: BrowserContext) -> Iterator[Page]:
    """A page of somebody else, on another laptop, at the same time. Its console errors fail the test."""
    yield from _arrive(elsewhere)


def _stay(browser: Browser, app_url: str, **look: str) -> Iterator[BrowserContext]:
    """A context with a page that stays open, and with it the process that has compiled the scripts."""
    context = browser.new_context(viewport=LAPTOP, **look)
    context.set_default_timeout(WAIT_MS)
    context.new_page().goto(f"{app_url}/study?lang=en")
    yield context
    context.close()


def _arrive(context: BrowserContext) -> Iterator[Page]:
    """A new page of a browser that remembers nothing: to the server, and to itself, it is somebody new."""
    context.clear_cookies()
    context.pages[0].evaluate("localStorage.clear()")
    page = context.new_page()
    errors = watch_console(page)
    yield page
    page.close()
    assert not errors, f"the browser's console shows errors: {errors}"
