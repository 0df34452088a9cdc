"""Embeddings: how do two hashes stand in for an id?"""

from dashboard import components, controls, state
from dashboard.embeddings import collisions, forced, padding, quiz, twins
from dashboard.locale import t
from phoenix.embedding import block_user_reduce

VIEWS = {
    "collisions": collisions.show,
    "twins": twins.show,
    "forced": forced.show,
    "padding": padding.show,
}


@state.fragment
def panel() -> None:
    """The chosen view with its controls; reruns on its own."""
    view = controls.choice(
        "view", tuple(VIEWS), default="collisions", label=t("embeddings.view"), names="embeddings.views"
    )
    ran = VIEWS[view]()
    components.maths(t("embeddings.maths"))
    components.source(*ran, block_user_reduce)


panel()
quiz.show()
