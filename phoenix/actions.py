"""The fifteen actions that the ranker predicts, and the weight presets that turn them into one score.

The order of `ACTIONS` is the column order of every `[..., A]` array of this project. A weight multiplies a
*predicted probability*, not a count of past actions.

Sources of the two published presets: the open-sourced recommender of X, releases of 2026-08-12 and of 2023.
"""

import math
from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import pandas as pd

from phoenix.checks import check_array, is_real, shown

POSITIVE_ACTIONS = (
    "favorite",
    "reply",
    "retweet",
    "quote",
    "click",
    "profile_click",
    "video_view",
    "photo_expand",
    "share",
    "dwell",
    "follow_author",
)
NEGATIVE_ACTIONS = ("not_interested", "block_author", "mute_author", "report")
ACTIONS = POSITIVE_ACTIONS + NEGATIVE_ACTIONS
NUM_ACTIONS = len(ACTIONS)
FAVORITE = ACTIONS.index("favorite")  # the action that retrieval is trained on and judged by
SIGNS = np.array([1] * len(POSITIVE_ACTIONS) + [-1] * len(NEGATIVE_ACTIONS))
DEFAULT_PRESET = "x_2026"
# Far above any published weight, and small enough that no sum of weighted probabilities overflows.
MAX_WEIGHT = 1e9


class Preset(NamedTuple):
    """A named set of weights.

    Attributes:
      weights: one weight for each of the fifteen actions.
      published: ISO date (or year) on which the set was published, None for a set of our own.
    """

    weights: dict[str, float]
    published: str | None


def _preset(published: str | None = None, **weights: float) -> Preset:
    return Preset({action: float(weights.get(action, 0.0)) for action in ACTIONS}, published)


_X_2026 = dict(
    favorite=0.5,
    reply=5,
    retweet=1,
    quote=5,
    click=0.4,
    video_view=0.05,
    photo_expand=0.05,
    share=2,
    follow_author=4,
    not_interested=-43.2,
    block_author=-31.2,
    mute_author=-58.8,
    report=-234,
)

PRESETS: dict[str, Preset] = {
    "x_2026": _preset("2026-08-12", **_X_2026),
    "x_2023": _preset(
        "2023",
        favorite=0.5,
        reply=13.5,
        retweet=1,
        click=11,
        profile_click=12,
        video_view=0.005,
        not_interested=-74,
        block_author=-74,
        mute_author=-74,
        report=-369,
    ),
    "likes_only": _preset(favorite=1),
    "conversation": _preset(reply=10, quote=8, favorite=0.5, not_interested=-40, block_author=-60, report=-200),
    "discovery": _preset(
        follow_author=20, profile_click=4, click=0.5, share=2, favorite=0.2, not_interested=-40, mute_author=-60
    ),
    "no_negatives": _preset(**{a: w for a, w in _X_2026.items() if a not in NEGATIVE_ACTIONS}),
}


def resolve_weights(weights: str | Mapping[str, float] | pd.Series | np.ndarray | None = None) -> np.ndarray:
    """Turns a preset's name, a mapping, a Series or an array into the weight vector.

    Args:
      weights: a key of `PRESETS`; a mapping or a Series from action to weight, in any order (missing actions weigh
        0); an array of shape [A] in the order of `ACTIONS`; or None for the default preset.

    Returns:
      float64 array of shape [A], each weight between -`MAX_WEIGHT` and `MAX_WEIGHT`.

    Raises:
      ValueError: unknown preset or action, a wrong shape, or a weight that is not such a number.
    """
    if weights is None:
        weights = DEFAULT_PRESET
    if isinstance(weights, str):
        if weights not in PRESETS:
            raise ValueError(f"Unknown weight preset {shown(weights)}: choose one of {', '.join(PRESETS)}.")
        weights = PRESETS[weights].weights
    named = _by_name(weights) if isinstance(weights, Mapping | pd.Series) else _by_place(weights)
    return np.array([_checked_weight(action, named.get(action, 0.0)) for action in ACTIONS], np.float64)


def _by_name(weights: Mapping[str, float] | pd.Series) -> dict[str, object]:
    """A mapping's or a Series' weights by action."""
    unknown = [action for action in weights.keys() if action not in ACTIONS]  # noqa: SIM118 - a Series iterates values
    if unknown:
        raise ValueError(f"Unknown action {shown(unknown[0])} in the weights: the actions are {', '.join(ACTIONS)}.")
    named = dict(weights.items())
    if len(named) != len(weights):
        raise ValueError("The weights name an action more than once: give each action one weight.")
    return named


def _by_place(weights: object) -> dict[str, object]:
    """An array's weights by action."""
    array = check_array(weights, what="The weights")
    if array.shape != (NUM_ACTIONS,):
        raise ValueError(f"Expected {NUM_ACTIONS} weights, one for each action, got an array of shape {array.shape}.")
    entries = weights if isinstance(weights, list | tuple) else array.tolist()
    return dict(zip(ACTIONS, entries, strict=True))


def _checked_weight(action: str, value: object) -> float:
    number = value.item() if isinstance(value, np.generic) else value
    if not is_real(value) or not (isinstance(number, int) or math.isfinite(number)):
        raise ValueError(
            f"The weight of {action} must be a finite number, got {shown(value)}: give a number such as 0.5."
        )
    if not -MAX_WEIGHT <= number <= MAX_WEIGHT:
        raise ValueError(
            f"The weight of {action} must lie between -{MAX_WEIGHT:.0f} and {MAX_WEIGHT:.0f}, got {shown(value)}."
        )
    return float(number)
