"""Retrieval: what comes back from 100 000 posts, and why?"""

import streamlit as st

from dashboard import components, controls, edits, resources, signpost
from dashboard.fragments import fragment
from dashboard.locale import t
from dashboard.retrieval import map_scene, scene
from dashboard.retrieval.index import scene as index_scene
from dashboard.retrieval.views import candidates, index, quality, similarity, topics, towers
from dashboard.retrieval.views import map as corpus_map
from dashboard.view import draw

# name → what reads its scene (None: nothing to show yet, and it has said so itself), and what shows that scene
VIEWS = {
    "candidates": (scene.read_candidate, candidates.view),
    "topics": (scene.read, topics.view),
    "similarity": (scene.read, similarity.view),
    "map": (map_scene.read, corpus_map.view),
    "towers": (scene.read_towers, towers.view),
    "index": (index_scene.read, index.view),
    "quality": (scene.read_quality, quality.view),
}

BESIDE = ("index",)  # its many controls stand beside the picture, which stays in sight while they scroll


@fragment
def panel() -> None:
    """Controls, the chosen view, and what to notice in it; reruns on its own."""
    names = tuple(VIEWS)
    name = controls.choice("view", names, default=names[0], label=t("retrieval.view"), names="retrieval.views")
    signpost.show(name)
    read, view = VIEWS[name]
    left, right = st.columns([2, 3], gap="medium") if name in BESIDE else (st.container(), st.container())
    with left:
        shown = read()
    if shown is not None:
        below = st.container()
        with right, st.container(key=controls.key("picture") if name in BESIDE else None):
            draw(view(shown), below=below)


panel()
with components.exercise(t("retrieval.exercise", user=edits.as_arguments())):
    found = resources.retrieve(resources.subject(), k=scene.DEFAULT_K).result
    if len(found.scores) > 1:  # the explanation compares the first two
        components.quiz(
            "length",
            question=t("retrieval.quiz.question"),
            options={option: t(f"retrieval.quiz.{option}") for option in ("order", "values", "nothing", "fewer")},
            answer="values",
            hint=t("retrieval.quiz.hint"),
            explanation=scene.doubled(found),
        )
