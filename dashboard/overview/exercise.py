"""The exercise of the Overview page: why there are two stages."""

from typing import NamedTuple

from dashboard import components, edits, words
from dashboard.locale import t
from dashboard.overview.scene import Scene

_RIGHT = "linear"
_APART = 4  # so many times the posts that were ranked: of fewer, guesses look alike


class Guesses(NamedTuple):
    """How long ranking the whole corpus might take: guess → its words, and why one of them is right."""

    options: dict[str, str]
    explanation: str


def whole_corpus(scene: Scene) -> Guesses:
    """Each candidate attends to user, history and itself, so the time grows with the number of candidates."""
    kept, seconds = scene.ranked, scene.made.seconds["rank"]
    ratio = scene.corpus / kept
    options = {
        guess: t(f"overview.quiz.{guess}", time=words.duration(seconds * factor), ratio=words.count(factor))
        for guess, factor in {"same": 1.0, "root": ratio**0.5, _RIGHT: ratio, "square": ratio**2}.items()
    }
    explanation = t(
        "overview.quiz.why",
        ratio=words.count(ratio),
        kept=kept,
        measured=words.duration(seconds),
        time=words.duration(seconds * ratio),
    )
    return Guesses(options, explanation)


def show(scene: Scene) -> None:
    """Draws the exercise's box, where anything was ranked; its question, where the corpus is so much larger."""
    if not scene.ranked:
        return
    with components.exercise(t("overview.exercise", user=edits.as_arguments())):
        if scene.corpus < _APART * scene.ranked:
            return
        guesses = whole_corpus(scene)
        components.quiz(
            "corpus",
            question=t("overview.quiz.question", corpus=words.count(scene.corpus)),
            options=guesses.options,
            answer=_RIGHT,
            hint=t("overview.quiz.hint"),
            explanation=guesses.explanation,
            in_order=True,
        )
