"""The guide's exercise: change exactly one weight, and bring a new post into the top 10."""

import numpy as np

from dashboard import words
from dashboard.feed import TOP, action_names, ranks
from dashboard.locale import t
from dashboard.ranking.scene import Scene
from dashboard.words import percent
from phoenix.actions import resolve_weights


def text(scene: Scene) -> str:
    """The exercise and how far the visitor has come with it."""
    return t("ranking.exercise", status=_status(scene))


def changed_weights(weights: np.ndarray, preset: np.ndarray) -> np.ndarray:
    """Indices of the weights that differ from a preset's."""
    return np.flatnonzero(~np.isclose(weights, preset, rtol=0, atol=1e-9))


def _status(scene: Scene) -> str:
    candidates, start = scene.candidates, resolve_weights(scene.preset)
    changed = changed_weights(candidates.weights, start)
    if len(changed) == 0:
        return t("ranking.exercise.none")
    if len(changed) > 1:
        return t("ranking.exercise.many", count=len(changed))
    action = int(changed[0])
    old, now = words.number(start[action]), words.number(candidates.weights[action])
    values = {"action": action_names()[action], "old": old, "new": now}
    before = candidates.score(start).order[:TOP]
    new = [int(i) for i in candidates.stages.order[:TOP] if i not in before]
    if not new:
        return t("ranking.exercise.unmoved", **values)
    column = candidates.probabilities[:, action]
    return t(
        "ranking.exercise.done",
        **values,
        count=len(new),
        rank=int(ranks(candidates.stages.order)[new[0]]),
        post=candidates.snippet(new[0]),
        probability=percent(column[new[0]]),
        mean=percent(column.mean()),
    )
