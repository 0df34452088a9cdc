"""Training: what did the models learn, and how close are they to the truth?"""

from dashboard import controls, signpost
from dashboard.locale import t
from dashboard.training import exercise, scene
from dashboard.training.views import ablations, calibration, curves, groups, own, samples
from dashboard.view import draw, draw_work

# name → what reads its scene (None: it has been drawn already), and what shows it
VIEWS = {
    "curves": (scene.read_curves, curves.view),
    "samples": (scene.read_samples, samples.view),
    "calibration": (scene.read_calibration, calibration.view),
    "groups": (scene.read_groups, groups.view),
    "own": (lambda: scene.read_own(lambda shown: draw_work(own.view(shown))), own.view),
    "ablations": (scene.read_ablations, ablations.view),
}

names = tuple(VIEWS)
name = controls.choice("view", names, default=names[0], label=t("training.view"), names="training.view")
signpost.show(name)
read, view = VIEWS[name]
shown = read()
if shown is not None:
    draw(view(shown))
exercise.show()
