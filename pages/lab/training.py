"""Training: what did the models learn, and how close are they to the truth?"""

import streamlit as st

from dashboard import components, controls, elsewhere, resources, signpost, verdict
from dashboard.locale import t
from dashboard.training import exercise, quality, scene
from dashboard.training.views import ablations, calibration, curves, groups, own, rivals, samples
from dashboard.view import draw, draw_work

# name → what reads its scene (None: it has been drawn already), and what shows it
VIEWS = {
    "curves": (scene.read_curves, curves.view),
    "samples": (scene.read_samples, samples.view),
    "rivals": (quality.read_rivals, rivals.view),
    "calibration": (quality.read_calibration, calibration.view),
    "groups": (quality.read_groups, groups.view),
    "own": (lambda: scene.read_own(lambda shown: draw_work(own.view(shown))), own.view),
    "ablations": (scene.read_ablations, ablations.view),
}

if elsewhere.needs_truth():
    made = resources.recommender()
    (st.success if verdict.is_good(made.metrics) else st.warning)(verdict.first_sentence(made.metrics, made.world))
components.page_sentence("training")

names = tuple(VIEWS)
name = controls.choice("view", names, default=names[0], label=t("training.view"), names="training.view")
signpost.show(name)
read, view = VIEWS[name]
shown = read()
if shown is not None:
    draw(view(shown))
exercise.show(name)
