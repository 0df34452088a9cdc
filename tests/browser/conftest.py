"""A running app and a Chromium to look at it with."""

import functools
import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

from tools.browser import find_chromium, launch_chromium, serve, watch_console

HERE = Path(__file__).parent
WAIT_MS = 30_000  # two cores, one of which may be compiling


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
        browser = launch_chromium(playwright)
        # Visitors who want no motion: without a graphics card Streamlit's animations take most of two cores.
        browser.new_context = functools.partial(browser.new_context, reduced_motion="reduce")
        yield browser
        browser.close()


@pytest.fixture(scope="package")
def app_url(chromium_path: str) -> Iterator[str]:
    """Base URL of the app, served from the shipped artifacts (or PHOENIX_ARTIFACTS) for all browser tests."""
    with serve() as url:
        yield url


@pytest.fixture
def page(browser: Browser) -> Iterator[Page]:
    """A page of a fresh visitor on a laptop. Its console errors fail the test."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, color_scheme="light")
    context.set_default_timeout(WAIT_MS)
    page = context.new_page()
    errors = watch_console(page)
    yield page
    context.close()
    assert not errors, f"the browser's console shows errors: {errors}"
