"""Embeddings: how do two hashes stand in for an id?"""

from dashboard import controls, resources, signpost
from dashboard.embeddings import exercise
from dashboard.embeddings.scene import read
from dashboard.embeddings.views import collisions, forced, padding, twins
from dashboard.fragments import fragment
from dashboard.locale import t
from dashboard.view import draw

VIEWS = {
    "collisions": collisions.view,
    "twins": twins.view,
    "forced": forced.view,
    "padding": padding.view,
}


@fragment
def panel() -> None:
    """The chosen view with its controls; reruns on its own."""
    label = t("embeddings.view")
    name = controls.choice("view", tuple(VIEWS), default="collisions", label=label, names="embeddings.views")
    signpost.show(name)
    draw(VIEWS[name](read(name, who=resources.subject())))


panel()
exercise.show()
