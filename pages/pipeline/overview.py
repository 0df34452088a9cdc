"""Overview: how does one feed get made?"""

import streamlit as st

from dashboard import components, overview, resources, state, words
from dashboard.figures.pipeline import funnel
from dashboard.locale import t
from phoenix import scoring
from phoenix.actions import DEFAULT_PRESET

user = state.user_id()
recommender = resources.recommender()
world = recommender.world
with st.spinner(t("common.computing")):
    made, from_cache = resources.recommend(user)

steps = overview.steps(made, corpus=len(world.posts))
texts = [
    t(
        f"overview.step.{step.name}.text",
        count=words.count(step.count),
        time=words.milliseconds(step.seconds or 0),
    )
    for step in steps
]
chart = funnel(
    [t(f"overview.step.{step.name}.name") for step in steps],
    [step.count for step in steps],
    texts=texts,
    hovers=[t(f"overview.step.{step.name}.hover", count=words.count(step.count)) for step in steps],
    axis=t("overview.funnel.axis"),
)
components.figure(chart, key="funnel", alt=t("overview.funnel.alt", steps="; ".join(texts).replace("<br>", ", ")))
st.caption(overview.timing(made, from_cache=from_cache))

whys = overview.reasons(made, world)
components.what_to_notice(overview.observations(made, whys, world))
st.subheader(t("overview.feed.title", handle=world.users["handle"].loc[user], count=len(whys)), anchor=False)
st.markdown(t("overview.feed.sentence", preset=t(f"common.preset.{DEFAULT_PRESET}")))
components.feed(overview.cards(whys, world, language=state.language()))

components.maths(t("overview.maths"))
components.source(type(recommender).recommend, scoring.score_feed)
with components.exercise(t("overview.exercise", user=user)):
    guesses, explanation = overview.whole_corpus(made, corpus=len(world.posts))
    components.quiz(
        "corpus",
        question=t("overview.quiz.question", corpus=words.count(len(world.posts))),
        options=guesses,
        answer="linear",
        explanation=explanation,
    )
