"""Overview: how does one feed get made?"""

import streamlit as st

from dashboard import controls, resources, signpost, verdict
from dashboard.locale import t
from dashboard.overview import exercise, panel, scene, welcome
from dashboard.overview.views import diversity, feed, filters, pipeline, sources
from dashboard.view import draw, draw_background, draw_work

# name → what reads its scene, and what is shown of it
VIEWS = {
    "feed": (scene.whole, pipeline.view),
    "sources": (scene.read_sources, sources.view),
    "filters": (scene.read_filters, filters.view),
    "diversity": (scene.read_diversity, diversity.view),
}

names, label = list(VIEWS), t("overview.view")
look = {"default": names[0], "label": label, "names": "overview.view", "label_visibility": "collapsed"}
name = controls.choice("view", names, **look)
signpost.show(name)
made, is_first = resources.recommender(), name == names[0]
if is_first:
    if made.world.truth is None:  # whether its models are worth looking at comes first
        st.info(verdict.first_sentence(made.metrics, made.world))
    welcome.show(made.world)
shown = scene.read()
read, view = VIEWS[name]
work, cards, how = st.container(), st.container(), st.container()
with work:
    left, right = (None, st.container()) if is_first else st.columns([2, 5], gap="medium")
    if left is not None:
        with left:
            panel.draw(shown.settings, view=name)
    with right:
        drawn = view(read(shown))
        draw_work(drawn)
with cards:
    draw(feed.view(shown))
with how:
    draw_background(drawn)
if is_first:
    exercise.show(shown)
