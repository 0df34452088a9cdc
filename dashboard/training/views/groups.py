"""For whom are the models good? By persona, by length of the history, for users and posts never seen."""

from collections.abc import Callable

import numpy as np

from dashboard import judged, recorded, words
from dashboard.locale import listing, t
from dashboard.recorded import COMMAND, PEOPLE
from dashboard.training.figures.grouped import Series, grouped_bars
from dashboard.training.figures.lines import Level, Line, Text, lines
from dashboard.training.figures.rivals import Side, beside
from dashboard.training.figures.rivals import Text as RivalsText
from dashboard.training.naming import predictor
from dashboard.training.quality import OF_LOG, GroupsScene
from dashboard.view import Chart, View
from dashboard.view import Text as Words
from phoenix.evaluation.groups import by_history, new_posts
from phoenix.evaluation.metrics import pooled_lift_share
from phoenix.evaluation.retrieval_quality import measure_new_posts


def view(scene: GroupsScene) -> View:
    """The chosen split."""
    made = _VIEWS[scene.by](scene)
    if made is None:
        command = judged.COMMAND if scene.by == OF_LOG else COMMAND
        info = Words(t("training.not_recorded", command=command), "info")
        return View(blocks=(info,), sources=(pooled_lift_share,))
    return made


def _persona(scene: GroupsScene) -> View | None:
    found = recorded.by_persona(scene.metrics, scene.people)
    if found is None:
        return None
    personas = sorted(found["logged"], key=lambda persona: -found["served"][persona])
    shown = [
        Series(
            name=t(f"training.groups.measure.{measure}"),
            values=[found[measure][persona] for persona in personas],
            hovers=[_hover(t(f"common.persona.{persona}"), measure, found[measure][persona]) for persona in personas],
        )
        for measure in ("logged", "served", "gain")
    ]
    names = [t(f"common.persona.{persona}") for persona in personas]
    figure = grouped_bars(names, shown, x=t("training.groups.share"), height=460)
    best, worst = personas[0], personas[-1]
    values = {
        "best": t(f"common.persona.{best}"),
        "best_share": words.percent(found["served"][best]),
        "worst": t(f"common.persona.{worst}"),
        "worst_share": words.percent(found["served"][worst]),
    }
    gains = found["gain"]
    high, low = (pick(gains, key=gains.get) for pick in (max, min))
    other = {
        "high": t(f"common.persona.{high}"),
        "high_share": words.percent(gains[high]),
        "low": t(f"common.persona.{low}"),
        "low_share": words.percent(gains[low]),
    }
    return _made(
        scene,
        Chart(figure, t("training.groups.alt.persona", count=len(personas), **values), "training.personas"),
        notices=(
            t("training.groups.notice.persona", **values),
            t("training.groups.notice.persona_gain", **other),
        ),
        sources=(pooled_lift_share,),
    )


def _history(scene: GroupsScene) -> View | None:
    found = {people: recorded.by_history(scene.metrics, people) for people in PEOPLE}
    if None in found.values():
        return None
    shown = [
        _line(measure, people, found[people].lengths, getattr(found[people], column), number)
        for number, (measure, column) in enumerate((("gain", "favorite_gain"), ("logged", "lift_share")))
        for people in PEOPLE
    ]
    text = Text(t("training.groups.length"), t("training.groups.share"), shares=True)
    lengths = found["trained"].lengths
    levels = (Level(t("training.curves.oracle"), 1.0),)
    figure = lines(shown, text=text, ticks=lengths, levels=levels, height=440)
    figure.update_yaxes(range=[0, 1.09])
    trained, fresh = (found[people].favorite_gain for people in PEOPLE)
    values = {
        "none": words.percent(fresh[0]),
        "all": words.percent(fresh[-1]),
        "longest": lengths[-1],
        "known": words.percent(trained[0]),
        "known_all": words.percent(trained[-1]),
    }
    half = next(n for n, gain in zip(lengths, fresh, strict=True) if gain >= (fresh[0] + fresh[-1]) / 2)
    return _made(
        scene,
        Chart(figure, t("training.groups.alt.history", **values), "training.lengths"),
        notices=(
            t("training.groups.notice.history", **values),
            t("training.groups.notice.half", length=half),
            t("training.groups.notice.identity", **values),
        ),
        sources=(by_history,),
    )


def _line(measure: str, people: str, lengths: list[int], values: list[float], series: int) -> Line:
    named = {"measure": t(f"training.groups.measure.{measure}"), "people": t(f"training.people.{people}")}
    return Line(
        name=t("training.groups.line", **named),
        x=lengths,
        y=values,
        hover=[
            t("training.groups.hover_history", **named, length=length, value=words.percent(value))
            for length, value in zip(lengths, values, strict=True)
        ],
        series=series,
        dash="solid" if people == "trained" else "dash",
    )


def _unseen(scene: GroupsScene) -> View | None:
    found = recorded.unseen(scene.metrics)
    if found is None:
        return None
    rows = list(found)
    shown = [
        Series(
            name=t(f"training.groups.{kind}"),
            values=[_side(found[row], fresh) for row in rows],
            hovers=[
                t(
                    "training.groups.hover_unseen",
                    measure=t(f"training.groups.unseen.{row}"),
                    kind=t(f"training.groups.{kind}"),
                    value=words.percent(_side(found[row], fresh)),
                )
                for row in rows
            ],
        )
        for fresh, kind in enumerate(("seen", "never_seen"))
    ]
    names = [t(f"training.groups.unseen.{row}") for row in rows]
    figure = grouped_bars(names, shown, x=t("training.groups.share"), height=420)
    said = [
        f"{name}: {words.percent(_side(found[row], 0))} / {words.percent(_side(found[row], 1))}"
        for row, name in zip(rows, names, strict=True)
    ]
    worst = max(rows, key=lambda row: _side(found[row], 0) - _side(found[row], 1))
    values = {
        "measure": t(f"training.groups.unseen.{worst}"),
        "seen": words.percent(_side(found[worst], 0)),
        "never": words.percent(_side(found[worst], 1)),
    }
    return _made(
        scene,
        Chart(figure, t("training.groups.alt.unseen", rows=listing(said)), "training.unseen"),
        notices=(t("training.groups.notice.unseen", **values), t("training.groups.notice.unseen_why")),
        sources=(new_posts, measure_new_posts),
    )


def _side(part: dict[str, float], fresh: int) -> float:
    """The share for what training saw (0), or never saw (1)."""
    return part[("trained", "held_out")[fresh]] if "trained" in part else part[("known", "new")[fresh]]


def _hover(group: str, measure: str, value: float) -> str:
    name = t(f"training.groups.measure.{measure}")
    return t("training.groups.hover", group=group, measure=name, value=words.percent(value))


def _made(scene: GroupsScene, chart: Chart, *, notices: tuple[str, ...], sources: tuple) -> View:
    origin = Words(t("training.recorded_short", command=scene.metrics.get("command", COMMAND)), "caption")
    return View(blocks=(chart, origin), notices=notices, maths=t("training.maths"), sources=sources)


_OF_LOG = {"known": ("ranker",), "users": ("later", "users"), "posts": ("later", "posts")}


def _log(scene: GroupsScene) -> View | None:
    """What training knew, and who and what came later, beside simple predictors."""
    pairs = {group: judged.mean_auc(scene.metrics, *path) for group, path in _OF_LOG.items()}
    found = {group: pair for group, pair in pairs.items() if pair is not None}
    if not found:
        return None
    names = {group: t(f"training.groups.of_log.{group}") for group in found}
    written = {
        group: {side: words.decimal(getattr(pair, side).value, 3) for side in ("ours", "simple")}
        for group, pair in found.items()
    }
    hovers = [
        t("training.groups.of_log.hover", group=names[group], best=predictor(pair.best), **written[group])
        for group, pair in found.items()
    ]

    def side(which: str) -> Side:
        values = [getattr(pair, which) for pair in found.values()]
        return Side(t(f"training.rivals.{which}"), *([one[i] for one in values] for i in range(3)), hovers)

    text = RivalsText(
        t("training.groups.of_log.axis"),
        t("training.groups.of_log.impressions"),
        list(names.values()),
        t("training.rivals.chance"),
    )
    figure = beside(side("ours"), side("simple"), signs=np.ones(len(found)), text=text, level=0.5)
    ends = listing(f"{names[group]} {said['ours']} / {said['simple']}" for group, said in written.items())
    keys = {"users": "training.groups.of_log.notice", "posts": "training.groups.of_log.posts_notice"}
    return View(
        blocks=(
            Words(t("training.groups.no_truth"), "caption"),
            Chart(figure, t("training.groups.of_log.alt", ends=ends), "training.later"),
        ),
        notices=tuple(t(key, **written[group]) for group, key in keys.items() if group in found),
        maths=t("training.log_maths"),
        sources=(pooled_lift_share,),
    )


_VIEWS: dict[str, Callable[[GroupsScene], View | None]] = {
    "persona": _persona,
    "history": _history,
    "unseen": _unseen,
    OF_LOG: _log,
}
