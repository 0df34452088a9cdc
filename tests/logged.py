"""A very small world as an imported log gives it: three actions, one of them negative, and no truth.

It knows no topics, follows, texts or personas. Drawn from a seed; users lean to one of two kinds of posts, so that
histories differ. `logged_artifacts` puts models with random weights beside it: `Recommender(logged_artifacts())`.
"""

import pathlib
from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from phoenix.actions import ActionSet
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.hashing import TableConfig
from phoenix.logged_actions import logged_actions
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.storage import Artifacts, Model, save_artifacts
from phoenix.world.base import AnyWorld, Histories, Log, empty_histories
from tests.models import ONE_LAYER, random_batch, random_weights

USERS, POSTS, AUTHORS, SHOWN = 24, 300, 40, 60
SPLIT = 45  # of a user's impressions so many come before the moment of serving
ACTIONS = logged_actions(
    ("click", "like", "hide"),
    signs=(1, 1, -1),
    rates=(0.4, 0.15, 0.03),
    target="like",
    labels={"click": {"en": "Click", "zh": "点击"}, "like": {"en": "Like", "zh": "点赞"}},
)


class LoggedWorld(AnyWorld):
    """Stands in for an imported log."""

    kind = "toy"
    name = "toy.csv"
    surfaces = ("feed", "search")
    known = frozenset({"ages", "authors", "impressions"})

    def __init__(self, actions: ActionSet = ACTIONS, seed: int = 1):
        """Draws the log; every action takes part in it."""
        self.actions, self._seed = actions, seed
        rng = np.random.default_rng(seed)
        self.author_of_post = rng.integers(0, AUTHORS, POSTS).astype(np.int32)
        self.topic_of_post = None
        self._ages = rng.exponential(30.0, POSTS).astype(np.float32)
        self._shown = np.stack([rng.permutation(POSTS)[:SHOWN] for _ in range(USERS)]).astype(np.int32)
        self._places = rng.integers(0, len(self.surfaces), (USERS, SHOWN)).astype(np.int8)
        liked = (self._shown + np.arange(USERS)[:, None]) % 2
        rates = rng.uniform(0.02, 0.3, len(actions)) * (1 + liked[..., None])
        self._actions = rng.random(rates.shape) < rates

    @property
    def users(self) -> pd.DataFrame:
        """Users by id: handle, held_out."""
        ids = np.arange(USERS)
        return pd.DataFrame({"handle": [f"u-{7 * i + 3}" for i in ids], "held_out": self.is_held_out(ids)}).rename_axis(
            "user_id"
        )

    @property
    def posts(self) -> pd.DataFrame:
        """Posts by id: handle, author_id, age_hours."""
        columns = {"handle": [f"item {i:03}" for i in range(POSTS)], "author_id": self.author_of_post}
        return pd.DataFrame(columns | {"age_hours": self._ages}).rename_axis("post_id")

    @property
    def authors(self) -> pd.DataFrame:
        """Authors by id: handle."""
        return pd.DataFrame({"handle": [f"a{i}" for i in range(AUTHORS)]}).rename_axis("author_id")

    @property
    def num_users(self) -> int:
        """How many users there are."""
        return USERS

    @property
    def num_authors(self) -> int:
        """How many authors there are."""
        return AUTHORS

    @property
    def base_rates(self) -> np.ndarray:
        """Mean of each action over the log."""
        return self._actions.mean(axis=(0, 1))

    def topic_names(self, language: str) -> tuple[str, ...]:
        """None: no topics are known."""
        return ()

    def post_text(self, post_ids: Sequence[int], language: str = "en") -> list[str]:
        """The post's own name and its author's."""
        return [f"item {post:03} · a{self.author_of_post[post]}" for post in self.check_posts(post_ids)]

    def followed(self, user_id: int) -> np.ndarray:
        """Nobody."""
        self.check_user(user_id)
        return np.zeros(0, np.int32)

    def is_held_out(self, user_ids: np.ndarray) -> np.ndarray:
        """Every fifth user."""
        return np.asarray(user_ids) % 5 == 4

    def histories(self, length: int) -> Histories:
        """The newest impressions with an action before the split."""
        result = empty_histories(USERS, length=length, num_actions=len(self.actions))
        for user in range(USERS):
            kept = np.flatnonzero(self._actions[user, :SPLIT].any(axis=-1))[-length:] if length else []
            result.posts[user, : len(kept)] = self._shown[user, kept]
            result.surfaces[user, : len(kept)] = self._places[user, kept]
            result.actions[user, : len(kept)] = self._actions[user, kept]
        return result

    def afterwards(self, user_id: int) -> Log:
        """The impressions after the split."""
        user = self.check_user(user_id)
        shown = self._shown[user, SPLIT:]
        return Log(np.full(len(shown), user), shown, self._places[user, SPLIT:], self._actions[user, SPLIT:])

    @property
    def description(self) -> dict[str, Any]:
        """The seed and the actions: everything is drawn from them."""
        return {"seed": self._seed, "actions": self.actions.to_json()}

    def arrays(self) -> dict[str, np.ndarray]:
        """What was drawn."""
        return {"shown": self._shown, "actions": self._actions.astype(np.uint8)}

    @classmethod
    def restore(cls, description: Mapping[str, Any], arrays: Mapping[str, np.ndarray]) -> "LoggedWorld":
        """The same world, drawn again."""
        return cls(ActionSet.from_json(description["actions"]), description["seed"])

    @classmethod
    def most_bytes(cls, description: Mapping[str, Any]) -> int:
        """One megabyte."""
        return 2**20


def logged_artifacts(world: AnyWorld | None = None, *, history_len: int = 12) -> Artifacts:
    """Artifacts of a log's world with models of random weights, by default of the one above."""
    world = world or LoggedWorld()
    counts = {"num_actions": len(world.actions), "num_surfaces": len(world.surfaces)}
    shape = dict(history_len=history_len, tables=TableConfig(users=64, posts=256, authors=128), transformer=ONE_LAYER)
    retrieval, ranker = RetrievalConfig(**shape, **counts), PhoenixConfig(**shape, **counts)
    batch = random_batch(0, **counts)
    return Artifacts(
        world=world,
        histories=world.histories(history_len),
        retrieval_config=retrieval,
        retrieval=random_weights(retrieval_functions(retrieval).init, batch, seed=1),
        ranker_config=ranker,
        ranker=random_weights(ranker_functions(ranker).init, batch, seed=2),
        metrics={},
        log=[],
        run="logged",
    )


def save_logged(folder: pathlib.Path, world: AnyWorld) -> pathlib.Path:
    """Writes a log's world with models of random weights as a folder of artifacts."""
    made = logged_artifacts(world)
    models = {
        "retrieval": Model(made.retrieval_config, made.retrieval),
        "ranker": Model(made.ranker_config, made.ranker),
    }
    save_artifacts(folder, world=world, history_len=12, **models, log=[])
    return folder
