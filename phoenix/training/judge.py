"""Quick looks at a model during training: a few users' impressions after the split, against the oracle."""

import functools
from typing import Any, NamedTuple

import jax
import numpy as np
from scipy.special import expit

from phoenix.actions import ACTIONS, FAVORITE
from phoenix.analysis.regret import share_of_gain
from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.evaluation.metrics import auc_per_action, pooled_lift_share
from phoenix.forward import ranker_functions
from phoenix.parameters import Params
from phoenix.training.presets import TrainingConfig
from phoenix.training.served import Retriever
from phoenix.world import World
from phoenix.world.behaviour import Impressions, on_home
from phoenix.world.stream import SPLIT, Histories, histories_before

_USERS, _IMPRESSIONS = 128, 32
_RETRIEVAL_USERS, _TOP = 32, 100
_SERVED = 200


class _Favorites(NamedTuple):
    """The true P(favorite) of some users for every post, float32 [users, N]: all, and the mean of each user's best."""

    truth: np.ndarray
    oracle: np.ndarray


class _Seen(NamedTuple):
    """Impressions of some users, and the true probabilities of all actions on them, [users * C, A]."""

    batch: RecsysBatch
    truth: np.ndarray


class _Panel(NamedTuple):
    """Some users with their histories at the split, and the impressions that the log has of them next."""

    users: np.ndarray
    histories: Histories
    logged: _Seen


class Judge:
    """Measures parameters in the middle of a run."""

    def __init__(self, world: World, builder: BatchBuilder, *, config: TrainingConfig):
        everyone = np.arange(world.num_users)
        held_out = world.is_held_out(everyone)
        self._world, self._builder, self._history_len = world, builder, config.history_len
        self._trained, self._held_out = (self._panel(everyone[who][:_USERS]) for who in (~held_out, held_out))
        self._served: _Seen | None = None
        self._rank = jax.jit(ranker_functions(config.ranker_model).logits)
        self._retriever = Retriever(config.retrieval_model, builder)

    def serve(self, retriever: Retriever) -> None:
        """From now on rankers are also judged on the posts that this retriever brings."""
        seen = on_home(self._trained.users, self._nearest(retriever, _SERVED))
        self._served = self._look(self._trained.users, self._trained.histories, seen)

    def measure(self, phase: str, params: Params) -> dict[str, Any]:
        """Metrics of one phase's parameters.

        For the ranker's "lift_share" and "auc" on logged impressions, "lift_share_held_out" of users who are never
        trained on, and, once there are any, "lift_share_served" and "served_over_true": mean predicted / mean true
        probability of each action on served ones. For the retrieval model's "favorite_gain".
        """
        if phase in ("ranker", "served"):
            logits, truth = self._logits(params, self._trained.logged), self._trained.logged.truth
            held_out = self._held_out.logged
            return {
                "lift_share": pooled_lift_share(logits, truth),
                "auc": float(auc_per_action(logits, truth).mean()),
                "lift_share_held_out": pooled_lift_share(self._logits(params, held_out), held_out.truth),
                **self._on_served(params),
            }
        if phase in ("retrieval", "distillation"):
            return {"favorite_gain": self._favorite_gain(params)}
        return {}

    def _on_served(self, params: Params) -> dict[str, Any]:
        if self._served is None:
            return {}
        logits, truth = self._logits(params, self._served), self._served.truth
        ratios = expit(logits).mean(axis=0, dtype=np.float64) / truth.mean(axis=0)
        return {
            "lift_share_served": pooled_lift_share(logits, truth),
            "served_over_true": dict(zip(ACTIONS, ratios.tolist(), strict=True)),
        }

    def _logits(self, params: Params, seen: _Seen) -> np.ndarray:
        return np.asarray(self._rank(params, seen.batch)).reshape(-1, len(ACTIONS))

    def _panel(self, users: np.ndarray) -> _Panel:
        log = self._world.stream.log(users, SPLIT, count=_IMPRESSIONS)
        histories = histories_before(self._world.stream, users, moment=SPLIT, length=self._history_len)
        seen = Impressions(log.users, log.posts, log.surfaces)
        return _Panel(users, histories, self._look(users, histories, seen))

    def _look(self, users: np.ndarray, histories: Histories, seen: Impressions) -> _Seen:
        """What these users are shown, as the models take it."""
        batch = self._builder.build(
            users,
            history_posts=histories.posts,
            history_surfaces=histories.surfaces,
            history_actions=histories.actions,
            candidates=seen.posts,
            candidate_surfaces=seen.surfaces,
        )
        return _Seen(batch, self._world.probabilities(seen).reshape(-1, len(ACTIONS)))

    def _favorite_gain(self, params: Params) -> float:
        self._retriever.refresh(params)
        gains = [
            share_of_gain(truth[found].mean(), random=truth.mean(), oracle=oracle)
            for truth, oracle, found in zip(*self._favorites, self._nearest(self._retriever, _TOP), strict=False)
        ]
        return float(np.mean(gains))

    def _nearest(self, retriever: Retriever, count: int) -> np.ndarray:
        everything = np.arange(self._world.num_posts)
        return retriever.nearest(self._trained.logged.batch, among=everything, count=min(count, len(everything)))

    @functools.cached_property
    def _favorites(self) -> _Favorites:
        everything = np.arange(self._world.num_posts)
        truth = np.stack(
            [
                self._world.true_probabilities(int(user), everything)[:, FAVORITE].astype(np.float32)
                for user in self._trained.users[:_RETRIEVAL_USERS]
            ]
        )
        return _Favorites(truth, np.sort(truth, axis=1)[:, -_TOP:].mean(axis=1))
