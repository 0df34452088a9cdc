"""What a teacher takes along, made of the guide's table: a plan of all lessons, and a list of links to their steps."""

from dashboard import navigation, state
from dashboard.guide import table
from dashboard.guide.table import Lesson, Stop
from dashboard.locale import t
from dashboard.study.scene import questions_of, tasks_of


def lesson_plan() -> str:
    """Markdown: every lesson with its aim, its steps as links that open in presentation, questions and homework."""
    minutes = sum(lesson.minutes for lesson in table.LESSONS)
    parts = [f"# {t('study.plan.title')}", t("study.plan.intro", lessons=len(table.LESSONS), minutes=minutes)]
    for number, lesson in enumerate(table.LESSONS, start=1):
        parts += _lesson(number, lesson)
    return "\n\n".join(parts) + "\n"


def links() -> str:
    """One line for each step: its lesson, its view and its address, as it opens in presentation."""
    names = [t(f"study.column.{name}") for name in ("lesson", "section", "where", "link")]
    rows = [
        f"{number}\t{stop.section}\t{_title(stop)}\t{_link(stop)}"
        for number, lesson in enumerate(table.LESSONS, start=1)
        for stop in lesson.stops
    ]
    return "\n".join(["\t".join(names), *rows]) + "\n"


def _lesson(number: int, lesson: Lesson) -> list[str]:
    title = t("study.lesson.title", number=number, title=t(f"guide.lesson.{lesson.name}"))
    steps = [
        f"{place}. [{_title(stop)}]({_link(stop)}): {t(f'guide.stop.{stop.place.name}')}"
        for place, stop in enumerate(lesson.stops, start=1)
    ]
    asked = [f"- {t(f'guide.line.{line.name}')}" for line in questions_of(lesson)]
    homework = [f"- [ ] {t(f'guide.line.{line.name}')}" for line in tasks_of(lesson)]
    return [
        f"## {title} · {t('study.lesson.minutes', minutes=lesson.minutes)}",
        t(f"guide.lesson.{lesson.name}.aim"),
        f"> {t(f'guide.lesson.{lesson.name}.quote')}",
        "\n".join(steps),
        *([f"**{t('study.lesson.questions')}**\n\n" + "\n".join(asked)] if asked else []),
        *([f"**{t('study.lesson.tasks')}**\n\n" + "\n".join(homework)] if homework else []),
    ]


def _title(stop: Stop) -> str:
    return stop.place.full_title


def _link(stop: Stop) -> str:
    shown = {"lang": state.language(), "present": "1", **stop.place.query}
    return navigation.address(stop.place.page, shown)
