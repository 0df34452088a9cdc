"""The curves of the training that made the shipped models: all phases in a row, or one of them closely."""

import html

from dashboard import naming, words
from dashboard.locale import listing, t
from dashboard.training import stopped
from dashboard.training.figures.lines import Band, Level, Line, Text, lines
from dashboard.training.log import Moment, PhaseLog
from dashboard.training.naming import explained, phase_name
from dashboard.training.scene import ALL, CurvesScene
from dashboard.view import Block, Chart, Html, View
from dashboard.view import Text as Words

SHARES = ("favorite_gain", "lift_share")  # of what an oracle reaches: they have one axis
_NOTED = ("favorite", "follow_author", "report")  # actions whose calibration is drawn


def view(scene: CurvesScene) -> View:
    """A chart of the whole, or of one phase, under what each phase learns."""
    if not scene.phases:
        return View(blocks=(Words(t("training.curves.nothing"), "info"),))
    chosen = next((phase for phase in scene.phases if phase.name == scene.phase), None)
    early = any(phase.validation for phase in scene.phases)
    blocks = _one(chosen) if chosen is not None else stopped.chart(scene.phases) if early else _whole(scene.phases)
    said = stopped.notices(scene.phases) if early else _notices(scene.phases)
    return View(
        blocks=(*blocks, Html(timeline(scene.phases, chosen=scene.phase))),
        notices=(*said, t("training.curves.notice.run", run=scene.run[:8])),
        maths=t("training.log_maths" if early else "training.maths"),
        sources=_sources(),
    )


def _sources() -> tuple:
    from phoenix.training.loop import make_schedule
    from phoenix.training.losses import distillation_loss, ranker_loss, retrieval_loss

    return (retrieval_loss, distillation_loss, ranker_loss, make_schedule)


def _whole(phases: tuple[PhaseLog, ...]) -> tuple[Block, ...]:
    shown = [_through(phases, measure, number) for number, measure in enumerate(SHARES)]
    bands = [Band(phase_name(phase.name), phase.begins, phase.begins + phase.minutes) for phase in phases]
    text = Text(t("training.curves.minutes"), t("training.curves.share"), shares=True)
    figure = lines([line for line in shown if line.x], text=text, levels=(_oracle(),), bands=bands, height=440)
    figure.update_yaxes(range=[0, 1.09])
    ends = listing([f"{line.name} {words.percent(line.y[-2])}" for line in shown if line.y])
    minutes = words.count(phases[-1].begins + phases[-1].minutes)
    alt = t("training.curves.alt", count=len(phases), minutes=minutes, ends=ends)
    return (Chart(figure, alt, "training.whole"),)


def _through(phases: tuple[PhaseLog, ...], measure: str, series: int) -> Line:
    """A measure through all phases; where another model is trained in between, the curve has a gap."""
    x: list[float | None] = []
    y: list[float | None] = []
    hover: list[str] = []
    for phase in phases:
        moments = phase.measured.get(measure, ())
        x += [moment.minutes for moment in moments]
        y += [moment.value for moment in moments]
        hover += [_hover(phase, moment, measure) for moment in moments]
        if moments:
            x, y, hover = [*x, None], [*y, None], [*hover, ""]
    return Line(t(f"training.measure.{measure}"), x, y, hover, series)


def _one(phase: PhaseLog) -> tuple[Block, ...]:
    name = phase_name(phase.name)
    loss = Line(
        name=t("training.measure.loss"),
        x=[moment.step for moment in phase.losses],
        y=[moment.value for moment in phase.losses],
        hover=[_hover(phase, moment, "loss") for moment in phase.losses],
        series=3,
    )
    curves = [line for line in (loss, stopped.line(phase)) if line.x]
    figure = lines(curves, text=Text(t("training.curves.steps"), t("training.measure.loss")), height=300)
    if phase.best is not None:
        stopped.mark(figure, phase.best.step, phase.best.value)
    ends = {"first": words.digits(loss.y[0], 3), "last": words.digits(loss.y[-1], 3)} if loss.y else {}
    alt = t("training.curves.alt_loss", phase=name, steps=words.count(phase.steps), **ends) if ends else name
    charts: list[Block] = [Words(explained(phase.name)), Chart(figure, alt, "training.loss")]
    return (*charts, *_measured(phase), *_ratios(phase))


def _measured(phase: PhaseLog) -> tuple[Block, ...]:
    shown = [
        Line(
            name=t(f"training.measure.{measure}"),
            x=[moment.step for moment in moments],
            y=[moment.value for moment in moments],
            hover=[_hover(phase, moment, measure) for moment in moments],
            series=number,
        )
        for number, (measure, moments) in enumerate(phase.measured.items())
    ]
    if not shown:
        return ()
    text = Text(t("training.curves.steps"), t("training.curves.share"), shares=True)
    figure = lines(shown, text=text, levels=(_oracle(),), height=340)
    said = [f"{line.name}: {words.percent(line.y[0])} → {words.percent(line.y[-1])}" for line in shown]
    alt = t("training.curves.alt_measured", phase=phase_name(phase.name), curves=listing(said))
    return (Chart(figure, alt, "training.measured"),)


def _ratios(phase: PhaseLog) -> tuple[Block, ...]:
    """What is predicted over what is true on served posts, where the phase was judged on it."""
    shown = [
        Line(
            name=naming.action(action),
            x=[moment.step for moment in phase.ratios[action]],
            y=[moment.value for moment in phase.ratios[action]],
            hover=[_hover(phase, moment, "ratio") for moment in phase.ratios[action]],
            series=number,
        )
        for number, action in enumerate(_NOTED)
        if action in phase.ratios
    ]
    if not shown:
        return ()
    text = Text(t("training.curves.steps"), t("training.curves.ratio"))
    figure = lines(shown, text=text, levels=(Level(t("training.curves.calibrated"), 1.0),), height=320)
    said = [f"{line.name}: {words.decimal(line.y[0], 2)} → {words.decimal(line.y[-1], 2)}" for line in shown]
    alt = t("training.curves.alt_ratios", curves=listing(said))
    return (Words(t("training.curves.ratio_said")), Chart(figure, alt, "training.ratios"))


def _oracle() -> Level:
    return Level(t("training.curves.oracle"), 1.0)


def _hover(phase: PhaseLog, moment: Moment, measure: str) -> str:
    share = measure in (*SHARES, "auc")
    return t(
        "training.curves.hover",
        phase=phase_name(phase.name),
        step=words.count(moment.step),
        measure=t(f"training.measure.{measure}"),
        value=words.percent(moment.value, 3) if share else words.digits(moment.value, 3),
    )


def timeline(phases: tuple[PhaseLog, ...], *, chosen: str) -> str:
    """HTML: a card for each phase, in order, with what it learns and what came of it."""

    def card(number: int, phase: PhaseLog) -> str:
        marked = " px-chosen" if phase.name == chosen else ""
        said = [explained(phase.name), _became(phase)] if chosen == ALL else [_became(phase)]
        lines_ = "".join(f"<p>{html.escape(line)}</p>" for line in said if line)
        length = html.escape(_length(phase))
        title = f"<strong>{number}. {html.escape(phase_name(phase.name))}</strong> <span>{length}</span>"
        return f'<li class="px-phase{marked}">{title}{lines_}</li>'

    cards = "".join(card(number, phase) for number, phase in enumerate(phases, start=1))
    return f'<ol class="px-phases">{cards}</ol>'


def _length(phase: PhaseLog) -> str:
    """How long it took: in minutes, or below one in seconds; and its steps."""
    steps = words.count(phase.steps)
    if phase.minutes < 1:
        return t("training.curves.length_seconds", duration=words.duration(60 * phase.minutes), steps=steps)
    return t("training.curves.length", minutes=words.significant(phase.minutes), steps=steps)


def _last(measure: str, value: float) -> str:
    """A measure at the end of a phase: AUC as it is written everywhere, the others as shares."""
    if measure == "auc":
        return t("training.curves.auc", auc=words.decimal(value, 2))
    return f"{t(f'training.measure.{measure}')} {words.percent(value)}"


def _became(phase: PhaseLog) -> str:
    """First and last loss, and last measures."""
    parts = []
    if phase.losses:
        ends = [words.digits(moment.value, 3) for moment in (phase.losses[0], phase.losses[-1])]
        parts.append(f"{t('training.measure.loss')} {ends[0]} → {ends[1]}")
    for measure, moments in phase.measured.items():
        parts.append(_last(measure, moments[-1].value))
    if phase.best is not None:
        parts.append(t("training.curves.kept", step=words.count(phase.best.step)))
    return listing(parts)


def _notices(phases: tuple[PhaseLog, ...]) -> list[str]:
    said = [t("training.curves.notice.order")]
    for measure in SHARES:
        steps = [(phase, phase.measured[measure]) for phase in phases if measure in phase.measured]
        if len(steps) > 1:
            values = {
                "first": words.percent(steps[0][1][-1].value),
                "last": words.percent(steps[-1][1][-1].value),
                "before": phase_name(steps[0][0].name),
                "after": phase_name(steps[-1][0].name),
            }
            said.append(t(f"training.curves.notice.{measure}", **values))
    slowest = max(phases, key=lambda phase: phase.minutes)
    total = phases[-1].begins + phases[-1].minutes
    share = words.percent(slowest.minutes / total) if total else "–"
    said.append(t("training.curves.notice.time", total=words.count(total), phase=phase_name(slowest.name), share=share))
    return said
