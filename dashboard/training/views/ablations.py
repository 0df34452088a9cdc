"""What is each part for? Recorded runs, each with one thing left out."""

from dashboard import words
from dashboard.locale import listing, t
from dashboard.training.ablated import BASE, Recorded
from dashboard.training.figures.lines import Level, Line, Text, lines
from dashboard.training.scene import AblationsScene
from dashboard.view import Chart, View
from dashboard.view import Text as Words

COMMAND = "python -m phoenix.training.ablations"
GROUP = "held_out"  # people whom no run has seen: what they gain was not learnt by heart
_NEAR = 0.6  # of what the oracle reaches


def view(scene: AblationsScene) -> View:
    """One curve for each run of the chosen model."""
    from phoenix.training.ablations import run_ranker, run_retrieval

    sources = (run_retrieval, run_ranker)
    runs = scene.record.of(scene.model) if scene.record else {}
    if BASE not in runs or not all(run.gains for run in runs.values()):
        return View(blocks=(Words(t("training.ablations.nothing", command=COMMAND), "info"),), sources=sources)
    shown = [_line(run, number) for number, run in enumerate(runs.values())]
    text = Text(t("training.curves.steps"), t(f"training.ablations.axis.{scene.model}"), shares=True)
    low, high = min(min(line.y) for line in shown), max(max(line.y) for line in shown)
    # The oracle is a mark to look up to only where it does not press all curves together at the bottom.
    near = high > _NEAR
    figure = lines(shown, text=text, levels=(Level(t("training.curves.oracle"), 1.0),) if near else (), height=440)
    figure.update_yaxes(range=[min(0.0, low) - 0.02, 1.09 if near else 1.15 * high])
    sizes = {"people": words.count(scene.record.size.users), "posts": words.count(scene.record.size.posts)}
    ends = [f"{line.name}: {words.percent(line.y[-1])}" for line in shown]
    return View(
        blocks=(
            Chart(figure, t("training.ablations.alt", runs=listing(ends)), "training.ablations"),
            Words(t("training.ablations.origin", command=scene.record.command, **sizes), "caption"),
        ),
        notices=_notices(scene.model, runs),
        maths=t("training.maths"),
        sources=sources,
    )


def _line(run: Recorded, number: int) -> Line:
    name = t(f"training.ablations.run.{run.name}")
    return Line(
        name=name,
        x=[point.step for point in run.gains],
        y=[point.gain[GROUP] for point in run.gains],
        hover=[
            t(
                "training.ablations.hover",
                name=name,
                step=words.count(point.step),
                gain=words.percent(point.gain[GROUP]),
                trained=words.percent(point.gain["trained"]),
            )
            for point in run.gains
        ],
        series=number,
        dash="solid" if run.name == BASE else "dash",
    )


def _notices(model: str, runs: dict[str, Recorded]) -> list[str]:
    ends = {name: run.gains[-1].gain[GROUP] for name, run in runs.items()}
    without = [name for name in ends if name != BASE]
    worst = min(without, key=lambda name: ends[name])
    said = [
        t(
            "training.ablations.notice.worst",
            part=t(f"training.ablations.missed.{worst}"),
            gain=words.percent(ends[worst]),
            base=words.percent(ends[BASE]),
        )
    ]
    if model == "retrieval" and "no_log_q" in runs:
        base, plain = runs[BASE].outcome, runs["no_log_q"].outcome
        if base is not None and plain is not None:
            shown = {"base": words.times(base.shown), "plain": words.times(plain.shown)}
            gains = {"gain": words.percent(ends[BASE]), "plain_gain": words.percent(ends["no_log_q"])}
            said.append(t("training.ablations.notice.log_q", **shown, **gains))
    if model == "ranker":
        early = {name: run.gains[0].gain[GROUP] for name, run in runs.items()}
        said.append(
            t(
                "training.ablations.notice.early",
                step=words.count(runs[BASE].gains[0].step),
                runs=listing([f"{t(f'training.ablations.run.{name}')} {words.percent(early[name])}" for name in runs]),
            )
        )
    said.append(t("training.ablations.notice.small"))
    return said
