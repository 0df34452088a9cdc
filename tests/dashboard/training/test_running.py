"""A lesson is what its process prints; stopped, it still says what was done; a failure costs this lesson alone."""

import pytest

from dashboard.background import Background
from dashboard.child import ChildError
from dashboard.training import running
from dashboard.training.running import Lesson, command_of, follow, request
from phoenix.training.lesson import Plan
from tests.dashboard.patience import until
from tests.dashboard.training.lessons import SETTING, child, finished, lines, points

PLAN = Plan(scale="short")


def run(command: list[str]) -> tuple[Lesson, list]:
    told: list = []
    return follow(PLAN, command, lambda *progress: told.append(progress), lambda: False), told


def test_a_lesson_is_what_its_process_prints_and_tells_so_far():
    lesson, told = run(child(*lines(PLAN)))
    assert lesson == finished(PLAN)
    assert told[0] == (0, 60)
    assert [done for done, total, so_far in told[1:]] == [0, 10, 20, 40, 60, 60]
    assert told[3][2] == Lesson(PLAN, SETTING, points(PLAN)[:2])


def test_a_process_that_begins_anew_is_followed_from_there():
    lesson, _ = run(child(*lines(PLAN)[:4], *lines(PLAN)))
    assert lesson == finished(PLAN)


def test_rubbish_among_the_lines_is_passed_over():
    lesson, _ = run(child(*lines(PLAN)[:2], "I0000 hello", '{"Point": 3}', *lines(PLAN)[2:]))
    assert lesson == finished(PLAN)


@pytest.mark.parametrize("printed", [[], lines(PLAN)[:-1], lines(PLAN)[1:]])
def test_a_process_that_ends_early_has_failed(printed):
    with pytest.raises(ChildError, match="of 60 steps"):
        run(child(*printed))


def test_whoever_watches_sees_what_has_come_out_so_far_and_leaving_stops_it(monkeypatch):
    endless = child(*lines(PLAN)[:4], then="import time; time.sleep(60)")
    monkeypatch.setattr(running, "command_of", lambda plan: endless)
    place = Background(kept_bytes=10**6)
    work = place.ask(request(PLAN, run="r"), "ann")
    until(lambda: work.so_far is not None and len(work.so_far.points) == 3)
    work.leave("ann")
    assert work.wait(20)
    assert work.state == "stopped"
    assert work.so_far.points == points(PLAN)[:3]


def test_equal_plans_are_one_request_in_one_world():
    assert request(PLAN, run="r").key == request(Plan(scale="short"), run="r").key
    assert len({request(Plan(log_q=q), run=run).key for q in (True, False) for run in "rs"}) == 4


def test_the_process_is_that_of_the_library():
    assert command_of(PLAN)[1:3] == ["-m", "phoenix.training.small"]
