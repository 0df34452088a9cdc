"""A part of the world to learn from, small enough to watch, and the judge of what was learnt there.

People, posts and truth are those of the whole world: whoever learnt from the whole of it can be judged here as well.
"""

from typing import NamedTuple

import numpy as np

from phoenix.actions import FAVORITE
from phoenix.analysis.corpus import resize_world
from phoenix.analysis.regret import share_of_gain
from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.hashing import TableConfig
from phoenix.parameters import Params
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.training.lesson import GROUPS, HISTORIES, TOP, Outcome, Scale, Setting
from phoenix.training.served import Retriever
from phoenix.transformer import TransformerConfig
from phoenix.world import World
from phoenix.world.behaviour import Impressions
from phoenix.world.catalog import Users
from phoenix.world.stream import SPLIT, histories_before

HISTORY = HISTORIES[-1]  # rows that are there; a plan may hide the older ones
TABLES = TableConfig(users=4_096, posts=16_384, authors=8_192)
MODEL = RetrievalConfig(HISTORY, TABLES, TransformerConfig(width=32, num_layers=1, num_q_heads=2, num_kv_heads=1))


class Part(NamedTuple):
    """A part of the world: its first posts, and the people who are learnt from.

    Attributes:
      everyone: all of the world's people among these posts.
      learnt: the first of them; some of these are held out.
      builder: hashes the ids of everyone.
    """

    everyone: World
    learnt: World
    builder: BatchBuilder

    def batch(self, users: np.ndarray, *, history: int, seen: Impressions | None = None) -> RecsysBatch:
        """Users at the split with the newest rows of their history; whoever is not learnt from is an unknown id.

        Args:
          users: int [B].
          history: how many rows.
          seen: candidates [B, C]; None for a user tower, which reads none.
        """
        known = (users < self.learnt.num_users) & ~self.everyone.is_held_out(users)
        past = histories_before(self.everyone.stream, users, moment=SPLIT, length=HISTORY)
        nothing = np.full((len(users), 1), -1)
        whole = self.builder.build(
            np.where(known, users, -1),
            history_posts=past.posts,
            history_surfaces=past.surfaces,
            history_actions=past.actions,
            candidates=nothing if seen is None else seen.posts,
            candidate_surfaces=nothing if seen is None else seen.surfaces,
        )
        return shorten(whole, history)


def take_part(world: World, scale: Scale) -> Part:
    """The part of a world that a run of this scale learns from."""
    everyone = resize_world(world, scale.posts)
    columns = Users(*(column[: scale.users] for column in everyone.user_columns))
    learnt = World(
        everyone.config._replace(num_users=scale.users),
        authors=everyone.author_columns,
        posts=everyone.post_columns,
        users=columns,
        intercepts=everyone.intercepts,
    )
    return Part(everyone, learnt, BatchBuilder(learnt.post_columns.author, num_users=world.num_users, tables=TABLES))


def shorten(inputs: RecsysBatch, history: int) -> RecsysBatch:
    """A batch with the newest `history` rows of each history, left-aligned as before."""
    valid = inputs.history_post_hashes[:, :, 0] != 0
    lengths = valid.sum(axis=1, keepdims=True)
    kept = valid & (np.arange(valid.shape[1]) >= lengths - history)
    order = np.argsort(~kept, axis=1, kind="stable")

    def take(field: np.ndarray) -> np.ndarray:
        wide = (slice(None), slice(None), *[None] * (field.ndim - 2))
        hidden = np.where(kept[wide], field, 0).astype(field.dtype)
        return np.take_along_axis(hidden, order[wide], axis=1)

    return inputs._replace(
        **{name: take(getattr(inputs, name)) for name in inputs._fields if name.startswith("history_")}
    )


class Judge:
    """What retrieval is worth to some users of each group: the true P(favorite) of what it finds."""

    def __init__(self, part: Part, *, scale: Scale, log_q: np.ndarray, model: RetrievalConfig = MODEL):
        """Looks the truth up."""
        users = np.arange(part.learnt.num_users)
        held_out = part.learnt.is_held_out(users)
        self.users = dict(zip(GROUPS, (users[~held_out][: scale.judged], users[held_out][: scale.judged]), strict=True))
        self._part, self._everything = part, np.arange(scale.posts)
        self._shown = np.exp(log_q) * scale.posts
        self._likes = {
            group: np.stack([part.everyone.true_probabilities(int(u), self._everything)[:, FAVORITE] for u in chosen])
            for group, chosen in self.users.items()
        }
        best = {group: -np.sort(-likes, axis=1)[:, :TOP] for group, likes in self._likes.items()}
        means = ({group: float(values.mean()) for group, values in kind.items()} for kind in (self._likes, best))
        self.setting = Setting({group: chosen.tolist() for group, chosen in self.users.items()}, *means)
        self._retriever = Retriever(model, part.builder)

    def measure(self, params: Params, *, history: int) -> Outcome:
        """Judges parameters, histories cut to their newest rows."""
        self._retriever.refresh(params)
        likes, shown = {}, []
        for group, users in self.users.items():
            batch = self._part.batch(users, history=history)
            found = self._retriever.nearest(batch, among=self._everything, count=TOP)
            likes[group] = float(np.take_along_axis(self._likes[group], found, axis=1).mean())
            shown.append(self._shown[found].mean())
        return Outcome(likes, self._gains(likes), float(np.mean(shown)))

    def _gains(self, likes: dict[str, float]) -> dict[str, float]:
        random, oracle = self.setting.random, self.setting.oracle
        return {group: share_of_gain(likes[group], random=random[group], oracle=oracle[group]) for group in GROUPS}
