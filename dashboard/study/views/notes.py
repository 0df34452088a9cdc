"""Notes: the guide's template, what was pinned, and the files."""

from functools import partial

from dashboard.locale import t
from dashboard.study import writing
from dashboard.study.scene import Scene
from dashboard.view import Block, Controls, Text, View


def view(scene: Scene) -> View:
    """Fields, pins, files."""
    pins: tuple[Block, ...] = (
        Text(t("study.pins.title"), "heading"),
        Controls(partial(writing.draw_pins, scene)) if scene.learner.pins else Text(t("study.pins.none"), "caption"),
    )
    return View(
        blocks=(
            Controls(partial(writing.draw_fields, scene)),
            *pins,
            Text(t("study.files.title"), "heading"),
            Controls(partial(writing.draw_files, scene)),
        ),
        notices=(t("study.notice.notes"),),
    )
