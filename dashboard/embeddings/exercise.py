"""The guide's exercise on hash embeddings, answered by the hash functions themselves."""

from dashboard import components, words
from dashboard.embeddings import measured
from dashboard.embeddings.scene import number_of_ids
from dashboard.locale import t

_ROWS = 16_384


def show() -> None:
    """One table of twice the rows with one hash function, or one of half the rows with two?"""
    count = number_of_ids("post")
    single = measured.collisions("post", count=count, rows=2 * _ROWS, hashes=1)
    double = measured.collisions("post", count=count, rows=_ROWS, hashes=2)
    sizes = {"large": words.count(2 * _ROWS), "small": words.count(_ROWS)}
    with components.exercise(t("embeddings.exercise")):
        components.quiz(
            "hashes",
            question=t("embeddings.quiz.question", **sizes),
            options={option: t(f"embeddings.quiz.{option}", **sizes) for option in ("single", "double")},
            answer="single" if single.everywhere < double.everywhere else "double",
            explanation=t(
                "embeddings.quiz.why",
                single=words.count(count * single.everywhere),
                double=words.count(count * double.everywhere),
                count=words.count(count),
                **sizes,
            ),
        )
