"""The visitor's own browser keeps what they have done and written, so that it is there after a reload.

The server stores nothing: an invisible element adds the session's record to what the browser's storage holds of earlier
ones. The Study page, which shows it, also has it handed over, once in a session. It is one JSON text (`learner_file`).
"""

import streamlit as st

from dashboard import learner_file, notes, progress, state
from dashboard.learner_file import LearnerFileError

_LOADED, _REPLACE, _KEY = "browser_loaded", "browser_replace", "browser_memory"
_READERS = ("study",)  # pages that show what was done in earlier sessions

# A record that another session left is added to this one's; of pins, what this session has taken off stays off.
_SCRIPT = """
const PLACE = "phoenix-explorer";

function add(past, now, own) {
  const others = (past.pins ?? []).filter((pin) => !now.pins.some((one) => one[0] === pin[0]));
  return {
    ...now,
    done: { ...past.done, ...now.done },
    notes: { ...past.notes, ...now.notes },
    pins: own ? now.pins : [...others, ...now.pins],
  };
}

export default function ({ data, setTriggerValue }) {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) || "null");
    const own = data.loaded || kept?.session === data.session;
    if (data.wanted && !own && kept) {
      setTriggerValue("kept", JSON.stringify(kept.record));
      return;
    }
    const now = JSON.parse(data.record);
    const record = data.replace || !kept?.record ? now : add(kept.record, now, own);
    localStorage.setItem(PLACE, JSON.stringify({ session: own || !kept ? data.session : kept.session, record }));
    document.body.classList.toggle("px-welcomed", Boolean(record.done.welcomed));
  } catch (error) {
    console.info("This browser keeps nothing:", error);
  }
}
"""


def draw() -> None:
    """Draws the element; call it at the end of a full run."""
    data = {
        "session": state.session(),
        "loaded": state.recall(_LOADED, False),
        "wanted": state.page() in _READERS,
        "replace": state.recall(_REPLACE, False),
        "record": learner_file.to_json(learner_file.present()),
    }
    draw_script = st.components.v2.component("phoenix.browser_memory", js=_SCRIPT)
    draw_script(key=_KEY, data=data, on_kept_change=_take_over)
    state.keep(_REPLACE, False)


def forget() -> None:
    """Has session and browser forget all; for use in callbacks. What is done from now on is kept again."""
    progress.forget()
    notes.forget()
    state.keep(_LOADED, True)
    state.keep(_REPLACE, True)


def _take_over() -> None:
    """What earlier sessions have left; what cannot be used is replaced."""
    text = (state.widget_value(_KEY) or {}).get("kept")
    state.keep(_LOADED, True)
    try:
        learner_file.restore(learner_file.from_json(text or ""))
    except LearnerFileError:
        state.keep(_REPLACE, True)
