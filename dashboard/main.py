"""The script behind every page: navigation, shared sidebar, and the heading, drawn before the models load."""

from pathlib import Path

import streamlit as st

from dashboard import components, controls, resources, sidebar, state
from dashboard.locale import t

PAGES = Path(__file__).resolve().parent.parent / "pages"
DEFAULT_PAGE = "overview"

# One line registers a page: its file, whose stem is at once its URL path and the domain of its texts.
SECTIONS = {
    "pipeline": ("overview", "retrieval", "ranking"),
    "model": ("journey", "attention", "embeddings"),
    "lab": ("performance",),
}


def pages() -> dict[str, list[st.Page]]:
    """The navigation in the session's language: section → pages."""
    return {
        section: [
            st.Page(
                PAGES / section / f"{name}.py",
                title=t(f"common.page.{name}"),
                url_path=name,
                default=name == DEFAULT_PAGE,
            )
            for name in names
        ]
        for section, names in SECTIONS.items()
    }


def run() -> None:
    """Draws whichever page the address names."""
    st.set_page_config(layout="wide")
    st.html(Path(__file__).with_name("style.css"))
    state.begin()
    sections = pages()
    page = st.navigation(sections, position="hidden")
    name = page.url_path or DEFAULT_PAGE
    state.enter(name)
    components.page_header(name)
    with st.sidebar:
        sidebar.language_picker()
        sidebar.navigation(sections, default=DEFAULT_PAGE)
    controls.say_doubled()
    controls.say_problem("lang")
    try:
        components.wait_for_models()
        with st.spinner(t("common.loading")):
            world = resources.recommender().world
    except resources.UnavailableError as error:
        components.unavailable(error)
        return
    with st.sidebar:
        sidebar.user_picker(world)
    controls.say_problem("user")
    page.run()
    state.publish()


if __name__ == "__main__":
    run()
