"""When each phase of a training on an imported log had learnt enough, judged by the newest part of what it may see."""

import plotly.graph_objects as go

from dashboard import words
from dashboard.figures import theme
from dashboard.locale import listing, t
from dashboard.training.figures.lines import Level, Line, Text, lines
from dashboard.training.log import PhaseLog
from dashboard.training.naming import phase_name
from dashboard.view import Block, Chart


def chart(phases: tuple[PhaseLog, ...]) -> tuple[Block, ...]:
    """The validation loss of each phase, as a share of where it was first measured, and the moment that was kept."""
    judged = [phase for phase in phases if phase.validation]
    shown = [_relative(phase, number) for number, phase in enumerate(judged)]
    text = Text(t("training.curves.steps"), t("training.stopped.axis"), shares=True)
    figure = lines(shown, text=text, levels=(Level(t("training.stopped.level"), 1.0),), height=440)
    for phase in judged:
        mark(figure, phase.best.step, phase.best.value / phase.validation[0].value, named=phase is judged[0])
    ends = listing(_end(phase) for phase in judged)
    return (Chart(figure, t("training.stopped.alt", ends=ends), "training.whole"),)


def line(phase: PhaseLog) -> Line:
    """The validation loss as it is, beside the loss of training."""
    return Line(
        name=t("training.measure.validation"),
        x=[moment.step for moment in phase.validation],
        y=[moment.value for moment in phase.validation],
        hover=[_hover(phase, moment.step, moment.value) for moment in phase.validation],
        series=1,
        dash="dash",
    )


def mark(figure: go.Figure, step: int, height: float, *, named: bool = True) -> None:
    """A ring around the moment whose parameters were kept."""
    figure.add_scatter(
        name=t("training.stopped.kept"),
        x=[step],
        y=[height],
        mode="markers",
        marker={"symbol": "circle-open", "size": 20, "color": theme.TRUTH, "line": {"width": 3}},
        hoverinfo="skip",
        showlegend=named,
    )


def notices(phases: tuple[PhaseLog, ...]) -> list[str]:
    """When each phase was stopped, and what going on would have cost."""
    judged = [phase for phase in phases if phase.validation]
    said = [t("training.stopped.notice", ends=listing(_end(phase) for phase in judged))]
    worst = max(judged, key=lambda phase: phase.validation[-1].value / phase.best.value)
    lost = worst.validation[-1].value / worst.best.value - 1
    if lost > 0:
        said.append(t("training.stopped.notice.lost", phase=phase_name(worst.name), lost=words.percent(lost)))
    minutes = phases[-1].begins + phases[-1].minutes
    return [*said, t("training.stopped.notice.time", minutes=words.significant(minutes), count=len(phases))]


def _relative(phase: PhaseLog, number: int) -> Line:
    first = phase.validation[0].value
    return Line(
        name=phase_name(phase.name),
        x=[moment.step for moment in phase.validation],
        y=[moment.value / first for moment in phase.validation],
        hover=[_hover(phase, moment.step, moment.value) for moment in phase.validation],
        series=number,
    )


def _hover(phase: PhaseLog, step: int, value: float) -> str:
    said = {"step": words.count(step), "value": words.digits(value, 4)}
    return t("training.stopped.hover", phase=phase_name(phase.name), **said)


def _end(phase: PhaseLog) -> str:
    said = {"best": words.count(phase.best.step), "last": words.count(phase.steps)}
    key = "training.stopped.end" if phase.best.step < phase.steps else "training.stopped.whole"
    return t(key, phase=phase_name(phase.name), **said)
