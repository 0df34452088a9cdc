"""What one candidate looks at in the history, beside what leaving it out really does; then all heads in numbers."""

import numpy as np
import pandas as pd

from dashboard import words
from dashboard.attention import measures
from dashboard.attention.positions import name_actions
from dashboard.attention.scene import Scene
from dashboard.components import Card, feed_html
from dashboard.locale import t
from dashboard.view import Block, Html, Table, Text, View
from phoenix.analysis.attention import SHARES, attention_shares, entropy

CARDS = 4


def view(scene: Scene) -> View:
    """The history posts with the largest weights as cards, what the weights do not say, and all heads in numbers."""
    heads = Table(
        heads_table(scene.attention, context=scene.context),
        alt=t("attention.heads.caption"),
        key="heads_table",
        title=t("attention.heads.title"),
    )
    return View(blocks=(*_history(scene), Text(t("attention.heads.caption"), "caption"), heads))


def _history(scene: Scene) -> tuple[Block, ...]:
    if scene.context == 1:
        return ()
    weights = scene.shown_attention[scene.context + scene.interest, 1 : scene.context]
    if not weights.any():
        return (Text(t("attention.looks.nothing", number=scene.interest + 1), "info"),)
    return (
        Text(t("attention.looks.caption", measure=measures.name(scene.measure))),
        Html(feed_html(history_cards(scene, weights))),
        Text(honest(weights, scene)),
    )


def history_cards(scene: Scene, weights: np.ndarray) -> list[Card]:
    """The history posts with the largest weights [S] of the candidate of interest."""
    best = np.argsort(-weights, kind="stable")[: min(CARDS, np.count_nonzero(weights))]
    places = np.argsort(np.argsort(-np.abs(scene.effects), kind="stable")) + 1
    taken = scene.history[list(scene.actions.names)].to_numpy() > 0
    cards = []
    for place, index in enumerate(best, start=1):
        post = scene.past[index]
        effect = {"effect": words.signed(scene.effects[index], 4), "place": int(places[index]), "count": len(weights)}
        cards.append(
            Card(
                place=place,
                handle=post.handle,
                about=tuple(filter(None, (post.about, t("attention.looks.number", number=int(index) + 1)))),
                text=post.text,
                score=t("attention.looks.weight", weight=words.percent(float(weights[index]))),
                reasons=[
                    t("attention.looks.taken", actions=name_actions(taken[index])),
                    t("attention.looks.effect", **effect),
                ],
            )
        )
    return cards


def honest(weights: np.ndarray, scene: Scene) -> str:
    """That attention is not explanation, with the rank correlation of weights [S] and effects."""
    correlation = rank_correlation(weights, scene.effects)
    if correlation is None:
        said = t("attention.looks.no_correlation")
    else:
        strength = "strong" if correlation >= 0.7 else "some" if correlation >= 0.3 else "weak"
        strength = "against" if correlation <= -0.3 else strength
        values = {"rho": words.signed(correlation), "count": len(weights), "measure": measures.name(scene.measure)}
        said = t(f"attention.looks.{strength}", **values)
    if scene.variant != "isolated" or scene.positions != "shared":
        said += t("attention.looks.isolated_only")
    return said


def rank_correlation(weights: np.ndarray, effects: np.ndarray) -> float | None:
    """Spearman's rank correlation of attention with the size of effects; None where it has no meaning.

    Args:
      weights: [S].
      effects: [S], with their signs.
    """
    from scipy.stats import spearmanr  # imports for most of a second: only this view pays for it

    sizes = np.abs(effects)
    if len(sizes) < 3 or np.ptp(weights) == 0 or np.ptp(sizes) == 0:
        return None
    return float(spearmanr(weights, sizes).statistic)


def heads_table(weights: np.ndarray, *, context: int) -> pd.DataFrame:
    """Averages over the candidates' rows of each layer and head of weights [L, H, T, T]."""
    shares = attention_shares(weights, context=context).mean(axis=2)
    bits = entropy(weights[:, :, context:]).mean(axis=2)
    return pd.DataFrame(
        [
            {
                t("attention.layer"): layer + 1,
                t("attention.head"): head + 1,
                **{
                    t(f"attention.heads.{name}"): words.percent(float(share))
                    for name, share in zip(SHARES, shares[layer, head], strict=True)
                },
                t("attention.heads.entropy"): words.decimal(bits[layer, head], 2),
            }
            for layer, head in np.ndindex(bits.shape)
        ]
    )
