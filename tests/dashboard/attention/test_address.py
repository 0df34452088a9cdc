"""What stands in the address of the Attention page, and what cannot be used there."""

import pytest

from dashboard.locale import translate
from phoenix.actions import PRESETS
from tests.dashboard.attention.test_page import USER, press
from tests.dashboard.reading import assert_said_until_a_change, spec, words


def test_shuffle_stands_in_the_address(open_page, address):
    app = open_page("attention", user=str(USER), view="slots", c="5")
    assert address(app, "shuffle") is None
    for _ in range(2):
        press(app, "attention.next_shuffle")
    assert address(app, "shuffle") == "2"
    elsewhere = open_page("attention", user=str(USER), view="slots", c="5", shuffle="2")
    assert spec(elsewhere)["data"][2]["text"] == spec(app)["data"][2]["text"]


def test_feed_is_made_with_the_sessions_weights_and_says_so(open_page, recommender):
    app = open_page("attention", user=str(USER), view="leak", mask="full", w="reply:300")
    column = translate("attention.feeds.post", "en")
    texts = [table.value[column].tolist() for table in app.dataframe if column in table.value]
    weights = {**PRESETS["x_2026"].weights, "reply": 300.0}
    feed = recommender.recommend(USER, weights=weights, top=10, mask="full").feed
    for text, shown_text in zip(recommender.world.post_text(feed, "en"), texts[0], strict=True):
        assert " ".join(text.split()).startswith(shown_text.rstrip("…"))
    (note,) = app.info
    assert "Reply" in note.value
    assert not open_page("attention", user=str(USER), view="leak", mask="full").info


@pytest.mark.parametrize(
    ("name", "given", "view"),
    [
        ("s", "1", "mask"),
        ("c", "201", "mask"),
        ("mask", "open", "mask"),
        ("positions", "spiral", "mask"),
        ("post", "-5", "mask"),
        ("view", "map", "mask"),
        ("layer", "9", "weights"),
        ("head", "x", "weights"),
        ("measure", "love", "leak"),
        ("against", "leaky", "leak"),
        ("depth", "0", "reach"),
        ("step", "7", "steps"),
        ("shuffle", "-1", "slots"),
        ("shuffle", "1000", "slots"),
    ],
)
def test_unusable_address_gets_a_sentence_that_stays(open_page, name, given, view):
    query = {"view": view, "mask": "leaky"} | {name: given}
    app = open_page("attention", user=str(USER), **query)
    assert not app.exception
    assert_said_until_a_change(app, given)


def test_a_linked_post_becomes_the_candidate_of_interest(open_page, recommender):
    post = int(recommender.retrieve(USER, k=200).post_ids[150])
    app = open_page("attention", user=str(USER), view="serving", post=str(post))
    assert not app.warning
    assert app.selectbox(key="attention.post").value == post
    assert f"post {post}" in words(app)
