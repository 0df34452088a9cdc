"""The script behind every page: navigation, shared sidebar, and the heading, drawn before the models load."""

from pathlib import Path

import streamlit as st

from dashboard import components, resources, sidebar, state
from dashboard.locale import t

PAGES = Path(__file__).resolve().parent.parent / "pages"
DEFAULT_PAGE = "overview"

# One line registers a page: its file, whose stem is at once its URL path and the domain of its texts.
SECTIONS = {
    "pipeline": ("overview", "retrieval", "ranking"),
    "model": ("journey", "attention"),
    "lab": ("performance",),
}


def pages() -> dict[str, list[st.Page]]:
    """The navigation in the session's language: translated section name → pages."""
    return {
        t(f"common.section.{section}"): [
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
    rejected_language = state.begin()
    page = st.navigation(pages())
    domain = page.url_path or DEFAULT_PAGE
    components.page_header(domain)
    with st.sidebar:
        sidebar.language_picker()
    if rejected_language is not None:
        components.address_problem("lang", given=rejected_language, shown=state.language())
    try:
        components.wait_for_models()
        with st.spinner(t("common.loading")):
            world = resources.recommender().world
    except resources.UnavailableError as error:
        components.unavailable(error)
        return
    with st.sidebar:
        rejected_user = sidebar.user_picker(world)
    if rejected_user is not None:
        last_user = len(world.users) - 1
        components.address_problem("user", given=rejected_user, shown=state.user_id(), last=last_user)
    page.run()


if __name__ == "__main__":
    run()
