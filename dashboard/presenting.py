"""Before a class: `present=1` shows one view in large type without the sidebar, `open=1` opens every box for printing.

Both stand in the address of all pages. The arrow keys and a presenter's Page Up and Page Down follow the guide's path;
where a view has steps of its own under the arrow keys, these come first.
"""

from pathlib import Path

import streamlit as st

from dashboard import controls, state
from dashboard.locale import t

_NO, _YES = "0", "1"
_PRESENT, _OPEN = "present", "open"

# Runs once in a browser; without the button that leaves the presentation no key does anything.
_KEYS = """<script>
if (!window.phoenixPresents) {
  window.phoenixPresents = true;
  const ways = { ArrowRight: "after", PageDown: "after", ArrowLeft: "before", PageUp: "before" };
  document.addEventListener("keydown", (event) => {
    const leave = document.querySelector(".st-key-present-leave button");
    const typing = event.target.closest("input, textarea, [role=slider], [role=radio], [contenteditable=true], canvas");
    if (!leave || typing || event.ctrlKey || event.altKey || event.metaKey) return;
    if (event.key === "Escape") return leave.click();
    const way = ways[event.key];
    if (!way) return;
    const own = { ArrowRight: "step_on", ArrowLeft: "step_back" }[event.key];
    if (own && document.querySelector(`[class*="st-key-attention-${own}"] button:not([disabled])`)) return;
    const there = document.querySelector(`.st-key-signpost-${way} :is(a, button)`);
    if (!there) return;
    event.preventDefault();
    there.click();
  });
}
</script>"""


def is_on() -> bool:
    """Whether the page is shown to a class."""
    return state.given(_PRESENT) == _YES


def opens_all() -> bool:
    """Whether all boxes stand open."""
    return state.given(_OPEN) == _YES


def begin() -> None:
    """Reads the address, and dresses the page for a presentation."""
    for name in (_PRESENT, _OPEN):
        controls.choice(name, (_NO, _YES), default=_NO, label="", names={}, kind="hidden", said_here=False)
    if not is_on():
        return
    st.html(Path(__file__).with_name("presenting.css"))
    st.html(_KEYS, unsafe_allow_javascript=True)
    leave = dict(on_click=state.put, args=(_PRESENT, None), icon=":material/close_fullscreen:", type="tertiary")
    st.button("", key="present-leave", help=t("common.present.leave"), **leave)


def say_problems() -> None:
    """What the address says of either and cannot be used."""
    for name in (_PRESENT, _OPEN):
        controls.say_problem(name)


def buttons() -> None:
    """The ways in, for the sidebar."""
    st.button(
        t("common.present"),
        key="present-begin",
        icon=":material/co_present:",
        type="tertiary",
        on_click=state.put,
        args=(_PRESENT, _YES),
    )
    label, then = ("common.open.close", None) if opens_all() else ("common.open", _YES)
    st.button(
        t(label), key="open-all", icon=":material/print:", type="tertiary", on_click=state.put, args=(_OPEN, then)
    )
