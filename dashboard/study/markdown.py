"""The learner's notes as Markdown: the guide's template filled in, what was done, with its link, and the pins."""

from dashboard import notes
from dashboard.guide import table
from dashboard.guide.lines import Line
from dashboard.locale import t
from dashboard.study.scene import Scene, by_hand


def write(scene: Scene, *, today: str) -> str:
    """The whole document, in the session's language.

    Args:
      scene: how far the learner is, and what they wrote.
      today: the date, as it shall stand there.
    """
    parts = [f"# {t('study.markdown.title')}", f"{t('study.markdown.date')} {today}"]
    for part, fields in notes.TEMPLATE.items():
        parts.append(f"## {t(f'study.notes.{part}')}")
        for field in fields:
            written = scene.learner.notes.get(field, "").strip() or t("study.markdown.empty")
            parts.append(f"### {t(f'study.note.{field}')}\n\n{written}")
    parts += [f"## {t('study.markdown.done')}", "\n".join(_task(scene, line) for line in table.TASKS)]
    checks = [line for line in table.ITEMS if line.name.startswith("check.")]
    parts += [f"## {t('study.markdown.check')}", "\n".join(_task(scene, line) for line in checks)]
    if scene.learner.pins:
        parts.append(f"## {t('study.markdown.pins')}")
        parts += [f"### [{_plain(pin.title)}]({pin.link})\n\n{_plain(pin.said)}" for pin in scene.learner.pins]
    return "\n\n".join(parts) + "\n"


def _task(scene: Scene, line: Line) -> str:
    """A line of a list of tasks; what is known to be done carries its link and its numbers."""
    box = "x" if scene.has_done(line) else " "
    said = [f"- [{box}] {t(f'guide.line.{line.name}')}"]
    deeds = [scene.deeds[event] for event in line.done or (by_hand(line),) if event in scene.deeds]
    where = t("study.markdown.link")
    return "\n".join([*said, *(f"  - [{where}]({deed.link}) {_plain(deed.said)}".rstrip() for deed in deeds)])


def _plain(text: str) -> str:
    """One line, in which nothing opens a link or a heading of its own."""
    return " ".join(text.split()).replace("[", "(").replace("]", ")")
