"""Where attention goes: weights per layer and head, and beside them what leaving history rows out really does."""

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import components, resources, state, words
from dashboard.attention import controls, measures
from dashboard.attention.mask import downloads
from dashboard.attention.scene import Places, Scene
from dashboard.attention.words import grid_text, name_actions
from dashboard.figures import attention as figures
from dashboard.locale import t, topic
from phoenix.actions import ACTIONS

MEAN = "mean"
CARDS = 4


class Shares(NamedTuple):
    """Where the candidates' attention goes, averaged over them; the first four sum to 1.

    Attributes:
      user, history, itself, others: shares.
      entropy: of a candidate's row, in bits.
      positions: effective number of positions attended to, mean of 2 to the power of the entropy.
    """

    user: float
    history: float
    itself: float
    others: float
    entropy: float
    positions: float


def candidate_shares(weights: np.ndarray, *, context: int) -> Shares:
    """Sums up the candidates' rows of attention weights.

    Args:
      weights: [T, T], rows sum to 1.
      context: 1 + S.
    """
    rows = np.asarray(weights, float)[context:]
    among = rows[:, context:]
    itself = np.trace(among) / len(rows)
    entropy = -(rows * np.log2(np.maximum(rows, 1e-12))).sum(axis=1)
    return Shares(
        user=float(rows[:, 0].mean()),
        history=float(rows[:, 1:context].sum(axis=1).mean()),
        itself=float(itself),
        others=float(among.sum(axis=1).mean() - itself),
        entropy=float(entropy.mean()),
        positions=float(np.mean(2**entropy)),
    )


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


def show(scene: Scene, names: Sequence[str], places: Places) -> None:
    """The weights in the coordinates of the mask, then one candidate's history by weight and by effect."""
    with st.spinner(t("common.computing")):
        weights = resources.attention_weights(scene.user_id, scene.post_ids, **scene.conditions)
    with places.aside:
        layer, head = _layer_and_head(*weights.shape[:2])
        drawn = controls.drawn(scene)
    shown = weights[layer].mean(axis=0) if head is None else weights[layer, head]
    text = grid_text(scene, names, drawn=drawn, cell=t("attention.hover.weight"))
    cells = np.ix_(drawn, drawn)
    chart = figures.attention_grid(shown[cells], mask=scene.mask[cells], history_len=len(scene.history), text=text)
    components.figure(chart, key="attention_grid", alt=_alt(shown, scene, layer=layer, head=head))
    components.what_to_notice(notices(shown, scene, layer=layer, head=head))
    downloads("attention", shown)
    with places.below:
        if scene.context > 1:
            _history(scene, names, shown[scene.context :, 1 : scene.context])
        with st.expander(t("attention.heads.title")):
            st.markdown(t("attention.heads.caption"))
            st.table(heads_table(weights, context=scene.context), hide_index=True)


def _layer_and_head(layers: int, heads: int) -> tuple[int, int | None]:
    """Indices of the chosen layer and head, from 0; None for the mean over the heads."""
    options = [str(i + 1) for i in range(layers)]
    layer = controls.segments("layer", options, default="1", label=t("attention.layer"), names={})
    options, names = [MEAN, *(str(i + 1) for i in range(heads))], {MEAN: t("attention.mean")}
    head = controls.segments("head", options, default=MEAN, label=t("attention.head"), names=names)
    return int(layer) - 1, None if head == MEAN else int(head) - 1


def _history(scene: Scene, names: Sequence[str], rows: np.ndarray) -> None:
    """The history of the candidate of interest: what it attends to most, and what leaving it out does."""
    st.subheader(t("attention.looks.title"), anchor=False)
    left, right = st.columns(2, gap="large")
    with left:
        controls.choose_interest(scene, names)
    with right:
        measure = controls.choose_measure()
    weights = rows[scene.interest]
    if not weights.any():
        st.info(t("attention.looks.nothing", number=scene.interest + 1))
        return
    with st.spinner(t("common.computing")):
        result = resources.leave_one_out(scene.user_id, scene.post_ids[scene.interest], history=scene.history)
    effects = measures.read(result.base, measure)[0] - measures.read(result.without, measure)[:, 0]
    st.markdown(t("attention.looks.caption", measure=measures.name(measure)))
    components.feed(history_cards(scene, weights, effects))
    st.markdown(honest(weights, effects, scene, measure=measure))


def history_cards(scene: Scene, weights: np.ndarray, effects: np.ndarray) -> list[components.Card]:
    """The history posts with the largest weights.

    Args:
      scene: what is shown.
      weights: [S], of the candidate of interest.
      effects: [S], what each history post added to the measure.
    """
    world = resources.recommender().world
    best = np.argsort(-weights, kind="stable")[: min(CARDS, np.count_nonzero(weights))]
    places = np.argsort(np.argsort(-np.abs(effects), kind="stable")) + 1
    posts = scene.history["post_id"].to_numpy()[best]
    texts = world.post_text(posts, state.language())
    taken = scene.history[list(ACTIONS)].to_numpy()[best] > 0
    cards = []
    for place, (index, post, text, row) in enumerate(zip(best, posts, texts, taken, strict=True), start=1):
        columns = world.posts.loc[post]
        effect = {"effect": words.signed(effects[index], 4), "place": int(places[index]), "count": len(weights)}
        cards.append(
            components.Card(
                place=place,
                handle=world.authors["handle"].loc[columns.author_id],
                topic=topic(columns.topic),
                form=t(f"common.format.{columns.format}"),
                age=t("attention.looks.number", number=int(index) + 1),
                text=text,
                score=t("attention.looks.weight", weight=words.percent(float(weights[index]))),
                reasons=[
                    t("attention.looks.taken", actions=name_actions(row)),
                    t("attention.looks.effect", **effect),
                ],
            )
        )
    return cards


def honest(weights: np.ndarray, effects: np.ndarray, scene: Scene, *, measure: str) -> str:
    """That attention is not explanation, with the rank correlation of the two."""
    correlation = rank_correlation(weights, effects)
    if correlation is None:
        said = t("attention.looks.no_correlation")
    else:
        strength = "strong" if correlation >= 0.7 else "some" if correlation >= 0.3 else "weak"
        strength = "against" if correlation <= -0.3 else strength
        values = {"rho": words.signed(correlation), "count": len(weights), "measure": measures.name(measure)}
        said = t(f"attention.looks.{strength}", **values)
    if scene.variant != "isolated" or scene.positions != "shared":
        said += t("attention.looks.isolated_only")
    return said


def heads_table(weights: np.ndarray, *, context: int) -> pd.DataFrame:
    """Averages and entropy of each layer and head [L, H, T, T], over the candidates' rows."""
    rows = []
    for layer, heads in enumerate(weights, start=1):
        for head, own in enumerate(heads, start=1):
            shares = candidate_shares(own, context=context)
            rows.append(
                {
                    t("attention.layer"): layer,
                    t("attention.head"): head,
                    t("attention.heads.user"): words.percent(shares.user),
                    t("attention.heads.history"): words.percent(shares.history),
                    t("attention.heads.itself"): words.percent(shares.itself),
                    t("attention.heads.others"): words.percent(shares.others),
                    t("attention.heads.entropy"): f"{shares.entropy:.2f}",
                }
            )
    return pd.DataFrame(rows)


def notices(weights: np.ndarray, scene: Scene, *, layer: int, head: int | None) -> list[str]:
    """What to notice in one head's attention weights [T, T]."""
    shares = candidate_shares(weights, context=scene.context)
    row = weights[scene.context + scene.interest]
    allowed = int(scene.mask[scene.context + scene.interest].sum())
    names = {name: words.percent(getattr(shares, name)) for name in ("user", "history", "itself", "others")}
    said = [t("attention.notice.shares", layer=layer + 1, **names)]
    entropy = float(-(row * np.log2(np.maximum(row, 1e-12))).sum())
    values = {"number": scene.interest + 1, "effective": f"{2**entropy:.1f}", "bits": f"{entropy:.2f}"}
    said.append(t("attention.notice.effective", allowed=allowed, most=f"{np.log2(max(allowed, 1)):.2f}", **values))
    if head is None:
        said.append(t("attention.notice.mean"))
    return said


def _alt(weights: np.ndarray, scene: Scene, *, layer: int, head: int | None) -> str:
    shares = candidate_shares(weights, context=scene.context)
    return t(
        "attention.weights.alt",
        layer=layer + 1,
        head=t("attention.mean") if head is None else head + 1,
        variant=t(f"attention.mask.{scene.variant}"),
        **{name: words.percent(getattr(shares, name)) for name in ("user", "history", "itself", "others")},
    )
