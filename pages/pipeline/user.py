"""User: who is this, and what if?"""

import streamlit as st

from dashboard import controls, signpost, state
from dashboard.locale import t
from dashboard.user import exercise, scene
from dashboard.user.views import edit, history, numbers, rows, what_if, who
from dashboard.view import draw, draw_work

# name → what reads its scene, and what shows that scene
VIEWS = {
    "who": (scene.read_who, who.view),
    "history": (scene.read_history, history.view),
    "what_if": (scene.read_what_if, what_if.view),
    "edit": (scene.read_edit, edit.view),
}

names = tuple(VIEWS)
name = controls.choice("view", names, default=names[0], label=t("user.views"), names="user.view")
signpost.show(name)
read, view = VIEWS[name]
if name == "edit":
    above = st.container()
    left, right = st.columns(2, gap="medium")
    below = st.container()
    with left:
        shown = read()
        table = st.container()
    for place, part in ((above, numbers), (table, rows)):
        with place:
            draw_work(part.view(shown))
    with right:
        draw(view(shown), below=below)
else:
    draw(view(read()))
exercise.show(state.user_id())
