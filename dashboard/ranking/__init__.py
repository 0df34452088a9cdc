"""The ranking laboratory: one module a view, each with `show(scene)`; `Scene` is all that a view is given.

`weights` holds the session's weights and their widgets, `stages` the settings of the later stages, `baseline` what
is compared with, `export` what can be taken away.
"""

from dashboard.ranking.scene import Nudge, Scene
from dashboard.ranking.weights import WEIGHT_RANGES, WeightRange

__all__ = ["WEIGHT_RANGES", "Nudge", "Scene", "WeightRange"]
