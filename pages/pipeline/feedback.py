"""Feedback: what do ten refreshes do to a feed?"""

from dashboard import controls, signpost
from dashboard.feedback import scene
from dashboard.feedback.views import new_post, refreshes, sample
from dashboard.fragments import fragment
from dashboard.locale import t
from dashboard.view import draw

# name → what reads its scene, and what shows it
VIEWS = {
    "refreshes": (scene.read_refreshes, refreshes.view),
    "sample": (scene.read_sample, sample.view),
    "new_post": (scene.read_hour, new_post.view),
}


@fragment
def panel() -> None:
    """The chosen view with its controls; reruns on its own."""
    names = tuple(VIEWS)
    name = controls.choice(
        "view", names, default=names[0], label=t("feedback.view"), names="feedback.views", label_visibility="collapsed"
    )
    signpost.show(name)
    read, view = VIEWS[name]
    draw(view(read()))


panel()
