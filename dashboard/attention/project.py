"""The project “a mask of your own that isolates”, judged by where information can travel."""

from typing import NamedTuple

import numpy as np

from dashboard import progress
from dashboard.attention.choices import CUSTOM
from dashboard.attention.scene import Scene
from dashboard.locale import t
from phoenix.masks import MASK_VARIANTS, build_attention_mask, reachability


class Verdict(NamedTuple):
    """What a mask lets through.

    Attributes:
      leaks: pairs of different candidates of which one can influence the other.
      blind: candidates that user or history cannot reach.
      own: whether it is none of the masks that can be chosen by name.
    """

    leaks: int
    blind: int
    own: bool

    @property
    def passed(self) -> bool:
        """Whether it is a mask of one's own that isolates."""
        return self.own and not self.leaks and not self.blind


def judge(mask: np.ndarray, *, context: int, layers: int) -> Verdict:
    """Judges a mask [T, T] by what can travel through it in some layers.

    Args:
      mask: 1 = may attend.
      context: 1 + S.
      layers: of the ranker.
    """
    reached = reachability(mask, layers)[-1]
    among = reached[context:, context:] & ~np.eye(len(mask) - context, dtype=bool)
    named = (build_attention_mask(context - 1, len(mask) - context, variant=one) for one in MASK_VARIANTS)
    return Verdict(
        leaks=int(among.sum()),
        blind=int((~reached[context:, :context].all(axis=1)).sum()),
        own=not any(np.array_equal(mask != 0, other != 0) for other in named),
    )


def note(scene: Scene) -> None:
    """Judges the mask that is shown, if the visitor has made it."""
    if scene.variant != CUSTOM:
        return
    verdict = judge(scene.mask, context=scene.context, layers=scene.layers)
    said = t("attention.project", leaks=verdict.leaks, blind=verdict.blind, layers=scene.layers)
    progress.attempt("project.mask", said)
    if verdict.passed:
        progress.done("project.mask", said)
