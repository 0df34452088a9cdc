"""A matrix of 0 and 1 over the scene's positions as a picture; several views draw one."""

import numpy as np
import plotly.graph_objects as go

from dashboard.attention import figures, rules, words
from dashboard.attention.scene import Scene
from dashboard.locale import t

WORDED_POSITIONS = 40  # up to here every cell carries its own sentence; beyond, the hover is put together


def draw(
    mask: np.ndarray,
    scene: Scene,
    *,
    reference: np.ndarray | None = None,
    legend: dict[str, str] | None = None,
) -> go.Figure:
    """Draws the positions of `scene.drawn`.

    Args:
      mask: [T, T].
      scene: gives names and blocks.
      reference: [T, T], the matrix to compare with.
      legend: other words than the usual ones for `allowed`, `forbidden`, `opened` and `closed` cells.
    """
    cells = np.ix_(scene.drawn, scene.drawn)
    small = len(scene.drawn) <= WORDED_POSITIONS
    large = f"{t('attention.hover.large')}<br>{t(f'attention.hover.rule.{scene.variant}')}"
    text = words.grid_text(scene, cell="%{y}<br><b>%{customdata}</b><br>%{x}" if small else large)
    sentences = rules.sentences(mask[cells], context=scene.context, variant=scene.variant) if small else None
    return figures.mask_grid(
        mask[cells],
        history_len=len(scene.history),
        text=text._replace(**(legend or {})),
        sentences=sentences,
        reference=None if reference is None else reference[cells],
    )
