"""Questions with plausible answers about the steps of which no number is worth computing by hand."""

from typing import NamedTuple

import numpy as np
from scipy.special import expit

from dashboard import words
from dashboard.journey.scene import Scene
from dashboard.locale import t
from phoenix.analysis.attention import SHARES

STEPS = {
    "ids": ("other_row", "text", "topic", "age"),
    "layers": ("mask", "learned", "alike", "position"),
    "rank": ("probabilities", "score", "rank", "place"),
}  # step → its options, the right one first


class Question(NamedTuple):
    """A question about a step, as `components.quiz` asks it."""

    question: str
    options: dict[str, str]
    answer: str
    hint: str
    explanation: str


def question(step: str, scene: Scene) -> Question:
    """The question of a step of `STEPS`."""
    values = {"ids": _ids, "layers": _layers, "rank": _rank}[step](scene)
    asked, kind = f"journey.quiz.{step}", ".alone" if step == "ids" and values["count"] == "0" else ""
    return Question(
        question=t(f"{asked}.question{kind}", **values),
        options={option: t(f"{asked}.{option}") for option in STEPS[step]},
        answer=STEPS[step][0],
        hint=t(f"{asked}.hint"),
        explanation=t(f"{asked}.why{kind}", **values),
    )


def _ids(scene: Scene) -> dict[str, object]:
    post = scene.journey.post
    first, second = (words.count(bucket) for bucket in post.buckets)
    sharing, twins = words.count(len(post.sharing)), words.count(post.twins)
    return {"post": post.entity, "first": first, "second": second, "count": sharing, "twins": twins}


def _layers(scene: Scene) -> dict[str, object]:
    shares = dict(zip(SHARES, scene.journey.attention[0], strict=True))
    return {"count": len(scene.candidates.texts) - 1, **{name: words.percent(share) for name, share in shares.items()}}


def _rank(scene: Scene) -> dict[str, object]:
    together = expit(scene.journey.logits[scene.journey.place])
    apart = words.scientific(float(np.abs(together - scene.alone).max()))
    return {"count": len(scene.candidates.texts), "difference": apart}
