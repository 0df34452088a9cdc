"""A lesson in a browser: begun, stopped, gone on with to its end, while another visitor notices nothing."""

from playwright.sync_api import Page, expect

from dashboard.locale import translate
from tools.browser import exceptions_shown, wait_until_idle

PATIENCE_MS = 240_000  # the lesson stands back: tests that run beside it come first


def button(page: Page, name: str):
    """A button of the page itself: Streamlit's header may have one of the same name while a script runs."""
    body = page.get_by_test_id("stMainBlockContainer")
    return body.get_by_role("button", name=translate(f"training.own.{name}", "en"), exact=True)


def test_a_lesson_is_stopped_and_gone_on_with_and_nobody_else_sees_it(app_url: str, page: Page, stranger: Page) -> None:
    address = f"{app_url}/training?view=own&scale=short&history=8"
    page.goto(address)
    wait_until_idle(page)
    button(page, "start").click()
    button(page, "stop").click()
    expect(page.get_by_text("What was learnt is kept for a while")).to_be_visible()

    stranger.goto(address)
    wait_until_idle(stranger)
    expect(button(stranger, "start")).to_be_visible()
    expect(button(stranger, "stop")).to_have_count(0)

    button(page, "resume").click()
    expect(page.get_by_text("Your towers reach")).to_be_visible(timeout=PATIENCE_MS)
    wait_until_idle(page)
    assert not exceptions_shown(page)
    assert page.locator(".px-feed").count() == 2
    expect(stranger.get_by_text("Your towers reach")).to_have_count(0)
