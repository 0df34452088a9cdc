"""Retrieval: what comes back from 100 000 posts, and why?"""

from dashboard import components, controls, resources, state
from dashboard.locale import t
from dashboard.retrieval import candidates, corpus_map, index_lab, quality, scene, similarity, topics, towers

VIEWS = {
    "candidates": candidates.show,
    "topics": topics.show,
    "similarity": similarity.show,
    "map": corpus_map.show,
    "towers": towers.show,
    "index": index_lab.show,
    "quality": quality.show,
}
WITHOUT_K = ("quality",)  # judged at cutoffs of its own


@state.fragment
def panel() -> None:
    """Controls, the chosen view, and what to notice in it; reruns on its own."""
    view = controls.choice(
        "view", tuple(VIEWS), default="candidates", label=t("retrieval.view"), names="retrieval.views"
    )
    ran = VIEWS[view](scene.read(ask=view not in WITHOUT_K))
    components.maths(t("retrieval.maths"))
    components.source(*ran)


panel()
with components.exercise(t("retrieval.exercise", user=state.user_id())):
    components.quiz(
        "length",
        question=t("retrieval.quiz.question"),
        options={option: t(f"retrieval.quiz.{option}") for option in ("order", "values", "nothing")},
        answer="values",
        explanation=scene.doubled(resources.retrieve(state.user_id(), k=scene.DEFAULT_K).result),
    )
