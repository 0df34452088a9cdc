"""Candidates in words."""

import numpy as np
import pytest

from dashboard import feed, naming
from tests.logged import LoggedWorld


def test_ranks_and_moves_count_from_one_and_upwards():
    assert feed.ranks(np.array([2, 0, 1])).tolist() == [2, 3, 1]
    assert feed.moves(np.array([2, 0, 1, 3]), baseline=np.array([0, 1, 2, 3])).tolist() == [-1, -1, 2, 0]


def test_shared_top_counts_common_candidates():
    assert feed.shared_top(np.array([0, 1, 2, 3]), baseline=np.array([3, 0, 1, 2]), top=2) == 1


def test_rank_is_that_of_the_selected_candidate_and_other_weights_score_the_same_ones(make_candidates, table):
    candidates = make_candidates(table(favorite=[0.1, 0.5, 0.3], reply=[0.9, 0, 0]), weights="likes_only", selected=2)
    assert candidates.rank == 2
    assert candidates.score({"reply": 1}).order.tolist() == [0, 1, 2]


def test_extremes_name_the_likeliest_and_the_rarest_action(table):
    row = table(favorite=[0.5], report=[0.001])[0]
    row[row == 0] = 0.01
    assert feed.extremes(row) == {"high": "Favorite", "high_p": "50%", "low": "Report", "low_p": "0.10%"}


def test_the_card_shows_the_selected_candidate(make_candidates, table, recommender):
    candidates = make_candidates(table(favorite=[0.1, 0.5]), weights="likes_only", selected=0, followed=[False, True])
    card = feed.card(candidates, recommender.world)
    author = recommender.world.authors["handle"].loc[recommender.world.posts["author_id"].loc[100]]
    assert (card.place, card.handle, card.text) == (2, author, "post 0")
    assert card.score == "score 0.07575"
    assert card.reasons == ["Rank 2 of 2 · author not followed"]


def test_a_card_of_a_log_shows_what_is_known_of_the_post(make_candidates, table, monkeypatch):
    world = LoggedWorld()
    monkeypatch.setattr(naming, "world", lambda: world)
    card = feed.card(make_candidates(table(favorite=[0.1]), weights="likes_only"), world)
    assert card.handle == f"a{world.author_of_post[100]}"
    assert card.about[-1] == "post item 100"
    assert len(card.about) == 2  # its age, no topic, no format
    assert card.reasons == ["Rank 1 of 1 · the log knows no follows"]


@pytest.mark.parametrize(("followed", "words"), [(True, "author followed"), (False, "author not followed")])
def test_network_says_whether_the_author_is_followed(make_candidates, table, followed, words):
    candidates = make_candidates(table(favorite=[0.1]), followed=[followed])
    assert feed.network(candidates, 0) == words
