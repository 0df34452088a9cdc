"""The guide's next step: three projects that the system judges itself."""

from functools import partial

from dashboard.locale import t
from dashboard.study import building
from dashboard.study.scene import ProjectsScene
from dashboard.view import Block, Controls, Text, View


def view(scene: ProjectsScene) -> View:
    """Each project: what is to be reached, where, and how the last attempt did."""
    blocks: list[Block] = []
    for attempt in scene.attempts.values():
        blocks.append(Text(t(f"study.project.{attempt.name}"), "heading"))
        blocks.append(Controls(partial(building.draw, attempt)))
    done = sum(attempt.done for attempt in scene.attempts.values())
    return View(blocks=tuple(blocks), notices=(t("study.notice.projects", done=done, count=len(scene.attempts)),))
