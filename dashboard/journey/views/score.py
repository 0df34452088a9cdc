"""The sixth step: weights make one score of all probabilities."""

from dashboard import naming
from dashboard import score as words_of_score
from dashboard.figures.waterfall import score_waterfall
from dashboard.journey.scene import Scene
from dashboard.journey.step import step
from dashboard.locale import t
from dashboard.view import Chart, View
from phoenix.scoring import diversity_factors, offset_scores, score_feed


def view(scene: Scene) -> View:
    """From each contribution to the final score."""
    candidates = scene.candidates
    steps = words_of_score.score_steps(candidates)
    chart = score_waterfall(steps, text=words_of_score.score_text(steps))
    return step(
        "score",
        scene,
        chart=Chart(chart, alt=words_of_score.score_alt(steps), key="score"),
        shapes=[_shape(*candidates.probabilities.shape)],
        notices=[*words_of_score.notices(candidates), *_published(scene)],
        sources=(score_feed, offset_scores, diversity_factors),
    )


def _published(scene: Scene) -> list[str]:
    """Whose weights these are; of changed ones the page has spoken above."""
    if scene.weighting.changed:
        return []
    return [t("journey.score.notice.preset", preset=naming.preset(scene.weighting.preset))]


def _shape(count: int, actions: int) -> str:
    return t(
        "journey.shape.score",
        before=f"[C, A] = [{count}, {actions}]",
        weights=f"[A] = [{actions}]",
        after=f"[C] = [{count}]",
    )
