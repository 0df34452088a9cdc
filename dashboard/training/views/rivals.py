"""Are the models better than counting? Beside rates of users, posts and authors: by the truth, or by what happened."""

import numpy as np

from dashboard import judged, naming, recorded, words
from dashboard.judged import Estimate, Judgement
from dashboard.locale import listing, t
from dashboard.recorded import KINDS, PEOPLE
from dashboard.training.figures.grouped import Series, grouped_bars
from dashboard.training.figures.rivals import Side, Text, beside, recall_bars
from dashboard.training.naming import predictor
from dashboard.training.quality import RivalsScene
from dashboard.view import Block, Chart, View
from dashboard.view import Text as Words
from phoenix.evaluation.metrics import expected_calibration_error

_WAYS = ("ours", "popularity", "authors", "followed")  # of retrieving, as far as they were judged
_CHANCE = {"auc": 0.5, "log_loss": None}


def view(scene: RivalsScene) -> View:
    """By the share of the oracle's lift where there is an oracle; else by the held-out part of the log."""
    made = _by_truth(scene) if scene.world.truth is not None else _by_log(scene)
    if made is not None:
        return made
    command = recorded.COMMAND if scene.world.truth is not None else judged.COMMAND
    return View(blocks=(Words(t("training.not_recorded", command=command), "info"),), sources=_sources())


def _sources() -> tuple:
    return (expected_calibration_error,)


# By the truth


def _by_truth(scene: RivalsScene) -> View | None:
    found = recorded.simple(scene.metrics, PEOPLE[0])
    if found is None:
        return None
    first = found[KINDS[0]]
    rivals = sorted(first, key=lambda name: -first[name])
    names = [predictor(name) for name in rivals]
    shown = [
        Series(
            name=t(f"training.kind.{kind}"),
            values=[max(found[kind][name], 0.0) for name in rivals],
            hovers=[
                t("training.groups.hover", group=called, measure=t(f"training.kind.{kind}"), value=words.percent(value))
                for called, value in zip(names, (found[kind][name] for name in rivals), strict=True)
            ],
        )
        for kind in KINDS
    ]
    figure = grouped_bars(names, shown, x=t("training.groups.share"), height=150 + 60 * len(names))
    logged, served = (_against(found[kind]) for kind in KINDS)
    values = logged | {f"served_{name}": said for name, said in served.items()}
    return View(
        blocks=(
            Chart(figure, t("training.rivals.alt.truth", **values), "training.rivals"),
            Words(t("training.recorded_short", command=scene.metrics.get("command", recorded.COMMAND)), "caption"),
        ),
        notices=(t("training.rivals.notice.truth", **values), t("training.rivals.notice.why")),
        maths=t("training.maths"),
        sources=_sources(),
    )


def _against(shares: dict[str, float]) -> dict[str, str]:
    """Our share, and the best of the simple predictors with its name."""
    simple = max((name for name in shares if name != "ours"), key=shares.get)
    return {"ours": words.percent(shares["ours"]), "simple": words.percent(shares[simple]), "best": predictor(simple)}


# By the log


def _by_log(scene: RivalsScene) -> View | None:
    found = {name: one for name, one in _in_order(scene).items() if scene.measure in one.rivals}
    if not found:
        return None
    chart = _actions(scene, found)
    missing = judged.left_out(scene.metrics)
    rare = [
        t("training.rivals.left_out.one", action=_name(scene, name), count=count) for name, count in missing.items()
    ]
    said = [Words(t("training.rivals.left_out", actions=listing(rare)), "caption")] if rare else []
    return View(
        blocks=(chart, *said, *_recall(judged.recall(scene.metrics))),
        notices=_notices(scene, found),
        maths=t("training.log_maths"),
        sources=_sources(),
    )


def _in_order(scene: RivalsScene) -> dict[str, Judgement]:
    """The judged actions in the order of the world."""
    found = judged.judgements(scene.metrics)
    return {name: found[name] for name in scene.world.actions.names if name in found}


def _actions(scene: RivalsScene, found: dict[str, Judgement]) -> Chart:
    measure, actions = scene.measure, scene.world.actions
    pairs = {name: one.rivals[measure] for name, one in found.items()}

    def side(which: str) -> Side:
        values = [getattr(pair, which) for pair in pairs.values()]
        hovers = [_hover(name, found[name], measure) for name in pairs]
        name = t(f"training.rivals.{which}")
        return Side(name, *([getattr(one, part) for one in values] for part in Estimate._fields), hovers)

    signs = np.array([actions.signs[actions.index(name)] for name in found])
    text = Text(
        t(f"training.rivals.axis.{measure}"),
        t("training.samples.action"),
        [naming.action(name) for name in found],
        t("training.rivals.chance"),
    )
    figure = beside(side("ours"), side("simple"), signs=signs, text=text, level=_CHANCE[measure])
    ends = listing(
        f"{naming.action(name)} {_number(pair.ours.value)} / {_number(pair.simple.value)}"
        for name, pair in pairs.items()
    )
    return Chart(
        figure,
        t("training.rivals.alt.log", measure=t(f"training.rivals.measure.{measure}"), ends=ends),
        "training.rivals",
    )


def _hover(name: str, one: Judgement, measure: str) -> str:
    pair = one.rivals[measure]
    return t(
        "training.rivals.hover",
        action=naming.action(name),
        ours=_range(pair.ours),
        simple=_range(pair.simple),
        best=predictor(pair.best) if pair.best else "–",
        positives=words.count(one.positives),
    )


def _name(scene: RivalsScene, action: str) -> str:
    return naming.action(action) if action in scene.world.actions.names else action


def _recall(found: dict[int, dict[str, Estimate]]) -> tuple[Block, ...]:
    ways = [way for way in _WAYS if all(way in part for part in found.values())]
    if not found:
        return ()
    shown, written = [], []
    for way in ways:
        values = [part[way] for part in found.values()]
        name = t(f"training.rivals.way.{way}")
        said = [
            t("training.rivals.hover_recall", way=name, k=words.count(k), value=_share(value), interval=_shares(value))
            for k, value in zip(found, values, strict=True)
        ]
        shown.append(Side(name, *([getattr(one, part) for one in values] for part in Estimate._fields), said))
        written.append([_share(value) for value in values])
    names = [t("training.rivals.first", k=words.count(k)) for k in found]
    figure = recall_bars(names, shown, x=t("training.rivals.recall"), y=t("training.rivals.among"), percent=written)
    ends = [f"{side.name}: {listing(said)}" for side, said in zip(shown, written, strict=True)]
    alt = t("training.rivals.alt.recall", names=listing(names), ends=listing(ends, parts=True))
    return (Words(t("training.rivals.recall_title"), "heading"), Chart(figure, alt, "training.recall"))


def _notices(scene: RivalsScene, found: dict[str, Judgement]) -> list[str]:
    pairs = {name: one.rivals[scene.measure] for name, one in found.items()}
    better = 1 if scene.measure == "auc" else -1
    ahead = [name for name, pair in pairs.items() if judged.is_sure(pair.gap) and better * pair.gap.value > 0]
    behind = [name for name, pair in pairs.items() if judged.is_sure(pair.gap) and better * pair.gap.value < 0]
    widest = max(pairs, key=lambda name: abs(pairs[name].gap.value))
    return [
        t(
            "training.rivals.notice.log",
            count=len(pairs),
            ahead=len(ahead),
            behind=len(behind),
            level=len(pairs) - len(ahead) - len(behind),
        ),
        t(
            "training.rivals.notice.widest",
            action=naming.action(widest),
            ours=_number(pairs[widest].ours.value),
            simple=_number(pairs[widest].simple.value),
        ),
        t("training.rivals.notice.why"),
    ]


def _number(value: float) -> str:
    return words.decimal(value, 3)


def _range(one: Estimate) -> str:
    if one.low == one.high:
        return _number(one.value)
    return t("training.rivals.interval", value=_number(one.value), low=_number(one.low), high=_number(one.high))


def _share(one: Estimate) -> str:
    return words.percent(one.value)


def _shares(one: Estimate) -> str:
    return f"{words.percent(one.low)} – {words.percent(one.high)}"
