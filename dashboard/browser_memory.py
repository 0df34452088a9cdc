"""The visitor's own browser keeps what they have done and written, so that it is there after a reload.

The server stores nothing: an invisible element adds the session's record to what the browser's storage holds of earlier
ones. The Study page, which shows it, also has it handed over, once in a session. It is one JSON text (`learner_file`).
"""

import streamlit as st

from dashboard import changes, learner_file, notes, progress, state
from dashboard.learner_file import LearnerFileError

_LOADED, _REPLACE, _TOLD = "browser_loaded", "browser_replace", "browser_told"
_KEY, _NEWS_KEY = "browser_memory", "browser_news"
_READERS = ("study",)  # pages that show what was done in earlier sessions

# Of each deed, note and pin, the word of the session that changed it last is kept, that it was taken away included.
_SCRIPT = """
const PLACE = "phoenix-explorer";

const byLink = (pins) => Object.fromEntries((pins ?? []).map((pin) => [pin[0], pin]));

// Two tabs may each hold as much as can be read back: of both, as in `learner_file`, deeds keep a page, last pins stay.
function fit(record, bytes) {
  const size = () => new TextEncoder().encode(JSON.stringify(record)).length;
  if (size() > bytes) for (const deed of Object.values(record.done)) if (deed) deed[0] = deed[0].split("?")[0];
  while (size() > bytes && record.pins.length) record.pins.shift();
  return record;
}

function merge(past, now, then, when, most) {
  const later = (part, kept = {}, own = {}) => {
    const source = (name) => (when[`${part}.${name}`] >= (then[`${part}.${name}`] ?? 0) ? own : kept);
    const names = [...new Set([...Object.keys(kept), ...Object.keys(own)])];
    const left = names.filter((name) => Object.hasOwn(source(name), name));
    return Object.fromEntries(left.map((name) => [name, source(name)[name]]));
  };
  return {
    ...now,
    done: later("done", past.done, now.done),
    notes: later("notes", past.notes, now.notes),
    pins: Object.values(later("pins", byLink(past.pins), byLink(now.pins))).slice(-most),
  };
}

function latest(then, when) {
  const all = Object.entries(when).map(([name, time]) => [name, Math.max(time, then[name] ?? 0)]);
  return { ...then, ...Object.fromEntries(all) };
}

export default function ({ data, setTriggerValue }) {
  try {
    const kept = JSON.parse(localStorage.getItem(PLACE) || "null");
    const own = data.loaded || kept?.session === data.session;
    if (data.wanted && !own && kept) {
      setTriggerValue("kept", JSON.stringify(kept.record));
      return;
    }
    const now = JSON.parse(data.record), fresh = data.replace || !kept?.record, then = kept?.when ?? {};
    const record = fresh ? now : fit(merge(kept.record, now, then, data.when, data.most), data.bytes);
    const when = fresh ? data.when : latest(then, data.when);
    const session = own || !kept ? data.session : kept.session;
    localStorage.setItem(PLACE, JSON.stringify({ session, record, when }));
    document.body.classList.toggle("px-welcomed", Boolean(record.done.welcomed));
  } catch (error) {
    console.info("This browser keeps nothing:", error);
  }
}
"""


def draw() -> None:
    """Draws the element; call it at the end of a full run."""
    _draw(_KEY, is_wanted=state.page() in _READERS)


def draw_news() -> None:
    """Draws one more if the session has changed something since; call it at the end of a fragment's run.

    Drawing the whole page for it would take several times as long as the fragment.
    """
    if changes.times() != state.recall(_TOLD, {}):
        _draw(_NEWS_KEY, is_wanted=False)


def _draw(key: str, *, is_wanted: bool) -> None:
    when = dict(changes.times())
    data = {
        "session": state.session(),
        "loaded": state.recall(_LOADED, False),
        "wanted": is_wanted,
        "replace": state.recall(_REPLACE, False),
        "record": learner_file.to_json(learner_file.present()),
        "when": when,
        "most": notes.MOST_PINS,
        "bytes": learner_file.MOST_BYTES,
    }
    draw_script = st.components.v2.component("phoenix.browser_memory", js=_SCRIPT)
    draw_script(key=key, data=data, on_kept_change=_take_over)
    state.keep(_REPLACE, False)
    state.keep(_TOLD, when)


def forget() -> None:
    """Has session and browser forget all; for use in callbacks. What is done from now on is kept again."""
    progress.forget()
    notes.forget()
    changes.forget()
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
