"""What is on screen in words, so that a learner can pin it: the first picture of a page and what to notice in it."""

from dashboard import state

LONGEST = 1_900  # characters
_KEY = "pictured"


def begin() -> None:
    """Another view is about to be drawn."""
    state.keep(_KEY, "")


def show(*words: str) -> None:
    """Notes what a view shows; the first view of a page counts."""
    if not said():
        state.keep(_KEY, "\n".join(words)[:LONGEST])


def said() -> str:
    """The picture that is on screen, in words."""
    return state.recall(_KEY, "")
