"""The pages: where they are, the sidebar's list of them, and links from one to another.

A link carries the whole address of where it leads, so that following it is one step of the browser's history and
nothing that was chosen is lost. Streamlit's own navigation drops the address's parameters.
"""

import functools
from collections.abc import Mapping
from pathlib import Path
from urllib.parse import urlencode

import streamlit as st

from dashboard import state
from dashboard.locale import t

_HERE = Path(__file__).resolve().parent
# Among the modules once the package is installed, beside them in a checkout.
PAGES = next(folder for folder in (_HERE / "pages", _HERE.parent / "pages") if folder.is_dir())
DEFAULT_PAGE = "overview"

# One word registers a page, in the order in which one learns: the stem of its file, which is at once its URL path and
# the domain of its texts.
SECTIONS = {
    "start": (
        "study",
        "overview",
    ),
    "inside": ("retrieval", "journey", "embeddings", "attention"),
    "try": ("user", "ranking", "feedback", "training", "performance"),
}
NAMES = tuple(name for names in SECTIONS.values() for name in names)

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
    return {section: [_page(name) for name in names] for section, names in SECTIONS.items()}


@functools.cache
def script(name: str) -> Path:
    """The file of a page, whatever folder it lies in."""
    return next(PAGES.glob(f"*/{name}.py"))


def _page(name: str) -> st.Page:
    title = f"{t(f'common.page.{name}')} · {t('common.app')}"
    return st.Page(script(name), title=title, url_path=name, default=name == DEFAULT_PAGE)


def name_of(page: st.Page) -> str:
    """The name of a page, which the default page has although its URL path is empty."""
    return page.url_path or DEFAULT_PAGE


def menu(sections: Mapping[str, list[st.Page]]) -> None:
    """The list of all pages, for the sidebar; a link keeps all that the session has chosen there."""
    with st.container(key="navigation", gap=None):
        for section, listed in sections.items():
            st.caption(t(f"common.section.{section}"))
            for page in listed:
                name = name_of(page)
                st.page_link(page, label=t(f"common.page.{name}"), query_params=state.navigation_query(name))
        st.html(_FOLD, unsafe_allow_javascript=True)


def link(name: str, *, label: str, **changed: str) -> None:
    """A link from one page to another.

    Args:
      name: the page that it leads to.
      label: what it says.
      **changed: parameters of that page that shall be others than the session has chosen, such as `post="123"`.
    """
    query = state.query_of(name, **changed)
    st.page_link(_page(name), label=label, icon=":material/arrow_forward:", query_params=query)


def address(name: str, query: Mapping[str, str]) -> str:
    """The whole address of a page in a state, to be given to others.

    Args:
      name: the page.
      query: its own part of the address and what else shall stand there.
    """
    root = (st.context.url or "").rstrip("/").removesuffix(f"/{state.page()}")
    path = "" if name == DEFAULT_PAGE else name
    return f"{root}/{path}?{urlencode(query, safe=':,')}"


def go(name: str, query: Mapping[str, str], *, label: str, icon: str = "arrow_forward") -> None:
    """A way to a page in exactly the state given, whatever the session has chosen there; user and weights come along.

    On the page itself it is a button, since Streamlit does not follow a link to where one is.

    Args:
      name: the page that it leads to, possibly the present one.
      query: the page's own part of the address; it should not be empty on a page with several views.
      label: what it says.
      icon: name of its Material symbol.
    """
    icon = f":material/{icon}:"
    if name == state.page():
        key = f"go-{name}-{'-'.join(query.values())}"
        st.button(label, key=key, icon=icon, type="tertiary", on_click=state.replace, args=(dict(query),))
    else:
        st.page_link(_page(name), label=label, icon=icon, query_params={**state.shared_query(), **query})
