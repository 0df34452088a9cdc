"""The main job in a browser: open a link to a user's feed, change a weight, look at the mask."""

import re

from playwright.sync_api import Browser, Page, expect

from dashboard.locale import translate
from tools.browser import exceptions_shown, wait_until_idle

USER = 42


def settle(page: Page) -> None:
    """Wait until the page is drawn; no exception may show."""
    wait_until_idle(page)
    assert not exceptions_shown(page)


def open_feed(page: Page, app_url: str, *, language: str) -> None:
    page.goto(f"{app_url}/?lang={language}&user={USER}")
    settle(page)


def follow_navigation(page: Page, name: str, *, language: str) -> None:
    """Go to another page as a visitor does; the user must come along."""
    links = page.locator(".st-key-navigation").get_by_role("link")
    links.filter(has_text=translate(f"common.page.{name}", language)).click()
    page.wait_for_url(re.compile(rf"/{name}\b.*\buser={USER}\b"))
    settle(page)
    expect(page.get_by_role("heading", level=1)).to_have_text(translate(f"{name}.question", language))


def feed_texts(page: Page) -> list[str]:
    return page.locator(".px-feed .px-text").all_inner_texts()


def ranked_posts(page: Page) -> list[str]:
    """The posts in the first rows of the ranking, from the table that the grid keeps for screen readers."""
    table = page.get_by_test_id("stDataFrame").locator("table")
    heading = table.locator("th", has_text=re.compile(f"^{translate('feed.column.post', 'en')}$"))
    column = heading.get_attribute("aria-colindex")
    return table.locator(f"td[aria-colindex='{column}']").all_text_contents()


def picture(page: Page) -> str | None:
    """The cells of the heatmap: the image that Plotly draws them as."""
    return page.get_by_test_id("stPlotlyChart").first.locator(".heatmaplayer image").get_attribute("href")


def test_a_link_opens_this_users_feed_in_this_language(app_url: str, page: Page) -> None:
    open_feed(page, app_url, language="zh")
    expect(page.get_by_role("heading", level=1)).to_have_text(translate("overview.question", "zh"))
    expect(page.get_by_label(translate("common.sidebar.user", "zh"), exact=True)).to_have_value(str(USER))
    texts = feed_texts(page)
    assert len(texts) == 20
    assert all(re.search(r"[\u4e00-\u9fff]", text) for text in texts)


def test_another_user_gets_another_feed(app_url: str, page: Page) -> None:
    open_feed(page, app_url, language="en")
    before = feed_texts(page)
    page.get_by_role("button", name=translate("common.sidebar.surprise", "en")).click()
    page.wait_for_url(lambda url: f"user={USER}" not in url)
    settle(page)
    assert len(set(before) - set(feed_texts(page))) > len(before) / 2


def test_moving_a_weight_by_keyboard_changes_the_ranking(app_url: str, page: Page) -> None:
    open_feed(page, app_url, language="en")
    follow_navigation(page, "ranking", language="en")
    before = ranked_posts(page)
    slider = page.get_by_role("slider", name=translate("common.action.reply", "en"))
    slider.focus()
    slider.press("End")
    settle(page)
    after = ranked_posts(page)
    assert before
    assert after != before


def test_pinned_ranking_and_weights_come_back_from_the_address(app_url: str, page: Page) -> None:
    page.goto(f"{app_url}/ranking?user={USER}&view=moved&w=reply:20")
    settle(page)
    page.get_by_role("button", name=translate("ranking.pin", "en")).click()
    page.wait_for_url(re.compile(r"\bpin=x_2026~reply"))
    settle(page)
    page.reload()
    settle(page)
    expect(page.get_by_role("slider", name=translate("common.action.reply", "en"))).to_have_value("20")
    expect(page.get_by_text(translate("common.preset.pinned", "en")).first).to_be_visible()


def test_switching_the_mask_variant_changes_the_picture(app_url: str, page: Page) -> None:
    open_feed(page, app_url, language="zh")
    follow_navigation(page, "attention", language="zh")
    before = picture(page)
    page.get_by_role("radio", name=translate("attention.mask.full", "zh"), exact=True).click()
    page.wait_for_url(re.compile(r"\bmask=full\b"))
    settle(page)
    assert before
    assert picture(page) != before


def test_on_a_phone_the_menu_folds_away_once_a_page_is_chosen(app_url: str, browser: Browser) -> None:
    context = browser.new_context(viewport={"width": 390, "height": 844}, is_mobile=True, has_touch=True)
    page = context.new_page()
    open_feed(page, app_url, language="zh")
    page.get_by_test_id("stExpandSidebarButton").click()
    sidebar = page.get_by_test_id("stSidebar")
    expect(sidebar).to_have_attribute("data-collapsed", "false")
    follow_navigation(page, "ranking", language="zh")
    expect(sidebar).to_have_attribute("data-collapsed", "true")
    context.close()
