"""The guide's exercise on hash embeddings, answered by the hash functions themselves."""

from dashboard import components, words
from dashboard.embeddings import measured
from dashboard.locale import t

# Hash functions and rows of the tables to choose from: the fewer rows, the more functions.
TABLES = {"one": (1, 65_536), "one_large": (1, 131_072), "two": (2, 16_384), "three": (3, 4_096)}
COUNT = 100_000  # posts, of whatever world: of fewer, several tables tell all apart


def show() -> None:
    """Which of these tables leaves fewest posts that cannot be told apart?"""
    shares = {
        name: measured.collisions("post", count=COUNT, rows=rows, hashes=hashes)
        for name, (hashes, rows) in TABLES.items()
    }
    with components.exercise(t("embeddings.exercise")):
        components.quiz(
            "hashes",
            question=t("embeddings.quiz.question", count=words.count(COUNT)),
            options={
                name: t("embeddings.quiz.table", count=hashes, rows=words.count(rows))
                for name, (hashes, rows) in TABLES.items()
            },
            answer=min(shares, key=lambda name: shares[name].everywhere),
            hint=t("embeddings.quiz.hint"),
            explanation=t(
                "embeddings.quiz.why",
                **{name: words.count(COUNT * share.everywhere) for name, share in shares.items()},
                count=words.count(COUNT),
                load=words.significant(3 * COUNT / TABLES["three"][1]),
            ),
            in_order=True,
        )
