"""Every page opens by its own address on the same server, in both languages, without an exception."""

import pytest
from playwright.sync_api import Page, expect

from tools.browser import exceptions_shown, wait_until_idle
from tools.shots import LANGUAGES, page_names, page_path


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", page_names())
def test_page_opens_by_its_own_address(app_url: str, page: Page, name: str, language: str) -> None:
    page.goto(f"{app_url}{page_path(name)}?lang={language}")
    wait_until_idle(page)
    assert not exceptions_shown(page)
    expect(page.locator("h1").first).to_be_visible()
    expect(page.locator("[data-testid=stSidebar]")).to_be_visible()
