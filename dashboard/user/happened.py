"""Who somebody of a log is: nobody knows the truth, so what was done before and after serving stands in."""

import numpy as np

from dashboard import naming, words
from dashboard.locale import t
from dashboard.user.figures.happened import Done, action_panels
from dashboard.user.scene import WhoScene
from dashboard.view import Chart, Text, View
from phoenix.world import AnyWorld

_RARE = 5  # rows below which a share says nothing


def view(scene: WhoScene) -> View:
    """Two panels by action: the history that the models see, and the held-out part that they do not."""
    log, actions = scene.world.afterwards(scene.user_id), scene.world.actions
    seen, later = scene.history[list(actions.names)].to_numpy() > 0, log.actions
    panels = (_panel("before", seen, everybody=scene.usual), _panel("after", later, everybody=scene.world.base_rates))
    own, everybody = t("user.happened.own"), t("user.happened.everybody")
    figure = action_panels(naming.actions(), panels, signs=np.array(actions.signs), own=own, everybody=everybody)
    alt = t("user.happened.alt", rows=" ".join(map(words.plain, (*panels[0].hovers, *panels[1].hovers))))
    return View(
        blocks=(Text(t("user.happened.why")), Chart(figure, alt, "user.happened")),
        notices=tuple(notices(scene, seen, later)),
        maths=t("user.happened.maths"),
        sources=(AnyWorld,),
    )


def _panel(name: str, taken: np.ndarray, *, everybody: np.ndarray) -> Done:
    own = taken.mean(axis=0) if len(taken) else np.full(len(everybody), np.nan)
    hovers = [
        t(
            f"user.happened.{name}.hover" if len(taken) else "user.happened.nothing",
            action=action,
            own=words.percent(share) if len(taken) else "",
            count=len(taken),
            everybody=words.percent(usual),
        )
        for action, share, usual in zip(naming.actions(), own, everybody, strict=True)
    ]
    return Done(t(f"user.happened.{name}", count=len(taken)), own, everybody, hovers)


def notices(scene: WhoScene, seen: np.ndarray, later: np.ndarray) -> list[str]:
    """What stands out in the history, and whether it went on like that."""
    if not len(seen):
        return [t("user.notice.no_history")]
    taken, share = seen.sum(axis=0), seen.mean(axis=0)
    ratio = np.where(taken >= min(_RARE, len(seen)), share / np.maximum(scene.usual, 1e-9), 0)
    most = int(ratio.argmax())
    after = [] if len(later) else [t("user.notice.nothing_after")]
    named = {"action": naming.actions()[most], "share": words.percent(share[most])}
    usual = words.percent(scene.usual[most])
    if ratio[most] <= 1 or named["share"] == usual:  # what looks the same does not stand out
        return [t("user.notice.most_done.none"), *after]
    said = [t("user.notice.most_done", **named, usual=usual, count=len(seen))]
    if len(later):
        happened = words.percent(float(later[:, most].mean()))
        said.append(t("user.notice.went_on", action=named["action"], share=happened, count=len(later)))
    return [*said, *after]
