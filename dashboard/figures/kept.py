"""A figure that is drawn again and again as it is."""

from typing import Any

import plotly.graph_objects as go


class KeptFigure(go.Figure):
    """A figure that nobody changes once it was shown, so that its dictionary form is made only once.

    Making it takes longer than ranking: Plotly copies and encodes every array anew.
    """

    def to_dict(self) -> dict[str, Any]:
        """The figure as a dictionary, the same at every call; treat it as read-only."""
        if "_made" not in self.__dict__:
            self._made = super().to_dict()
        return self._made
