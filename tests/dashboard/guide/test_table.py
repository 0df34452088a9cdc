"""Every line of the guide has a place, every place exists, and the path meets every view once."""

import ast
import functools
import re
from collections import Counter

import pytest

from dashboard import navigation, state
from dashboard.guide import table
from dashboard.guide.lines import LINES
from dashboard.journey.pickers import STEPS
from dashboard.locale import translate

# The guide's sections, and how many lines of the kinds that a learner works through it has.
SECTIONS = {
    *("1.1", "1.2", "1.3", "1.4", "2.1", "2.2", "2.3", "2.4", "2.5", "2.6", "2.7", "3.1", "3.2", "3.3", "3.4"),
}
COUNTED = {"goal": 5, "task.1.4": 6, "task.2.7": 7, "task.3.4": 4, "check": 11, "exercise": 9, "notes": 1, "next": 2}


@functools.cache
def views_of(name: str) -> set[str]:
    """The views of a page, as its script lists them; one without a name where it has no choice."""
    if name == "journey":
        return set(STEPS)
    for node in ast.parse(navigation.script(name).read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "VIEWS":
            return {key.value for key in node.value.keys}
    return {""}


@pytest.mark.parametrize("name", [name for name in navigation.NAMES if name != "study"])
def test_the_path_meets_every_view_of_a_page_once(name):
    assert sorted(stop.place.view for stop in table.PATH if stop.place.page == name) == sorted(views_of(name))


@pytest.mark.parametrize("line", table.ITEMS, ids=lambda line: line.name)
def test_a_line_of_the_guide_has_a_place_that_exists_and_a_lesson(line):
    assert line.place.view in views_of(line.place.page)
    assert table.lesson_of(line) is not None or line.place.page == "study"


def test_all_sections_and_lists_of_the_guide_are_there():
    names = [line.name for line in LINES]
    assert len(set(names)) == len(names)
    assert {re.sub(r"^task\.", "", name)[:3] for name in names if re.match(r"(task\.)?\d", name)} == SECTIONS
    for kind, count in COUNTED.items():
        assert sum(name == kind or name.startswith(f"{kind}.") for name in names) == count, kind


@pytest.mark.parametrize("language", state.LANGUAGES)
def test_lines_and_lessons_have_their_words(language):
    for line in LINES:
        assert translate(f"guide.line.{line.name}", language)
    for lesson in table.LESSONS:
        assert translate(f"guide.lesson.{lesson.name}", language)
        assert translate(f"guide.lesson.{lesson.name}.aim", language)


@functools.cache
def reported() -> list[str]:
    """Patterns of the events that pages report, from their calls of `progress.done`."""
    patterns = []
    for path in navigation.PAGES.parent.glob("dashboard/**/*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and ast.unparse(node.func) == "progress.done":
                parts = getattr(node.args[0], "values", [node.args[0]])
                patterns.append(
                    "".join(re.escape(part.value) if isinstance(part, ast.Constant) else ".+" for part in parts)
                )
    return patterns


def test_what_shows_that_a_line_is_done_is_reported_by_some_page():
    events = {event for line in table.ITEMS for event in line.done if not event.startswith(("check.", "project."))}
    assert {event for event in events if not any(re.fullmatch(known, event) for known in reported())} == set()


def test_a_position_knows_its_lesson_and_both_neighbours():
    here = table.position("attention", "steps")
    assert (here.lesson.name, here.place, len(here.lesson.stops)) == ("isolation", 2, 3)
    assert here.before.place.spot == ("attention", "mask")
    assert here.after.place.spot == ("attention", "reach")
    assert table.position(*table.PATH[0].place.spot).before is None
    assert table.position(*table.PATH[-1].place.spot).after is None
    assert table.position("attention", "nonsense") is None


def test_lessons_follow_each_other_and_take_a_sitting_each():
    assert all(10 <= lesson.minutes <= 45 for lesson in table.LESSONS)
    assert Counter(stop.place.spot for stop in table.PATH).most_common(1)[0][1] == 1
