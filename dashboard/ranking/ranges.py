"""How far the slider of each weight reaches."""

import math
from typing import NamedTuple

from dashboard import naming


class WeightRange(NamedTuple):
    """The slider of one weight. Every preset lies within it and on its grid."""

    low: float
    high: float
    step: float

    def holding(self, weight: float) -> "WeightRange":
        """The same range, stretched to a weight beyond it."""
        return WeightRange(min(self.low, weight), max(self.high, weight), self.step)


_STOPS = 100  # of a slider for a weight of a log, and how far it reaches beyond the largest preset
_BEYOND = 4


def weight_range(action: str) -> WeightRange:
    """The slider of an action of the session's world; in a log made from its presets."""
    actions = naming.world().actions
    if naming.world().truth is not None:
        return WEIGHT_RANGES[action]
    largest = max(abs(preset.weights[action]) for preset in actions.presets.values()) or 1.0
    power = 10.0 ** math.floor(math.log10(_BEYOND * largest))
    reach = power * math.ceil(_BEYOND * largest / power)
    step = reach / _STOPS
    return WeightRange(0, reach, step) if action in actions.positives else WeightRange(-reach, 0, step)


WEIGHT_RANGES = {
    "favorite": WeightRange(0, 5, 0.1),
    "reply": WeightRange(0, 30, 0.5),
    "retweet": WeightRange(0, 10, 0.25),
    "quote": WeightRange(0, 30, 0.5),
    "click": WeightRange(0, 20, 0.1),
    "profile_click": WeightRange(0, 20, 0.5),
    "video_view": WeightRange(0, 1, 0.005),
    "photo_expand": WeightRange(0, 1, 0.005),
    "share": WeightRange(0, 10, 0.25),
    "dwell": WeightRange(0, 2, 0.05),
    "follow_author": WeightRange(0, 40, 0.5),
    "not_interested": WeightRange(-160, 0, 0.4),
    "block_author": WeightRange(-160, 0, 0.4),
    "mute_author": WeightRange(-160, 0, 0.4),
    "report": WeightRange(-500, 0, 1),
}
