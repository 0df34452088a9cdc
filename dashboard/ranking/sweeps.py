"""One weight over its range, or the balance of positive and negative, for a sample of users.

The ranker has to answer once for each user, in chunks: that takes seconds, is shown, and may be stopped. Moving a
weight afterwards only sorts the answers again.
"""

from typing import TYPE_CHECKING

import numpy as np
import streamlit as st

from dashboard import controls, state
from dashboard.locale import t
from dashboard.ranking import measured
from dashboard.ranking.ranges import WEIGHT_RANGES
from phoenix.actions import ACTIONS, NEGATIVE_ACTIONS, POSITIVE_ACTIONS
from phoenix.analysis.frontier import balance_settings, draw_users, weight_settings

if TYPE_CHECKING:
    from phoenix.world import World

BALANCE = "balance"
SAMPLES = ("50", "100", "200")
COUNTED = {
    "main": ("favorite", "reply", "follow_author", "not_interested", "report"),
    "positive": POSITIVE_ACTIONS,
    "negative": NEGATIVE_ACTIONS,
}
CHUNK = 10  # users; a tenth of a second or two, so that stopping is quick
_STEPS, _MOST_BALANCE = 32, 8.0
_FINISHED, _STOPPED = "sweep_finished", "sweep_stopped"


def sample_chunks(world: "World", wanted: int) -> measured.Chunks:
    """Ids of a random sample of users, the same for every visitor, in chunks."""
    users = [int(user) for user in draw_users(world.num_users, count=wanted)]
    return tuple(tuple(users[i : i + CHUNK]) for i in range(0, len(users), CHUNK))


def steps(weights: np.ndarray, *, moved: str) -> np.ndarray:
    """The values to try, ascending; the present one is among them and, for a weight, its double.

    Args:
      weights: [A].
      moved: BALANCE for a factor on all negative weights, or the action whose weight moves.

    Returns:
      float64 [G].
    """
    low, high = (0.0, _MOST_BALANCE) if moved == BALANCE else WEIGHT_RANGES[moved][:2]
    now = present(weights, moved=moved)
    return np.unique(np.r_[np.linspace(low, high, _STEPS + 1), now, 2 * now])


def present(weights: np.ndarray, *, moved: str) -> float:
    """Where the value stands now."""
    return 1.0 if moved == BALANCE else float(weights[ACTIONS.index(moved)])


def settings(weights: np.ndarray, values: np.ndarray, *, moved: str) -> np.ndarray:
    """The weights at each value: [G, A]."""
    if moved == BALANCE:
        return balance_settings(weights, factors=values)
    return weight_settings(weights, action=ACTIONS.index(moved), values=values)


def gather(world: "World", wanted: int) -> measured.Chunks:
    """Has the ranker answer for a sample of users, with progress and a button that stops it.

    Streamlit ends this run at the next element that it draws once the visitor touches anything, the button or
    another widget: so each chunk begins by moving the progress bar, and is kept when it is done. The next run goes
    on from there, or, if the visitor has stopped it, shows what there is.

    Returns:
      Chunks of user ids that are done; all of the sample unless it was stopped.
    """
    chunks = sample_chunks(world, wanted)
    finished = min(state.recall(_FINISHED, 0), len(chunks))
    if finished == len(chunks):
        return chunks
    place = st.empty()
    if state.recall(_STOPPED, False):
        with place.container():
            st.warning(t("ranking.sweep.stopped", done=CHUNK * finished, wanted=wanted))
            key = controls.key("resume_sweep")
            st.button(t("ranking.sweep.resume"), key=key, on_click=state.keep, args=(_STOPPED, False))
        return chunks[:finished]
    with place.container():
        _work(chunks, finished=finished, wanted=wanted)
    place.empty()
    return chunks


def _work(chunks: measured.Chunks, *, finished: int, wanted: int) -> None:
    bar = st.progress(0.0)
    key = controls.key("stop_sweep")
    st.button(t("ranking.sweep.stop"), key=key, on_click=state.keep, args=(_STOPPED, True))
    for done in range(finished, len(chunks)):
        bar.progress(done / len(chunks), text=t("ranking.sweep.progress", done=CHUNK * done, wanted=wanted))
        measured.observe_users(chunks[done])
        state.keep(_FINISHED, done + 1)
