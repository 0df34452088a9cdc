"""What the views of the Performance page are about: a plan, and the measurement of it if there is one."""

import dataclasses
import time
from typing import TYPE_CHECKING, Literal

import streamlit as st

from dashboard import controls, resources, state, waiting
from dashboard.locale import t
from dashboard.performance.measuring import Measurement, request
from phoenix.analysis.performance import SWEEPS, Plan, Shape, shape_of
from phoenix.serving.compiled import PRECISIONS

if TYPE_CHECKING:
    from phoenix.recsys_model import PhoenixConfig

VIEWS = ("time", "work", "peak")
RANGES = {
    "history_seq_len": (16, 256, 16),
    "candidate_seq_len": (32, 512, 32),
    "layers": (1, 8, 1),
    "width": (32, 256, 32),
    "heads": (2, 16, 2),
    "batch": (1, 8, 1),
}  # lowest, highest, step


@dataclasses.dataclass(frozen=True, kw_only=True)
class Scene:
    """What is shown.

    Attributes:
      plan: what the controls ask for.
      measured: the newest measurement of it, whoever asked for it; None before there is one.
      view: one of `VIEWS`; without a measurement always `work`, which can be counted.
      now: time.time().
    """

    plan: Plan
    measured: Measurement | None
    view: Literal["time", "work", "peak"]
    now: float

    @property
    def parameter(self) -> str:
        """The name of what is varied."""
        return t(f"performance.parameter.{self.plan.varied}")


def read() -> Scene:
    """The controls, and the measurement or how far it is."""
    plan = _read_plan(resources.recommender().config)
    wanted = request(plan)
    measured = waiting.result(wanted, texts="performance", asks=True, again=True)
    if measured is not None:
        state.keep(state.of_world("measured"), {**seen(), plan.varied: measured})
    kind = "hidden" if measured is None else "segments"
    label = t("performance.view")
    view = controls.choice("view", VIEWS, default="time", label=label, names="performance.view", kind=kind)
    return Scene(plan=plan, measured=measured, view="work" if measured is None else view, now=time.time())


def trained_shape() -> Shape:
    """The shape of the ranker that is served."""
    return shape_of(resources.recommender().config)


def seen() -> dict[str, Measurement]:
    """What this session has seen measured: varied parameter → its newest measurement."""
    return state.recall(state.of_world("measured"), {})


def _read_plan(trained: "PhoenixConfig") -> Plan:
    """What is varied, in which precision, and the parameters that stay; at first those of the trained ranker."""
    label = t("performance.varied")
    varied = controls.choice(
        "vary", list(SWEEPS), default="candidate_seq_len", label=label, names="performance.parameter"
    )
    label = t("performance.precision")
    precision = controls.choice(
        "precision", PRECISIONS, default=PRECISIONS[0], label=label, names="performance.precision"
    )
    plan = Plan(
        varied, Shape(precision=precision, actions=trained.num_actions, **_read_fixed(varied, shape_of(trained)))
    )
    kind = "trained" if all(shape.fits(trained) for shape in plan.shapes()) else "random"
    st.caption(t(f"performance.weights.{kind}"))
    return plan


def _read_fixed(varied: str, own: Shape) -> dict[str, int]:
    """The parameters that stay, folded; what is said about them stands outside, where it is seen."""
    fixed, names = {}, [name for name in RANGES if name != varied]
    with st.expander(t("performance.fixed")):
        columns = st.columns(2, gap="large")
        for number, name in enumerate(names):
            low, high, step = RANGES[name]
            bounds = dict(low=low, high=high, step=step, default=nearest(getattr(own, name), name))
            with columns[number % 2]:
                label = t(f"performance.parameter.{name}")
                fixed[name] = controls.number(name, **bounds, label=label, said_here=False)
    for name in names:
        controls.say_problem(name)
    return fixed


def nearest(value: int, name: str) -> int:
    """The value of a parameter's slider that is nearest to a given one."""
    low, high, step = RANGES[name]
    return min(range(low, high + 1, step), key=lambda one: abs(one - value))
