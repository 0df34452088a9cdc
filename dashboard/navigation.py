"""The pages: where they are, the sidebar's list of them, and links from one to another.

A link carries the whole address of where it leads, so that following it is one step of the browser's history and
nothing that was chosen is lost. Streamlit's own navigation drops the address's parameters.
"""

from pathlib import Path

import streamlit as st

from dashboard import state
from dashboard.locale import t

PAGES = Path(__file__).resolve().parent.parent / "pages"
DEFAULT_PAGE = "overview"

# One line registers a page: its file, whose stem is at once its URL path and the domain of its texts.
SECTIONS = {
    "pipeline": ("overview", "retrieval", "ranking"),
    "model": ("journey", "attention", "embeddings"),
    "lab": ("performance",),
}

# Streamlit folds its own navigation away on a phone once a page is chosen, but not a sidebar with links.
_FOLD = """<script>
if (!window.phoenixFolds) {
  window.phoenixFolds = true;
  document.addEventListener("click", (event) => {
    const chosen = event.target.closest && event.target.closest(".st-key-navigation a");
    if (chosen && window.matchMedia("(max-width: 768px)").matches) {
      document.querySelector("[data-testid=stSidebarCollapseButton] button")?.click();
    }
  });
}
</script>"""


def pages() -> dict[str, list[st.Page]]:
    """All pages in the session's language: section → pages."""
    return {section: [_page(section, name) for name in names] for section, names in SECTIONS.items()}


def _page(section: str, name: str) -> st.Page:
    script, title = PAGES / section / f"{name}.py", t(f"common.page.{name}")
    return st.Page(script, title=title, url_path=name, default=name == DEFAULT_PAGE)


def name_of(page: st.Page) -> str:
    """The name of a page, which the default page has although its URL path is empty."""
    return page.url_path or DEFAULT_PAGE


def menu() -> None:
    """The list of all pages, for the sidebar; a link keeps all that the session has chosen there."""
    with st.container(key="navigation", gap=None):
        for section, listed in pages().items():
            st.caption(t(f"common.section.{section}"))
            for page in listed:
                st.page_link(page, query_params=state.navigation_query(name_of(page)))
        st.html(_FOLD, unsafe_allow_javascript=True)


def link(name: str, *, label: str, **changed: str) -> None:
    """A link from one page to another.

    Args:
      name: the page that it leads to.
      label: what it says.
      **changed: parameters of that page that shall be others than the session has chosen, such as `post="123"`.
    """
    section = next(section for section, names in SECTIONS.items() if name in names)
    query = state.query_of(name, **changed)
    st.page_link(_page(section, name), label=label, icon=":material/arrow_forward:", query_params=query)
