"""The skeleton that every step of the journey has: what happens, its picture, its shapes, the guide, the maths."""

from collections.abc import Callable, Sequence

from dashboard import weighting
from dashboard.journey.scene import Scene
from dashboard.locale import t
from dashboard.view import Chart, Table, Text, View


def step(
    name: str,
    scene: Scene,
    *,
    chart: Chart,
    shapes: Sequence[str],
    notices: Sequence[str],
    sources: tuple[Callable, ...],
    table: Table | None = None,
) -> View:
    """One step, ready to be drawn.

    Args:
      name: the step's.
      scene: what it shows.
      chart: its picture.
      shapes: lines of this call's shapes.
      notices: what to notice; what the guide says about the step follows them.
      sources: what ran.
      table: rows to unfold below the picture, None for none.
    """
    note = weighting.note(scene.weighting)
    blocks = (
        *([Text(note, "info")] if note else []),
        Text(t(f"journey.{name}.title"), "heading"),
        Text(t(f"journey.{name}.sentence")),
        chart,
        Text("\n".join(shapes), "code"),
        *([table] if table is not None else []),
    )
    guide = f"**{t('journey.guide')}** {t(f'journey.{name}.guide')}"
    return View(blocks=blocks, notices=(*notices, guide), maths=t(f"journey.{name}.maths"), sources=sources)
