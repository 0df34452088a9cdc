"""Scenes of the attention page that no widget and no model has made."""

import numpy as np
import pandas as pd

from dashboard.attention.scene import Scene
from dashboard.posts import Post
from dashboard.weighting import of_preset
from phoenix.actions import ACTIONS, X_ACTIONS
from phoenix.masks import MASK_VARIANTS, build_attention_mask


def post(number: int) -> Post:
    return Post(number, f"handle{number}", "jazz", "photo", f"the text of post {number}")


def make_scene(
    variant: str = "isolated", *, history: int = 3, candidates: int = 4, mask: np.ndarray | None = None, **changed
) -> Scene:
    """A user with posts 0, 1, … as history and 100, 101, … as candidates; every position is drawn."""
    if mask is None:
        known = variant if variant in MASK_VARIANTS else "isolated"
        mask = build_attention_mask(history, candidates, variant=known).astype(np.uint8)
    liked = {action: np.ones(history, int) if action == "favorite" else np.zeros(history, int) for action in ACTIONS}
    scene = Scene(
        user_id=0,
        history=pd.DataFrame({"post_id": range(history), **liked}),
        past=tuple(map(post, range(history))),
        candidates=tuple(map(post, range(100, 100 + candidates))),
        interest=0,
        variant=variant,
        positions="shared",
        mask=mask,
        layers=3,
        padded=64,
        weighting=of_preset("x_2026", actions=X_ACTIONS),
        measure="favorite",
        drawn=np.arange(1 + history + candidates),
    )
    return scene._replace(**changed)
