"""What would twice a weight do? Measured over a sample of users, in two sentences, in a box of the weights' column.

The box is filled when it is opened: every widget beside the sliders makes each move of a weight slower.
"""

import numpy as np
import streamlit as st

from dashboard import controls, naming, state, waiting
from dashboard.feed import TOP, action_names
from dashboard.locale import t
from dashboard.ranking import measured, sweeps
from dashboard.ranking.views import sweep
from dashboard.weighting import Weighting

_WIDTH = 420  # pixels, or what a phone has
_FIRST = "reply"  # the weight that is asked about before one has been moved


def box(now: Weighting) -> None:
    """The button in the column of weights, and what it opens."""
    with st.popover(t("ranking.double"), key=controls.key("double"), on_change="rerun") as opened:
        if opened.open:
            with st.container(width=_WIDTH):
                _fill(now)


def _fill(now: Weighting) -> None:
    st.markdown(f"**{t('ranking.double.title')}**")
    action = _picker()
    if not now.weights[action]:
        st.info(t("ranking.double.zero"))
        return
    sample = waiting.result(sweeps.request(), texts="ranking.double", place="double.")
    if sample is None:
        return
    if why := sweeps.too_little(sample):
        st.info(why)
        return
    for sentence in sentences(sample, now.vector, action=action):
        st.markdown(sentence)
    st.caption(t("ranking.double.sample", users=len(sample.true)))
    values = {"view": "frontier", "frontier": "sweep", "sweep": action, "sample": str(sweeps.MOST)}
    label = t("ranking.double.view")
    key = controls.key("double.view")
    if st.button(label, key=key, icon=":material/show_chart:", on_click=state.replace, args=(values,)):
        st.rerun()


def _picker() -> str:
    """Which weight: at first the one moved last."""
    actions = naming.world().actions
    key, names = controls.key("doubled"), dict(zip(actions.names, action_names(), strict=True))
    first = _FIRST if _FIRST in actions.names else actions.target_name
    if state.widget_value(key) is None:
        state.set_widget_value(key, state.widget_value(controls.key("tuned")) or first)
    return st.selectbox(t("ranking.weight"), actions.names, key=key, format_func=names.get)


def sentences(sample: "sweeps.Sample", weights: np.ndarray, *, action: str) -> tuple[str, ...]:
    """What twice the weight truly does, to how many users' feeds, and what the ranker itself expects of that.

    Args:
      sample: of users.
      weights: [A], that of the action not zero.
      action: whose weight is doubled.
    """
    now = sweeps.present(weights, moved=action)
    values = np.array([now, 2 * now])
    settings = sweeps.settings(weights, values, moved=action)
    users = len(sample.true)
    truth, belief = (
        sweep.compared(action, values, counts=measured.counts(users, settings, sample, predicted=predicted))
        for predicted in (False, True)
    )
    named = sweep.named(truth, 1, counted="main")
    moved = measured.moved_tops(users, settings, sample, top=TOP)
    said = t(
        "ranking.double.said",
        moved=sweep.moved_name(action),
        now=sweep.setting(truth, 0),
        value=sweep.setting(truth, 1),
        changes=sweep.changes(truth, 1, named) or t("ranking.double.unsure"),
        count=moved,
        users=users,
        top=TOP,
    )
    return (said, t("ranking.double.predicted", changes=sweep.changes(belief, 1, named))) if named else (said,)
