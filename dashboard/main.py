"""The script behind every page: navigation, shared sidebar, and the heading, drawn before the models load."""

import logging
from pathlib import Path

import streamlit as st

from dashboard import (
    browser_memory,
    components,
    controls,
    door,
    edits,
    failures,
    glossary,
    navigation,
    presenting,
    resources,
    sidebar,
    state,
    turns,
)
from dashboard.locale import t
from phoenix import environment

_LOGGER = logging.getLogger(__name__)


def run() -> None:
    """Draws whichever page the address names, and writes the address of what is shown."""
    st.set_page_config(layout="wide")
    st.html(Path(__file__).with_name("style.css"))
    state.begin()
    sections = navigation.pages()
    page = st.navigation(sections, position="hidden")
    name = navigation.name_of(page)
    state.enter(name)
    presenting.begin()
    components.page_header(name)
    with st.sidebar:
        sidebar.brand()
        sidebar.language_picker()
        sidebar.world_picker()
        navigation.menu(sections)
    full = st.context.headers.get(door.MARK)
    if full is not None:
        st.warning(t(f"common.full.{full}", count=environment.visitors()["places"]))
        st.stop()
    controls.say_doubled()
    controls.say_problem("lang")
    controls.say_problem("world")
    presenting.say_problems()
    try:
        components.wait_for_models()
        with turns.turn():
            _draw(page)
    except Exception as error:
        if not failures.is_foreseen(error):
            raise
        _LOGGER.error("The page %s could not be drawn: %s", name, error)
        failures.say(error)
    browser_memory.draw()
    state.publish()


def _draw(page: st.Page) -> None:
    with st.spinner(t("common.loading")):
        world = resources.recommender().world
    with st.sidebar:
        sidebar.user_picker(world)
        glossary.folded()
        presenting.buttons()
    controls.say_problem("user")
    edits.settle()
    edits.mark()
    page.run()


if __name__ == "__main__":
    run()
