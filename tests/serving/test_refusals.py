"""What the recommender refuses: a sentence that says what was expected, what came, and what to do."""

from functools import partial

import numpy as np
import pandas as pd
import pytest

from phoenix.serving import Recommender, probes

USER = 42
POSTS = [17, 4_242, 99_000, 5, 31_337, 808]


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender.load()


@pytest.fixture(scope="module")
def history(recommender) -> pd.DataFrame:
    return recommender.history(USER)


UNKNOWN_USERS = [-1, 10_000, 2**70, True, 1.0, "1", None]


@pytest.mark.parametrize("user", UNKNOWN_USERS)
def test_an_unknown_user_is_refused_everywhere(recommender, user):
    message = "Unknown user .*: user ids are whole numbers from 0 to 9999"
    calls = (
        lambda: recommender.history(user),
        lambda: recommender.retrieve(user),
        lambda: recommender.rank(user, POSTS),
        lambda: recommender.rank(user, POSTS, mask="full"),
        lambda: probes.inspect(recommender, user, post_ids=POSTS),
        lambda: recommender.recommend(user),
        lambda: recommender.world.true_probabilities(user, POSTS),
    )
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call()


@pytest.mark.parametrize(
    ("posts", "message"),
    [
        ([-1], "Unknown post -1: post ids are whole numbers from 0 to 99999"),
        ([5, 100_000], "Unknown post 100000: post ids are whole numbers"),
        ([2**70], "must be a list of whole numbers"),
        ([True, False], "must be a list of whole numbers"),
        ([1.0], "must be a list of whole numbers"),
        (["1"], "must be a list of whole numbers"),
        ([[1, 2]], "must be a list of whole numbers"),
        (7, "must be a list of whole numbers"),
        (None, "must be a list of whole numbers"),
        ([], "nothing to rank: give at least one post id"),
        ([3, 8, 3], "Post 3 is given more than once"),
    ],
)
def test_unusable_posts_are_refused(recommender, posts, message):
    for call in (recommender.rank, partial(probes.inspect, recommender)):
        with pytest.raises(ValueError, match=message):
            call(USER, post_ids=posts)


@pytest.mark.parametrize("k", [0, -3, 100_001, True, 2.0, "5", None])
def test_k_out_of_range_is_refused(recommender, k):
    with pytest.raises(ValueError, match=r"k must be a whole number from 1 to 100000 .*got"):
        recommender.retrieve(USER, k=k)
    with pytest.raises(ValueError, match=r"k must be a whole number from 1 to 100000 .*got"):
        recommender.recommend(USER, k=k)


@pytest.mark.parametrize("top", [0, -1, 11, True, 2.0, "5", None])
def test_top_out_of_range_is_refused(recommender, top):
    with pytest.raises(ValueError, match=r"top must be a whole number from 1 to 10 \(k\), got"):
        recommender.recommend(USER, k=10, top=top)


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ("x_1999", "Unknown weight preset 'x_1999': choose one of x_2026"),
        ({"favourite": 1}, "Unknown action 'favourite' in the weights: the actions are favorite"),
        ({"favorite": float("nan")}, "The weight of favorite must be a finite number, got nan"),
        ({"report": -float("inf")}, "The weight of report must be a finite number, got -inf"),
        ({"reply": "5"}, "The weight of reply must be a finite number, got '5'"),
        ({"reply": None}, "The weight of reply must be a finite number"),
        ([1.0, 2.0], "Expected 15 weights"),
        (5, "Expected 15 weights"),
    ],
)
def test_unusable_weights_are_refused(recommender, weights, message):
    with pytest.raises(ValueError, match=message):
        recommender.recommend(USER, weights)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({"mask": "open"}, "Unknown mask 'open': choose one of isolated, causal, leaky, full"),
        ({"mask": np.ones((3, 3))}, r"A custom mask must have shape \(\d+, \d+\).*got \(3, 3\)"),
        ({"mask": None}, "A custom mask must have shape"),
        ({"positions": "spiral"}, "Unknown position scheme 'spiral': choose one of shared, slot"),
        ({"positions": None}, "Unknown position scheme None"),
        ({"mask": "full", "positions": "spiral"}, "Unknown position scheme 'spiral'"),
    ],
)
def test_unknown_masks_and_positions_are_refused(recommender, arguments, message):
    calls = (
        lambda: recommender.rank(USER, POSTS, **arguments),
        lambda: probes.inspect(recommender, USER, post_ids=POSTS, **arguments),
        lambda: recommender.recommend(USER, **arguments),
    )
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call()


def test_too_many_posts_to_inspect_are_refused(recommender):
    with pytest.raises(ValueError, match="At most 256 posts can be inspected at once, got 257"):
        probes.inspect(recommender, USER, post_ids=range(257))


def set_cell(history: pd.DataFrame, column: str, value: object) -> pd.DataFrame:
    edited = history.astype({column: object})
    edited.loc[0, column] = value
    return edited.infer_objects()


SPOILED_HISTORIES = {
    "doubled column": (lambda h: pd.concat([h, h[["favorite"]]], axis=1), "has the column favorite 2 times"),
    "surface list": (lambda h: h.assign(surface=[["home"]] * len(h)), r"Unknown surface \['home'\] in the history"),
    "action missing": (lambda h: h.astype({"reply": "Int64"}).replace({"reply": {0: pd.NA}}), "must be 0"),
    "action dict": (lambda h: h.assign(reply=[{}] * len(h)), "must be 0"),
    "no posts": (lambda h: h.drop(columns="post_id"), "The history lacks the column post_id: expected post_id"),
    "no surface": (lambda h: h.drop(columns="surface"), "The history lacks the column surface"),
    "no action": (lambda h: h.drop(columns="report"), "The history lacks the column report"),
    "too long": (lambda h: pd.concat([h] * 65).head(65), "may have at most 64 rows, got 65: keep the newest"),
    "surface": (lambda h: set_cell(h, "surface", "moon"), "Unknown surface 'moon' in the history: choose from home"),
    "no such surface": (lambda h: set_cell(h, "surface", None), "Unknown surface"),
    "action of 2": (lambda h: set_cell(h, "reply", 2), r"must be 0 \(not taken\) or 1 \(taken\)"),
    "half an action": (lambda h: set_cell(h, "reply", 0.5), r"must be 0 \(not taken\) or 1 \(taken\)"),
    "action nan": (lambda h: set_cell(h, "reply", np.nan), r"must be 0 \(not taken\) or 1 \(taken\)"),
    "action in words": (lambda h: set_cell(h, "reply", "yes"), r"must be 0 \(not taken\) or 1 \(taken\)"),
    "unknown post": (lambda h: set_cell(h, "post_id", 100_000), "Unknown post 100000"),
    "padding": (lambda h: set_cell(h, "post_id", -1), "Unknown post -1"),
    "no post": (lambda h: set_cell(h, "post_id", np.nan), "must be a list of whole numbers"),
    "not a frame": (lambda h: h.to_dict("records"), "history"),
}


@pytest.mark.parametrize("name", SPOILED_HISTORIES)
def test_an_unusable_history_is_refused_everywhere(recommender, history, name):
    spoil, message = SPOILED_HISTORIES[name]
    spoiled = spoil(history)
    calls = (
        lambda: recommender.retrieve(USER, history=spoiled),
        lambda: recommender.rank(USER, POSTS, history=spoiled),
        lambda: recommender.rank(USER, POSTS, mask="full", history=spoiled),
        lambda: recommender.recommend(USER, history=spoiled),
    )
    for call in calls:
        with pytest.raises(ValueError, match=message):
            call()


def test_the_authors_of_an_edited_history_are_looked_up_not_believed(recommender, history):
    lying = history.assign(author_id=0)
    np.testing.assert_array_equal(
        recommender.rank(USER, POSTS, history=lying).logits, recommender.rank(USER, POSTS).logits
    )
