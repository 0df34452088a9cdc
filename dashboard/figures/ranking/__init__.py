"""Pictures of the ranking page, one a file; every one takes arrays and words, and returns a figure."""

from dashboard.figures.ranking.bars import ActionText, action_bars
from dashboard.figures.ranking.heatmap import HeatmapText, probability_heatmap
from dashboard.figures.ranking.ratios import RatioText, ratio_bars
from dashboard.figures.ranking.slopes import SlopeText, rank_slopes

__all__ = [
    "ActionText",
    "HeatmapText",
    "RatioText",
    "SlopeText",
    "action_bars",
    "probability_heatmap",
    "rank_slopes",
    "ratio_bars",
]
