"""Overview: how does one feed get made?"""

import streamlit as st

from dashboard import resources, signpost, verdict
from dashboard.overview import exercise, scene, welcome
from dashboard.overview.views import feed, pipeline
from dashboard.view import draw

signpost.show()
made = resources.recommender()
if made.world.truth is None:  # whether its models are worth looking at comes first
    st.info(verdict.first_sentence(made.metrics, made.world))
welcome.show(made.world)
shown = scene.read()
picture, cards, how = st.container(), st.container(), st.container()
with picture:
    draw(pipeline.view(shown), below=how)
with cards:
    draw(feed.view(shown))
exercise.show(shown)
