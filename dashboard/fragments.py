"""A part of a page that runs on its own, as its controls are moved.

It takes its turn, writes the address and tells the browser what was done, as a full run does.
"""

import functools
from collections.abc import Callable
from typing import ParamSpec, TypeVar

import streamlit as st

from dashboard import browser_memory, state, turns

P = ParamSpec("P")
R = TypeVar("R")


def fragment(function: Callable[P, R]) -> Callable[P, R]:
    """`st.fragment` for the part of a page that its views and their controls are."""

    @st.fragment
    @functools.wraps(function)
    def run(*args: P.args, **kwargs: P.kwargs) -> R:
        with turns.turn():
            result = function(*args, **kwargs)
            if state.in_fragment():
                browser_memory.draw_news()
                state.publish()
        return result

    return run
