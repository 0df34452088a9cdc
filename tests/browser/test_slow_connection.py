"""Clicks that come faster than the server's answers: the last one counts, none is lost, nothing jumps back.

Each test ends on an address that only the answer to the last click can have brought, so that it need not guess how long
the answers before take.
"""

import re
from collections.abc import Iterator
from urllib.parse import parse_qsl, urlsplit

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.locale import translate
from tests.browser.slow_line import SlowLine, slow_line
from tools.browser import exceptions_shown, wait_until_idle

ROUND_TRIP_SECONDS = 1.5
USER, POST = 4711, 28086  # and the first post of this user's

# Notes which view is pressed whenever that changes.
_WATCH_VIEWS = """() => {
    const pressed = () => document.querySelector('[class*=-view] [role=radio][aria-checked=true]')?.innerText;
    window.pressed = [pressed()];
    const note = () => { if (pressed() && pressed() !== window.pressed.at(-1)) window.pressed.push(pressed()); };
    new MutationObserver(note).observe(document.body, {subtree: true, childList: true, attributes: true});
}"""


@pytest.fixture(scope="module")
def line(app_url: str) -> Iterator[SlowLine]:
    """A way to the app that can be made slow."""
    with slow_line(app_url) as line:
        yield line


class FarPage:
    """A page behind the line, and how many messages it has sent."""

    def __init__(self, page: Page, line: SlowLine):
        """A page whose line is fast until `slow_down`."""
        self.page, self.sent, self._line = page, 0, line
        page.on("websocket", lambda socket: socket.on("framesent", lambda _: self._count()))

    def _count(self) -> None:
        self.sent += 1

    def visit(self, address: str) -> None:
        """Opens a page while the line is fast."""
        self.speed_up()
        self.page.goto(f"{self._line.url}/{address}")
        wait_until_idle(self.page)
        self.sent = 0

    def slow_down(self) -> None:
        """From now on every answer takes its time."""
        self._line.round_trip_seconds = ROUND_TRIP_SECONDS

    def wait_for(self, address: str) -> None:
        """Waits for the answer to the last click, which brings a part of the address."""
        expect(self.page).to_have_url(re.compile(re.escape(address)), timeout=60_000)
        wait_until_idle(self.page, seconds=60)

    def speed_up(self) -> None:
        """The line is fast again."""
        self._line.round_trip_seconds = 0.0


@pytest.fixture(scope="module")
def far(browser: Browser, line: SlowLine) -> Iterator[FarPage]:
    """One visitor for all tests: Streamlit's scripts, and each page, are loaded once."""
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="en-US")
    context.set_default_timeout(60_000)
    yield FarPage(context.new_page(), line)
    context.close()


@pytest.fixture
def ranking(far: FarPage) -> FarPage:
    far.visit(f"ranking?lang=en&user={USER}&post={POST}")
    return far


def test_the_last_of_several_views_stays(far: FarPage) -> None:
    far.visit("attention")
    views = far.page.locator("[class*=-view] [role=radio]")
    names = views.all_inner_texts()
    far.page.evaluate(_WATCH_VIEWS)
    far.slow_down()
    turns = ((200, (2, 1, 2, 0, 4), "view=slots"), (700, (2, 0, 3), "view=leak"))
    for gap_ms, numbers, address in turns:
        for number in numbers:
            views.nth(number).click()
            far.page.wait_for_timeout(gap_ms)
        far.wait_for(address)
    chosen = [names[number] for number in (0, *turns[0][1], *turns[1][1])]
    assert far.page.evaluate("window.pressed") == chosen
    assert far.sent == len(chosen) - 1, "the browser has sent more than the visitor's choices"
    expect(far.page.locator(".st-key-influence")).to_be_visible()
    expect(far.page.get_by_test_id("stPlotlyChart")).to_have_count(1)
    assert not exceptions_shown(far.page)


def selected(page: Page) -> list[str]:
    """Author and text of the selected post, and what its bars say."""
    bars = page.get_by_test_id("stPlotlyChart").evaluate('one => one.outerHTML.match(/aria-label="[^"]*"/)[0]')
    return [page.locator(f".px-card .px-{part}").inner_text() for part in ("author", "meta", "text")] + [bars]


def test_no_step_of_a_slider_is_lost_and_the_post_stays(ranking: FarPage) -> None:
    page, before = ranking.page, selected(ranking.page)
    slider = page.get_by_role("slider", name=translate("common.action.reply", "en"))
    for make, key, presses, after in ((ranking.speed_up, "ArrowRight", 8, 9), (ranking.slow_down, "ArrowLeft", 6, 6)):
        make()
        slider.focus()
        for _ in range(presses):
            slider.press(key)
            page.wait_for_timeout(120)
        ranking.wait_for(f"w=reply%3A{after}&post={POST}")
        assert slider.input_value() == str(after)
        assert selected(page) == before
    assert not exceptions_shown(page)


def test_the_weights_before_a_change_of_preset_do_not_come_back(ranking: FarPage) -> None:
    page = ranking.page
    page.locator(".st-key-preset input").click()
    ranking.slow_down()
    page.get_by_role("option", name=translate("common.preset.likes_only", "en")).click()
    page.wait_for_timeout(250)
    page.locator(".st-key-ranking-view [role=radio]").nth(2).click()
    ranking.wait_for("view=score")
    query = {"lang": "en", "user": str(USER), "preset": "likes_only", "post": str(POST), "view": "score"}
    assert dict(parse_qsl(urlsplit(page.url).query)) == query
    assert page.get_by_role("slider", name=translate("common.action.reply", "en")).input_value() == "0"
    assert not exceptions_shown(page)
