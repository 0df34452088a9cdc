"""A new post's first hour: how far its author alone carries it, and how fast impressions tell more.

No model has seen the post's id: its hashes lead to rows that other posts have trained, and only its author speaks for
it. Retrieval puts it at some place for every user, the ranker predicts some P(target), both beside the truth. Then it
is shown, and the only thing that is learnt from it is one number: by how much the target action happens more or less
often than predicted. With e the sum of predictions over n impressions and t the actions taken, that factor is

    (PRIOR + t) / (PRIOR + e),

the posterior mean of a rate whose prior is a Gamma distribution of mean 1 and shape `PRIOR`. It repairs the level, for
all users alike; whom the post is for, it does not tell. A place kept free for new posts (a cold-start slot) changes
nothing but how soon the impressions come: `reach` is the share of users who would see the post without one.

Glossary: U users, G numbers of impressions, N known posts.
"""

from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from scipy.special import expit

from phoenix.analysis.corpus import place_of
from phoenix.checks import check_whole
from phoenix.hashing import hash_ids, uniform
from phoenix.index.base import Progress, Watch
from phoenix.serving import Recommender, probes
from phoenix.world import World

PRIOR = 4.0
MOST_IMPRESSIONS = 100_000
IMPRESSIONS = (0, 10, 30, 100, 300, 1_000, 3_000, 10_000)
_WHO, _DOES = 63, 64  # streams of the counter-based generator


class FirstHour(NamedTuple):
    """What happens to one new post.

    Attributes:
      post: its id, beyond those that training knew.
      author: its author.
      places: int [U], its place among the known posts by the towers, from 1.
      true_places: int [U], the place that its true P(target) would give it.
      predicted, true: float [U], P(target) by the ranker and by the truth.
      impressions: int [G].
      factors: float [G], what the prediction is multiplied by after so many of them.
      errors: float [G], mean over users of |ln (factor · predicted / true)|.
    """

    post: int
    author: int
    places: np.ndarray
    true_places: np.ndarray
    predicted: np.ndarray
    true: np.ndarray
    impressions: np.ndarray
    factors: np.ndarray
    errors: np.ndarray

    def reach(self, k: int) -> tuple[float, float]:
        """The share of users among whose k nearest posts it is, and among whose k truly best it would be."""
        return float((self.places <= k).mean()), float((self.true_places <= k).mean())


def follow_new_post(
    recommender: Recommender,
    world: World,
    post: int,
    *,
    user_ids: Sequence[int],
    impressions: Sequence[int] = IMPRESSIONS,
    seed: int = 0,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> FirstHour:
    """Follows a post from its first moment.

    Args:
      recommender: the models.
      world: the recommender's world with new posts behind the known ones, see `phoenix.analysis.corpus.resize_world`.
      post: one of the new ones.
      user_ids: U users; impressions go to them at random.
      impressions: after how many it is asked what is known, ascending, 0 … `MOST_IMPRESSIONS`.
      seed: of the impressions.
      progress: called as progress(users done, in all).
      should_stop: asked after each user.

    Returns:
      A `FirstHour`, a pure function of the arguments.

    Raises:
      ValueError: a post that training knew or that is none, nobody to show it to, or numbers out of range.
      StoppedError: `should_stop` said so.
    """
    known = recommender.world.num_posts
    check_whole("The new post", post, least=known, most=world.num_posts - 1, why=" (beyond those that training knew)")
    counts = [check_whole("impressions", count, least=0, most=MOST_IMPRESSIONS) for count in impressions]
    if not len(user_ids) or not counts or sorted(counts) != counts:
        raise ValueError("Give at least one user, and numbers of impressions in ascending order.")
    check_whole("seed", seed, least=0)
    watch = Watch(len(user_ids), progress=progress, should_stop=should_stop)
    author, rows = world.author_of_post[post : post + 1], []
    vector = probes.embed_posts(recommender, np.array([post]), author_ids=author)[0]
    for user in map(int, user_ids):
        rows.append(_meet(recommender, world, post, user_id=user, vector=vector))
        watch.step()
    places, true_places, predicted, true = (np.array(column) for column in zip(*rows, strict=True))
    factors = learn_rate(predicted, true, counts=counts, draws=(seed, post))
    errors = np.abs(np.log(factors[:, None] * predicted / true)).mean(axis=1)
    return FirstHour(int(post), int(author[0]), places, true_places, predicted, true, np.array(counts), factors, errors)


def likely_readers(world: World, post: int, *, count: int) -> np.ndarray:
    """The users who are truly most interested in the topic of a post, most first; int [count]."""
    topic = world.topic_of_post[world.check_posts([post])[0]]
    return np.argsort(-world.interests[:, topic], kind="stable")[:count]


def learn_rate(predicted: np.ndarray, true: np.ndarray, *, counts: Sequence[int], draws: tuple[int, int]) -> np.ndarray:
    """The factor after each number of impressions.

    Args:
      predicted, true: float [U].
      counts: G numbers, ascending.
      draws: a seed and a post, by which users and what they do are drawn.

    Returns:
      float [G].
    """
    place = np.arange(max(counts))
    who = (uniform(_WHO, *draws, place) * len(true)).astype(np.int64)
    taken = uniform(_DOES, *draws, place) < true[who]
    expected = np.concatenate([[0.0], np.cumsum(predicted[who])])
    done = np.concatenate([[0], np.cumsum(taken)])
    return (PRIOR + done[list(counts)]) / (PRIOR + expected[list(counts)])


def _meet(
    recommender: Recommender, world: World, post: int, *, user_id: int, vector: np.ndarray
) -> tuple[int, int, float, float]:
    """One user's row: place, true place, predicted and true P(target)."""
    known, target = recommender.world.num_posts, world.actions.target
    cosines = recommender.corpus_embeddings @ recommender.embed_user(user_id)
    own = float(recommender.embed_user(user_id) @ vector)
    true = world.true_probabilities(user_id, np.append(np.arange(known), post))[:, target]
    tables = recommender.config.tables
    logits = probes.rank_hashes(
        recommender,
        user_id,
        post_hashes=hash_ids(np.array([post]), kind="post", num_buckets=tables.posts),
        author_hashes=hash_ids(world.author_of_post[post : post + 1], kind="author", num_buckets=tables.authors),
    )
    return place_of(known, np.append(cosines, own)), place_of(known, true), float(expit(logits[0, target])), true[-1]
