"""What the self-check asks the models, by the question's seed; cached for all sessions, numbers only.

Glossary: D width, C candidates, A actions.
"""

from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import resources
from phoenix.masks import MASK_VARIANTS

K = 200
_ENTRIES = 64
_BLOCKS = 4
_AMONG = 8  # candidates of a batch in which one is exchanged


class Like(NamedTuple):
    """A user before and after one more like: the angle between the two vectors, and how many candidates stay."""

    user_id: int
    degrees: float
    kept: int


class Turns(NamedTuple):
    """By how many degrees a user's vector turns when the history changes in one way or another."""

    user_id: int
    degrees: dict[str, float]


class Neighbours(NamedTuple):
    """A post and others: kind → post, and the cosine to each."""

    post: int
    others: dict[str, int]
    cosines: dict[str, float]


class Products(NamedTuple):
    """A user and four candidates: their products with the user's vector, added up by blocks of dimensions [4, 4]."""

    user_id: int
    posts: list[int]
    blocks: np.ndarray


class Exchange(NamedTuple):
    """P(favorite) of one candidate before and after another one of its batch was exchanged, by mask."""

    user_id: int
    post: int
    before: dict[str, float]
    after: dict[str, float]


class Pair(NamedTuple):
    """Two candidates of a user: probabilities of two actions, of the first and the second post: [2, 2]."""

    user_id: int
    posts: tuple[int, int]
    probabilities: np.ndarray


def _user(seed: int) -> tuple[np.random.Generator, int]:
    draw = np.random.default_rng(seed)
    return draw, int(draw.integers(resources.recommender().world.num_users))


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def like(seed: int) -> Like:
    """One of the best candidates that the history does not hold is liked."""
    from phoenix.analysis.changes import degrees_between

    models, (_, user) = resources.recommender(), _user(seed)
    history, found = models.history(user), models.retrieve(user, k=K).post_ids
    new = next(int(post) for post in found if post not in set(history["post_id"]))
    row = history.tail(1).assign(post_id=new, author_id=int(models.world.post_columns.author[new]))
    actions = row.columns[3:]
    row[actions] = np.where(actions == "favorite", 1, 0).astype(np.int8)
    after = type(history)({name: np.r_[history[name], row[name]] for name in history}).tail(len(history))
    turned = degrees_between(models.embed_user(user), models.embed_user(user, history=after.reset_index(drop=True)))
    kept = np.isin(models.retrieve(user, k=K, history=after.reset_index(drop=True)).post_ids, found).sum()
    return Like(user, turned, int(kept))


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def turns(seed: int) -> Turns:
    """What forgetting, changing one's mind, and another order do to a user's vector."""
    from phoenix.analysis.changes import degrees_between

    models, (_, user) = resources.recommender(), _user(seed)
    history = models.history(user)
    liked = history.index[history["favorite"] == 1]
    regretted = history.copy()
    if len(liked):
        regretted.loc[liked[-1], regretted.columns[3:]] = 0
        regretted.loc[liked[-1], "not_interested"] = 1
    order = [*range(len(history) - 2), len(history) - 1, len(history) - 2]
    changed = {
        "forget": history.iloc[8:].reset_index(drop=True),
        "regret": regretted,
        "swap": history.iloc[order].reset_index(drop=True),
    }
    base = models.embed_user(user)
    return Turns(
        user, {name: degrees_between(base, models.embed_user(user, history=one)) for name, one in changed.items()}
    )


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def neighbours(seed: int) -> Neighbours:
    """A post beside another of its author, one of its topic, one of its format, and one with nothing in common."""
    models, draw = resources.recommender(), np.random.default_rng(seed)
    posts, vectors = models.world.post_columns, models.corpus_embeddings
    while True:
        post = int(draw.integers(models.world.num_posts))
        same = {name: getattr(posts, name) == getattr(posts, name)[post] for name in ("author", "topic", "format")}
        others = np.arange(models.world.num_posts) != post
        groups = {
            "author": same["author"] & others,
            "topic": same["topic"] & ~same["author"],
            "format": same["format"] & ~same["topic"] & ~same["author"],
            "other": ~same["format"] & ~same["topic"] & ~same["author"],
        }
        if not all(group.any() for group in groups.values()):
            continue
        chosen = {name: int(draw.choice(np.flatnonzero(group))) for name, group in groups.items()}
        cosines = {name: float(vectors[post] @ vectors[other]) for name, other in chosen.items()}
        first, second = sorted(cosines.values())[:-3:-1]
        if first - second > 0.1:  # near enough to see, far enough from a tie
            return Neighbours(post, chosen, cosines)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def products(seed: int) -> Products:
    """Four candidates that are clearly ordered, of which not the first has the largest block."""
    models = resources.recommender()
    for again in range(100):
        draw, user = _user(seed + 1_000_003 * again)
        vector, found = models.embed_user(user), models.retrieve(user, k=K).post_ids
        for _ in range(50):
            posts = [int(post) for post in draw.choice(found, _BLOCKS, replace=False)]
            blocks = (models.corpus_embeddings[posts] * vector).reshape(_BLOCKS, _BLOCKS, -1).sum(axis=2)
            blocks = np.round(blocks.astype(float), 2)
            sums = np.sort(blocks.sum(axis=1))
            misleading = blocks.sum(axis=1).argmax() != blocks.max(axis=1).argmax()
            if sums[-1] - sums[-2] >= 0.02 and misleading:
                return Products(user, posts, blocks)
    return Products(user, posts, blocks)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def exchange(seed: int) -> Exchange:
    """The last of a few candidates is exchanged for one that was retrieved far behind; the first is watched."""
    models, (_, user) = resources.recommender(), _user(seed)
    found = [int(post) for post in models.retrieve(user, k=K).post_ids]
    batches = ([*found[:_AMONG]], [*found[: _AMONG - 1], found[-1]])
    before, after = (
        {mask: float(models.rank(user, batch, mask=mask).probabilities[0, 0]) for mask in MASK_VARIANTS}
        for batch in batches
    )
    return Exchange(user, found[0], before, after)


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def output_shape(seed: int) -> tuple[int, int, int, tuple[int, ...]]:
    """User, history and candidates of a pass of this seed's size, and the shape of its logits [C, A]."""
    models, (draw, user) = resources.recommender(), _user(seed)
    past, candidates = int(draw.integers(10, 60)), int(draw.integers(3, 9))
    posts = models.retrieve(user, k=candidates).post_ids
    ranked = models.rank(user, posts, history=models.history(user).tail(past).reset_index(drop=True))
    return user, past, candidates, ranked.logits.shape


@st.cache_data(show_spinner=False, max_entries=_ENTRIES)
def pair(seed: int, actions: tuple[int, int]) -> Pair:
    """Two candidates of which either leads in one of two actions; clearly, if this user has any such."""
    models, (draw, user) = resources.recommender(), _user(seed)
    made = models.rank(user, models.retrieve(user, k=K).post_ids)
    p = made.probabilities[:, list(actions)]
    best: tuple[float, int, int] = (-1.0, 0, 1)
    for one, other in draw.integers(len(p), size=(400, 2)).tolist():
        gain = p[one] - p[other]
        if gain[0] > 0 > gain[1]:
            clear = float(min(gain[0] / p[:, 0].mean(), -gain[1] / p[:, 1].mean()))
            best = max(best, (clear, one, other))
    _, one, other = best
    return Pair(user, (int(made.post_ids[one]), int(made.post_ids[other])), p[[one, other]].astype(float))


def sample_users() -> tuple[int, ...]:
    """The users on whom weights are judged: a random sample, the same for everybody."""
    from phoenix.analysis.frontier import draw_users

    return tuple(int(user) for user in draw_users(resources.recommender().world.num_users, count=100))
