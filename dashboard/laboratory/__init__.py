"""The laboratory of the ranking page: four views that take the weighted sum apart, one module each.

They look at the weighted sum alone. The later stages (author diversity, out of network) depend on the other posts of
an author, so that no single weight would have an exact effect on them.
"""

from typing import TYPE_CHECKING

from dashboard.laboratory import frontier, sensitivity, single, why

if TYPE_CHECKING:
    import plotly.graph_objects as go

    from dashboard.ranking import Scene

_SHOW = {"single": single.show, "sensitivity": sensitivity.show, "frontier": frontier.show, "why": why.show}
VIEWS = tuple(_SHOW)


def show(view: str, scene: "Scene") -> "go.Figure | None":
    """Draws one view: its controls, its picture, what to notice, how it is computed; returns the picture."""
    return _SHOW[view](scene)
