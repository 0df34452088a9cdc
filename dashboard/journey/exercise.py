"""One number to compute by hand, with the numbers of the journey on screen, checked at once."""

from typing import NamedTuple

import numpy as np
import streamlit as st
from scipy.special import expit

from dashboard import components, controls, naming, progress, words
from dashboard.journey import questions
from dashboard.journey.scene import Scene
from dashboard.journey.views.probabilities import PLACES
from dashboard.locale import t

TOLERANCE = 0.03  # relative; what is shown is rounded, and so may be the answer
_MORE = 3  # times the weight: what the present one makes of a probability stands in the picture


class Task(NamedTuple):
    """A question with one number as its answer.

    Attributes:
      name: unique for the question and its numbers; it begins with what kind of question it is.
      question: what to compute.
      answer: the right number.
      tolerance: largest accepted difference.
      hint: how to do it, shown with a wrong answer.
      explanation: shown with a right one.
    """

    name: str
    question: str
    answer: float
    tolerance: float
    hint: str
    explanation: str

    @property
    def kind(self) -> str:
        """`matrix`, `shape`, `sigmoid` or `contribution`."""
        return self.name.partition("_")[0]


def task(step: str, scene: Scene) -> Task:
    """The task that belongs to a step at which one number is worth computing."""
    return {"rows": _matrix, "tokens": _shape, "probabilities": _sigmoid, "score": _contribution}[step](scene)


def _matrix(scene: Scene) -> Task:
    parts, width = scene.journey.pieces.shape
    values = {"parts": parts, "width": width}
    return Task(
        name=f"matrix_{parts}_{width}",
        question=t("journey.task.matrix", **values),
        answer=parts * width * width,
        tolerance=0,
        hint=t("journey.task.matrix_hint"),
        explanation=t("journey.task.matrix_why", **values, total=words.count(parts * width * width)),
    )


def _shape(scene: Scene) -> Task:
    draw = np.random.default_rng(scene.journey.post_id)
    past, candidates = int(draw.integers(5, 128)), int(draw.integers(5, 64))
    total = 1 + past + candidates
    values = {"past": past, "candidates": candidates, "width": scene.journey.tokens.shape[1]}
    return Task(
        name=f"shape_{past}_{candidates}",
        question=t("journey.task.shape", **values),
        answer=total,
        tolerance=0,
        hint=t("journey.task.shape_hint"),
        explanation=t("journey.task.shape_why", **values, total=total),
    )


def _sigmoid(scene: Scene) -> Task:
    logit = round(float(scene.journey.logits[scene.journey.place, scene.column]), PLACES)
    answer = float(100 * expit(logit + 1))
    values = {"action": scene.action_name, "logit": words.signed(logit, PLACES)}
    said = {"raised": words.signed(logit + 1, PLACES), "before": words.percent(expit(logit), 3)}
    return Task(
        name=f"sigmoid_{scene.action}_{scene.journey.user_id}_{scene.journey.post_id}",
        question=t("journey.task.sigmoid", **values),
        answer=answer,
        tolerance=TOLERANCE * answer,
        hint=t("journey.task.sigmoid_hint"),
        explanation=t("journey.task.sigmoid_why", **said, probability=words.percent(answer / 100, 3)),
    )


def _contribution(scene: Scene) -> Task:
    candidates = scene.candidates
    parts = candidates.stages.contributions[candidates.selected]
    largest = int(np.abs(parts).argmax())
    weight, probability = (
        float(candidates.weights[largest]),
        float(candidates.probabilities[candidates.selected, largest]),
    )
    answer = _MORE * weight * probability
    values = {
        "action": naming.actions()[largest],
        "probability": words.percent(probability, 3),
        "weight": words.number(weight),
        "more": words.number(_MORE * weight),
    }
    return Task(
        name=f"contribution_{scene.journey.user_id}_{scene.journey.post_id}",
        question=t("journey.task.contribution", **values),
        answer=answer,
        tolerance=TOLERANCE * abs(answer),
        hint=t("journey.task.contribution_hint"),
        explanation=t("journey.task.contribution_why", **values, contribution=words.signed(answer, 3)),
    )


def accepts(asked: Task, given: float) -> bool:
    """Whether an answer is right within rounding."""
    return abs(given - asked.answer) <= asked.tolerance + 1e-9


def show(step: str, scene: Scene) -> None:
    """The exercise's box: a question with four answers, or a number to compute."""
    if step in questions.STEPS:
        with components.exercise(t("journey.exercise_question")):
            components.quiz(step, **questions.question(step, scene)._asdict())
        return
    _ask(task(step, scene))


def _ask(asked: Task) -> None:
    """A field for the number, and the verdict."""
    with components.exercise(t("journey.exercise")):
        given = st.number_input(
            asked.question, value=None, format="%.6g", key=controls.key(f"task.{asked.name}"), width=420
        )
        if given is None:
            return
        if accepts(asked, given):
            progress.done(f"computed_{asked.kind}", asked.explanation)
            st.success(t("common.quiz.right", explanation=asked.explanation))
        else:
            st.info(t("journey.task.wrong", given=words.number(given), hint=asked.hint))
