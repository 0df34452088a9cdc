"""The edited history of this session: made on the User page, in force on every page, marked as such there.

It stands in the address of all pages as `h=4711,-3,+28086:favorite`, see `phoenix.analysis.edit_text`, and belongs to
one user. Whoever looks at another user meanwhile finds it again on coming back, as long as the session lasts.
`dashboard.resources.subject()` is what pages ask about.
"""

from typing import TYPE_CHECKING

import streamlit as st

from dashboard import controls, naming, navigation, resources, state, words
from dashboard.locale import listing, t
from dashboard.state import Problem

if TYPE_CHECKING:
    from phoenix.analysis.edits import Change, Edit, UnusableEditError

NAME = "h"
_MINE, _ACCEPTED, _MOST_KEPT = "edits", "edits_accepted", 32


def settle() -> None:
    """Puts in force the edit that belongs to the chosen user; call it once in a full run, when that user is known.

    Whatever was not in force before, in this world for this user, is looked at first, wherever it comes from.
    """
    world, user, text = resources.chosen_world().key, state.user_id(), state.given(NAME)
    kept = state.of_world(_MINE)
    mine = dict(state.recall(kept, {}))
    accepted = state.recall(_ACCEPTED, (world, user, None))
    if accepted[:2] != (world, user) and not state.is_fresh(NAME):
        text = mine.get(user)
    if text is not None and accepted != (world, user, text):
        text = _accept(text, user)
    state.settle(NAME, text or None)
    mine.pop(user, None)
    if text:
        mine[user] = text
    state.keep(kept, dict(list(mine.items())[-_MOST_KEPT:]))
    state.keep(_ACCEPTED, (world, user, text or None))


def _accept(text: str, user: int) -> str:
    """The edit of an address as it is written here; "" and a sentence to keep if it cannot be used."""
    from phoenix.analysis import edit_text, edits

    try:
        recommender = resources.recommender()
        edit = edit_text.from_text(text, user_id=user, actions=recommender.actions)
        return edit_text.to_text(edits.change(recommender, edit, how=lambda rows: rows))
    except edits.UnusableEditError as error:
        state.refuse(NAME, _problem(error))
        return ""


def _problem(error: "UnusableEditError") -> Problem:
    shown = {name: words.quoted(str(value)) for name, value in error.details.items() if name in ("given", "action")}
    return Problem(f"edits.problem.{error.problem}", {**error.details, **shown})


def present() -> "Edit":
    """The edit in force, the real history if there is none."""
    from phoenix.analysis import edit_text, edits

    who = resources.subject()
    if not who.edit:
        return edits.real(who.user_id)
    return edit_text.from_text(who.edit, user_id=who.user_id, actions=resources.recommender().actions)


def change(how: "Change") -> bool:
    """Edits the history further; for callbacks.

    Args:
      how: see `phoenix.analysis.edits.change`.

    Returns:
      Whether it is edited now; see `put`.
    """
    from phoenix.analysis import edits

    try:
        return put(edits.change(resources.recommender(), present(), how=how))
    except edits.UnusableEditError as error:  # the world has become another one under the open page
        state.refuse(NAME, _problem(error))
        return False


def put(edit: "Edit") -> bool:
    """Puts an edit in force, unless no address could hold it, which is said then; for callbacks.

    Returns:
      Whether it is in force now.
    """
    from phoenix.analysis import edit_text

    text = edit_text.to_text(edit)
    if is_held := edit_text.is_held(text):
        state.put(NAME, text or None)
    else:
        state.refuse(NAME, Problem("edits.refused", {"most": edit_text.MAX_CHARACTERS}))
    return is_held


def clear() -> None:
    """Goes back to the real user."""
    state.put(NAME, None)


def mark() -> None:
    """Says above every page that the history is edited and how, with the way back; nothing for a real user."""
    controls.say_problem(NAME)
    edit = present()
    if edit.is_real:
        return
    with st.container(border=True, key="edit-mark"):
        line, ways = st.columns([4, 1], vertical_alignment="center")
        line.markdown(t("edits.mark", changes=describe(edit)))
        with ways:
            st.button(t("edits.back"), key="edit_back", on_click=clear, width="stretch")
            if state.page() != "user":
                navigation.link("user", label=t("edits.edit"), view="edit")


def as_arguments() -> str:
    """Whom a command of the library is asked about: the user, and the edit if there is one."""
    who = resources.subject()
    return f"{who.user_id} --history {who.edit}" if who.edit else str(who.user_id)


def describe(edit: "Edit") -> str:
    """What an edit changes, in words."""
    said = [] if edit.start == edit.user_id else [_describe_start(edit)]
    counts = {"removed": len(edit.removed), "added": len(edit.added), "taken": len(edit.taken)}
    said += [t(f"edits.changed.{kind}", count=count) for kind, count in counts.items() if count]
    if edit.moved:
        said.append(t("edits.changed.moved", count=len(edit.moved)))
    return listing(said)


def _describe_start(edit: "Edit") -> str:
    start = edit.start
    if start is None:
        return t("edits.start.empty")
    if isinstance(start, int):
        return t("edits.start.user", user=start, handle=resources.recommender().world.users["handle"].loc[start])
    persona, liked = naming.persona(start.persona), listing([naming.topic(number) for number in start.liked])
    return t("edits.start.person", persona=persona, liked=liked)
