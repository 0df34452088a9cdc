"""What the self-check asks the models, by the question's seed; cached for all sessions, numbers only.

Glossary: D width, C candidates, A actions.
"""

from typing import NamedTuple

import numpy as np
import pandas as pd

from dashboard import resources
from phoenix.masks import MASK_VARIANTS

_ROWS = 10  # of a history that has something to change
_TRIES = 200
_USERS = 20  # of whom each may have two candidates to choose between
_SOME_USERS = 10_000  # among about so many somebody to ask about is looked for
_ENTRIES = 64
_BLOCKS = 4
OTHERS = ("other", "other_2", "other_3")  # posts that have nothing in common with another one
_AMONG = 8  # candidates of a batch in which one is exchanged


class NothingToAskError(Exception):
    """What a question is about is not to be found in this world: its argument is a key of `study.check.needs`."""


class Like(NamedTuple):
    """A user before and after one more like: the angle between the two vectors, how many candidates stay, of how many.

    A like is the action that retrieval learns, `actions.target` of the world.
    """

    user_id: int
    degrees: float
    kept: int
    count: int


class Turns(NamedTuple):
    """By how many degrees a user's vector turns when the history changes in one way or another.

    A way in which this history stays as it is, such as a change of mind where no action is negative, is not there.
    """

    user_id: int
    degrees: dict[str, float]


class Neighbours(NamedTuple):
    """A post and others: kind → post, and the cosine to each."""

    post: int
    others: dict[str, int]
    cosines: dict[str, float]


class Products(NamedTuple):
    """A user and four candidates: their products with the user's vector, added up by blocks of D dimensions [4, 4]."""

    user_id: int
    posts: list[int]
    blocks: np.ndarray
    width: int


class Exchange(NamedTuple):
    """P(first action) of one candidate before and after another one of its batch was exchanged, by mask.

    The ranker has so many layers.
    """

    user_id: int
    post: int
    before: dict[str, float]
    after: dict[str, float]
    layers: int


class Pair(NamedTuple):
    """Two candidates of a user: probabilities of two actions, of the first and the second post: [2, 2]."""

    user_id: int
    posts: tuple[int, int]
    probabilities: np.ndarray


def _user(seed: int) -> tuple[np.random.Generator, int]:
    """A user with some history, if there are any."""
    draw, users = np.random.default_rng(seed), with_history()
    return draw, int(draw.choice(users) if len(users) else draw.integers(resources.recommender().world.num_users))


@resources.keep_resource()
def with_history() -> np.ndarray:
    """Users whose history has something to change, of a large world's some."""
    models = resources.recommender()
    some = np.arange(0, models.world.num_users, max(1, models.world.num_users // _SOME_USERS))
    return some[(models.requests.own(some).histories.posts >= 0).sum(axis=1) >= _ROWS]


def _retrieve(user: int, history: pd.DataFrame | None = None) -> np.ndarray:
    """The candidates of a user, best first."""
    models = resources.recommender()
    return models.retrieve(user, k=resources.sizes()[0], history=history).post_ids


@resources.keep_data(entries=_ENTRIES)
def like(seed: int) -> Like:
    """One of the best candidates that the history does not hold is liked."""
    from phoenix.analysis.changes import degrees_between

    models, (_, user) = resources.recommender(), _user(seed)
    history, found, world = models.history(user), _retrieve(user), models.world
    seen = set(history["post_id"])
    new = next((int(post) for post in found if post not in seen), int(found[0]))
    row = {"post_id": new, "author_id": int(world.author_of_post[new]), "surface": world.surfaces[0]}
    row |= {name: int(name == world.actions.target_name) for name in world.actions.names}
    after = pd.DataFrame({name: [*history[name], row[name]] for name in history}).tail(models.requests.longest)
    after = after.reset_index(drop=True)
    turned = degrees_between(models.embed_user(user), models.embed_user(user, history=after))
    return Like(user, turned, int(np.isin(_retrieve(user, after), found).sum()), len(found))


@resources.keep_data(entries=_ENTRIES)
def turns(seed: int) -> Turns:
    """What forgetting, changing one's mind, and another order do to a user's vector."""
    from phoenix.analysis.changes import degrees_between

    models, (_, user) = resources.recommender(), _user(seed)
    history, actions = models.history(user), models.actions
    order = [*range(len(history) - 2), *range(len(history))[-2:][::-1]]
    changed = {
        "forget": history.iloc[8:].reset_index(drop=True),
        "swap": history.iloc[order].reset_index(drop=True),
    }
    liked = history.index[history[actions.target_name] == 1]
    if actions.negatives and len(history):
        regretted, row = history.copy(), liked[-1] if len(liked) else history.index[-1]
        regretted.loc[row, list(actions.names)] = 0
        regretted.loc[row, actions.negatives[0]] = 1
        changed["regret"] = regretted
    base = models.embed_user(user)
    other = {name: one for name, one in changed.items() if not one.equals(history)}
    return Turns(
        user, {name: degrees_between(base, models.embed_user(user, history=one)) for name, one in other.items()}
    )


@resources.keep_data(entries=_ENTRIES)
def neighbours(seed: int) -> Neighbours:
    """A post beside one that shares with it each of what is known, and others that have nothing in common with it."""
    models, draw = resources.recommender(), np.random.default_rng(seed)
    vectors, known = models.corpus_embeddings, _known_columns()
    best: tuple[float, Neighbours] | None = None
    for _ in range(_TRIES):
        post = int(draw.integers(models.world.num_posts))
        groups, free = {}, np.arange(models.world.num_posts) != post
        for name, column in known.items():
            same = (column == column[post]) & (column >= 0)  # of some posts it may be unknown
            groups[name], free = free & same, free & ~same
        groups |= dict.fromkeys(OTHERS[: 4 - len(known)], free)
        if free.sum() < len(OTHERS) or not all(group.any() for group in groups.values()):
            continue
        chosen = {name: int(draw.choice(np.flatnonzero(group))) for name, group in groups.items()}
        cosines = {name: float(vectors[post] @ vectors[other]) for name, other in chosen.items()}
        first, second = sorted(cosines.values())[:-3:-1]
        if best is None or first - second > best[0]:
            best = first - second, Neighbours(post, chosen, cosines)
        if first - second > 0.1:  # near enough to see, far enough from a tie
            break
    if best is None:
        raise NothingToAskError("authors")
    return best[1]


def _known_columns() -> dict[str, np.ndarray]:
    """What is known of posts: author, topic and format, int [N]."""
    world, columns = resources.recommender().world, {}
    if world.knows("authors"):
        columns["author"] = world.author_of_post
    if world.topic_of_post is not None:
        columns["topic"] = world.topic_of_post
    if world.knows("formats"):
        columns["format"] = pd.factorize(world.posts["format"])[0]
    return columns


@resources.keep_data(entries=_ENTRIES)
def products(seed: int) -> Products:
    """Four candidates that are clearly ordered, of which not the first has the largest block."""
    models = resources.recommender()
    for again in range(100):
        draw, user = _user(seed + 1_000_003 * again)
        vector, found = models.embed_user(user), _retrieve(user)
        for _ in range(50):
            posts = [int(post) for post in draw.choice(found, _BLOCKS, replace=False)]
            blocks = (models.corpus_embeddings[posts] * vector).reshape(_BLOCKS, _BLOCKS, -1).sum(axis=2)
            blocks = np.round(blocks.astype(float), 2)
            sums = np.sort(blocks.sum(axis=1))
            misleading = blocks.sum(axis=1).argmax() != blocks.max(axis=1).argmax()
            if sums[-1] - sums[-2] >= 0.02 and misleading:
                return Products(user, posts, blocks, len(vector))
    if sums[-1] - sums[-2] < 0.005:  # two would be right, as the sums are written
        raise NothingToAskError("apart")
    return Products(user, posts, blocks, len(vector))


@resources.keep_data(entries=_ENTRIES)
def exchange(seed: int) -> Exchange:
    """The last of a few candidates is exchanged for one that was retrieved far behind; the first is watched."""
    models, (_, user) = resources.recommender(), _user(seed)
    found = _retrieve(user).tolist()
    batches = ([*found[:_AMONG]], [*found[: _AMONG - 1], found[-1]])
    before, after = (
        {mask: float(models.rank(user, batch, mask=mask).probabilities[0, 0]) for mask in MASK_VARIANTS}
        for batch in batches
    )
    return Exchange(user, found[0], before, after, models.config.transformer.num_layers)


@resources.keep_data(entries=_ENTRIES)
def output_shape(seed: int) -> tuple[int, int, int, tuple[int, ...]]:
    """User, history and candidates of a pass of this seed's size, and the shape of its logits [C, A]."""
    models, (draw, user) = resources.recommender(), _user(seed)
    past, candidates = int(draw.integers(10, 60)), int(draw.integers(3, 9))
    posts = models.retrieve(user, k=candidates).post_ids
    ranked = models.rank(user, posts, history=models.history(user).tail(past).reset_index(drop=True))
    return user, past, candidates, ranked.logits.shape


@resources.keep_data(entries=_ENTRIES)
def pair(seed: int, actions: tuple[int, int]) -> Pair:
    """Two candidates of which either leads in one of two actions; clearly, if this user has any such."""
    for again in range(_USERS):
        draw, user = _user(seed + 1_000_003 * again)
        made = resources.recommender().rank(user, _retrieve(user))
        p = made.probabilities[:, list(actions)].astype(float)
        best: tuple[float, int, int] = (0.0, 0, 0)
        for one, other in draw.integers(len(p), size=(400, 2)).tolist():
            gain = p[one] - p[other]
            if gain[0] > 0 > gain[1]:
                clear = float(min(gain[0] / p[:, 0].mean(), -gain[1] / p[:, 1].mean()))
                best = max(best, (clear, one, other))
        clear, one, other = best
        if clear > 0:
            return Pair(user, (int(made.post_ids[one]), int(made.post_ids[other])), p[[one, other]])
    raise NothingToAskError("trade")


def sample_users() -> tuple[int, ...]:
    """The users on whom weights are judged: a random sample, the same for everybody."""
    from phoenix.analysis.frontier import draw_users

    return tuple(int(user) for user in draw_users(resources.recommender().world.num_users, count=100))
