"""Quick looks at a model during training: a few users' impressions after the split, against the oracle."""

import functools
from typing import Any, NamedTuple

import jax
import numpy as np
from scipy.special import expit

from phoenix.actions import ACTIONS, FAVORITE
from phoenix.analysis.regret import share_of_gain
from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.evaluation.metrics import auc_per_action, lift_share
from phoenix.forward import ranker_functions
from phoenix.parameters import Params
from phoenix.training.presets import TrainingConfig
from phoenix.training.served import Retriever
from phoenix.world import World
from phoenix.world.behaviour import Impressions, on_home
from phoenix.world.stream import SPLIT, histories_before

_USERS, _IMPRESSIONS = 128, 32
_RETRIEVAL_USERS, _TOP = 32, 100
_SERVED = 200


class _Favorites(NamedTuple):
    """The true P(favorite) of some users for every post, float32 [users, N]: all, and the mean of each user's best."""

    truth: np.ndarray
    oracle: np.ndarray


class _Served(NamedTuple):
    """Impressions that retrieval brings, and the mean true probability of each action over them, [A]."""

    batch: RecsysBatch
    truth: np.ndarray


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
        self._histories = histories
        self._batch = self._build(log.posts, log.surfaces)
        self._served: _Served | None = None
        self._rank = jax.jit(ranker_functions(config.ranker_model).logits)
        self._retriever = Retriever(config.retrieval_model, builder)

    def serve(self, retriever: Retriever) -> None:
        """From now on rankers are also judged on the posts that this retriever brings."""
        seen = on_home(self._users, self._nearest(retriever, _SERVED))
        truth = self._world.probabilities(seen)
        self._served = _Served(self._build(seen.posts, seen.surfaces), truth.mean(axis=(0, 1)))

    def measure(self, phase: str, params: Params) -> dict[str, Any]:
        """Metrics of one phase's parameters.

        For the ranker's "lift_share" and "auc" on logged impressions, and, once there are any, "served_over_true":
        mean predicted / mean true probability of each action on served ones. For the retrieval model's
        "favorite_gain".
        """
        if phase in ("ranker", "served", "newcomers"):
            logits = np.asarray(self._rank(params, self._batch)).reshape(-1, len(ACTIONS))
            auc = auc_per_action(logits, self._truth)
            return {
                "lift_share": float(lift_share(auc, self._oracle).mean()),
                "auc": float(auc.mean()),
                **self._calibration(params),
            }
        if phase in ("retrieval", "distillation"):
            return {"favorite_gain": self._favorite_gain(params)}
        return {}

    def _calibration(self, params: Params) -> dict[str, dict[str, float]]:
        if self._served is None:
            return {}
        predicted = expit(np.asarray(self._rank(params, self._served.batch))).mean(axis=(0, 1))
        ratios = predicted.astype(np.float64) / self._served.truth
        return {"served_over_true": dict(zip(ACTIONS, ratios.tolist(), strict=True))}

    def _build(self, posts: np.ndarray, surfaces: np.ndarray) -> RecsysBatch:
        return self._builder.build(
            self._users,
            history_posts=self._histories.posts,
            history_surfaces=self._histories.surfaces,
            history_actions=self._histories.actions,
            candidates=posts,
            candidate_surfaces=surfaces,
        )

    def _favorite_gain(self, params: Params) -> float:
        self._retriever.refresh(params)
        gains = [
            share_of_gain(truth[found].mean(), random=truth.mean(), oracle=oracle)
            for truth, oracle, found in zip(*self._favorites, self._nearest(self._retriever, _TOP), strict=False)
        ]
        return float(np.mean(gains))

    def _nearest(self, retriever: Retriever, count: int) -> np.ndarray:
        everything = np.arange(self._world.num_posts)
        return retriever.nearest(self._batch, among=everything, count=min(count, len(everything)))

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
