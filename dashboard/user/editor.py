"""The tools that edit a history, each a change in a callback: rows here, what comes from elsewhere in `sources`."""

from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

import pandas as pd
import streamlit as st

from dashboard import controls, edits, naming, state, words
from dashboard.locale import t
from dashboard.posts import describe
from dashboard.user import sources
from phoenix.analysis import edits as library

if TYPE_CHECKING:
    from dashboard.user.scene import Scene
    from phoenix.analysis.edits import Change

TOOLS = ("rows", "add", "other", "person")
ROW = "row"
_WAYS = {  # as the table shows it, newest first
    "last": ":material/vertical_align_top:",
    "later": ":material/arrow_upward:",
    "earlier": ":material/arrow_downward:",
    "first": ":material/vertical_align_bottom:",
}
_SNIPPET = 120


def read_place(count: int, *, drawn: bool) -> int | None:
    """The place of the selected row, from 1, by default the newest; None where there is no row."""
    if not count:
        return None
    label, kind = t("user.row", count=count), "field" if drawn else "hidden"
    return controls.number(ROW, low=1, high=count, default=count, label=label, kind=kind, width=120)


def tools(scene: "Scene") -> int | None:
    """Draws the tool that is chosen; gives the place of the selected row."""
    tools = TOOLS if scene.world.truth is not None else TOOLS[:-1]  # in a log nobody can be made up
    tool = controls.choice("tool", tools, default=TOOLS[0], label=t("user.tool"), names="user.tool")
    if tool == "rows" and len(scene.history):
        return _rows(scene)
    if tool == "rows":
        st.caption(t("user.rows.none"))
    elif tool == "add":
        sources.add_post(scene)
    elif tool == "other":
        sources.take_other(scene)
    else:
        sources.make_up()
    return read_place(len(scene.history), drawn=False)


def removal(place: int) -> "Change":
    """Leaves out the row at a place."""

    def remove(rows: pd.DataFrame) -> pd.DataFrame:
        return rows.drop(index=rows.index[place - 1])

    return remove


def _rows(scene: "Scene") -> int:
    """Everything that can be done to one row, or to all of them; gives the place of that row."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="bottom"):
        place = read_place(len(scene.history), drawn=True)
        for way, icon in _WAYS.items():
            target = {"first": 1, "earlier": place - 1, "later": place + 1, "last": len(scene.history)}[way]
            gone = not 1 <= target <= len(scene.history) or target == place
            click = {"on_click": partial(_move, place, target), "disabled": gone}
            st.button(icon, key=controls.key(f"move_{way}"), help=t(f"user.row.{way}"), **click)
        remove = {"on_click": partial(edits.change, removal(place)), "help": t("user.rows.remove")}
        st.button(":material/delete:", key=controls.key("remove"), **remove)
    row = scene.history.iloc[place - 1]
    (post,) = describe([row["post_id"]], scene.world)
    st.markdown(
        t(
            "user.row.post",
            topic=post.group,
            handle=post.handle,
            text=words.snippet(post.text, _SNIPPET),
        )
    )
    _actions(row, place)
    return place


def whole() -> None:
    """What can be done to all rows at once, and how a step is undone."""
    with st.container(horizontal=True, gap="xsmall", vertical_alignment="center"):
        _button("reverse", _reverse)
        _button("clear", _clear)
        st.caption(t("user.rows.undo"), width="content")


def _button(name: str, how: "Change") -> None:
    st.button(t(f"user.rows.{name}"), key=controls.key(name), on_click=partial(edits.change, how))


def _reverse(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.iloc[::-1]


def _clear(rows: pd.DataFrame) -> pd.DataFrame:
    return rows.head(0)


def _move(place: int, target: int) -> None:
    if edits.change(lambda rows: library.move(rows, rows.index[place - 1], place=target)):
        controls.put(ROW, target)


def _actions(row: pd.Series, place: int) -> None:
    """What was done with the post, to be changed; one action must stay, since nobody's history holds a row without."""
    taken = [action for action in naming.world().actions.names if row[action]]
    choose_actions(controls.key("taken"), taken, label=t("user.row.actions"), chosen=partial(_take, place))


def _take(place: int, actions: Sequence[str]) -> None:
    if actions:
        edits.change(lambda rows: library.take(rows, rows.index[place - 1], actions))


def choose_actions(key: str, taken: Sequence[str], *, label: str, chosen: Callable[[Sequence[str]], None]) -> None:
    """All actions, some of them taken; calls back with the new choice, which may be empty."""
    actions = naming.world().actions
    names = dict(zip(actions.names, naming.actions(), strict=True))

    def take() -> None:
        now = sorted(state.widget_value(key) or (), key=actions.index)
        if now != list(taken) and not state.is_echo(key):
            chosen(now)

    state.show_value(key, list(taken))
    st.multiselect(label, actions.names, key=key, format_func=names.get, on_change=take, placeholder="")
