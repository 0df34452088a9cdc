"""The numbers of metrics.json: both models against the oracle, behind the split.

The ranker is judged twice: on logged impressions, what the logging policy shows, and on served ones, what the system's
own retrieval brings; the pages show the second. Glossary: U users, n impressions, A actions, N posts.
"""

import os
from collections.abc import Callable
from typing import Any

import numpy as np
from scipy.special import expit, logit
from scipy.stats import kendalltau

from phoenix.actions import ACTIONS, DEFAULT_PRESET, FAVORITE, PRESETS, X_ACTIONS, resolve_weights
from phoenix.analysis.regret import FeedValue, best_posts, feed_value
from phoenix.checks import check_whole
from phoenix.environment import artifacts_folder
from phoenix.evaluation import groups
from phoenix.evaluation.metrics import auc_per_action, expected_calibration_error, lift_share
from phoenix.evaluation.retrieval_quality import measure_retrieval
from phoenix.scoring import score_feed
from phoenix.serving import Recommender
from phoenix.serving.probes import predict_impressions
from phoenix.storage import save_metrics
from phoenix.world import World
from phoenix.world.behaviour import Impressions, on_home
from phoenix.world.stream import SPLIT, Log

IMPRESSIONS = 64
TOP_RETRIEVED, CANDIDATES = 100, 200
# Logged impressions of each training user from which the simple predictors take their rates, and the weight of the
# overall rate in them, in impressions.
_RATE_IMPRESSIONS, _PRIOR_IMPRESSIONS = 1_000, 20
_CHUNK_USERS = 100
# Trained users, and held-out ones, of whom histories are cut short, and who meet posts never seen.
_GROUP_USERS = 100

Progress = Callable[[str], None]


def evaluate_artifacts(
    folder: str | os.PathLike | None, *, num_users: int = 600, progress: Progress = lambda _: None
) -> dict[str, Any]:
    """Measures the artifacts of a folder and stores the result there.

    Args:
      folder: the artifacts, None for the default ones.
      num_users: trained users, at least 1 (and as many held-out ones as there are, up to that number).
      progress: called with a line of text at each stage.

    Returns:
      The metrics.

    Raises:
      ValueError: fewer than one user, before anything is loaded or written; or a log, whose truth nobody knows.
      ArtifactError: the artifacts cannot be used.
    """
    check_whole("num_users", num_users, least=1)
    recommender = Recommender.load(folder)
    if recommender.world.truth is None:
        raise ValueError(
            f"{recommender.world.name} is a log: there is no truth to judge its models by. What its held-out part says "
            "of them was measured when they were trained, and stands in metrics.json."
        )
    everyone = np.arange(recommender.world.num_users)
    held_out = recommender.world.is_held_out(everyone)
    trained, fresh = everyone[~held_out][:num_users], everyone[held_out][:num_users]
    progress("action rates of users, authors and posts")
    simple = SimplePredictors(recommender.world)
    metrics = {
        "command": f"python -m phoenix.evaluate --users {num_users}",
        "users": len(trained),
        "held_out_users": len(fresh),
        "impressions_per_user": {"logged": IMPRESSIONS, "served": min(CANDIDATES, recommender.world.num_posts)},
        "ranker": {},
        "retrieval": {},
        "by_history": {},
    }
    for name, users in (("trained", trained), ("held_out", fresh)):
        metrics["ranker"][name] = {}
        for kind, impressions in (("logged", logged_impressions), ("served", served_impressions)):
            progress(f"ranker on {kind} impressions, {name} users")
            metrics["ranker"][name][kind] = evaluate_ranker(recommender, impressions(recommender, users), simple=simple)
        progress(f"retrieval and feeds, {name} users")
        metrics["retrieval"][name] = evaluate_feeds(recommender, users) | measure_retrieval(recommender, users)
        progress(f"histories cut short, {name} users")
        metrics["by_history"][name] = groups.by_history(recommender, users[:_GROUP_USERS])
    progress("posts never seen")
    metrics["new_posts"] = groups.new_posts(recommender, trained[:_GROUP_USERS])
    progress("invariance")
    metrics["ranker"]["invariance_max_abs_logit_difference"] = measure_invariance(recommender, trained[:8])
    save_metrics(artifacts_folder() if folder is None else folder, metrics, run=recommender.run)
    return metrics


class SimplePredictors:
    """Smoothed action rates of user, author and post over the training log, and their sum in logits."""

    def __init__(self, world: World):
        """Counts the log."""
        self._world = world
        everyone = np.arange(world.num_users)
        keys = {kind: world.count(kind) for kind in ("user", "author", "post")}
        self._counts = {name: np.zeros(size) for name, size in keys.items()}
        self._actions = {name: np.zeros((size, len(ACTIONS))) for name, size in keys.items()}
        training = everyone[~world.is_held_out(everyone)]
        for users in np.array_split(training, max(len(training) // _CHUNK_USERS, 1)):
            self._count(world.stream.log(users, 0, count=_RATE_IMPRESSIONS))
        self._base = self._actions["user"].sum(axis=0) / self._counts["user"].sum()

    def predict(self, impressions: Impressions) -> dict[str, np.ndarray]:
        """Probabilities of every impression by each predictor: arrays [..., A]."""
        rates = {name: self._rate(name, ids) for name, ids in self._keys(impressions).items()}
        sums = {
            "user + author": logit(rates["user"]) + logit(rates["author"]) - logit(self._base),
            "user + post": logit(rates["user"]) + logit(rates["post"]) - logit(self._base),
        }
        return rates | {name: expit(value) for name, value in sums.items()}

    def _keys(self, seen: Impressions | Log) -> dict[str, np.ndarray]:
        return {"user": seen.users, "author": self._world.post_columns.author[seen.posts], "post": seen.posts}

    def _count(self, log: Log) -> None:
        labels = log.actions.reshape(-1, len(ACTIONS))
        for name, ids in self._keys(log).items():
            flat, size = ids.ravel(), len(self._counts[name])
            self._counts[name] += np.bincount(flat, minlength=size)
            for a in range(len(ACTIONS)):
                self._actions[name][:, a] += np.bincount(flat, labels[:, a], minlength=size)

    def _rate(self, name: str, ids: np.ndarray) -> np.ndarray:
        total = self._counts[name][ids][..., None] + _PRIOR_IMPRESSIONS
        return (self._actions[name][ids] + _PRIOR_IMPRESSIONS * self._base) / total


def logged_impressions(recommender: Recommender, users: np.ndarray) -> Impressions:
    """What the logging policy shows users first behind the split; arrays [U, IMPRESSIONS]."""
    return recommender.world.stream.show(users, SPLIT, count=IMPRESSIONS)


def served_impressions(recommender: Recommender, users: np.ndarray) -> Impressions:
    """What retrieval brings users, on their home surface; arrays [U, CANDIDATES], or as many as there are posts."""
    count = min(CANDIDATES, recommender.world.num_posts)
    return on_home(users, np.stack([recommender.retrieve(int(user), k=count).post_ids for user in users]))


def evaluate_ranker(recommender: Recommender, seen: Impressions, *, simple: SimplePredictors) -> dict[str, Any]:
    """AUC, lift shares and calibration of the ranker and of simple predictors on impressions [U, n]."""
    truth = recommender.world.probabilities(seen)
    logits = predict_impressions(recommender, seen.users[:, 0], post_ids=seen.posts, surfaces=seen.surfaces)
    predicted = expit(logits.astype(np.float64))
    oracle = _AucTable(truth, truth)
    ours = _AucTable(predicted, truth)
    flat, flat_truth = predicted.reshape(-1, len(ACTIONS)), truth.reshape(-1, len(ACTIONS))
    others = {
        name: float(lift_share(auc_per_action(p.reshape(flat.shape), flat_truth), oracle.pooled).mean())
        for name, p in simple.predict(seen).items()
    }
    best = max(others, key=lambda name: others[name])
    base = flat_truth.mean(axis=0)
    ece = [expected_calibration_error(flat[:, a], flat_truth[:, a]) for a in range(len(ACTIONS))]
    shares = ours.shares(oracle)
    return {
        "lift_share": shares,
        "gap_to_best_simple": (1 - shares["pooled"]) / (1 - others[best]),
        "best_simple": best,
        "simple_lift_share": others,
        "auc": _by_action(ours.pooled),
        "oracle_auc": _by_action(oracle.pooled),
        "lift_share_per_action": _by_action(lift_share(ours.pooled, oracle.pooled)),
        "base_rate": _by_action(base),
        "predicted_over_true": _by_action(flat.mean(axis=0) / base),
        "ece_over_base_rate": _by_action(np.array(ece) / base),
        "reliability": groups.reliability(flat, flat_truth),
        "lift_share_by_persona": groups.by_persona(
            recommender.world,
            seen.users[:, 0],
            lambda rows: groups.pooled_lift_share(predicted[rows], truth[rows]),
        ),
    }


class _AucTable:
    """AUC of each action, pooled over all impressions [A] and as a mean over users [A]."""

    def __init__(self, scores: np.ndarray, truth: np.ndarray):
        self.pooled = auc_per_action(scores.reshape(-1, len(ACTIONS)), truth.reshape(-1, len(ACTIONS)))
        self.per_user = np.mean([auc_per_action(s, t) for s, t in zip(scores, truth, strict=True)], axis=0)

    def shares(self, oracle: "_AucTable") -> dict[str, float]:
        return {
            "pooled": float(lift_share(self.pooled, oracle.pooled).mean()),
            "per_user": float(lift_share(self.per_user, oracle.per_user).mean()),
        }


def evaluate_feeds(recommender: Recommender, users: np.ndarray) -> dict[str, Any]:
    """Retrieval against the best possible, the value of feeds under each preset, and how presets differ."""
    world, everything = recommender.world, np.arange(recommender.world.num_posts)
    count = min(CANDIDATES, len(everything))
    top = min(TOP_RETRIEVED, count)
    presets = {name: resolve_weights(name) for name in PRESETS}
    gains: list[FeedValue] = []
    values: dict[str, list[FeedValue]] = {name: [] for name in presets}
    within: dict[str, list[FeedValue]] = {name: [] for name in presets}
    taus, negatives = [], []
    for user in users:
        truth = world.true_probabilities(int(user), everything)
        found = recommender.retrieve(int(user), k=count).post_ids
        gains.append(feed_value(truth[:, FAVORITE], feed=found[:top]))
        ranking = recommender.rank(int(user), found)
        authors, followed = world.post_columns.author[found], world.follows_authors_of(int(user), found)
        scores = {}
        for name, weights in presets.items():
            stages = score_feed(
                ranking.probabilities, weights=weights, author_ids=authors, followed=followed, actions=X_ACTIONS
            )
            scores[name] = stages.weighted
            true_value, feed = truth @ weights, best_posts(found, stages.weighted)
            values[name].append(feed_value(true_value, feed=feed))
            within[name].append(feed_value(true_value, feed=feed, among=found))
        taus.append(kendalltau(scores["likes_only"], scores[DEFAULT_PRESET]).statistic)
        mass = truth[found].mean(axis=0) * presets[DEFAULT_PRESET]
        negatives.append(-mass[mass < 0].sum() / mass[mass > 0].sum())
    return {
        "favorite_gain_at_100": _gain(gains),
        "favorite_gain_by_persona": groups.by_persona(world, users, lambda rows: _gain([gains[row] for row in rows])),
        "favorite_probability": dict(zip(FeedValue._fields, np.mean(gains, axis=0).tolist(), strict=True)),
        "feed_value_recovered": {name: _gain(rows) for name, rows in values.items()},
        "feed_value_recovered_within_retrieved": {name: _gain(rows) for name, rows in within.items()},
        "kendall_tau_likes_only_against_x_2026": float(np.mean(taus)),
        "negative_over_positive_mass_of_retrieved_x_2026": float(np.mean(negatives)),
    }


def _gain(rows: list[FeedValue]) -> float:
    return float(FeedValue(*np.mean(rows, axis=0)).recovered)


def measure_invariance(recommender: Recommender, users: np.ndarray) -> float:
    """Largest change of any logit when candidates are shuffled, ranked alone, or padded otherwise.

    Both ways are measured: against the cached context, where candidates never meet, and in the dense pass, where
    mask and positions alone keep them apart.
    """
    worst = 0.0
    rng = np.random.default_rng(0)
    for user in users.tolist():
        posts = recommender.retrieve(user, k=40).post_ids
        order = rng.permutation(len(posts))
        together = recommender.rank(user, posts).logits
        for path in ("cached", "dense"):
            pairs = [(recommender.rank(user, posts[order], path=path).logits, together[order])]
            pairs += [(recommender.rank(user, posts[:part], path=path).logits, together[:part]) for part in (1, 8)]
            worst = max(worst, *(float(np.abs(here - there).max()) for here, there in pairs))
    return worst


def _by_action(values: np.ndarray) -> dict[str, float]:
    return dict(zip(ACTIONS, np.asarray(values, float).tolist(), strict=True))
