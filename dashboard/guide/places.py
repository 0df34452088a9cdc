"""Where something can be seen: a page, one of its views, and the state that shows it."""

from typing import NamedTuple

from dashboard.locale import t

# page → the query parameter that chooses its view, and the prefix of the views' names; other pages have one view.
_VIEWS = {
    "overview": ("view", "overview.view"),
    "retrieval": ("view", "retrieval.views"),
    "journey": ("step", "journey.step"),
    "attention": ("view", "attention.view"),
    "embeddings": ("view", "embeddings.views"),
    "ranking": ("view", "ranking.view"),
    "feedback": ("view", "feedback.views"),
    "performance": ("view", "performance.view"),
    "study": ("view", "study.view"),
    "user": ("view", "user.view"),
    "training": ("view", "training.view"),
}


class Place(NamedTuple):
    """A view in a state.

    Attributes:
      page: the page's name.
      view: of the page; empty where it has one only.
      state: further parameters of its address, name → text.
    """

    page: str
    view: str = ""
    state: tuple[tuple[str, str], ...] = ()

    @property
    def query(self) -> dict[str, str]:
        """The page's own part of the address; it names the view even where that is the one that opens anyway."""
        return {**({_VIEWS[self.page][0]: self.view} if self.view else {}), **dict(self.state)}

    @property
    def spot(self) -> tuple[str, str]:
        """Page and view, whatever the state."""
        return self.page, self.view

    @property
    def name(self) -> str:
        """Page and view as texts are named after them: `attention.leak`."""
        return ".".join(filter(None, self.spot))

    @property
    def full_title(self) -> str:
        """Page and view in words, in the session's language."""
        page = t(f"common.page.{self.page}")
        return f"{page} · {self.title}" if self.view else page

    @property
    def title(self) -> str:
        """The view's name on its page, else the page's, in the session's language."""
        return t(f"{_VIEWS[self.page][1]}.{self.view}") if self.view else t(f"common.page.{self.page}")


def at(page: str, view: str = "", **state: str) -> Place:
    """A place: `at("attention", "leak", mask="leaky")`."""
    return Place(page, view, tuple(state.items()))
