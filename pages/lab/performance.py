"""Performance: what does each parameter cost?

Measured in a process of its own on the machine that serves this page; the page only looks how far it is.
"""

from dashboard import components, signpost
from dashboard.performance import scene
from dashboard.performance.exercise import ask, exercise
from dashboard.performance.views import peak, time, work
from dashboard.view import draw

VIEWS = {"time": time.view, "work": work.view, "peak": peak.view}

shown = scene.read()
signpost.show(shown.view)
draw(VIEWS[shown.view](shown))
with components.exercise(exercise(scene.seen())):
    ask(scene.trained_shape())
