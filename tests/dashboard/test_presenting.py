"""Before a class: a presentation, and boxes that stand open for printing."""

from streamlit.testing.v1 import AppTest

from dashboard import words
from dashboard.locale import translate


def boxes(app) -> list[str]:
    """Those that stand open."""
    return [box.label for box in app.expander if box.proto.expanded]


def test_a_presentation_keeps_the_picture_and_what_to_notice_and_can_be_left(open_page, address):
    app = open_page("attention", lang="zh", user="17", present="1")
    assert app.get("plotly_chart")
    assert translate("common.block.notice", "zh") in [heading.value for heading in app.subheader]
    end = translate("attention.sentence", "zh")[-8:]
    assert not any(end in text.value for text in app.markdown)
    app.button(key="present-leave").click().run()
    assert address(app, "present") is None
    assert any(end in text.value for text in app.markdown)


def test_it_goes_along_from_page_to_page(open_page, address):
    app = open_page("overview", user="17")
    app.button(key="present-begin").click().run()
    assert address(app, "present") == "1"
    assert all("present=1" in link.proto.query_string for link in app.get("page_link"))


def test_all_boxes_open_for_printing(repository, address):
    app = AppTest.from_file(str(repository / "app.py"), default_timeout=120)
    app.query_params.update(user="17", lang="en")
    closed = boxes(app.run())
    app.button(key="open-all").click().run()
    assert address(app, "open") == "1"
    opened = boxes(app)
    assert {translate(f"common.block.{name}", "en") for name in ("maths", "source")} <= {*opened} - {*closed}
    app.button(key="open-all").click().run()
    assert address(app, "open") is None
    assert boxes(app) == closed


def test_anything_else_gets_a_sentence(open_page):
    app = open_page("overview", present="yes")
    assert not app.exception
    assert words.quoted("yes") in app.warning[0].value
