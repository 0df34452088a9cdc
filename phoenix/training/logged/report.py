"""metrics.json of a log: what its held-out part says of the models, beside simple predictors counted before it.

    kind          "log"
    digest        of the import, as its log.json has it
    split         impressions of each part; "split_ms"; "by_order": times did not tell the parts apart
    negatives     "sampled": the log lacks impressions without an action, so probabilities are relative;
                  "per_impression": how many were drawn for each
    ranker        "impressions", "users"; "actions": {name: see `_judge_action`}; "judged", "left_out": names of
                  actions; "mean": {"auc": {predictor: [value, low, high]}, "log_loss": …} over the judged ones;
                  "best_simple": {"auc": predictor, "log_loss": …}; "gap": {"auc": [ours - best, low, high], …}
    later         "users", "posts": the same for impressions of users, and of posts, first seen after the split
    retrieval     "users", "posts"; "target": what users were to like; "recall": {K: {strategy: [value, low, high]}};
                  "best_simple": at 100; "gap": {K: [ours - that, low, high]}
    beats_simple  {"ranker": bool, "log_loss": bool, "retrieval": bool}, and "sure": the same by the intervals;
                  null where nothing could be judged

Predictors: "ours" and the names of `SimplePredictors`. Strategies: "ours", "popularity", "authors". Numbers in threes
are a value and its 95 % interval, of a bootstrap over users; null where there is nothing to measure.
"""

import math
import pathlib
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from phoenix.data.log import PARTS, ImportedLog
from phoenix.evaluation.logged import measures, recall
from phoenix.evaluation.logged.simple import SimplePredictors
from phoenix.storage import Artifacts, load_artifacts, save_metrics
from phoenix.training.logged.held_out import HELD_OUT, HeldOut, choose_rows, embed, predict
from phoenix.training.logged.sizes import LogConfig
from phoenix.world.logged import taken

LEAST_POSITIVES = 20  # and as many negatives: with fewer an action is named, not judged
CUTOFFS = (10, 100, 1_000)
MOST_USERS = 1_000  # whose retrieval is judged
_MAIN_CUTOFF = "100"

Keys = Callable[[np.ndarray, np.ndarray], dict[str, np.ndarray]]


def evaluate_log(
    log: ImportedLog, config: LogConfig, folder: pathlib.Path, *, progress: Callable[[str], None] = lambda _: None
) -> dict[str, Any]:
    """Measures the artifacts of a folder on their log and stores the result there.

    Args:
      log: what they were trained on.
      config: how.
      folder: where the artifacts are.
      progress: called with a line of text at each stage.

    Returns:
      The metrics.

    Raises:
      ArtifactError: the artifacts cannot be used.
    """
    artifacts = load_artifacts(folder)
    counts = {name: int((log.rows.part == number).sum()) for number, name in enumerate(PARTS)}
    metrics: dict[str, Any] = {
        "kind": "log",
        "digest": log.digest,
        "split": {"impressions": counts, "split_ms": log.split_ms, "by_order": log.tied},
        "negatives": {"sampled": log.sampled, "per_impression": config.negatives},
    }
    rows = choose_rows(log)
    if len(rows):
        progress("ranker on the held-out part")
        metrics |= judge_ranker(log, artifacts, config, rows=rows)
    progress("retrieval on the held-out part")
    if retrieval := judge_retrieval(log, artifacts):
        metrics["retrieval"] = retrieval
    metrics["beats_simple"] = verdict(metrics)
    metrics = as_json(metrics)
    save_metrics(folder, metrics, run=artifacts.run)
    return metrics


def judge_ranker(log: ImportedLog, artifacts: Artifacts, config: LogConfig, *, rows: np.ndarray) -> dict[str, Any]:
    """ "ranker" and "later" of the metrics."""
    seen, entities = predict(log, artifacts, config, rows=rows), log.entities
    before = log.rows.before(HELD_OUT)
    sizes = {"user": len(entities.users), "item": len(entities.posts), "author": len(entities.authors)}

    def keys(users: np.ndarray, posts: np.ndarray) -> dict[str, np.ndarray]:
        found = {"user": users, "item": posts}
        return found | ({"author": entities.author_of_post[posts]} if "authors" in log.known else {})

    simple = SimplePredictors(
        keys(before.users, before.posts), taken(before.actions, count=len(log.actions)), sizes=sizes
    )
    simple.thin(1 + config.negatives)
    names = log.actions.names
    later = {"users": ~seen.known_users, "posts": ~seen.known_posts}
    return {
        "ranker": judge_predictions(seen.take(seen.known_users & seen.known_posts), simple, keys=keys, names=names),
        "later": {
            name: judge_predictions(seen.take(which), simple, keys=keys, names=names) for name, which in later.items()
        },
    }


def judge_predictions(seen: HeldOut, simple: SimplePredictors, *, keys: Keys, names: Sequence[str]) -> dict[str, Any]:
    """The ranker beside simple predictors on some impressions, action by action and on the average."""
    told = keys(seen.users, seen.posts)
    predicted = {"ours": seen.predicted} | {name: simple.predict(name, told) for name in simple.names}
    enough = [name for a, name in enumerate(names) if _enough(seen.labels[:, a])]
    result: dict[str, Any] = {
        "impressions": len(seen.users),
        "users": len(np.unique(seen.users)),
        "judged": enough,
        "left_out": [name for name in names if name not in enough],
        "actions": {},
    }
    weights = measures.resample(seen.users)
    values: dict[str, dict[str, list[np.ndarray]]] = {kind: {name: [] for name in predicted} for kind in _MEASURES}
    for a, name in enumerate(names):
        labels = seen.labels[:, a]
        action = {"positives": int(labels.sum()), "rate": float(labels.mean()) if len(labels) else None}
        if name in enough:
            for kind, measure in _MEASURES.items():
                found = {who: measure(scores[:, a], labels, weights) for who, scores in predicted.items()}
                action[kind] = {who: measures.interval(value) for who, value in found.items()}
                for who, value in found.items():
                    values[kind][who].append(value)
            action["ece"] = measures.calibration_error(seen.predicted[:, a], labels)
            action["reliability"] = measures.reliability(seen.predicted[:, a], labels)
        result["actions"][name] = action
    return result | (_average(values) if enough else {})


_MEASURES = {"auc": measures.weighted_auc, "log_loss": measures.weighted_log_loss}


def _enough(labels: np.ndarray) -> bool:
    return min(labels.sum(), (~labels).sum()) >= LEAST_POSITIVES


def _average(values: dict[str, dict[str, list[np.ndarray]]]) -> dict[str, Any]:
    """Means over actions, the best simple predictor by each measure, and how far from it ours are."""
    means = {kind: {who: np.mean(found, axis=0) for who, found in by.items()} for kind, by in values.items()}
    best = {}
    for kind, sign in (("auc", -1), ("log_loss", 1)):
        best[kind] = min((who for who in means[kind] if who != "ours"), key=lambda who: sign * means[kind][who][0])
    return {
        "mean": {kind: {who: measures.interval(value) for who, value in by.items()} for kind, by in means.items()},
        "best_simple": best,
        "gap": {kind: measures.interval(by["ours"] - by[best[kind]]) for kind, by in means.items()},
    }


def judge_retrieval(log: ImportedLog, artifacts: Artifacts) -> dict[str, Any]:
    """ "retrieval" of the metrics; empty if nobody liked anything after the split that was there before."""
    rows, entities, target = log.rows, log.entities, np.uint64(1) << np.uint64(log.actions.target)
    liked = (rows.actions & target) != 0
    before = rows.take(liked & (rows.part < HELD_OUT))
    there = np.bincount(rows.posts[rows.part < HELD_OUT], minlength=len(entities.posts)) > 0
    after = rows.take(liked & (rows.part == HELD_OUT) & there[rows.posts] & ~entities.newcomers[rows.users])
    users = np.unique(after.users)
    if not len(users):
        return {}
    if len(users) > MOST_USERS:
        users = np.sort(np.random.default_rng(0).choice(users, MOST_USERS, replace=False))
    popular = recall.popularity(before.posts, size=len(entities.posts))
    vectors, world = embed(log, artifacts, users=users), artifacts.world
    ends = [min(k, len(entities.posts)) for k in CUTOFFS]
    first = recall.best(popular, count=max(ends))
    found: dict[str, list[np.ndarray]] = {"ours": [], "popularity": [], "authors": []}
    for place, user in enumerate(users):
        wanted = np.unique(after.posts[slice(*np.searchsorted(after.users, [user, user + 1]))])
        own = before.posts[slice(*np.searchsorted(before.users, [user, user + 1]))]
        authors = recall.known_authors(
            entities.author_of_post, liked=own, followed=world.followed(int(user)), popular=popular
        )
        orders = {
            "ours": recall.best(vectors.posts @ vectors.users[place], count=max(ends)),
            "popularity": first,
            "authors": recall.best(authors, count=max(ends)),
        }
        for name, order in orders.items():
            found[name].append(recall.recall_of(order, wanted, ends))
    return _summarise(found, users=users, posts=len(entities.posts), target=log.actions.target_name)


def _summarise(found: dict[str, list[np.ndarray]], *, users: np.ndarray, posts: int, target: str) -> dict[str, Any]:
    weights = measures.resample(users).astype(np.float64)
    share = weights / weights.sum(axis=1, keepdims=True)
    means = {name: share @ np.stack(values) for name, values in found.items()}  # [1 + R, cutoffs]
    middle = [str(k) for k in CUTOFFS].index(_MAIN_CUTOFF)
    best = max(("popularity", "authors"), key=lambda name: means[name][0, middle])
    return {
        "users": len(users),
        "posts": posts,
        "target": target,
        "recall": {
            str(k): {name: measures.interval(value[:, i]) for name, value in means.items()}
            for i, k in enumerate(CUTOFFS)
        },
        "best_simple": best,
        "gap": {str(k): measures.interval(means["ours"][:, i] - means[best][:, i]) for i, k in enumerate(CUTOFFS)},
    }


def verdict(metrics: dict[str, Any]) -> dict[str, Any]:
    """Whether our models are better than the best simple predictors, and whether that is sure."""
    gaps = metrics.get("ranker", {}).get("gap", {})
    signed = {
        "ranker": (gaps.get("auc"), 1),
        "log_loss": (gaps.get("log_loss"), -1),
        "retrieval": (metrics.get("retrieval", {}).get("gap", {}).get(_MAIN_CUTOFF), 1),
    }
    better = {name: None if gap is None else sign * gap[0] > 0 for name, (gap, sign) in signed.items()}
    sure = {  # one user alone, drawn again and again, gives an interval without width
        name: None if gap is None else gap[1] < gap[2] and min(sign * gap[1], sign * gap[2]) > 0
        for name, (gap, sign) in signed.items()
    }
    return better | {"sure": sure}


def as_json(value: Any) -> Any:
    """A value as JSON can hold it: tuples as lists, numbers that are not finite as None."""
    if isinstance(value, dict):
        return {key: as_json(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [as_json(one) for one in value]
    if isinstance(value, bool | np.bool_):
        return bool(value)
    if isinstance(value, float | np.floating):
        return float(value) if math.isfinite(value) else None
    return int(value) if isinstance(value, np.integer) else value
