"""The guide's exercise: change exactly one weight, and bring a new post into the top 10."""

import numpy as np

from dashboard import components, progress, words
from dashboard.feed import TOP, action_names, ranks
from dashboard.locale import t
from dashboard.ranking.scene import Scene
from dashboard.words import percent
from phoenix.actions import resolve_weights


def show(scene: Scene) -> None:
    """The exercise's box; who has solved it is known from then on."""
    components.exercise(text(scene))
    if not progress.is_done("top_10") and len(changed_weights(*_weights(scene))) == 1 and newcomers(scene):
        progress.done("top_10", _status(scene))


def text(scene: Scene) -> str:
    """The exercise and how far the visitor has come with it."""
    return t("ranking.exercise", status=_status(scene))


def changed_weights(weights: np.ndarray, preset: np.ndarray) -> np.ndarray:
    """Indices of the weights that differ from a preset's."""
    return np.flatnonzero(~np.isclose(weights, preset, rtol=0, atol=1e-9))


def newcomers(scene: Scene) -> list[int]:
    """Indices of the candidates in the top that the preset's weights leave outside, best first."""
    candidates = scene.candidates
    before = candidates.score(resolve_weights(scene.preset)).order[:TOP]
    return [int(i) for i in candidates.stages.order[:TOP] if i not in before]


def _weights(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    return scene.candidates.weights, resolve_weights(scene.preset)


def _status(scene: Scene) -> str:
    candidates, (_, start) = scene.candidates, _weights(scene)
    changed = changed_weights(candidates.weights, start)
    if len(changed) == 0:
        return t("ranking.exercise.none")
    if len(changed) > 1:
        return t("ranking.exercise.many", count=len(changed))
    action = int(changed[0])
    old, now = words.number(start[action]), words.number(candidates.weights[action])
    values = {"action": action_names()[action], "old": old, "new": now}
    new = newcomers(scene)
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
