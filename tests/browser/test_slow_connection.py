"""Clicks that come faster than the server's answers: the last one counts, none is lost, nothing jumps back."""

import pytest
from playwright.sync_api import Browser, Page

from tests.browser.slow_line import SlowLine, slow_line
from tools.browser import wait_until_idle

ROUND_TRIP_SECONDS = 1.5


@pytest.fixture(scope="module")
def line(app_url: str):
    """A way to the app that can be made slow."""
    with slow_line(app_url) as line:
        yield line


@pytest.fixture
def far_page(browser: Browser, line: SlowLine):
    """A page whose line is fast until the test makes it slow."""
    context = browser.new_context(viewport={"width": 1280, "height": 900})
    context.set_default_timeout(60_000)
    line.round_trip_seconds = 0.0
    yield context.new_page()
    context.close()


def pressed(page: Page) -> str:
    """The value of the view that is chosen."""
    return page.locator("[class*=-view] [role=radio][aria-checked=true]").inner_text()


@pytest.mark.parametrize("gap_ms", [700, 1300])
def test_the_last_of_several_views_stays(far_page: Page, line: SlowLine, gap_ms: int):
    far_page.goto(f"{line.url}/attention")
    wait_until_idle(far_page)
    line.round_trip_seconds = ROUND_TRIP_SECONDS
    views = far_page.locator("[class*=-view] [role=radio]")
    names = views.all_inner_texts()
    for number in (2, 1, 2, 0, 2):
        views.nth(number).click()
        far_page.wait_for_timeout(gap_ms)
    seen = {pressed(far_page)}
    for _ in range(10):
        far_page.wait_for_timeout(500)
        seen.add(pressed(far_page))
    assert seen == {names[2]}
    wait_until_idle(far_page)
    assert "view=" in far_page.url


def test_no_step_of_a_slider_is_lost(far_page: Page, line: SlowLine):
    far_page.goto(f"{line.url}/ranking")
    wait_until_idle(far_page)
    line.round_trip_seconds = ROUND_TRIP_SECONDS
    slider = far_page.get_by_role("slider").nth(1)
    before = float(slider.get_attribute("aria-valuenow"))
    slider.focus()
    for _ in range(8):
        slider.press("ArrowRight")
        far_page.wait_for_timeout(900)
    far_page.wait_for_timeout(3 * ROUND_TRIP_SECONDS * 1000)
    wait_until_idle(far_page)
    step = float(slider.get_attribute("step") or 0.5)
    assert float(slider.get_attribute("aria-valuenow")) == pytest.approx(before + 8 * step)
    assert f"reply:{before + 8 * step:g}" in far_page.url
