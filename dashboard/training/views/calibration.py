"""Calibration: does a predicted 10 % happen in one of ten cases? On what the log shows, and on what we serve."""

from dashboard import words
from dashboard.locale import listing, t
from dashboard.training import recorded
from dashboard.training.figures.calibration import Bins, Series, Text, ratio_dots, reliability
from dashboard.training.recorded import COMMAND, KINDS, Calibration
from dashboard.training.scene import CalibrationScene, choose_action
from dashboard.view import Block, Chart, Row, View
from dashboard.view import Text as Words
from phoenix.actions import ACTIONS, SIGNS
from phoenix.evaluation.groups import reliability as measure_bins
from phoenix.evaluation.metrics import expected_calibration_error

COMMON = 0.01  # actions at least this frequent are compared in words: of rarer ones the error is mostly noise


def view(scene: CalibrationScene) -> View:
    """All actions at once, and one of them in ten bins."""
    found = recorded.calibration(scene.metrics, scene.people)
    sources = (expected_calibration_error, measure_bins)
    if found is None:
        return View(blocks=(Words(t("training.not_recorded", command=COMMAND), "info"),), sources=sources)
    left, right = _dots(scene, found), _bins(scene, found)
    return View(
        blocks=(Row(((left,), right), (1, 1)), Words(_origin(scene), "caption")),
        notices=_notices(scene, found),
        maths=t("training.maths"),
        sources=sources,
    )


def _dots(scene: CalibrationScene, found: dict[str, Calibration]) -> Chart:
    names = [t(f"common.action.{action}") for action in ACTIONS]
    shown = [
        Series(
            name=t(f"training.kind.{kind}"),
            ratios=[found[kind].ratio[action] for action in ACTIONS],
            hovers=[_hover(found[kind], action, kind) for action in ACTIONS],
        )
        for kind in KINDS
    ]
    text = Text(t("training.calibration.ratio"), t("training.samples.action"), "", names)
    figure = ratio_dots(shown, signs=SIGNS, keys=ACTIONS, text=text)
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
        action=t(f"common.action.{action}"),
        kind=t(f"training.kind.{kind}"),
        ratio=words.decimal(found.ratio[action], 2),
        base=words.percent(found.base[action]),
        error=words.percent(found.error[action]),
    )


def _bins(scene: CalibrationScene, found: dict[str, Calibration]) -> tuple[Block, ...]:
    name = t(f"common.action.{scene.action}")
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
        return max(ACTIONS, key=lambda action: max(part.ratio[action], 1 / part.ratio[action]))

    one, other = worst(served), worst(logged)
    common = [action for action in ACTIONS if served.base[action] >= COMMON]
    largest = max(common, key=lambda action: served.error[action])
    return [
        t(
            "training.calibration.notice.worst",
            served=t(f"common.action.{one}"),
            served_ratio=words.decimal(served.ratio[one], 2),
            logged=t(f"common.action.{other}"),
            logged_ratio=words.decimal(logged.ratio[other], 2),
        ),
        t(
            "training.calibration.notice.error",
            action=t(f"common.action.{largest}"),
            error=words.percent(served.error[largest]),
        ),
        t("training.calibration.notice.why"),
    ]
