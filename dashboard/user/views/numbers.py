"""Free editing in four numbers, above the tools: what is new, what stayed, how far the vector turned, what is true."""

from dashboard.user import changed
from dashboard.user.scene import EditScene
from dashboard.view import Html, View


def view(scene: EditScene) -> View:
    """The numbers."""
    return View(blocks=(Html(changed.tiles(scene.changes, usual=scene.usual_degrees)),))
