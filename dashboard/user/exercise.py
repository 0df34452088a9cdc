"""The question of the User page: what is left of a user without a history?"""

from dashboard import components, naming, words
from dashboard.locale import t
from dashboard.user import measured

OPTIONS, _RIGHT = ("nothing", "id", "follows", "interests"), "id"


def show(user: int) -> None:
    """Draws the exercise's box, where there is another user to compare with."""
    if naming.world().num_users == 1:
        return
    with components.exercise(t("user.exercise")):
        components.quiz(
            "cold",
            question=t("user.quiz.question"),
            options={option: t(f"user.quiz.{option}") for option in OPTIONS},
            answer=_RIGHT,
            hint=t("user.quiz.hint"),
            explanation=t("user.quiz.why", degrees=words.decimal(measured.cold_degrees(user), 0)),
        )
