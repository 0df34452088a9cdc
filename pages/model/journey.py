"""Journey: how does one post get its score?"""

import streamlit as st

from dashboard import components, feed, signpost, weighting
from dashboard.fragments import fragment
from dashboard.journey import exercise, pickers, scene
from dashboard.journey.views import VIEWS
from dashboard.view import draw


@fragment
def walk() -> None:
    """The post, the step and its picture; reruns on its own."""
    chosen = weighting.read()
    step = pickers.step()
    signpost.show(step)
    left, right = st.columns(2, gap="large")
    with left:
        seen = scene.read(step, chosen)
    with right:
        st.html(components.feed_html([feed.card(seen.candidates, seen.world)]))
    draw(VIEWS[step](seen))
    exercise.show(step, seen)


walk()
