"""Ranking: what will this user do, and what do the weights make of it?

The ranker has run once, before the fragment; moving a weight only adds up probabilities again.
"""

import streamlit as st

from dashboard import components, controls, resources, signpost
from dashboard.fragments import fragment
from dashboard.locale import t
from dashboard.ranking import ask, exercise, export, panel, scene
from dashboard.ranking.views import compare, dates, frontier, heatmap, moved, ranking, score, sensitivity, single, why
from dashboard.view import View, draw_background, draw_work

# name → the view's own controls and question, and what is shown of the scene that they give
VIEWS = {
    "ranking": (ask.bars, ranking.view),
    "heatmap": (ask.heatmap, heatmap.view),
    "score": (ask.nothing, score.view),
    "moved": (ask.moved, moved.view),
    "compare": (ask.compare, compare.view),
    "dates": (ask.dates, dates.view),
    "single": (ask.contest, single.view),
    "sensitivity": (ask.nothing, sensitivity.view),
    "frontier": (ask.frontier, frontier.view),
    "why": (ask.why, why.view),
}

names = list(VIEWS)
with st.container(key="ranking-view"):
    name = controls.choice(
        "view", names, default=names[0], label=t("ranking.view"), names="ranking.view", label_visibility="collapsed"
    )
signpost.show(name)
with st.spinner(t("common.computing")):
    found = scene.find(resources.subject())


@fragment
def work(exercise_place: st.delta_generator.DeltaGenerator) -> View:
    """Weights on the left, one view of what they do on the right; reruns on its own."""
    left, right = st.columns([2, 5], gap="medium")
    with left:
        now = panel.draw()
    with right:
        ask_more, show = VIEWS[name]
        asked = ask_more(scene.read(found, now, view=name), found, now)
        shown = show(asked)
        panel.note_stages(now, view=name)
        draw_work(shown)
        export.show(asked, name, shown.figure)
    with exercise_place:
        exercise.show(asked)
    return shown


body = st.container()
below = st.container()
place = st.empty()
with body:
    shown = work(place)
with below:
    draw_background(shown)
if found.world.truth is not None:  # it is about the weights that X has published
    with components.exercise(t("ranking.quiz.exercise")):
        exercise.ask(found)
