"""What each view asks: its own controls, and its question to the library.

ask(scene, found, now) -> Scene      with what only this view needs
"""

import numpy as np
import streamlit as st

from dashboard import controls, naming, resources, state, waiting
from dashboard.feed import TOP
from dashboard.locale import t
from dashboard.ranking import baseline, measured, selection, sweeps
from dashboard.ranking.scene import (
    BarsScene,
    CompareScene,
    ContestScene,
    DatesScene,
    Found,
    HeatmapScene,
    RegretScene,
    Scene,
    SweepScene,
    WhyScene,
    extend,
    find,
)
from dashboard.weighting import Weighting

CONTESTANTS = 50  # users over whom both ways of ranking are judged
SCORE = "score"


def nothing(scene: Scene, found: Found, now: Weighting) -> Scene:
    """A view without controls of its own."""
    return scene


def bars(scene: Scene, found: Found, now: Weighting) -> BarsScene:
    """The post to look at, the scale, the true values, and what the table's moves are counted from."""
    candidates = scene.candidates
    with st.container(horizontal=True, vertical_alignment="center", gap="xsmall", key="ranking-options"):
        selection.folded_list(candidates, candidates.stages.order)
        scales, label = ("log", "linear"), t("ranking.scale")
        look = {"label_visibility": "collapsed", "said_here": False}
        scale = controls.choice("scale", scales, default="log", label=label, names="ranking.scale", **look)
        world = found.world.truth
        truth = world is not None and controls.switch(
            "truth", default=False, label=t("ranking.truth"), help=t("ranking.truth_help")
        )
        baseline.folded_picker(now, scene.baseline)
    controls.say_problem("scale")
    true = world.true_probabilities(found.user_id, candidates.post_ids) if truth else None
    log_only = measured.log_only_ratios() if truth else {}
    return extend(scene, BarsScene, scale=scale, true=true, log_only=log_only)


def heatmap(scene: Scene, found: Found, now: Weighting) -> HeatmapScene:
    """What colours mean, and how many rows there are."""
    with st.container(horizontal=True, vertical_alignment="bottom"):
        kinds, label = ("absolute", "relative"), t("ranking.colour")
        colour = controls.choice("colour", kinds, default=kinds[0], label=label, names="ranking.colour")
        amounts, label = ("all", "best"), t("ranking.rows")
        rows = controls.choice("rows", amounts, default=amounts[0], label=label, names="ranking.rows")
    return extend(scene, HeatmapScene, colour=colour, rows=rows)


def moved(scene: Scene, found: Found, now: Weighting) -> Scene:
    """What the ranking is compared with."""
    baseline.picker(now, must_differ=True)
    return scene


def compare(scene: Scene, found: Found, now: Weighting) -> CompareScene:
    """Another set of weights, or another user."""
    sides, label = ("weights", "user"), t("ranking.compare")
    against = controls.choice("against", sides, default=sides[0], label=label, names="ranking.compare")
    if against == "weights":
        baseline.picker(now, must_differ=True)
        return extend(scene, CompareScene)
    last = found.world.num_users - 1
    default, label = min(state.DEFAULT_OTHER_USER, last), t("ranking.compare.other")
    other = controls.number("other", low=0, high=last, default=default, kind="field", label=label, width=200)
    who = {"other_id": other, "edited": bool(resources.subject().edit)}
    with st.spinner(t("common.computing")):
        return extend(scene, CompareScene, other=find(resources.Subject(other)).score(now), **who)


def dates(scene: Scene, found: Found, now: Weighting) -> DatesScene:
    """What the present weights are compared with: a published set where the world has any."""
    presets = now.actions.presets
    options = [name for name, preset in presets.items() if preset.published] or list(presets)
    by_date = sorted(options, key=lambda name: presets[name].published or "")
    default = next((name for name in by_date if now.weights != presets[name].weights), by_date[0])
    names, label = {name: naming.preset(name) for name in options}, t("ranking.dates.older")
    given = dict(default=default, written_out=True, label=label, names=names, kind="list", width=340)
    older = controls.choice("older", options, **given)
    sample = None
    if now.weights != presets[older].weights:
        sample = waiting.result(sweeps.request(), texts="ranking.sweep")
    if sample is None or sample.predicted.shape[1] <= TOP:  # otherwise all of them are always on top
        return extend(scene, DatesScene, older=older)
    users, settings = len(sample.predicted), np.stack([now.actions.resolve_weights(older), now.vector])
    moved = measured.moved_tops(users, settings, sample, top=TOP)
    return extend(scene, DatesScene, older=older, moved=moved, users=users)


def contest(scene: Scene, found: Found, now: Weighting) -> ContestScene:
    """How one relevance and fifteen weights fare over a sample of users."""
    weights = scene.candidates.weights
    if not weights.any():
        return extend(scene, ContestScene)
    with st.spinner(t("common.computing")):
        chunks = sweeps.sample_chunks(found.world, CONTESTANTS)
        return extend(scene, ContestScene, contest=measured.relevance_contest(chunks, weights))


def frontier(scene: Scene, found: Found, now: Weighting) -> RegretScene | SweepScene:
    """The truth about this user's feed, or about many users' as a weight moves."""
    questions, label = ("regret", "sweep"), t("ranking.frontier.question")
    if found.world.truth is None:  # what the best feed would have been worth, nobody knows
        st.caption(t("ranking.frontier.by_log"))
        questions = questions[1:]
    question = controls.choice(
        "frontier", questions, default=questions[0], label=label, names="ranking.frontier.question"
    )
    if question == "sweep":
        return _sweep(scene, found)
    with st.spinner(t("common.computing")):
        return extend(scene, RegretScene, truth=measured.corpus_truth(found.user_id))


def _sweep(scene: Scene, found: Found) -> SweepScene:
    weights = scene.candidates.weights
    names = {sweeps.BALANCE: t("ranking.sweep.balance"), **_weights_named()}
    label, help = t("ranking.sweep.moved"), t("ranking.sweep.moved_help")
    moved = controls.choice(
        "sweep", list(names), default=sweeps.BALANCE, label=label, names=names, kind="list", help=help
    )
    left, right = st.columns(2)
    with left:
        groups, label = tuple(sweeps.counted(found.world.actions)), t("ranking.sweep.counted")
        counted = controls.choice("counted", groups, default="main", label=label, names="ranking.sweep.counted")
    with right:
        label = t("ranking.sweep.sample")
        wanted = controls.choice("sample", sweeps.SAMPLES, default="100", label=label, names={})
    values, counts = sweeps.steps(weights, moved=moved), None
    if moved != sweeps.BALANCE or (weights < 0).any():
        sample = waiting.result(sweeps.request(), texts="ranking.sweep")
        if sample is not None and (why := sweeps.too_little(sample)):
            st.info(why)
        elif sample is not None:
            settings = sweeps.settings(weights, values, moved=moved)
            counts = measured.counts(int(wanted), settings, sweeps.first(sample, int(wanted)))
    return extend(scene, SweepScene, moved=moved, counted=counted, values=values, counts=counts)


def _weights_named() -> dict[str, str]:
    return {action: t("ranking.sweep.weight", action=naming.action(action)) for action in naming.world().actions.names}


def why(scene: Scene, found: Found, now: Weighting) -> WhyScene:
    """What every row of the history does to the score, or to one probability, of the selected post."""
    names = {
        SCORE: t("ranking.why.score"),
        **{action: naming.action(action) for action in naming.world().actions.names},
    }
    label, help = t("ranking.why.of"), t("ranking.why.of_help")
    of = controls.choice("effect", list(names), default=SCORE, label=label, names=names, kind="list", help=help)
    post = int(scene.candidates.post_ids[scene.candidates.selected])
    with st.spinner(t("common.computing")):
        left_out, cold = measured.left_out(resources.subject(), post)
    return extend(scene, WhyScene, of=of, left_out=left_out, cold=cold)
