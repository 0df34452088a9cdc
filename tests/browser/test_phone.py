"""On a phone the effect of a control is in sight of it."""

import pytest
from playwright.sync_api import Browser, expect

PHONE = {"width": 390, "height": 844}


@pytest.mark.parametrize("path", ["/?view=filters&lang=en", "/embeddings?view=forced&lang=en"])
def test_controls_stay_in_sight_over_the_picture_that_they_change(path: str, browser: Browser, app_url: str):
    context = browser.new_context(viewport=PHONE, is_mobile=True)
    page = context.new_page()
    page.goto(f"{app_url}{path}")
    picture = page.locator(".stPlotlyChart").first
    expect(picture.locator(".main-svg").first).to_be_visible()
    picture.evaluate("chart => chart.scrollIntoView({block: 'end'})")
    controls = page.locator("[class*='st-key-aside-']")
    expect(controls).to_be_in_viewport(ratio=0.9)
    expect(picture).to_be_in_viewport(ratio=0.9)
    top, under = picture.bounding_box(), controls.bounding_box()
    assert top["y"] + 0.4 * top["height"] > under["y"] + under["height"]  # not all of it lies behind them
    context.close()
