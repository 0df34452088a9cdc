"""First guess, then look: the three prepared questions, and what this visitor thought of each before seeing it."""

from functools import partial

import streamlit as st

from dashboard import controls, edits, state
from dashboard.locale import t
from dashboard.user.measured import questions
from phoenix.analysis.edits import Edit

_GUESSED = "user.guessed"  # (user, question) → guess


def read_question(user: int) -> str:
    """Which question is asked about a user."""
    asked = questions(user)
    return controls.choice("if", asked, default=asked[0], label=t("user.what_if"), names="user.what_if")


def read_guess(user: int, name: str, *, top: int) -> int | None:
    """The visitor's guess, of 0 to `top`; asks for it, and gives None, until there is one."""
    guessed = state.recall(state.of_world(_GUESSED), {})
    if (user, name) in guessed:
        return guessed[user, name]
    left, right = st.columns([3, 1], vertical_alignment="bottom", gap="large")
    with left:
        controls.number("guess", low=0, high=top, default=top // 2, label=t("user.guess", top=top))
    right.button(
        t("user.guess.look"),
        key=controls.key("look"),
        type="primary",
        width="stretch",
        on_click=partial(_keep, user, name, top // 2),
    )
    return None


def _keep(user: int, name: str, middle: int) -> None:
    # Read only now: the slider and the button may arrive in one go.
    guess = int(state.given("guess") or middle)
    state.keep(state.of_world(_GUESSED), {**state.recall(state.of_world(_GUESSED), {}), (user, name): guess})
    state.put("guess", None)


def offer(edit: Edit, user: int, name: str) -> None:
    """What can be done with a history once its effect is known."""
    in_force = edits.present() == edit
    st.button(
        t("user.use.done" if in_force else "user.use"),
        key=controls.key(f"use_{user}_{name}"),
        on_click=partial(edits.put, edit),
        disabled=in_force,
        icon=":material/edit:",
    )
