"""Every page opens by its own address, without an exception and without a serious accessibility fault of ours."""

from itertools import cycle

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tools.browser import exceptions_shown, wait_until_idle
from tools.shots import page_names, page_path

# Streamlit's own markup, with faults that no page can mend: the colours of highlighted code.
STREAMLITS_OWN = ("[data-testid=stCode]",)


LOOKS = cycle([("en", "light"), ("zh", "dark")])


@pytest.mark.parametrize(("name", "look"), [(name, next(LOOKS)) for name in page_names()])
def test_page_opens_by_its_own_address_and_axe_finds_nothing_serious(
    app_url: str, page: Page, name: str, look: tuple[str, str]
) -> None:
    language, theme = look
    # A tall window: axe overlooks what lies below the fold of a block that scrolls.
    page.set_viewport_size({"width": 1280, "height": 3000})
    page.emulate_media(color_scheme=theme)
    page.goto(f"{app_url}{page_path(name)}?lang={language}")
    wait_until_idle(page)
    assert not exceptions_shown(page)
    expect(page.locator("h1").first).to_be_visible()
    expect(page.get_by_test_id("stSidebar")).to_be_visible()
    results = Axe().run(page, context={"exclude": [[selector] for selector in STREAMLITS_OWN]})
    found = [
        f"{rule['id']}: {node['html'][:200]}\n    {node['failureSummary']}"
        for rule in results.response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert not found, "\n".join(found)
