"""Attention: who may attend to whom, who does, and what leaks if we let them?

The fragment draws one view; each view is a file of `dashboard.attention`.
"""

import streamlit as st

from dashboard import components, controls, resources, state
from dashboard.attention import controls as attention_controls
from dashboard.attention import exercise, leak, mask, reach, serving, slots, steps, weights
from dashboard.attention.scene import Places
from dashboard.attention.words import name_positions
from dashboard.locale import t
from phoenix.analysis import influence
from phoenix.masks import build_attention_mask, reachability

VIEWS = ("mask", "steps", "reach", "leak", "slots", "weights", "serving")
MEASURED_VIEWS = ("leak", "slots", "weights", "serving")  # those that run the model

user = state.user_id()
with st.spinner(t("common.computing")):
    retrieved = resources.retrieve(user, k=attention_controls.MOST_CANDIDATES).result.post_ids
    history = resources.history(user)


@state.fragment
def panel() -> None:
    """Controls, picture, observations; reruns on its own."""
    view = controls.choice("view", VIEWS, default=VIEWS[0], label=t("attention.view"), names="attention.view")
    left, right = st.columns([1, 2], gap="large")
    places = Places(aside=left, below=st.container())
    with left:
        scene = attention_controls.choose_scene(
            user_id=user, retrieved=retrieved, history=history, positions=view in MEASURED_VIEWS
        )
    names = name_positions(scene, resources.recommender().world)
    with right:
        match view:
            case "mask":
                mask.show(scene, names, places)
            case "steps":
                steps.show(scene, names, places)
            case "reach":
                reach.show(scene, names, places, model_layers=resources.ranker_config().transformer.num_layers)
            case "leak":
                leak.show(scene, places, retrieved=retrieved, history=history)
            case "slots":
                slots.show(scene, places)
            case "weights":
                weights.show(scene, names, places)
            case "serving":
                serving.show(scene, names, places, retrieved=retrieved)


panel()
components.maths(t("attention.maths"))
components.source(build_attention_mask, reachability, influence.measure_influence)
exercise.show()
