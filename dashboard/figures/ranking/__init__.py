"""Pictures of the ranking page, one a file; every one takes arrays and words, and returns a figure."""

from dashboard.figures.ranking.bars import ActionText, action_bars
from dashboard.figures.ranking.heatmap import HeatmapText, probability_heatmap
from dashboard.figures.ranking.ratios import RatioText, ratio_bars
from dashboard.figures.ranking.shared import BAR, GROUP_GAP, signed
from dashboard.figures.ranking.slopes import SlopeText, rank_slopes
from dashboard.figures.ranking.waterfall import ScoreSteps, ScoreText, score_waterfall

__all__ = [
    "BAR",
    "GROUP_GAP",
    "ActionText",
    "HeatmapText",
    "RatioText",
    "ScoreSteps",
    "ScoreText",
    "SlopeText",
    "action_bars",
    "probability_heatmap",
    "rank_slopes",
    "ratio_bars",
    "score_waterfall",
    "signed",
]
