"""The visitor's own browser keeps what they have done and written, so that it is there after a reload.

The server stores nothing: an invisible element writes the session's record into the browser's storage, and hands what
an earlier session left there to a session that has not asked yet. Both are one JSON text (see `learner_file`).
"""

import streamlit as st

from dashboard import learner_file, notes, progress, state
from dashboard.learner_file import LearnerFileError

_LOADED, _FORGET, _KEY = "browser_loaded", "browser_forget", "browser_memory"

# An earlier session's record is handed over once; from then on this session's is the newer one and is written over it.
_SCRIPT = """
const PLACE = "phoenix-explorer";

export default function ({ data, setTriggerValue }) {
  try {
    if (data.forget) {
      localStorage.removeItem(PLACE);
      return;
    }
    const kept = JSON.parse(localStorage.getItem(PLACE) || "null");
    if (!data.loaded && kept && kept.session !== data.session) {
      setTriggerValue("kept", JSON.stringify(kept.record));
      return;
    }
    if (data.record !== null) {
      localStorage.setItem(PLACE, JSON.stringify({ session: data.session, record: JSON.parse(data.record) }));
    }
  } catch (error) {
    console.info("This browser keeps nothing:", error);
  }
}
"""


def draw() -> None:
    """Draws the element; call it at the end of a full run."""
    learner = learner_file.present()
    record = learner_file.to_json(learner) if any(learner) else None
    data = {
        "session": state.session(),
        "loaded": state.recall(_LOADED, False),
        "forget": state.recall(_FORGET, False),
        "record": record,
    }
    draw_script = st.components.v2.component("phoenix.browser_memory", js=_SCRIPT)
    draw_script(key=_KEY, data=data, on_kept_change=_take_over)
    state.keep(_FORGET, False)


def forget() -> None:
    """Has session and browser forget all; for use in callbacks. What is done from now on is kept again."""
    progress.forget()
    notes.forget()
    state.keep(_LOADED, True)
    state.keep(_FORGET, True)


def _take_over() -> None:
    """What an earlier session has left; whatever cannot be used is left alone."""
    text = (state.widget_value(_KEY) or {}).get("kept")
    state.keep(_LOADED, True)
    try:
        learner_file.restore(learner_file.from_json(text or ""))
    except LearnerFileError:
        return
