"""The actions of an imported log, with presets made for them, since nobody published any.

* `balanced`, the default: each action weighs in inverse proportion to its base rate, the target 1, so that on the
  average impression every positive action gives the same; the negative ones together take 0.4 times what the positive
  ones give. Where all actions have one sign, each gives or takes the same. One that was taken fewer than
  `LEAST_TAKEN` times weighs 0: what the models say of it is hardly more than noise, and its weight would be largest.
* `equal`: each positive action 1, each negative action -1; the frequent ones decide.
* `target_only`: the action that retrieval learns, alone.
* `no_negatives`: `balanced` without its negative part, where there are actions of both signs.

Weights are rounded to two digits: they are something to start from, not measurements.
"""

from collections.abc import Mapping, Sequence

import numpy as np

from phoenix.actions import ActionSet, Preset, check_signs
from phoenix.checks import shown

# What negative actions take from the average impression, as a share of what positive ones give.
_NEGATIVE_SHARE = 0.4
LEAST_TAKEN = 20
_LEAST_RATE = 1e-4  # of an action that the log hardly has: its weight stays finite


def logged_actions(
    names: Sequence[str],
    *,
    signs: Sequence[int],
    rates: Sequence[float],
    impressions: int | None = None,
    target: str | None = None,
    labels: Mapping[str, Mapping[str, str]] | None = None,
) -> ActionSet:
    """Makes the set of a log's actions.

    Args:
      names: as for `ActionSet`.
      signs: one for each name.
      rates: mean of each action over the logged impressions, 0 … 1.
      impressions: how many these are; None if there are enough for every action that has a rate.
      target: the action that retrieval learns; None for the first positive one, or the first.
      labels: as for `ActionSet`.

    Raises:
      ValueError: as for `ActionSet`, or an unknown target, or rates that are none.
    """
    check_signs(names, signs)
    shares = np.asarray(rates, np.float64)
    if shares.shape != (len(names),) or not ((shares >= 0) & (shares <= 1)).all():
        raise ValueError(f"Each of the {len(names)} actions needs a rate from 0 to 1, got {shown(rates)}.")
    if target is not None and target not in names:
        raise ValueError(f"The target {shown(target)} is no action: the actions are {', '.join(names)}.")
    chosen = names.index(target) if target else next((i for i, sign in enumerate(signs) if sign > 0), 0)
    enough = shares > 0 if impressions is None else np.round(shares * impressions) >= LEAST_TAKEN
    counted = enough | (np.arange(len(names)) == chosen)
    tables = _weigh(np.array(signs), rates=np.maximum(shares, _LEAST_RATE), counted=counted, target=chosen)
    return ActionSet(
        names=tuple(names),
        signs=tuple(signs),
        presets={preset: _round(names, weights) for preset, weights in tables.items()},
        default_preset="balanced",
        target=chosen,
        labels=labels or {},
    )


def _weigh(signs: np.ndarray, *, rates: np.ndarray, counted: np.ndarray, target: int) -> dict[str, np.ndarray]:
    """The weights [A] of each preset; `counted`, bool [A], are the actions that `balanced` weighs."""
    positive, negative = int((counted & (signs > 0)).sum()), int((counted & (signs < 0)).sum())
    mixed = positive > 0 and negative > 0
    share = _NEGATIVE_SHARE * positive / negative if mixed else 1.0
    balanced = counted * np.where(signs > 0, 1.0, -share) / rates
    balanced /= abs(balanced[target])
    tables = {"balanced": balanced, "equal": signs, "target_only": signs * (np.arange(len(signs)) == target)}
    return tables | ({"no_negatives": np.where(signs > 0, balanced, 0.0)} if mixed else {})


def _round(names: Sequence[str], weights: np.ndarray) -> Preset:
    return Preset({name: float(f"{weight:.2g}") + 0.0 for name, weight in zip(names, weights.tolist(), strict=True)})
