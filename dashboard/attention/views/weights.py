"""Where attention goes: the weights of one layer and head in the coordinates of the mask."""

from functools import partial

import numpy as np

from dashboard import words
from dashboard.attention import downloads, figures
from dashboard.attention.scene import Scene
from dashboard.attention.words import grid_text, mask_name
from dashboard.locale import t
from dashboard.view import Chart, Text, View
from phoenix.analysis.attention import SHARES, attention_shares, entropy
from phoenix.transformer import Attention

_TRAINED = ("isolated", "shared")


def view(scene: Scene) -> View:
    """The picture; what to notice; the downloads."""
    shown = scene.shown_attention
    shares = attention_shares(shown, context=scene.context).mean(axis=0)
    given = {name: words.percent(float(share)) for name, share in zip(SHARES, shares, strict=True)}
    cells = np.ix_(scene.drawn, scene.drawn)
    text = grid_text(scene, cell=t("attention.hover.weight"))
    history = len(scene.history)
    chart = figures.attention_grid(shown[cells], mask=scene.mask[cells], history_len=history, text=text)
    said = [t("attention.notice.shares", layer=scene.layer + 1, **given), _spread(shown, scene)]
    if scene.head is None:
        said.append(t("attention.notice.mean"))
    return View(
        blocks=(*_untrained(scene), Chart(chart, alt=_alt(scene, given), key="attention_grid")),
        notices=tuple(said),
        maths=t("attention.maths"),
        sources=(Attention, attention_shares, entropy),
        after=partial(downloads.offer, "attention", shown),
    )


def _untrained(scene: Scene) -> tuple[Text, ...]:
    """That the picture is not what the model was trained with, where it is not."""
    if (scene.variant, scene.positions) == _TRAINED:
        return ()
    names = {
        f"{which}{kind}": name
        for which, (variant, positions) in (("", (scene.variant, scene.positions)), ("trained_", _TRAINED))
        for kind, name in (("mask", mask_name(variant)), ("scheme", t(f"common.positions.{positions}")))
    }
    return (Text(t("attention.weights.untrained", **names), "info"),)


def _spread(shown: np.ndarray, scene: Scene) -> str:
    """Over how many positions the candidate of interest spreads its attention."""
    row = scene.context + scene.interest
    bits, allowed = float(entropy(shown[row])), int(scene.mask[row].sum())
    return t(
        "attention.notice.effective",
        number=scene.interest + 1,
        effective=words.decimal(2**bits, 1),
        bits=words.decimal(bits, 2),
        allowed=allowed,
        most=words.decimal(np.log2(allowed), 2),
    )


def _alt(scene: Scene, given: dict[str, str]) -> str:
    head = t("attention.mean") if scene.head is None else scene.head + 1
    variant = mask_name(scene.variant)
    return t("attention.weights.alt", layer=scene.layer + 1, head=head, variant=variant, **given)
