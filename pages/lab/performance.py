"""Performance: what does each parameter cost?

Measured in a process of its own on the machine that serves this page; the page only looks how far it is.
"""

import time

import streamlit as st

from dashboard import components, controls, performance, resources, state
from dashboard.figures import performance as figures
from dashboard.locale import t
from dashboard.measurements import Measurement, QueueFullError
from phoenix.analysis import performance as costs
from phoenix.analysis.performance import SWEEPS, Plan, Shape
from phoenix.serving.compiled import PRECISIONS

RANGES = {
    "history_seq_len": (16, 256, 16, 64),
    "candidate_seq_len": (32, 512, 32, 256),
    "layers": (1, 8, 1, 2),
    "width": (32, 256, 32, 64),
    "heads": (2, 16, 2, 4),
    "batch": (1, 8, 1, 1),
}  # lowest, highest, step, and what the shipped ranker has


def choose_plan() -> Plan:
    """What is varied, in which precision, and the parameters that stay."""
    label = t("performance.varied")
    varied = controls.choice(
        "vary", list(SWEEPS), default="candidate_seq_len", label=label, names="performance.parameter"
    )
    label = t("performance.precision")
    precision = controls.choice(
        "precision", PRECISIONS, default=PRECISIONS[0], label=label, names="performance.precision"
    )
    fixed = {}
    with st.expander(t("performance.fixed")):
        columns = st.columns(2, gap="large")
        for number, name in enumerate(name for name in RANGES if name != varied):
            low, high, step, default = RANGES[name]
            with columns[number % 2]:
                fixed[name] = controls.number(
                    name, low=low, high=high, default=default, step=step, label=t(f"performance.parameter.{name}")
                )
    plan = Plan(varied, Shape(precision=precision, **fixed))
    kind = "shipped" if varied not in ("layers", "width", "heads") and plan.shape.shipped else "random"
    st.caption(t(f"performance.weights.{kind}"))
    return plan


def submit(plan: Plan) -> None:
    """Asks for a measurement; a session has one at a time."""
    try:
        state.keep("measurement", resources.laboratory().submit(plan))
    except QueueFullError:
        state.keep("measurement", None)
        state.keep("measurement_refused", True)


def desk(plan: Plan) -> Measurement | None:
    """The button, or how far the measurement is; returns the result to show, if there is one for these settings."""
    mine: Measurement | None = state.recall("measurement")
    if mine is not None and mine.active:
        watch()
    else:
        st.button(t("performance.measure"), key="measure", type="secondary", on_click=submit, args=(plan,))
    if mine is not None and mine.state in ("failed", "cancelled"):
        st.warning(t(f"performance.{mine.state}"))
        if mine.error:
            st.code(mine.error, language=None, wrap_lines=True)
    if state.recall("measurement_refused"):
        state.keep("measurement_refused", False)
        st.warning(t("performance.refused"))
    if mine is not None and mine.state == "done":
        state.keep("measured", {**state.recall("measured", {}), mine.plan.varied: mine})
    return resources.laboratory().latest(plan)


@st.fragment(run_every=0.5)
def watch() -> None:
    """Progress of this session's measurement, its place in the queue, and the button that ends it."""
    mine: Measurement = state.recall("measurement")
    if not mine.active:
        st.rerun()
    waiting = mine.state == "waiting"
    ahead = resources.laboratory().ahead(mine)
    text = (
        t("performance.waiting", count=ahead)
        if waiting
        else t("performance.running", done=len(mine.points), total=mine.total)
    )
    st.progress(performance.progress(mine), text=text)
    st.button(t("performance.cancel"), key="cancel", on_click=resources.laboratory().cancel, args=(mine,))


def picture(plan: Plan, measured: Measurement | None) -> None:
    """One of three views; before a measurement the work alone, which needs none."""
    view = "work"
    if measured is None:
        st.info(t("performance.unmeasured"))
    else:
        view = controls.choice(
            "view", performance.VIEWS, default="time", label=t("performance.view"), names="performance.view"
        )
        st.caption(performance.age_in_words(measured, time.time()))
    if view == "work":
        curves, notices = performance.work_curves(plan), performance.work_notices(plan, measured)
    elif view == "time":
        curves, notices = performance.time_curves(measured), performance.time_notices(measured)
    else:
        curves, notices = performance.peak_curves(measured), performance.peak_notices(measured)
    chart = figures.curves(curves, text=performance.figure_text(plan, view))
    components.figure(chart, key=f"performance_{view}", alt=performance.chart_alt(plan, view, curves))
    components.what_to_notice(notices)


plan = choose_plan()
picture(plan, desk(plan))
components.maths(t("performance.maths"))
components.source(costs.measure_shape, costs.counted_flops, costs.growth_exponent)
components.exercise(performance.exercise(state.recall("measured", {})))
