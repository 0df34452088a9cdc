"""A new post's first hour: how far author and siblings carry it, and how fast impressions tell more.

No model has seen the post's id: its hashes lead to rows that other posts have trained, and only its author speaks for
it; or its `Siblings` lend it their mean vector and their mean prediction. Retrieval puts it at some place for every
user, the ranker predicts some P(target), both beside the truth. Then it is shown, and the only thing that is learnt
from it is one number: by how much the target action happens more or less often than predicted. With e the sum of
predictions over n impressions and t the actions taken, that factor is

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
from phoenix.analysis.siblings import Siblings
from phoenix.checks import check_whole
from phoenix.hashing import hash_ids, uniform
from phoenix.index.base import Progress, Watch
from phoenix.serving import Recommender, probes
from phoenix.world import World

PRIOR = 4.0
MOST_IMPRESSIONS = 100_000
IMPRESSIONS = (0, 10, 30, 100, 300, 1_000, 3_000, 10_000)
_ASKED = 32  # siblings at most whose predictions are averaged
_WHO, _DOES = 63, 64  # streams of the counter-based generator


class Guess(NamedTuple):
    """What the models make of one new post, and what impressions then teach.

    Attributes:
      places: int [U], its place among the known posts by the towers, from 1.
      predicted: float [U], P(target) by the ranker.
      factors: float [G], what the prediction is multiplied by after so many impressions.
      errors: float [G], mean over users of |ln (factor · predicted / true)|.
    """

    places: np.ndarray
    predicted: np.ndarray
    factors: np.ndarray
    errors: np.ndarray


class FirstHour(NamedTuple):
    """What happens to one new post.

    Attributes:
      post: its id, beyond those that training knew.
      author: its author.
      siblings: int [m], the known posts that lend to it.
      kinship: what they share with it, one of `phoenix.analysis.siblings.KINSHIPS`.
      true_places: int [U], the place that its true P(target) would give it.
      true: float [U], P(target) by the truth.
      impressions: int [G].
      alone: the guess by its author alone.
      lent: the guess by its siblings.
    """

    post: int
    author: int
    siblings: np.ndarray
    kinship: str
    true_places: np.ndarray
    true: np.ndarray
    impressions: np.ndarray
    alone: Guess
    lent: Guess


def reach(places: np.ndarray, k: int) -> float:
    """The share of users, given a post's place for each, int [U], who have it among their k first."""
    return float((places <= k).mean())


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
    newcomer, rows = _introduce(recommender, world, post), []
    for user in map(int, user_ids):
        rows.append(_meet(recommender, world, newcomer, user_id=user))
        watch.step()
    true_places, true, *guesses = (np.array(column) for column in zip(*rows, strict=True))
    learn = {"true": true, "counts": counts, "draws": (seed, post)}
    alone, lent = (_learn(*guess, **learn) for guess in (guesses[:2], guesses[2:]))
    about = (int(post), int(newcomer.author[0]), newcomer.siblings, newcomer.kinship)
    return FirstHour(*about, true_places, true, np.array(counts), alone, lent)


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


class _Newcomer(NamedTuple):
    """A post that nobody has met: author int [1], its own vector and the lent one, [2, D], and its siblings."""

    post: int
    author: np.ndarray
    vectors: np.ndarray
    siblings: np.ndarray
    kinship: str


def _introduce(recommender: Recommender, world: World, post: int) -> _Newcomer:
    which, author = np.array([post]), world.author_of_post[[post]]
    siblings = Siblings(world, known=recommender.world.num_posts)
    own = probes.embed_posts(recommender, which, author_ids=author)
    lent = siblings.mean(recommender.corpus_embeddings, which)
    return _Newcomer(post, author, np.concatenate([own, lent]), *siblings.of(post))


def _meet(
    recommender: Recommender, world: World, newcomer: _Newcomer, *, user_id: int
) -> tuple[int, float, int, float, int, float]:
    """One user's row: true place and P(target), then place and predicted P(target) by author and by siblings."""
    known, target = recommender.world.num_posts, world.actions.target
    true = world.true_probabilities(user_id, np.append(np.arange(known), newcomer.post))[:, target]
    user = recommender.embed_user(user_id)
    cosines = recommender.corpus_embeddings @ user
    alone, lent = (place_of(known, np.append(cosines, own)) for own in newcomer.vectors @ user)
    tables = recommender.config.tables
    logits = probes.rank_hashes(
        recommender,
        user_id,
        post_hashes=hash_ids(np.array([newcomer.post]), kind="post", num_buckets=tables.posts),
        author_hashes=hash_ids(newcomer.author, kind="author", num_buckets=tables.authors),
    )
    siblings = recommender.rank(user_id, newcomer.siblings[:_ASKED]).probabilities[:, target]
    guesses = alone, float(expit(logits[0, target])), lent, float(siblings.mean())
    return place_of(known, true), true[-1], *guesses


def _learn(
    places: np.ndarray, predicted: np.ndarray, *, true: np.ndarray, counts: Sequence[int], draws: tuple[int, int]
) -> Guess:
    factors = learn_rate(predicted, true, counts=counts, draws=draws)
    return Guess(places, predicted, factors, np.abs(np.log(factors[:, None] * predicted / true)).mean(axis=1))
