"""Ranking: what will this user do, and what do the weights make of it?

The ranker has run once, before the fragment; moving a weight only adds up probabilities again.
"""

import numpy as np
import streamlit as st

from dashboard import components, controls, ranking, resources, state
from dashboard.laboratory import VIEWS as LABORATORY_VIEWS
from dashboard.locale import t
from dashboard.ranking import baseline, compare, exercise, export, heatmap, moved, score, stages, table, weights
from phoenix import scoring

# Each draws one view of a scene, and may return its figure for the export.
VIEWS = {
    "ranking": table.show,
    "heatmap": heatmap.show,
    "score": score.show,
    "moved": moved.show,
    "compare": compare.show,
    **LABORATORY_VIEWS,
}
BASELINES = {"ranking": baseline.folded_picker, "moved": baseline.picker}  # how a view's baseline is chosen

world = resources.recommender().world
with st.spinner(t("common.computing")):
    made = resources.recommend(state.user_id()).result
texts = world.post_text(made.ranking.post_ids, state.language())


@state.fragment
def laboratory(exercise_place: st.delta_generator.DeltaGenerator) -> None:
    """Weights on the left, one view of what they do on the right."""
    left, right = st.columns([4, 7], gap="medium")
    with left:
        preset = weights.preset_picker()
        weights.tools(preset)
        weights.follow_address(preset)
        weights.panel(preset)
    with right:
        names, label = tuple(VIEWS), t("ranking.view")
        view = controls.choice("view", names, default=names[0], label=label, names="ranking.view")
        stages.follow_address()
        for problem in baseline.reconcile():
            st.warning(problem)
        if view in BASELINES:
            BASELINES[view]()
        scene = current_scene(preset)
        if scene.settings != scoring.RELEASE and view != "score":
            st.caption(t("ranking.stages.changed", stages=stages.to_text(scene.settings)))
        chart = VIEWS[view](scene)
        export.show(scene, view, chart)
    with exercise_place:
        components.exercise(exercise.text(scene))


def current_scene(preset: str) -> ranking.Scene:
    """What the views show now."""
    chosen, settings, against = weights.vector(), stages.current(), baseline.chosen()
    given = {"author_ids": made.author_ids, "followed": made.followed}
    base_weights, base_settings = baseline.recipe(against, settings=settings)
    scores = scoring.score_feed(made.ranking.probabilities, weights=chosen, settings=settings, **given)
    base_scores = scoring.score_feed(made.ranking.probabilities, weights=base_weights, settings=base_settings, **given)
    return ranking.Scene(
        post_ids=made.ranking.post_ids,
        texts=texts,
        probabilities=made.ranking.probabilities,
        weights=chosen,
        stages=scores,
        baseline=against,
        baseline_order=base_scores.order,
        selected=selected_candidate(scores.order),
        user_id=made.user_id,
        settings=settings,
        preset=preset,
        nudge=weights.nudge(),
        **given,
    )


def selected_candidate(order: np.ndarray) -> int:
    """Index of the candidate under inspection: it stays the same post when the weights change."""
    posts = [str(post) for post in made.ranking.post_ids]
    rejected = state.reconcile("post", posts, posts[order[0]])
    shown = state.publish_choice("post", posts[order[0]])
    if rejected is not None:
        st.warning(t("ranking.problem.post", given=rejected, count=len(posts), shown=shown))
    return posts.index(shown)


body = st.container()
components.maths(t("ranking.maths"))
components.source(scoring.score_feed)
place = st.empty()
with body:
    laboratory(place)
