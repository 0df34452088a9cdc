"""Views of the Training page are data, computed from their scene alone."""

import numpy as np
import pytest

from dashboard.locale import t
from dashboard.resources import Subject
from dashboard.training import log
from dashboard.training.ablated import Record, Recorded
from dashboard.training.quality import GROUPINGS, CalibrationScene, GroupsScene, RivalsScene
from dashboard.training.running import Shipped
from dashboard.training.scene import ALL, AblationsScene, CurvesScene, OwnScene
from dashboard.training.views import ablations, calibration, curves, groups, own, rivals
from dashboard.view import Html, Row, Text, charts
from phoenix.actions import ACTIONS
from phoenix.training.ablations import RANKER_RUNS, RETRIEVAL_RUNS
from phoenix.training.lesson import Plan
from tests.dashboard.test_recorded import METRICS
from tests.dashboard.training.lessons import OUTCOME, SETTING, finished, points

USER = 17
PLAN = Plan()


def whole(view) -> None:
    """A view with a picture that has words, and something to notice."""
    assert charts(view.blocks)
    for chart in charts(view.blocks):
        assert len(chart.alt) > 20
    assert view.notices
    assert "**" not in view.notices[0], "the sentence to remember is made bold by what draws it"
    assert view.maths
    assert view.sources


# Curves


def test_all_phases_stand_in_a_row_below_the_oracle(recommender, language):
    phases = log.read(recommender.training_log)
    shown = curves.view(CurvesScene(phases=phases, phase=ALL, run=recommender.run))
    whole(shown)
    drawn = [value for line in shown.figure.data for value in line.y if value is not None]
    logged = [m.value for phase in phases for name in curves.SHARES for m in phase.measured.get(name, ())]
    assert sorted(drawn) == sorted(logged)
    (cards,) = [block.html for block in shown.blocks if isinstance(block, Html)]
    assert cards.count('class="px-phase"') == len(phases)


def test_every_phase_shows_its_own_losses(recommender, language):
    phases = log.read(recommender.training_log)
    for phase in phases:
        shown = curves.view(CurvesScene(phases=phases, phase=phase.name, run=recommender.run))
        whole(shown)
        assert list(shown.figure.data[0].y) == [moment.value for moment in phase.losses]
        assert len(charts(shown.blocks)) == 1 + bool(phase.measured) + bool(phase.ratios)


def test_a_phase_of_one_step_and_without_time_is_drawn():
    phases = log.read([{"phase": "warp", "step": 1, "loss": 3.0}])
    for chosen in (ALL, "warp"):
        assert curves.view(CurvesScene(phases=phases, phase=chosen, run="r")).figure is not None


def test_without_a_log_it_says_so():
    (said,) = curves.view(CurvesScene(phases=(), phase=ALL, run="r")).blocks
    assert said == Text(t("training.curves.nothing"), "info")


# Recorded numbers


@pytest.mark.parametrize("people", ["trained", "held_out"])
def test_calibration_shows_all_actions_and_one_in_bins(recommender, language, people):
    shown = calibration.view(CalibrationScene(metrics=METRICS, people=people, action="report", world=recommender.world))
    whole(shown)
    dots, bins = (chart.figure for chart in charts(shown.blocks))
    assert [len(series.x) for series in dots.data] == [len(ACTIONS)] * 2
    assert list(bins.data[1].y) == [0.1, 0.3]


def test_rivals_stand_below_ours_by_the_share_of_what_can_be_known(recommender, language):
    shown = rivals.view(RivalsScene(metrics=METRICS, measure="auc", world=recommender.world))
    whole(shown)
    assert [list(bars.x) for bars in shown.figure.data] == [[0.85, 0.5, 0.4]] * 2


def test_the_best_of_counting_is_named_for_both_kinds_of_posts():
    assert rivals._against({"ours": 0.85, "user": 0.59, "author": 0.53}) == {
        "ours": "85%",
        "simple": "59%",
        "best": rivals.predictor("user"),
    }


@pytest.mark.parametrize("by", GROUPINGS)
def test_groups_are_drawn_for_both_kinds_of_people(language, by):
    shown = groups.view(GroupsScene(metrics=METRICS, people="held_out", by=by))
    whole(shown)
    assert len(shown.figure.data) == {"persona": 3, "history": 4, "unseen": 2}[by]


def test_what_was_not_recorded_names_the_command(recommender):
    views = [groups.view(GroupsScene(metrics={}, people="trained", by=by)) for by in GROUPINGS]
    views.append(
        calibration.view(CalibrationScene(metrics={}, people="trained", action="reply", world=recommender.world))
    )
    views.append(rivals.view(RivalsScene(metrics={}, measure="auc", world=recommender.world)))
    for shown in views:
        assert "python -m phoenix.evaluate" in shown.blocks[0].text


# A lesson of one's own, and the record


def recorded(name: str, model: str = "retrieval", *, gain: float = 0.3) -> Recorded:
    curve = tuple(point._replace(gain=dict.fromkeys(point.gain, gain)) for point in points(PLAN))
    return Recorded(name, model, curve, OUTCOME if model == "retrieval" else None)


RECORD = Record(
    "python -m phoenix.training.ablations",
    PLAN.size,
    SETTING,
    (recorded("base"), recorded("no_log_q"), recorded("base", "ranker"), recorded("causal", "ranker", gain=0.1)),
)


def own_scene(recommender, **changed) -> OwnScene:
    values = {
        "plan": PLAN,
        "lesson": None,
        "record": RECORD,
        "shipped": Shipped({"trained": 0.3, "held_out": 0.3}, {"trained": 0.73, "held_out": 0.7}),
        "who": Subject(USER),
        "world": recommender.world,
        "feeds": {},
        "favorite": {},
        "language": "en",
    }
    return OwnScene(**{**values, **changed})


def test_before_a_lesson_the_recorded_run_is_shown(recommender, language):
    shown = own.view(own_scene(recommender))
    whole(shown)
    assert len(shown.figure.data) == 2
    assert t("training.own.shipped") in [note.text for note in shown.figure.layout.annotations]


def test_a_finished_lesson_stands_beside_it_with_its_feed(recommender, language):
    feeds = {"own": np.arange(100), "shipped": np.arange(40, 140)}
    favorite = dict.fromkeys(range(140), 0.1)
    shown = own.view(own_scene(recommender, lesson=finished(PLAN), feeds=feeds, favorite=favorite))
    whole(shown)
    assert len(shown.figure.data) == 4
    assert list(shown.figure.data[0].y) == [0.25, 0.32]
    (row,) = [block for block in shown.blocks if isinstance(block, Row)]
    assert [column[1].html.count('class="px-card"') for column in row.columns] == [own.FEED] * 2
    assert "60" in " ".join(shown.notices)


def test_a_lesson_on_its_way_shows_what_there_is(recommender, language):
    lesson = finished(PLAN)._replace(outcome=None)
    begun = own.view(own_scene(recommender, lesson=lesson._replace(points=()), record=None))
    assert begun.blocks[0].text == t("training.own.begins")
    later = own.view(own_scene(recommender, lesson=lesson._replace(points=lesson.points[:3]), record=None))
    assert "6.5" in later.blocks[0].text
    assert list(later.figure.data[0].y) == [0.25]


@pytest.mark.parametrize("model", ["retrieval", "ranker"])
def test_ablations_draw_a_curve_for_each_run(language, model):
    shown = ablations.view(AblationsScene(record=RECORD, model=model))
    whole(shown)
    assert len(shown.figure.data) == 2


@pytest.mark.parametrize("run", [name for name in {**RETRIEVAL_RUNS, **RANKER_RUNS} if name != "base"])
def test_what_a_run_leaves_out_has_a_name(run):
    assert t(f"training.ablations.missed.{run}") != t(f"training.ablations.run.{run}")


def test_a_missing_record_names_the_command():
    (info,) = ablations.view(AblationsScene(record=None, model="ranker")).blocks
    assert "python -m phoenix.training.ablations" in info.text
