"""A post that no model has seen: its places, its predictions, and what impressions teach."""

import numpy as np
import pytest

from phoenix.analysis.corpus import resize_world
from phoenix.analysis.first_hour import PRIOR, follow_new_post, learn_rate, likely_readers, reach
from phoenix.analysis.siblings import Siblings
from phoenix.index import StoppedError
from phoenix.serving import Recommender, probes
from phoenix.world import World
from tests.logged import logged_artifacts

KNOWN, NEW = 1_500, 1_520


@pytest.fixture(scope="module")
def recommender() -> Recommender:
    return Recommender(logged_artifacts(World.generate(seed=7, num_posts=KNOWN, num_users=20, num_authors=110)))


@pytest.fixture(scope="module")
def larger(recommender) -> World:
    return resize_world(recommender.world, KNOWN + 50)


def test_places_and_probabilities_are_those_of_towers_ranker_and_truth(recommender, larger):
    hour = follow_new_post(recommender, larger, NEW, user_ids=[2, 3, 5], impressions=[0, 50])
    vector = probes.embed_posts(recommender, np.array([NEW]), author_ids=larger.author_of_post[[NEW]])[0]
    assert hour.siblings.tolist() == Siblings(larger, known=KNOWN).of(NEW)[0].tolist()
    lent = recommender.corpus_embeddings[hour.siblings].mean(axis=0)
    lent /= np.linalg.norm(lent)
    for row, user in enumerate([2, 3, 5]):
        mine = recommender.embed_user(user)
        cosines = recommender.corpus_embeddings @ mine
        assert hour.alone.places[row] == (cosines > mine @ vector).sum() + 1
        place = (cosines > mine @ lent).sum() + 1
        assert abs(hour.lent.places[row] - place) <= 1, "a lone sibling is just as near, but for rounding"
        predicted = recommender.rank(user, hour.siblings[:32]).probabilities[:, 0].mean()
        assert hour.lent.predicted[row] == pytest.approx(predicted)
        likes = larger.true_probabilities(user, np.append(np.arange(KNOWN), NEW))[:, 0]
        assert hour.true_places[row] == (likes[:-1] > likes[-1]).sum() + 1
        assert hour.true[row] == likes[-1]
    assert hour.author == larger.author_of_post[NEW]
    for guess in (hour.alone, hour.lent):
        assert ((guess.predicted > 0) & (guess.predicted < 1)).all()
        assert guess.factors[0] == 1
        assert guess.errors[0] == pytest.approx(np.abs(np.log(guess.predicted / hour.true)).mean())
        assert reach(guess.places, KNOWN + 1) == 1
    again = follow_new_post(recommender, larger, NEW, user_ids=[2, 3, 5], impressions=[0, 50])
    np.testing.assert_array_equal(hour.alone.factors, again.alone.factors)


def test_likely_readers_are_those_most_interested_in_its_topic(larger):
    interest = larger.interests[:, larger.topic_of_post[NEW]]
    readers = likely_readers(larger, NEW, count=5)
    assert interest[readers].tolist() == sorted(interest, reverse=True)[:5]


def test_impressions_teach_the_rate():
    true, predicted = np.full(50, 0.2), np.full(50, 0.05)
    factors = learn_rate(predicted, true, counts=[0, 100, 50_000], draws=(1, 2))
    assert factors[0] == 1
    assert 1 < factors[1] < 8
    assert factors[2] == pytest.approx(4, rel=0.05)
    one = learn_rate(np.array([0.5]), np.array([1.0]), counts=[2], draws=(0, 0))
    assert one[0] == (PRIOR + 2) / (PRIOR + 1)


@pytest.mark.parametrize(
    ("given", "message"),
    [
        ({"post": 3}, "The new post must be a whole number from 1500 to 1549 .beyond those that training knew"),
        ({"post": 10**7}, "The new post must be"),
        ({"user_ids": []}, "Give at least one user"),
        ({"impressions": [10, 3]}, "ascending order"),
        ({"impressions": [10**9]}, "impressions must be a whole number from 0 to 100000"),
        ({"seed": -1}, "seed must be"),
    ],
)
def test_what_cannot_be_followed_is_refused(recommender, larger, given, message):
    with pytest.raises(ValueError, match=message):
        follow_new_post(recommender, larger, **{"post": NEW, "user_ids": [1]} | given)


def test_it_stops_on_request(recommender, larger):
    with pytest.raises(StoppedError):
        follow_new_post(recommender, larger, NEW, user_ids=[1, 2], should_stop=lambda: True)
