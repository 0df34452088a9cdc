"""The guide's eleven self-checks, each asked about a fresh user, post, mask or pair of weights of the live system."""

from dashboard import resources
from dashboard.study import measured
from dashboard.study.questions import code, masks, ranking, retrieval
from dashboard.study.questions.question import Question, Setter

SETTERS: dict[str, Setter] = {
    "two_towers": retrieval.two_towers,
    "user_tower": retrieval.user_tower,
    "candidate_tower": retrieval.candidate_tower,
    "similarity": retrieval.similarity,
    "transformer": ranking.transformer,
    "isolation": masks.isolation,
    "why_isolation": ranking.why_isolation,
    "actions": ranking.actions,
    "retrieval_code": code.retrieval_code,
    "ranking_code": code.ranking_code,
    "mask_code": masks.mask_code,
}

_ABOUT_POSTS = ("two_towers", "user_tower", "candidate_tower", "similarity", "transformer", "why_isolation", "actions")
FEWEST_POSTS = 10


def ask(name: str, seed: int) -> Question:
    """A question; the same seed asks the same, another one about something else."""
    return SETTERS[name](seed)


def lacks(name: str) -> str:
    """What a question needs and the session's world has not: a key of `study.check.needs`; "" for nothing."""
    models = resources.recommender()
    world, known = models.world, models.actions
    if name in _ABOUT_POSTS and world.num_posts < FEWEST_POSTS:
        return "posts"
    if name == "user_tower" and not len(measured.with_history()):
        return "history"
    if name == "candidate_tower" and not (world.knows("authors") or world.knows("topics")):
        return "authors"
    if name == "actions" and (known.signs[known.target] < 0 or not ranking.rivals_of(known)):
        return "actions"
    return ""
