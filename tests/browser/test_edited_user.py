"""An edited history in a browser: seen from page to page, gone after "back", nobody else's.

That every page asks with it is for `tests/dashboard/test_walks.py` to see.
"""

import re
from collections.abc import Sequence

import pytest
from playwright.sync_api import Page, expect

from dashboard.locale import translate
from tools.browser import exceptions_shown, wait_until_idle

USER = 17
PAGES = ("overview", "ranking", "attention")


def settle(page: Page) -> None:
    wait_until_idle(page)
    assert not exceptions_shown(page)


def follow(page: Page, name: str) -> None:
    """Goes to another page by the navigation."""
    page.locator(".st-key-navigation").get_by_role(
        "link", name=translate(f"common.page.{name}", "en"), exact=True
    ).click()
    expect(page.get_by_role("heading", level=1)).to_have_text(translate(f"{name}.question", "en"))
    settle(page)
    if name == "attention":  # its first view is the mask, which is the same for everybody
        page.get_by_role("radio", name=translate("attention.view.weights", "en"), exact=True).click()
        page.wait_for_url(re.compile("view=weights"))
        settle(page)


def shown(page: Page) -> str:
    """What a page says of the user: pictures in words, lists, and text."""
    pictures = page.get_by_test_id("stPlotlyChart").evaluate_all(
        'all => all.map(one => one.outerHTML.match(/aria-label="[^"]*"/)?.[0] ?? "")'
    )
    texts = page.get_by_test_id("stMain").locator(".px-feed, .px-list, [data-testid=stDataFrame]").all_inner_texts()
    return "\n".join([*pictures, *texts])


def walk(page: Page, names: Sequence[str] = PAGES) -> dict[str, str]:
    found = {}
    for name in names:
        follow(page, name)
        found[name] = shown(page)
    return found


@pytest.mark.slow
def test_an_edited_history_is_seen_everywhere_gone_after_back_and_nobody_elses(
    app_url: str, page: Page, stranger: Page
) -> None:
    page.goto(f"{app_url}/user?lang=en&user={USER}&view=edit&tool=other&from=42")
    settle(page)
    page.get_by_role("button", name=translate("user.other.take", "en")).click()
    page.wait_for_url(re.compile("of42"))
    settle(page)
    mark, edited = page.locator(".st-key-edit-mark"), {}
    for name in PAGES:
        follow(page, name)
        expect(mark).to_be_visible()
        assert "of42" in page.url
        edited[name] = shown(page)
    stranger.goto(f"{app_url}/user?lang=en&user={USER}")
    settle(stranger)
    expect(stranger.locator(".st-key-edit-mark")).to_have_count(0)
    untouched = walk(stranger)
    assert {name for name in PAGES if edited[name] == untouched[name]} == set()
    mark.get_by_role("button").click()
    page.wait_for_url(lambda url: "h=" not in url)
    settle(page)
    expect(mark).to_have_count(0)
    for name, found in walk(page, ("overview", "attention")).items():
        assert found == untouched[name]
