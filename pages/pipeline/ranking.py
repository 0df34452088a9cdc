"""Ranking: what will this user do, and what do the weights make of it?

The ranker has run once, before the fragment; moving a weight only adds up probabilities again.
"""

from functools import partial

import numpy as np
import streamlit as st

from dashboard import components, ranking, resources, state, weights
from dashboard.figures import ranking as figures
from dashboard.laboratory import VIEWS as LABORATORY_VIEWS
from dashboard.laboratory import show as show_laboratory
from dashboard.locale import t
from phoenix import scoring
from phoenix.actions import DEFAULT_PRESET, SIGNS, resolve_weights

VIEWS = ("ranking", "heatmap", "score", *LABORATORY_VIEWS)
HEATMAP_ROWS = 40

world = resources.recommender().world
with st.spinner(t("common.computing")):
    made = resources.recommend(state.user_id()).result
texts = world.post_text(made.ranking.post_ids, state.language())


def score(chosen: np.ndarray) -> scoring.ScoreStages:
    """All stages of the score under given weights; the probabilities stay as they are."""
    return scoring.score_feed(
        made.ranking.probabilities, weights=chosen, author_ids=made.author_ids, followed=made.followed
    )


@st.fragment
def laboratory(exercise: st.delta_generator.DeltaGenerator) -> None:
    """Weights on the left, one view of what they do on the right."""
    left, right = st.columns([3, 8], gap="large")
    with left, st.container(key="weights"):
        preset = weights.preset_picker()
        with st.expander(t("ranking.note")):
            st.markdown(ranking.preset_note(preset))
        st.button(t("ranking.reset"), on_click=weights.apply_preset, args=(preset,), width="stretch")
        chosen = weights.sliders()
    with right:
        views, baselines = st.columns([5, 3])
        with views:
            label = t("ranking.view")
            view = components.choice("view", VIEWS, default=VIEWS[0], label=label, names="ranking.view")
        with baselines:
            baseline = weights.baseline_picker() if view == VIEWS[0] else DEFAULT_PRESET
        stages = score(chosen)
        scene = ranking.Scene(
            post_ids=made.ranking.post_ids,
            texts=texts,
            followed=made.followed,
            probabilities=made.ranking.probabilities,
            weights=chosen,
            stages=stages,
            baseline=baseline,
            baseline_order=score(resolve_weights(baseline)).order,
            selected=selected_candidate(stages.order),
        )
        if view in LABORATORY_VIEWS:
            show_laboratory(view, scene)
        else:
            {"ranking": show_ranking, "heatmap": show_heatmap, "score": show_score}[view](scene)
            components.what_to_notice(ranking.notices(scene, view, rows=stages.order[:HEATMAP_ROWS]))
    start = resolve_weights(preset)
    with exercise.container():
        components.exercise(ranking.exercise(scene, preset_weights=start, preset_order=score(start).order))


def selected_candidate(order: np.ndarray) -> int:
    """Index of the candidate under inspection: it stays the same post when the weights change."""
    posts = [str(post) for post in made.ranking.post_ids]
    rejected = state.reconcile("post", posts, posts[order[0]])
    shown = state.publish("post", posts[order[0]])
    if rejected is not None:
        st.warning(t("ranking.problem.post", given=rejected, count=len(posts), shown=shown))
    return posts.index(shown)


def show_ranking(scene: ranking.Scene) -> None:
    """The table of all candidates and the probabilities of the selected one."""
    order = scene.stages.order
    state.set_widget_value("table", {"selection": {"rows": [scene.rank - 1]}})
    st.dataframe(
        ranking.table(scene),
        key="table",
        hide_index=True,
        height=257,
        on_select=partial(select_row, [str(post) for post in scene.post_ids[order]]),
        selection_mode="single-row-required",
        placeholder="",
        column_config=ranking.table_columns(),
        alt=t("ranking.table.alt", count=len(order), first=scene.snippet(int(order[0]))),
    )
    components.feed([ranking.candidate_card(scene, world)])
    scales, truths = st.columns(2, vertical_alignment="bottom")
    with scales:
        label = t("ranking.scale")
        scale = components.choice("scale", ("log", "linear"), default="log", label=label, names="ranking.scale")
    show_truth = truths.toggle(t("ranking.truth"), key="truth", help=t("ranking.truth_help"), persist_state="session")
    post = int(scene.post_ids[scene.selected])
    chart = figures.action_bars(
        scene.probabilities[scene.selected],
        signs=SIGNS,
        text=ranking.bars_text(scale=scale),
        log=scale == "log",
        true=world.true_probabilities(state.user_id(), [post])[0] if show_truth else None,
    )
    components.figure(chart, key="bars", alt=t("ranking.bars.alt", **ranking.extremes(scene)))


def select_row(posts: list[str]) -> None:
    """Makes the post of the clicked row the selected one."""
    rows = state.widget_value("table")["selection"]["rows"]
    if rows:
        state.set_widget_value("post", posts[rows[0]])


def show_heatmap(scene: ranking.Scene) -> None:
    """The probabilities of the best candidates at once."""
    label, kinds = t("ranking.colour"), ("absolute", "relative")
    colour = components.choice("colour", kinds, default=kinds[0], label=label, names="ranking.colour")
    rows = scene.stages.order[:HEATMAP_ROWS]
    st.caption(t("ranking.heatmap.rows", shown=len(rows), count=len(scene.texts)))
    chart = figures.probability_heatmap(
        scene.probabilities[rows],
        signs=SIGNS,
        ranks=range(1, len(rows) + 1),
        snippets=[scene.snippet(int(i), 50) for i in rows],
        text=ranking.heatmap_text(colour=colour),
        relative=colour == "relative",
        selected=scene.rank - 1 if scene.rank <= len(rows) else None,
    )
    spread = ranking.spread(scene.probabilities[rows])
    components.figure(chart, key="heatmap", alt=t("ranking.heatmap.alt", shown=len(rows), **spread))


def show_score(scene: ranking.Scene) -> None:
    """How the score of the selected candidate is made."""
    components.feed([ranking.candidate_card(scene, world)])
    steps = ranking.score_steps(scene)
    chart = figures.score_waterfall(steps, text=ranking.score_text(steps))
    components.figure(chart, key="score", alt=ranking.score_alt(steps))


body = st.container()
components.maths(t("ranking.maths"))
components.source(scoring.score_feed)
exercise_place = st.empty()
with body:
    laboratory(exercise_place)
