"""What a lesson says and where it is kept: lines read as they were written, nonsense as nothing."""

import pytest

from phoenix.training import lesson
from phoenix.training.lesson import (
    HISTORIES,
    NEGATIVES,
    Outcome,
    Plan,
    Point,
    Setting,
    folder_of,
    read_line,
    write_line,
)

SETTING = Setting(
    {"trained": [0, 1], "held_out": [9]}, {"trained": 0.1, "held_out": 0.1}, {"trained": 0.5, "held_out": 0.6}
)
LINES = (
    SETTING,
    Point("retrieval", 100, 6.5, {"trained": 0.3, "held_out": 0.2}, 12.5),
    Outcome({"trained": 0.3, "held_out": 0.2}, {"trained": 0.5, "held_out": 0.4}, 1.2),
)


@pytest.mark.parametrize("line", LINES, ids=lambda line: type(line).__name__)
def test_a_line_reads_as_it_was_written(line):
    assert read_line(write_line(line)) == line


@pytest.mark.parametrize(
    "text",
    [
        "",
        "loading",
        "{}",
        "[1]",
        '{"Point": {}}',
        '{"Point": {"phase": "tables", "step": 1, "loss": "x", "gain": {}, "seconds": 1}}',
        '{"Point": {"phase": "tables", "step": 1, "loss": NaN, "gain": {}, "seconds": 1}}',
        '{"Plan": {"log_q": true}}',
        "[" * 100_000,
    ],
)
def test_anything_else_says_nothing(text):
    assert read_line(text) is None


@pytest.mark.parametrize("values", [{"negatives": 5}, {"history": 64}, {"scale": "huge"}, {"history": True}])
def test_a_plan_of_other_values_is_refused(values):
    with pytest.raises(ValueError, match="negatives are of"):
        Plan(**values)


def test_a_plan_goes_to_its_process_and_back():
    plan = Plan(negatives=NEGATIVES[0], log_q=False, history=HISTORIES[1])
    assert lesson.from_json(lesson.as_json(plan)) == plan
    with pytest.raises(ValueError, match="Not a plan"):
        lesson.from_json('{"width": 3}')


def test_every_plan_of_every_run_has_a_folder_of_its_own(monkeypatch, tmp_path):
    monkeypatch.setenv("PHOENIX_CACHE_DIR", str(tmp_path))
    plans = [Plan(n, q, h, s) for n in NEGATIVES for q in (True, False) for h in HISTORIES for s in lesson.SCALES]
    folders = {folder_of(plan, run=run) for plan in plans for run in ("one", "other")}
    assert len(folders) == 2 * len(plans)
    assert {folder.parent for folder in folders} == {tmp_path / "lessons"}
