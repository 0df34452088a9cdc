"""The leak, measured: who moves when whom is exchanged, and what it does to the feed."""

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import components, resources, state
from dashboard.attention import controls, measures, words
from dashboard.attention.scene import CUSTOM, Scene
from dashboard.figures import attention as figures
from dashboard.figures.attention.dots import scientific
from dashboard.locale import t
from dashboard.words import count, snippet
from phoenix.influence import influence_matrix
from phoenix.masks import MASK_VARIANTS, build_attention_mask, reachability

if TYPE_CHECKING:
    from phoenix.influence import Influence
    from phoenix.world import World

MEASURED = 32  # candidates at most
FEED = 10
FEED_SNIPPET = 44


def show(scene: Scene, names: Sequence[str], *, retrieved: np.ndarray, history: pd.DataFrame) -> None:
    """The influence matrix and the feed under two masks."""
    measured = scene.limited(MEASURED)
    measure = controls.choose_measure()
    if (empty := np.flatnonzero(measured.mask.sum(axis=1) == 0)).size:
        st.warning(t("attention.leak.empty", row=int(empty[0]) + 1, most=MEASURED))
        return
    replacement = next(int(post) for post in retrieved[::-1] if post not in measured.post_ids)
    with st.spinner(t("common.computing")):
        influence = resources.influence(
            measured.user_id, measured.post_ids, replacement=replacement, **measured.conditions
        )
    base, replaced = (measures.read(logits, measure) for logits in influence)
    matrix = influence_matrix(base, replaced)
    sizes = {"history": len(measured.history), "candidates": len(measured.post_ids)}
    place = int(np.flatnonzero(retrieved == replacement)[0]) + 1
    st.markdown(t("attention.leak.caption", place=place, **sizes))
    if len(measured.post_ids) < len(scene.post_ids):
        st.caption(t("attention.leak.limited", most=MEASURED))
    chart = figures.influence_grid(matrix, text=_text(measured, names, measure))
    components.figure(chart, key="influence", alt=_alt(matrix, measured, measure))
    components.what_to_notice(notices(influence, matrix, measured, measure=measure))
    _feeds(scene, retrieved=retrieved, history=history)


def _text(scene: Scene, names: Sequence[str], measure: str) -> figures.InfluenceText:
    long_names, ticks = words.candidate_names(scene, words.name_positions(scene, resources.recommender().world))
    return figures.InfluenceText(
        names=long_names,
        ticks=ticks,
        moved=t("attention.leak.moved"),
        exchanged=t("attention.leak.exchanged"),
        colour=t("attention.leak.colour", unit=measures.unit(measure)),
        hover=t("attention.leak.hover"),
    )


def _alt(matrix: np.ndarray, scene: Scene, measure: str) -> str:
    return t(
        "attention.leak.alt",
        count=len(matrix),
        variant=t(f"attention.mask.{scene.variant}"),
        measure=measures.name(measure),
        largest=scientific(float(np.nanmax(matrix))),
        mean=scientific(float(np.nanmean(matrix))),
    )


def largest_moves(influence: "Influence") -> np.ndarray:
    """[n, n]: at [i, j] the largest move of any logit of candidate i when j was exchanged, 0 on the diagonal."""
    moved = np.abs(influence.replaced - influence.base).max(axis=-1).T
    np.fill_diagonal(moved, 0)
    return moved


def notices(influence: "Influence", matrix: np.ndarray, scene: Scene, *, measure: str) -> list[str]:
    """What to notice: the summary, whether it agrees with the paths of the mask, and what it does not say.

    Args:
      influence: what was measured.
      matrix: [n, n], the chosen measure's part of it.
      scene: what was measured on, at most `MEASURED` candidates.
      measure: the chosen measure.
    """
    moves = largest_moves(influence)
    largest, pairs = float(moves.max()), len(moves) * (len(moves) - 1)
    if words.is_rounding(largest):
        values = {"logits": count(influence.replaced.size - influence.base.size), "zero": words.zero_to(largest)}
        said = [t("attention.leak.zero", mask=t(f"attention.mask.{scene.variant}"), **values)]
    else:
        row, column = np.unravel_index(np.nanargmax(matrix), matrix.shape)
        said = [
            t(
                "attention.leak.summary",
                measure=measures.name(measure),
                mean=words.difference(np.nanmean(matrix)),
                largest=words.difference(np.nanmax(matrix)),
                moved=row + 1,
                exchanged=column + 1,
            ),
            t("attention.leak.largest", largest=words.difference(largest), odds=f"{np.exp(min(largest, 50)):.3g}"),
        ]
    layers = resources.ranker_config().transformer.num_layers
    reach = reachability(scene.mask, layers)[-1][scene.context :, scene.context :]
    reached = int(reach.sum() - np.trace(reach))
    moved = int((moves >= words.NOISE).sum())
    key = "agrees" if moved == reached else "differs"
    said.append(t(f"attention.leak.{key}", reached=reached, moved=moved, pairs=pairs, layers=layers))
    if not words.is_rounding(largest):
        said.append(t("attention.notice.unfair"))
    return said


def _feeds(scene: Scene, *, retrieved: np.ndarray, history: pd.DataFrame) -> None:
    """The best posts under this mask and another one, side by side."""
    st.subheader(t("attention.feeds.title"), anchor=False)
    others = [variant for variant in MASK_VARIANTS if variant != scene.variant]
    default = "isolated" if scene.variant != "isolated" else "full"
    other = controls.selected(
        "against", others, default=default, label=t("attention.feeds.against"), text=lambda v: t(f"attention.mask.{v}")
    )
    if scene.variant == CUSTOM:  # it exists for these positions alone
        posts, past, mask = scene.post_ids, scene.history, scene.mask
    else:
        posts, past = tuple(int(post) for post in retrieved), history
        mask = build_attention_mask(len(past), len(posts), scene.variant)
    masks = (mask, build_attention_mask(len(past), len(posts), other))
    with st.spinner(t("common.computing")):
        orders = [
            resources.feed_order(scene.user_id, posts, history=past, mask=mask, positions=scene.positions)
            for mask in masks
        ]
    labels = [t(f"attention.mask.{variant}") for variant in (scene.variant, other)]
    world = resources.recommender().world
    st.dataframe(
        feed_table(orders, posts, world, labels=labels),
        hide_index=True,
        height="content",
        alt=t("attention.feeds.alt", one=labels[0], other=labels[1], top=min(FEED, len(posts))),
    )
    st.markdown(feed_notice(orders, labels=labels))


def feed_table(
    orders: Sequence[np.ndarray], posts: Sequence[int], world: "World", *, labels: Sequence[str]
) -> pd.DataFrame:
    """The best posts under two masks, and where each of the second feed stood in the first."""
    top = min(FEED, len(posts))
    places = np.argsort(orders[0]) + 1
    columns = {t("attention.feeds.place"): range(1, top + 1)}
    for label, order in zip(labels, orders, strict=True):
        texts = world.post_text(np.array(posts)[order[:top]], state.language())
        columns[label] = [snippet(text, FEED_SNIPPET) for text in texts]
    was = places[orders[1][:top]]
    moves = was - np.arange(1, top + 1)
    columns[t("attention.feeds.was", mask=labels[0])] = [
        f"{place}" if move == 0 else f"{place} {'▲' if move > 0 else '▼'}{abs(move)}"
        for place, move in zip(was, moves, strict=True)
    ]
    return pd.DataFrame(columns)


def feed_notice(orders: Sequence[np.ndarray], *, labels: Sequence[str]) -> str:
    """How many posts changed their place, in the part that is shown and in all."""
    top = min(FEED, len(orders[0]))
    first, second = np.argsort(orders[0]), np.argsort(orders[1])
    moved = int((orders[0][:top] != orders[1][:top]).sum())
    values = {"top": top, "moved": moved, "all": int((first != second).sum()), "count": len(first)}
    common = len(np.intersect1d(orders[0][:top], orders[1][:top]))
    key = "moved" if moved else "same"
    return t(f"attention.feeds.{key}", one=labels[0], other=labels[1], common=common, **values)
