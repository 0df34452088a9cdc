"""Pictures of the attention page: grids in the coordinates of the mask, who moves whom, and dots."""

from dashboard.attention.figures.dots import ChangeText, ShuffleText, change_dots, shuffle_dots
from dashboard.attention.figures.grid import GridText, attention_grid, mask_grid
from dashboard.attention.figures.influence import InfluenceText, influence_grid, written

__all__ = [
    "ChangeText",
    "GridText",
    "InfluenceText",
    "ShuffleText",
    "attention_grid",
    "change_dots",
    "influence_grid",
    "mask_grid",
    "shuffle_dots",
    "written",
]
