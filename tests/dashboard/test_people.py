"""Users' interests, and the search over users."""

import numpy as np
import pandas as pd
import pytest

from dashboard import people


def test_interests_are_split_by_sign_and_ordered_by_strength():
    split = people.split_interests(np.array([0.2, -1.0, 0.9, 0.0, -0.1]))
    assert split.liked == [2, 0]
    assert split.disliked == [1, 4]


@pytest.fixture
def searchable() -> pd.Series:
    interests = np.array([[1.0, -1.0], [0.5, 2.0], [-1.0, -2.0]])
    return people.search_texts(
        pd.Series(["Ann", "ben", "cleo"]),
        personas=pd.Series(["Fan 粉丝", "Critic 批评者", "Fan 粉丝"]),
        interests=interests,
        topic_names=["Jazz 爵士乐", "Chess 国际象棋"],
        top=2,
    )


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ("ann", [0]),
        ("FAN", [0, 2]),
        ("jazz", [0, 1]),
        ("jazz critic", [1]),
        ("爵士 粉丝", [0]),
        ("chess fan", []),
        ("  ", []),
        (".*", []),
        ("@ann", [0]),  # as the card shows it
        ("@Cle", [2]),
        ("＠ａｎｎ", [0]),
        ("ＪＡＺＺ　ｃｒｉｔｉｃ", [1]),
    ],
)
def test_search_wants_every_word_and_takes_only_liked_topics(searchable, query, found):
    assert people.search(searchable, query) == found


def test_topics_that_were_searched_for_come_first():
    assert people.matching_first(["Chess", "Cats", "Jazz"], "fan jazz") == ["Jazz", "Chess", "Cats"]


def test_search_stops_at_its_limit(searchable):
    assert people.search(searchable, "fan", limit=1) == [0]


def test_texts_with_full_width_letters_are_found_as_they_stand():
    texts = pd.Series(["ｊａｚｚ，现场", "jazz, live"])
    assert people.search(texts, "ｊａｚｚ，现场") == [0]
    assert people.search(texts, "ｊａｚｚ") == [0, 1]


def test_users_of_a_log_are_found_by_their_own_ids_the_very_one_first():
    texts = people.search_texts(pd.Series(["120", "12", "512"]))
    assert people.search(texts, "12") == [1, 0, 2]
    assert people.search(texts, "@12") == [1, 0]
