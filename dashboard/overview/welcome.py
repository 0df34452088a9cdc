"""The card that greets a new visitor: what this world is, and three doors into it. Once closed, it stays closed."""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import naming, navigation, presenting, progress, words
from dashboard.guide import table
from dashboard.locale import t
from phoenix import weight_files

if TYPE_CHECKING:
    from phoenix.actions import ActionSet
    from phoenix.world import AnyWorld

CLOSED = "welcomed"
_NUDGED = "reply"


def doubled(actions: "ActionSet") -> str:
    """The weights at first with the reply's doubled, or the target's, as they stand in the address."""
    start, nudged = actions.presets[actions.default_preset].weights, _nudged(actions)
    return weight_files.to_compact({**start, nudged: 2 * start[nudged]}, base=start)


def _nudged(actions: "ActionSet") -> str:
    return _NUDGED if _NUDGED in actions.names else actions.target_name


def show(world: "AnyWorld") -> None:
    """Draws the card, unless the visitor has closed it."""
    if progress.is_done(CLOSED) or presenting.is_on():
        return
    with st.container(border=True, key="welcome", gap="xsmall"):
        numbers = {"users": words.count(world.num_users), "posts": words.count(world.num_posts)}
        st.markdown(t("overview.welcome", **numbers))
        doors = {
            "learn": ("study", {"view": "path"}, "school"),
            "teach": ("attention", {"view": "mask", "present": "1"}, "co_present"),
            "tune": ("ranking", {"view": "moved", "w": doubled(world.actions)}, "tune"),
        }
        for column, (door, (page, query, icon)) in zip(st.columns(3, gap="medium"), doors.items(), strict=True):
            with column, st.container(gap=None, key=f"welcome-{door}"):
                navigation.go(page, query, label=t(f"overview.welcome.{door}"), icon=icon)
                action = naming.action(_nudged(world.actions))
                st.caption(t(f"overview.welcome.{door}.why", lessons=len(table.LESSONS), action=action))
        # Last: on a phone everything stacks, and before the doors it would look like the first of them.
        with st.container(horizontal=True, horizontal_alignment="right"):
            close = t("overview.welcome.close")
            st.button(close, key="welcome-close", icon=":material/close:", type="tertiary", on_click=_close)


def _close() -> None:
    progress.done(CLOSED)
