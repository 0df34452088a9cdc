"""Back, Forward and links: the address and the page never disagree, and one change is one step of the history."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from dashboard.locale import translate
from tools.browser import exceptions_shown, wait_until_idle

USER = 17


def settle(page: Page) -> None:
    """Wait until the page is drawn; nothing may be wrong on it, and nothing may accuse the visitor."""
    wait_until_idle(page)
    assert not exceptions_shown(page)
    assert page.get_by_test_id("stAlertContentWarning").all_inner_texts() == []


def visit(page: Page, address: str) -> None:
    page.goto(address)
    settle(page)


def entries(page: Page) -> int:
    return page.evaluate("history.length")


def choose_view(page: Page, number: int = 1) -> None:
    page.locator("[class*=-view] [role=radio]").nth(number).click()


def chosen_view(page: Page) -> str:
    return page.locator("[class*=-view] [role=radio][aria-checked=true]").inner_text()


def title(page: Page) -> str:
    return page.get_by_role("heading", level=1).inner_text()


def user(page: Page) -> str:
    return page.locator(".st-key-user input").input_value()


def weight(page: Page) -> str:
    return page.get_by_role("slider", name=translate("common.action.reply", "en")).input_value()


def step(page: Page) -> str:
    return page.locator("[class*=-step] [role=radio][aria-checked=true]").inner_text()


def choose_precision(page: Page) -> None:
    page.locator(".st-key-performance-precision [role=radio]").nth(1).click()


def precision(page: Page) -> str:
    return page.locator(".st-key-performance-precision [role=radio][aria-checked=true]").inner_text()


def choose_language(page: Page) -> None:
    page.get_by_role("radio", name="中文").click()


def choose_step(page: Page) -> None:
    page.locator("[class*=-step] [role=radio]").nth(2).click()


def move_weight(page: Page) -> None:
    slider = page.get_by_role("slider", name=translate("common.action.reply", "en"))
    slider.focus()
    slider.press("ArrowRight")


def choose_user(page: Page) -> None:
    field = page.locator(".st-key-user input")
    field.fill("23")
    field.press("Enter")


CHANGES = [
    ("ranking", choose_view, chosen_view),
    ("attention", choose_view, chosen_view),
    ("journey", choose_step, step),
    ("performance", choose_precision, precision),
    ("", choose_language, title),
    ("ranking", move_weight, weight),
    ("ranking", choose_user, user),
    ("embeddings", choose_user, user),
]


@pytest.mark.parametrize(
    ("name", "change", "seen"), CHANGES, ids=lambda part: part.__name__ if callable(part) else str(part)
)
def test_one_change_is_one_step_that_back_undoes_and_forward_does_again(
    app_url: str, page: Page, name: str, change: Callable[[Page], None], seen: Callable[[Page], str]
) -> None:
    visit(page, f"{app_url}/{name}?user={USER}")
    before, steps, address = seen(page), entries(page), page.url
    change(page)
    settle(page)
    after, changed = seen(page), page.url
    assert after != before
    assert changed != address
    assert entries(page) == steps + 1
    page.go_back()
    settle(page)
    assert (seen(page), page.url) == (before, address)
    page.go_forward()
    settle(page)
    assert (seen(page), page.url) == (after, changed)
    page.go_back()
    settle(page)
    page.go_back()
    assert page.url == "about:blank", "what a page writes into its address on arrival is no step of its own"


def test_what_a_page_adds_to_its_address_is_no_step_of_its_own(app_url: str, page: Page) -> None:
    visit(page, f"{app_url}/user")
    assert "lang=" in page.url
    steps, first = entries(page), page.url
    for number, name in enumerate(("journey", "ranking", "study"), start=1):
        links = page.locator(".st-key-navigation").get_by_role("link")
        links.filter(has_text=translate(f"common.page.{name}", "en")).click()
        page.wait_for_url(f"**/{name}?*")
        settle(page)
        assert entries(page) == steps + number
    for _ in range(3):
        page.go_back()
        settle(page)
    assert page.url == first
    page.go_back()
    assert page.url == "about:blank"


LINKED = [
    ("retrieval", choose_view),
    ("ranking", move_weight),
    ("journey", choose_step),
]


@pytest.mark.parametrize(("name", "change"), LINKED, ids=lambda part: part.__name__ if callable(part) else part)
def test_a_copied_address_shows_the_same_to_somebody_else(
    app_url: str, page: Page, stranger: Page, name: str, change: Callable[[Page], None]
) -> None:
    visit(page, f"{app_url}/{name}?lang=en")
    for turn in (choose_user, change, choose_language if change is not move_weight else move_weight):
        turn(page)
        settle(page)
    visit(stranger, page.url)
    assert stranger.url == page.url
    assert everything(stranger) == everything(page)


def everything(page: Page) -> list[str]:
    """What the page says, picture by picture, and of whom."""
    main, card = page.get_by_test_id("stMain"), page.locator(".px-user")
    pictures = page.get_by_test_id("stPlotlyChart").evaluate_all(
        'all => all.map(one => one.outerHTML.match(/aria-label="[^"]*"/)?.[0])'
    )
    said = sorted(main.inner_text().splitlines())  # everybody has a question's options in an order of their own
    return [*said, card.inner_text(), user(page), *pictures]


def test_the_navigation_keeps_what_was_chosen_and_back_returns_to_it(app_url: str, page: Page) -> None:
    visit(page, f"{app_url}/ranking?user={USER}")
    choose_view(page)
    settle(page)
    move_weight(page)
    settle(page)
    left, steps = everything(page), entries(page)
    links = page.locator(".st-key-navigation").get_by_role("link")
    links.filter(has_text=translate("common.page.journey", "en")).click()
    page.wait_for_url("**/journey?*")
    settle(page)
    assert "w=reply" in page.url
    expect(page.get_by_text(translate("common.preset.x_2026", "en")).first).to_be_visible()
    assert entries(page) == steps + 1
    links.filter(has_text=translate("common.page.ranking", "en")).click()
    page.wait_for_url("**/ranking?*")
    settle(page)
    assert everything(page) == left
