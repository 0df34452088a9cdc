"""The guide's eleven self-checks, each asked about a fresh user, post, mask or pair of weights of the live system."""

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


def ask(name: str, seed: int) -> Question:
    """A question; the same seed asks the same, another one about something else."""
    return SETTERS[name](seed)
