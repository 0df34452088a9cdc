"""Performance: what does each parameter cost?

Measured in a process of its own on the machine that serves this page; the page only looks how far it is.
"""

from dashboard import components, progress, signpost
from dashboard.performance import scene
from dashboard.performance.exercise import PARAMETERS, ask, ask_picture, exercise, question_of
from dashboard.performance.views import peak, time, work
from dashboard.view import draw

VIEWS = {"time": time.view, "work": work.view, "peak": peak.view}

shown = scene.read()
signpost.show(shown.view)
draw(VIEWS[shown.view](shown))
read = [parameter for parameter in PARAMETERS if progress.is_done(f"quiz.{question_of(parameter)}")]
with components.exercise(exercise(scene.seen(), read=read)):
    if shown.measured is not None and shown.plan.varied in PARAMETERS:
        ask_picture(shown.measured)
    ask(scene.trained_shape())
