"""What needs the truth cannot be shown of an imported log: a sentence, and the way to the built-in world."""

from collections.abc import Mapping

import streamlit as st

from dashboard import controls, resources, state
from dashboard.locale import t


def needs_truth() -> bool:
    """Whether the session's world is one in which nobody knows what is true."""
    return resources.recommender().world.truth is None


def say(sentence: str, query: Mapping[str, str]) -> None:
    """Says why something is not here, and leads to the same page of the built-in world.

    Args:
      sentence: why.
      query: the page's own part of the address there.
    """
    st.info(sentence)
    show_way(query)


def show_way(query: Mapping[str, str]) -> None:
    """A button that opens the page in a state in the built-in world; nothing where that world is not there."""
    built_in = next((known.key for known in resources.known_worlds() if known.shipped), None)
    if built_in is None:
        return
    icon, key = ":material/arrow_forward:", controls.key("built_in")
    given = {"key": key, "icon": icon, "type": "tertiary", "on_click": _go, "args": (built_in, dict(query))}
    st.button(t("common.world.go"), **given)


def _go(world: str, query: dict[str, str]) -> None:
    controls.put("world", world)
    state.leave_world()
    state.replace(query)
