"""The Overview page under Streamlit's test driver."""

import pytest

from dashboard.locale import translate


def cards(app) -> list[str]:
    return [block.proto.body for block in app.main.get("html") if "px-feed" in block.proto.body]


def test_feed_follows_the_weights_of_the_address_and_says_which(open_page, address):
    published, other = open_page("overview", user="17"), open_page("overview", user="17", w="reply:20")
    assert not published.info
    (note,) = other.info
    expected = dict(preset=translate("common.preset.x_2026", "en"), actions=translate("common.action.reply", "en"))
    assert note.value == translate("common.weighting.changed", "en", **expected)
    assert cards(published) != cards(other)
    assert address(other, "w") == "reply:20"


@pytest.mark.parametrize(("name", "given"), [("w", "reply:nan"), ("preset", "mine"), ("stages", "decay:7")])
def test_unusable_weights_get_a_sentence_and_the_published_feed(open_page, name, given):
    app = open_page("overview", user="17", **{name: given})
    assert len(app.warning) == 1
    assert not app.info
    assert cards(app) == cards(open_page("overview", user="17"))
