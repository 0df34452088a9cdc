"""Section 3.1 of the guide, and a question about the batch that the view of samples shows."""

from dashboard import components, resources, words
from dashboard.locale import t
from dashboard.quiz import quiz
from phoenix.training.lesson import SHOWN_COUNT as COUNT
from phoenix.training.lesson import SHOWN_USERS as USERS


def show(view: str) -> None:
    """Draws the exercise's box under a view; under that of samples it points at the picture itself."""
    size, corpus = USERS * COUNT, resources.recommender().world.num_posts
    numbers = {"own": COUNT - 1, "others": size - COUNT, "all": size - 1, "corpus": corpus - 1}
    options = {name: t(f"training.quiz.{name}", number=words.count(number)) for name, number in numbers.items()}
    here = view == "samples"
    said = t("training.exercise.here") if here else t("training.exercise", samples=t("training.view.samples"))
    with components.exercise(said):
        quiz(
            "negatives",
            question=t("training.quiz.question", users=USERS, count=COUNT),
            options=options,
            answer="all",
            hint=t("training.quiz.hint"),
            in_order=True,
            explanation=t("training.quiz.why", size=size, own=COUNT - 1, others=size - COUNT),
        )
