"""The index view: this user's search, or all kinds of index measured."""

from dashboard.retrieval.index.scene import SearchScene, SweepScene
from dashboard.retrieval.views import index_search, index_sweep
from dashboard.view import View


def view(scene: SearchScene | SweepScene) -> View:
    """Whichever of both was read."""
    return index_search.view(scene) if isinstance(scene, SearchScene) else index_sweep.view(scene)
