"""Journey: how does one post get its score?"""

import streamlit as st

from dashboard import components, feed, resources, state
from dashboard.journey import STEPS, exercise, navigation, scene
from dashboard.locale import t

user = state.user_id()
world = resources.recommender().world
with st.spinner(t("common.computing")):
    made = resources.recommend(user).result


@state.fragment
def walk() -> None:
    """The post, the step and its picture; reruns on its own."""
    names = list(STEPS)
    step = navigation.step_picker(names)
    left, right = st.columns(2, gap="large")
    with left:
        navigation.step_buttons(step, names)
        post = navigation.post_picker(made, world)
        inside = step in ("layers", "probabilities")
        action = navigation.action_picker() if inside else navigation.DEFAULT_ACTION
    seen = look(post, action)
    with right:
        components.feed([feed.card(seen.candidates, world)])
    show(step, seen)
    exercise.show(exercise.task(step, seen))


def look(post: int, action: str) -> scene.Scene:
    """Follows the post through the models."""
    with st.spinner(t("common.computing")):
        return scene.build(
            made,
            resources.journey(user, post),
            resources.rank(user, (post,)),
            world=world,
            language=state.language(),
            action=action,
            retrieval_place=None if post in made.ranking.post_ids else resources.retrieval_place(user, post),
        )


def show(name: str, seen: scene.Scene) -> None:
    """One step: what happens, its shapes, its picture, what to notice, the maths, the source."""
    step = STEPS[name](seen)
    st.subheader(t(f"journey.{name}.title"), anchor=False)
    st.markdown(t(f"journey.{name}.sentence"))
    components.figure(step.chart, key=f"journey_{name}", alt=step.alt)
    st.code("\n".join(step.shapes), language=None, wrap_lines=True)
    if step.table is not None:
        with st.expander(t(f"journey.{name}.table"), expanded=name == "rank"):
            st.dataframe(step.table, hide_index=True, column_config=columns(), alt=t(f"journey.{name}.table"))
    components.what_to_notice(step.notices)
    st.markdown(f"**{t('journey.guide')}** {t(f'journey.{name}.guide')}")
    components.maths(t(f"journey.{name}.maths"))
    components.source(*step.sources)


def columns() -> dict[str, object]:
    """Titles and formats of the tables' columns."""
    column = st.column_config
    return {
        "number": column.NumberColumn(t("journey.column.number"), width=50),
        "author": t("journey.column.author"),
        "actions": t("journey.column.actions"),
        "surface": t("journey.column.surface"),
        "rank": column.NumberColumn(t("feed.column.rank"), width=50),
        "score": column.NumberColumn(t("feed.column.score"), format="%.4f", width=70),
        "gap": column.NumberColumn(t("journey.column.gap"), format="%+.4f", width=80),
        "post": column.TextColumn(t("feed.column.post"), width=420),
    }


walk()
