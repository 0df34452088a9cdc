"""Calibration: does a predicted 10 % happen in one of ten cases? On what the log shows, and on what we serve."""

import numpy as np

from dashboard import judged, naming, recorded, words
from dashboard.judged import Judgement
from dashboard.locale import listing, t
from dashboard.recorded import COMMAND, KINDS, Calibration
from dashboard.training.figures.calibration import Bins, Series, Text, ratio_dots, reliability
from dashboard.training.quality import CalibrationScene, choose_action, pick_action
from dashboard.view import Block, Chart, Controls, Row, View
from dashboard.view import Text as Words
from phoenix.evaluation.groups import reliability as measure_bins
from phoenix.evaluation.metrics import expected_calibration_error

COMMON = 0.01  # actions at least this frequent are compared in words: of rarer ones the error is mostly noise


def view(scene: CalibrationScene) -> View:
    """All actions at once, and one of them in ten bins."""
    if scene.world.truth is None:
        return _of_log(scene)
    found = recorded.calibration(scene.metrics, scene.people, actions=scene.world.actions.names)
    sources = (expected_calibration_error, measure_bins)
    if found is None:
        return View(blocks=(Words(t("training.not_recorded", command=COMMAND), "info"),), sources=sources)
    left, right = _dots(scene, found), (Controls(pick_action), *_bins(scene, found))
    return View(
        blocks=(Row(((left,), right), (1, 1)), Words(_origin(scene), "caption")),
        notices=_notices(scene, found),
        maths=t("training.maths"),
        sources=sources,
    )


def _dots(scene: CalibrationScene, found: dict[str, Calibration]) -> Chart:
    actions = scene.world.actions
    shown = [
        Series(
            name=t(f"training.kind.{kind}"),
            ratios=[found[kind].ratio[action] for action in actions.names],
            hovers=[_hover(found[kind], action, kind) for action in actions.names],
        )
        for kind in KINDS
    ]
    text = Text(t("training.calibration.ratio"), t("training.samples.action"), "", naming.actions())
    figure = ratio_dots(shown, signs=np.array(actions.signs), keys=actions.names, text=text)
    said = [
        t(
            "training.calibration.alt_kind",
            kind=series.name,
            low=words.decimal(min(series.ratios), 2),
            high=words.decimal(max(series.ratios), 2),
        )
        for series in shown
    ]
    return Chart(figure, t("training.calibration.alt", kinds=listing(said)), "training.ratio", on_select=_choose)


def _choose(action: object) -> None:
    choose_action(action[0] if isinstance(action, list | tuple) and action else action)


def _hover(found: Calibration, action: str, kind: str) -> str:
    return t(
        "training.calibration.hover",
        action=naming.action(action),
        kind=t(f"training.kind.{kind}"),
        ratio=words.decimal(found.ratio[action], 2),
        base=words.percent(found.base[action]),
        error=words.percent(found.error[action]),
    )


def _bins(scene: CalibrationScene, found: dict[str, Calibration]) -> tuple[Block, ...]:
    name = naming.action(scene.action)
    shown = [
        Bins(
            name=t(f"training.kind.{kind}"),
            predicted=found[kind].bins[scene.action][0],
            true=found[kind].bins[scene.action][1],
            hovers=[
                t(
                    "training.calibration.hover_bin",
                    kind=t(f"training.kind.{kind}"),
                    predicted=words.percent(predicted),
                    true=words.percent(true),
                )
                for predicted, true in zip(*found[kind].bins[scene.action], strict=True)
            ],
        )
        for kind in KINDS
        if scene.action in found[kind].bins
    ]
    if not shown:
        return (Words(t("training.not_recorded", command=COMMAND), "info"),)
    text = Text(
        t("training.calibration.predicted", action=name),
        t("training.calibration.true", action=name),
        t("training.calibration.right"),
    )
    ends = [
        t(
            "training.calibration.alt_bins_kind",
            kind=bins.name,
            predicted=words.percent(bins.predicted[-1]),
            true=words.percent(bins.true[-1]),
        )
        for bins in shown
    ]
    alt = t("training.calibration.alt_bins", action=name, kinds=listing(ends))
    return (Chart(reliability(shown, text=text), alt, "training.reliability"),)


def _origin(scene: CalibrationScene) -> str:
    users = scene.metrics.get("users" if scene.people == "trained" else "held_out_users", 0)
    return t("training.recorded", count=words.count(users), command=scene.metrics.get("command", COMMAND))


def _notices(scene: CalibrationScene, found: dict[str, Calibration]) -> list[str]:
    logged, served = (found[kind] for kind in KINDS)

    def worst(part: Calibration) -> str:
        return max(part.ratio, key=lambda action: max(part.ratio[action], 1 / part.ratio[action]))

    one, other = worst(served), worst(logged)
    common = [action for action in served.base if served.base[action] >= COMMON]
    largest = max(common, key=lambda action: served.error[action])
    return [
        t(
            "training.calibration.notice.worst",
            served=naming.action(one),
            served_ratio=words.decimal(served.ratio[one], 2),
            logged=naming.action(other),
            logged_ratio=words.decimal(logged.ratio[other], 2),
        ),
        t(
            "training.calibration.notice.error",
            action=naming.action(largest),
            error=words.percent(served.error[largest]),
        ),
        t("training.calibration.notice.why"),
    ]


# Of an imported log: by what happened in its held-out part


def _of_log(scene: CalibrationScene) -> View:
    sources = (expected_calibration_error, measure_bins)
    found = {name: one for name, one in judged.judgements(scene.metrics).items() if one.ratio}
    shown = {name: found[name] for name in scene.world.actions.names if name in found}
    if not shown:
        return View(blocks=(Words(t("training.not_recorded", command=judged.COMMAND), "info"),), sources=sources)
    return View(
        blocks=(
            Row(((_dots_of_log(scene, shown),), (Controls(pick_action), *_bins_of_log(scene, shown))), (1, 1)),
            Words(t("training.calibration.no_truth"), "caption"),
        ),
        notices=_notices_of_log(shown),
        maths=t("training.log_maths"),
        sources=sources,
    )


def _dots_of_log(scene: CalibrationScene, shown: dict[str, Judgement]) -> Chart:
    actions, name = scene.world.actions, t("training.kind.held_out_log")
    hovers = [
        t(
            "training.calibration.hover_log",
            action=naming.action(action),
            ratio=words.decimal(one.ratio, 2),
            base=words.percent(one.base),
            error=words.percent(one.error) if one.error is not None else "–",
        )
        for action, one in shown.items()
    ]
    series = Series(name=name, ratios=[one.ratio for one in shown.values()], hovers=hovers)
    text = Text(
        t("training.calibration.ratio_log"), t("training.samples.action"), "", [naming.action(name) for name in shown]
    )
    signs = np.array([actions.signs[actions.index(name)] for name in shown])
    figure = ratio_dots([series], signs=signs, keys=list(shown), text=text)
    said = {"low": words.decimal(min(series.ratios), 2), "high": words.decimal(max(series.ratios), 2)}
    kinds = t("training.calibration.alt_kind", kind=name, **said)
    return Chart(figure, t("training.calibration.alt", kinds=kinds), "training.ratio", on_select=_choose)


def _bins_of_log(scene: CalibrationScene, shown: dict[str, Judgement]) -> tuple[Block, ...]:
    action = naming.action(scene.action)
    if scene.action not in shown:
        return (Words(t("training.calibration.not_judged", action=action), "info"),)
    predicted, observed = shown[scene.action].bins
    if not predicted:
        return (Words(t("training.not_recorded", command=judged.COMMAND), "info"),)
    name = t("training.kind.held_out_log")
    hovers = [
        t("training.calibration.hover_bin_log", predicted=words.percent(one), observed=words.percent(other))
        for one, other in zip(predicted, observed, strict=True)
    ]
    text = Text(
        t("training.calibration.predicted", action=action),
        t("training.calibration.observed", action=action),
        t("training.calibration.right"),
    )
    ends = t(
        "training.calibration.alt_bins_log",
        action=action,
        predicted=words.percent(predicted[-1]),
        observed=words.percent(observed[-1]),
    )
    return (Chart(reliability([Bins(name, predicted, observed, hovers)], text=text), ends, "training.reliability"),)


def _notices_of_log(shown: dict[str, Judgement]) -> list[str]:
    worst = max(shown, key=lambda name: max(shown[name].ratio, 1 / shown[name].ratio))
    said = [
        t(
            "training.calibration.notice.worst_log",
            action=naming.action(worst),
            ratio=words.decimal(shown[worst].ratio, 2),
            count=shown[worst].positives,
        )
    ]
    errors = {name: one.error / one.base for name, one in shown.items() if one.error is not None and one.base > 0}
    if errors:
        largest = max(errors, key=errors.get)
        said.append(
            t(
                "training.calibration.notice.error_log",
                action=naming.action(largest),
                error=words.percent(errors[largest]),
            )
        )
    return [*said, t("training.calibration.notice.drift")]
