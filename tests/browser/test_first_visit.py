"""A first visit in a Chinese and in an English browser, and a presentation led by keys."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from dashboard.guide import table
from dashboard.locale import translate
from tools.browser import exceptions_shown, wait_until_idle


def settle(page: Page) -> None:
    wait_until_idle(page)
    assert not exceptions_shown(page)


@pytest.mark.parametrize(("tongue", "language"), [("zh-CN", "zh"), ("en-GB", "en"), ("fr-FR", "en")])
def test_the_browsers_language_is_spoken_and_the_card_leads_to_the_lessons(
    app_url: str, browser: Browser, tongue: str, language: str
) -> None:
    context = browser.new_context(locale=tongue, viewport={"width": 1280, "height": 800})
    page = context.new_page()
    page.goto(app_url)
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(translate("overview.question", language))
    expect(page.get_by_text(translate("common.app", language), exact=True)).to_be_visible()
    expect(page.locator("html")).to_have_attribute("lang", "zh-CN" if language == "zh" else "en")
    assert f"lang={language}" in page.url
    page.get_by_role("link", name=translate("overview.welcome.learn", language)).click()
    page.wait_for_url(re.compile("/study"))
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(translate("study.question", language))
    context.close()


def test_the_address_wins_over_the_browser(app_url: str, browser: Browser) -> None:
    context = browser.new_context(locale="zh-CN")
    page = context.new_page()
    page.goto(f"{app_url}/?lang=en")
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(translate("overview.question", "en"))
    context.close()


def test_keys_lead_through_a_presentation_and_out_of_it(app_url: str, page: Page) -> None:
    page.goto(f"{app_url}/attention?lang=en&user=17&present=1&view=mask")
    settle(page)
    expect(page.get_by_test_id("stSidebar")).to_be_hidden()
    notice = page.get_by_role("heading", name=translate("common.block.notice", "en"))
    chart = page.get_by_test_id("stPlotlyChart").first
    assert notice.bounding_box()["x"] > chart.bounding_box()["x"] + chart.bounding_box()["width"] - 1
    size = chart.locator("text").first.evaluate("one => parseFloat(getComputedStyle(one).fontSize)")
    assert size >= 16
    after = table.position("attention", "mask").after.place
    page.keyboard.press("PageDown")
    page.wait_for_url(re.compile(f"view={after.view}"))
    settle(page)
    page.keyboard.press("PageUp")
    page.wait_for_url(lambda url: f"view={after.view}" not in url)
    settle(page)
    before = table.position("attention", "mask").before.place
    page.keyboard.press("ArrowLeft")
    page.wait_for_url(re.compile(f"/{before.page}.*view={before.view}"))
    settle(page)
    assert "present=1" in page.url
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    assert "present" not in page.url
