"""Attention: who may attend to whom, who does, and what leaks if we let them?"""

import streamlit as st

from dashboard import components, controls, resources, signpost
from dashboard.attention import exercise, project
from dashboard.attention.scene import read
from dashboard.attention.views import feeds, leak, looks, mask, reach, serving, slots, steps, weights
from dashboard.fragments import fragment
from dashboard.locale import t
from dashboard.view import draw

VIEWS = {
    "mask": mask.view,
    "steps": steps.view,
    "reach": reach.view,
    "leak": leak.view,
    "slots": slots.view,
    "weights": weights.view,
    "serving": serving.view,
}
FEWEST_POSTS = 3  # two candidates, and one to exchange them for
UNDERNEATH = {"leak": feeds.view, "weights": looks.view}  # what needs the whole width


@fragment
def panel() -> None:
    """Controls beside the picture; reruns on its own."""
    if resources.recommender().world.num_posts < FEWEST_POSTS:
        st.info(t("attention.few_posts", least=FEWEST_POSTS))
        return
    name = controls.choice("view", tuple(VIEWS), default="mask", label=t("attention.view"), names="attention.view")
    signpost.show(name)
    left, right = st.columns([1, 2], gap="large")
    below, folded = st.container(), st.container()
    with left:
        beside = components.aside()
    with right:
        scene = read(name, who=resources.subject(), beside=beside, below=below)
        draw(VIEWS[name](scene), below=folded)
    project.note(scene)
    if name in UNDERNEATH:
        with below:
            draw(UNDERNEATH[name](scene))


panel()
exercise.show()
