"""Quick looks at a model during training: a few users' impressions after the split, against the oracle."""

import functools
from typing import NamedTuple

import jax
import numpy as np

from phoenix.actions import ACTIONS, FAVORITE
from phoenix.analysis.regret import share_of_gain
from phoenix.batch import BatchBuilder
from phoenix.evaluation.metrics import auc_per_action, lift_share
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.parameters import Params
from phoenix.training.presets import TrainingConfig
from phoenix.world import World
from phoenix.world.behaviour import Impressions
from phoenix.world.stream import SPLIT, histories_before

_USERS, _IMPRESSIONS = 128, 32
_RETRIEVAL_USERS, _TOP = 32, 100


class _Favorites(NamedTuple):
    """The true P(favorite) of some users for every post, float32 [users, N]: all, and the mean of each user's best."""

    truth: np.ndarray
    oracle: np.ndarray


class Judge:
    """Measures parameters in the middle of a run."""

    def __init__(self, world: World, builder: BatchBuilder, *, config: TrainingConfig):
        everyone = np.arange(world.num_users)
        users = everyone[~world.is_held_out(everyone)][:_USERS]
        self._world, self._builder, self._users = world, builder, users
        log = world.stream.log(users, SPLIT, count=_IMPRESSIONS)
        histories = histories_before(world.stream, users, moment=SPLIT, length=config.history_len)
        self._truth = world.probabilities(Impressions(log.users, log.posts, log.surfaces)).reshape(-1, len(ACTIONS))
        self._oracle = auc_per_action(self._truth, self._truth)
        self._batch = builder.build(
            users,
            history_posts=histories.posts,
            history_surfaces=histories.surfaces,
            history_actions=histories.actions,
            candidates=log.posts,
            candidate_surfaces=log.surfaces,
        )
        retrieval = retrieval_functions(config.retrieval_model)
        self._rank = jax.jit(ranker_functions(config.ranker_model).logits)
        self._encode_user = jax.jit(retrieval.encode_user)
        self._encode_candidates = jax.jit(retrieval.encode_candidates)

    def measure(self, phase: str, params: Params) -> dict[str, float]:
        """Metrics of one phase's parameters: "lift_share" for the ranker, "favorite_gain" for the retrieval model's."""
        if phase == "ranker":
            logits = np.asarray(self._rank(params, self._batch)).reshape(-1, len(ACTIONS))
            auc = auc_per_action(logits, self._truth)
            return {"lift_share": float(lift_share(auc, self._oracle).mean()), "auc": float(auc.mean())}
        if phase in ("retrieval", "polish"):
            return {"favorite_gain": self._favorite_gain(params)}
        return {}

    def _favorite_gain(self, params: Params) -> float:
        posts = np.asarray(self._encode_candidates(params, self._builder.posts, self._builder.authors))
        users = np.asarray(self._encode_user(params, self._batch))
        gains = []
        for truth, oracle, vector in zip(*self._favorites, users, strict=False):
            best = np.argsort(-(posts @ vector))[:_TOP]
            gains.append(share_of_gain(truth[best].mean(), random=truth.mean(), oracle=oracle))
        return float(np.mean(gains))

    @functools.cached_property
    def _favorites(self) -> _Favorites:
        everything = np.arange(self._world.num_posts)
        truth = np.stack(
            [
                self._world.true_probabilities(int(user), everything)[:, FAVORITE].astype(np.float32)
                for user in self._users[:_RETRIEVAL_USERS]
            ]
        )
        return _Favorites(truth, np.sort(truth, axis=1)[:, -_TOP:].mean(axis=1))
