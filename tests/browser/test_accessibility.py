"""No page has a serious accessibility fault of ours, in either theme."""

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Browser

from tools.browser import wait_until_idle
from tools.shots import THEMES, page_names, page_path

# Streamlit's own markup, with faults that no page can mend: the colours of highlighted code.
STREAMLITS_OWN = ("[data-testid=stCode]",)


@pytest.mark.parametrize("theme", THEMES)
@pytest.mark.parametrize("name", page_names())
def test_axe_finds_nothing_serious(app_url: str, browser: Browser, name: str, theme: str) -> None:
    # A tall window: axe overlooks what lies below the fold of a block that scrolls.
    context = browser.new_context(viewport={"width": 1280, "height": 3000}, color_scheme=theme)
    page = context.new_page()
    page.goto(app_url + page_path(name))
    wait_until_idle(page)
    results = Axe().run(page, context={"exclude": [[selector] for selector in STREAMLITS_OWN]})
    context.close()
    found = [
        f"{rule['id']}: {node['html'][:200]}\n    {node['failureSummary']}"
        for rule in results.response["violations"]
        if rule["impact"] in ("serious", "critical")
        for node in rule["nodes"]
    ]
    assert not found, "\n".join(found)
