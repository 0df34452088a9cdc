"""The predictors that models have to beat: smoothed action rates of users, items and authors, and their sums.

A rate is (taken + m · overall rate) / (shown + m) with m = `PRIOR` impressions; sums add the differences to the overall
rate in logits. All of it is counted in what came before the held-out part. Glossary: n impressions, A actions.
"""

from collections.abc import Mapping

import numpy as np
from scipy.special import expit, logit

PRIOR = 20
_LEAST_RATE = 1e-6


class SimplePredictors:
    """Rates counted in a log.

    Attributes:
      base: overall rate of each action, float64 [A].
    """

    def __init__(self, keys: Mapping[str, np.ndarray], actions: np.ndarray, *, sizes: Mapping[str, int]):
        """Counts.

        Args:
          keys: "user", "item" and perhaps "author", the ids of each impression, int [n].
          actions: bool [n, A].
          sizes: how many there are of each.
        """
        self._names = tuple(keys)
        shown = {name: np.bincount(ids, minlength=sizes[name]) for name, ids in keys.items()}
        self.base = np.clip(actions.mean(axis=0) if len(actions) else np.full(actions.shape[1], 0.5), _LEAST_RATE, 1)
        self.base = np.minimum(self.base, 1 - _LEAST_RATE)
        self._gains = {}
        for name, ids in keys.items():
            taken = np.stack(
                [np.bincount(ids, actions[:, a], minlength=sizes[name]) for a in range(actions.shape[1])], axis=1
            )
            rates = (taken + PRIOR * self.base) / (shown[name][:, None] + PRIOR)
            self._gains[name] = logit(rates) - logit(self.base)

    def thin(self, factor: float) -> None:
        """Lowers the overall rates: so many impressions are judged for each that was counted."""
        self.base = self.base / factor

    @property
    def names(self) -> tuple[str, ...]:
        """All predictors, the overall rate first, then one kind of rate each, then their sums."""
        first, *others = self._names
        sums = [f"{first} + {other}" for other in others]
        if len(others) > 1:
            sums.append(" + ".join(self._names))
        return ("overall", *self._names, *sums)

    def predict(self, name: str, keys: Mapping[str, np.ndarray]) -> np.ndarray:
        """Probabilities [n, A] of impressions by one of `names`; keys as for the constructor."""
        kinds = () if name == "overall" else name.split(" + ")
        (some,) = {len(ids) for ids in keys.values()}
        gains = sum((self.gain(kind, keys[kind]) for kind in kinds), np.zeros((some, len(self.base))))
        return expit(logit(self.base) + gains)

    def gain(self, kind: str, ids: np.ndarray) -> np.ndarray:
        """What users, items or authors of any shape add to the overall rate's logit: [..., A]."""
        return self._gains[kind][ids]
