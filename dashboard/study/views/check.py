"""The self-check: one question at a time, answered before anything is shown."""

from functools import partial

from dashboard import elsewhere
from dashboard.locale import listing, t
from dashboard.study import asking
from dashboard.study.scene import CheckScene, checks
from dashboard.view import Controls, Text, View


def view(scene: CheckScene) -> View:
    """What is asked, what there is to look at, and the answers."""
    if scene.asked is None:
        said = t("study.check.cannot", what=t(f"study.check.needs.{scene.lacks}"))
        way = partial(elsewhere.show_way, {"view": "check", "question": scene.name})
        return View(blocks=(Text(said, "info"), Controls(way)))
    right = [str(number) for number, line in enumerate(checks().values(), start=1) if scene.has_done(line)]
    done = {"right": len(right), "numbers": listing(right)} if right else {}
    counted = t(f"study.notice.check{'' if right else '.none'}", count=len(checks()), **done)
    return View(
        blocks=(Text(scene.asked.text), *scene.asked.blocks, Controls(partial(asking.draw, scene))),
        notices=(counted,),
    )
