"""Every line of the guide that states something or asks for something, in the guide's order.

A name begins with where the line stands: a section (`1.2.…`), a task (`task.1.4.…`), a self-check (`check.…`), an
exercise (`exercise.2.…`). Its words are `guide.line.<name>`.
"""

from typing import NamedTuple

from dashboard.guide.places import Place, at


class Line(NamedTuple):
    """One line of the guide.

    Attributes:
      name: see the module.
      place: where it is answered.
      done: events of `dashboard.progress`, all of which show that it is done; without any the learner says so.
      question: the self-check that asks about it, if there is one.
    """

    name: str
    place: Place
    done: tuple[str, ...] = ()
    question: str = ""


def _line(name: str, place: Place, *done: str, question: str = "") -> Line:
    return Line(name, place, done or ((answered(question),) if question else ()), question)


def answered(question: str) -> str:
    """The event of a self-check answered rightly."""
    return f"check.{question}"


LINES = (
    _line("goal.1", at("retrieval", "towers"), question="two_towers"),
    _line("goal.2", at("journey", "layers"), question="transformer"),
    _line("goal.3", at("attention", "mask"), question="isolation"),
    _line("goal.4", at("ranking", "ranking"), question="actions"),
    _line("goal.5", at("journey", "tokens"), question="ranking_code"),
    _line("1.1.role", at("overview", "feed"), question="two_towers"),
    _line("1.1.in_out", at("retrieval", "candidates"), question="two_towers"),
    _line("1.2.shapes", at("retrieval", "towers"), question="two_towers"),
    _line("1.2.user_tower", at("retrieval", "towers", stage="mean"), question="user_tower"),
    _line("1.2.candidate_tower", at("retrieval", "towers", stage="inner"), question="candidate_tower"),
    _line("1.2.vector_database", at("retrieval", "index"), question="similarity"),
    _line("1.2.dot_product", at("retrieval", "towers", stage="dot"), question="similarity"),
    _line("1.2.ann", at("retrieval", "index"), question="similarity"),
    _line("1.3.model", at("retrieval", "towers"), question="retrieval_code"),
    _line("1.3.encode", at("retrieval", "towers", stage="hidden"), question="retrieval_code"),
    _line("1.3.reduce", at("journey", "rows"), question="retrieval_code"),
    _line("task.1.4.1", at("retrieval", "towers")),
    _line("task.1.4.2", at("retrieval", "towers", stage="mean"), question="user_tower"),
    _line("task.1.4.3", at("retrieval", "towers", stage="inner"), question="candidate_tower"),
    _line("task.1.4.4", at("retrieval", "towers", stage="dot"), question="similarity"),
    _line("task.1.4.5", at("retrieval", "candidates")),
    _line("task.1.4.6", at("retrieval", "towers")),
    _line("2.1.role", at("ranking", "ranking"), question="transformer"),
    _line("2.2.architecture", at("journey", "layers"), question="transformer"),
    _line("2.2.inputs", at("journey", "tokens"), question="transformer"),
    _line("2.2.attention", at("attention", "weights"), question="transformer"),
    _line("2.2.layers", at("journey", "layers"), question="transformer"),
    _line("2.3.definition", at("attention", "mask"), question="isolation"),
    _line("2.3.consistency", at("attention", "leak", mask="leaky"), question="why_isolation"),
    _line("2.3.caching", at("attention", "serving"), question="why_isolation"),
    _line("2.3.fairness", at("attention", "slots"), question="why_isolation"),
    _line("2.3.picture", at("attention", "mask"), question="isolation"),
    _line("2.3.code", at("attention", "steps"), question="mask_code"),
    _line("2.4.actions", at("ranking", "ranking"), question="actions"),
    _line("2.4.output", at("journey", "probabilities"), question="actions"),
    _line("2.4.why", at("ranking", "single"), question="actions"),
    _line("2.5.definition", at("journey", "ids")),
    _line("2.5.smaller", at("embeddings", "collisions"), "quiz.hashes"),
    _line("2.5.unseen", at("embeddings", "twins", twins="unseen")),
    _line("2.5.generalise", at("embeddings", "forced")),
    _line("2.5.code", at("journey", "rows")),
    _line("2.6.model", at("journey", "layers"), question="ranking_code"),
    _line("2.6.actions", at("journey", "tokens"), question="ranking_code"),
    _line("2.6.inputs", at("journey", "tokens"), question="ranking_code"),
    _line("2.6.reduce", at("journey", "rows"), question="ranking_code"),
    _line("2.6.mask", at("attention", "steps"), question="mask_code"),
    _line("task.2.7.1", at("journey", "tokens")),
    _line("task.2.7.2", at("journey", "layers"), question="transformer"),
    _line("task.2.7.3", at("attention", "mask"), "drew_mask"),
    _line("task.2.7.4", at("ranking", "ranking"), question="actions"),
    _line("task.2.7.5", at("embeddings", "collisions"), "quiz.hashes"),
    _line("task.2.7.6", at("overview", "feed")),
    _line("task.2.7.7", at("attention", "steps")),
    _line("3.1.samples", at("training", "samples"), "quiz.negatives"),
    _line("3.1.objective", at("training", "curves")),
    _line("3.2.retrieval", at("overview", "feed"), "quiz.corpus"),
    _line("3.2.ranking", at("journey", "rank")),
    _line("3.3.retrieval", at("retrieval", "index"), question="similarity"),
    _line("3.3.ranking", at("performance", "time"), "quiz.read_candidate_seq_len"),
    _line("task.3.4.1", at("overview", "feed"), "quiz.corpus"),
    _line("task.3.4.2", at("journey", "rank"), "quiz.rank"),
    _line("task.3.4.3", at("performance", "work"), "quiz.read_candidate_seq_len"),
    _line("task.3.4.4", at("overview", "feed")),
    _line("check.1", at("study", "check"), question="two_towers"),
    _line("check.2", at("study", "check"), question="user_tower"),
    _line("check.3", at("study", "check"), question="candidate_tower"),
    _line("check.4", at("study", "check"), question="similarity"),
    _line("check.5", at("study", "check"), question="transformer"),
    _line("check.6", at("study", "check"), question="isolation"),
    _line("check.7", at("study", "check"), question="why_isolation"),
    _line("check.8", at("study", "check"), question="actions"),
    _line("check.9", at("study", "check"), question="retrieval_code"),
    _line("check.10", at("study", "check"), question="ranking_code"),
    _line("check.11", at("study", "check"), question="mask_code"),
    _line("exercise.1.1", at("retrieval", "candidates")),
    _line("exercise.1.2", at("overview", "feed")),
    _line("exercise.1.3", at("study", "tasks")),
    _line("exercise.2.1", at("attention", "mask"), "drew_mask"),
    _line("exercise.2.2", at("attention", "steps"), question="mask_code"),
    _line("exercise.2.3", at("attention", "leak", mask="leaky"), question="why_isolation"),
    _line("exercise.3.1", at("performance", "time", vary="history_seq_len"), "quiz.read_history_seq_len"),
    _line("exercise.3.2", at("performance", "time", vary="candidate_seq_len"), "quiz.read_candidate_seq_len"),
    _line("exercise.3.3", at("performance", "time"), "quiz.read_history_seq_len", "quiz.read_candidate_seq_len"),
    _line("notes", at("study", "notes")),
    _line("next.ready", at("study", "check")),
    _line("next.projects", at("study", "projects"), "project.mask", "project.weights", "project.index"),
)
