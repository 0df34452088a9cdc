"""The guide's tasks and exercises, and below them the whole guide, line by line."""

from functools import partial

import pandas as pd

from dashboard.guide import table
from dashboard.guide.lines import Line
from dashboard.locale import t
from dashboard.study import ticks
from dashboard.study.scene import Scene
from dashboard.view import Block, Controls, Table, Text, View, column

GROUPS = ("task.1.4", "task.2.7", "task.3.4", "exercise")


def view(scene: Scene) -> View:
    """Tasks in the guide's order, and the table of its lines."""
    blocks: list[Block] = []
    for group in GROUPS:
        lines = [line for line in table.ITEMS if line.name.startswith(f"{group}.")]
        done = sum(map(scene.has_done, lines))
        blocks.append(Text(t(f"study.group.{group}", done=done, count=len(lines)), "heading"))
        blocks.append(Controls(partial(ticks.draw, scene, lines)))
    return View(blocks=(*blocks, _whole_guide(scene)), notices=(t("study.notice.tasks"),))


def _whole_guide(scene: Scene) -> Table:
    names = {name: t(f"study.column.{name}") for name in ("section", "line", "where", "done")}
    rows = [
        [section(line), t(f"guide.line.{line.name}"), line.place.full_title, scene.has_done(line)]
        for line in table.ITEMS
    ]
    frame = pd.DataFrame(rows, columns=list(names))
    columns = {name: column.TextColumn(title) for name, title in names.items() if name != "done"}
    return Table(
        frame,
        alt=t("study.guide.alt", count=len(rows)),
        key="study-guide",
        columns={**columns, "done": column.CheckboxColumn(names["done"])},
        title=t("study.guide.title", count=len(rows)),
    )


def section(line: Line) -> str:
    """Where a line stands in the guide: a number, or the name of its part."""
    kind, _, rest = line.name.partition(".")
    if kind == "task":
        return rest[:3]
    return t(f"study.section.{kind}") if kind.isalpha() else line.name[:3]
