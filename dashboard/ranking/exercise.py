"""The guide's exercise: change exactly one weight, and bring a new post into the top 10."""

import numpy as np

from dashboard import components, progress, words
from dashboard.feed import TOP, action_names, ranks
from dashboard.locale import t
from dashboard.ranking.scene import Found, Scene
from dashboard.words import percent


def show(scene: Scene) -> None:
    """The exercise's box; who has solved it is known from then on."""
    components.exercise(text(scene))
    if not progress.is_done("top_10") and len(changed_weights(*_weights(scene))) == 1 and newcomers(scene):
        progress.done("top_10", _status(scene))


def ask(found: Found) -> None:
    """How much less is a report worth than its weight says, over this user's candidates?"""
    actions = found.world.actions
    weights, chances = actions.resolve_weights("x_2026"), found.probabilities.astype(float).mean(axis=0)
    like, report = (actions.index(name) for name in ("favorite", "report"))
    naive = -weights[report] / weights[like]
    taken, given = -weights[report] * chances[report], weights[like] * chances[like]
    real = taken / given
    guesses = {"tiny": real / 20, "real": real, "between": (naive * real) ** 0.5, "naive": naive}
    numbers = {"weight": words.number(weights[report]), "like_weight": words.number(weights[like])}
    components.quiz(
        "report",
        question=t("ranking.quiz.question", **numbers, naive=words.times(naive)),
        options={name: t("ranking.quiz.times", times=words.digits(ratio, 2)) for name, ratio in guesses.items()},
        answer="real",
        hint=t("ranking.quiz.hint"),
        explanation=t(
            "ranking.quiz.why",
            **numbers,
            report=percent(chances[report]),
            taken=words.digits(taken, 2),
            like=percent(chances[like]),
            given=words.digits(given, 2),
            times=words.digits(real, 2),
        ),
        in_order=True,
    )


def text(scene: Scene) -> str:
    """The exercise and how far the visitor has come with it."""
    return t("ranking.exercise", status=_status(scene))


def changed_weights(weights: np.ndarray, preset: np.ndarray) -> np.ndarray:
    """Indices of the weights that differ from a preset's."""
    return np.flatnonzero(~np.isclose(weights, preset, rtol=0, atol=1e-9))


def newcomers(scene: Scene) -> list[int]:
    """Indices of the candidates in the top that the preset's weights leave outside, best first."""
    candidates = scene.candidates
    before = candidates.score(scene.preset).order[:TOP]
    return [int(i) for i in candidates.stages.order[:TOP] if i not in before]


def _weights(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    return scene.candidates.weights, scene.candidates.actions.resolve_weights(scene.preset)


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
