"""The lessons, and the one that is open."""

from functools import partial

from dashboard.guide import table
from dashboard.locale import t
from dashboard.study import lessons
from dashboard.study.scene import PathScene
from dashboard.view import Controls, Row, Text, View


def view(scene: PathScene) -> View:
    """List and lesson side by side, and how far one is."""
    listed, opened = partial(lessons.draw_list, scene), partial(lessons.draw_lesson, scene)
    return View(
        blocks=(
            Row(((Controls(listed),), (Controls(opened),)), (2, 3)),
            Text(t("study.plan.heading"), "heading"),
            Text(t("study.plan.what")),
            Controls(lessons.draw_for_teachers),
        ),
        notices=tuple(notices(scene)),
    )


def notices(scene: PathScene) -> list[str]:
    """How far one is, what comes next, and what the rest takes."""
    seen = sum(map(scene.has_seen, table.PATH))
    done = sum(map(scene.has_done, table.TASKS))
    said = [t("study.notice.progress", seen=seen, views=len(table.PATH), done=done, tasks=len(table.TASKS))]
    left = [lesson for lesson in table.LESSONS if not all(scene.steps(lesson))]
    if not left:
        return [*said, t("study.notice.all")]
    following = t(f"guide.lesson.{scene.next_lesson.name}")
    return [*said, t("study.notice.next", lesson=following, hours=_hours(sum(one.minutes for one in left)))]


def _hours(minutes: int) -> str:
    return t("study.hours", hours=minutes // 60, minutes=minutes % 60)
