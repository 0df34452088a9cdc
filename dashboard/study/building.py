"""A project's box: the task, the way to where it is built, and the verdict."""

import streamlit as st

from dashboard import elsewhere, navigation
from dashboard.guide.places import at
from dashboard.locale import t
from dashboard.study import judging
from dashboard.study.judging import Attempt

_PLACES = {
    "mask": at("attention", "mask", mask="custom"),
    "weights": at("ranking", "frontier"),
    "index": at("retrieval", "index", plot="speed"),
}


def draw(attempt: Attempt) -> None:
    """The task and how it stands; weights are judged right here, once they differ from the published ones."""
    if attempt.name == "weights" and elsewhere.needs_truth():
        st.markdown(t("study.project.weights.task"))
        elsewhere.say(t("study.project.weights.no_truth"), {"view": "projects"})
        return
    place = _PLACES[attempt.name]
    st.markdown(t(f"study.project.{attempt.name}.task"))
    navigation.go(place.page, place.query, label=place.full_title)
    balance = judging.read_balance() if attempt.name == "weights" else None
    said = judging.describe(balance) if balance is not None else attempt.said
    if attempt.done or (balance is not None and balance.passed):
        st.success(t("study.project.done", said=said))
    elif said:
        st.info(t("study.project.open", said=said))
    else:
        st.caption(t(f"study.project.{attempt.name}.none"))
