"""Ten refreshes of many users under both policies: means, how sure they are, and how many feeds end in one topic."""

import numpy as np

from dashboard.feedback import comparing
from dashboard.feedback.scene import SampleScene
from dashboard.locale import t
from dashboard.view import Text, View
from dashboard.words import decimal, signed
from phoenix.analysis.feedback import compare_policies, mean_and_error, measure

_ONE_TOPIC = 1e-9  # bits


def view(scene: SampleScene) -> View:
    """A band of one standard error around each mean, as soon as a policy is there; what is still to come in words."""
    common = {"maths": t("feedback.maths"), "sources": (compare_policies, measure, mean_and_error)}
    if scene.world.truth is None:
        return View(blocks=(Text(t("feedback.lacking"), "info"),), **common)
    if not any(scene.courses):
        return View(blocks=(Text(t("feedback.sample.coming", users=scene.users)),), **common)
    return View(
        blocks=(
            *_still_to_come(scene),
            comparing.panels(scene.courses, names=scene.names, key="feedback.sample"),
            Text(t("feedback.sample.drawn", users=scene.users), "caption"),
            Text(t("feedback.courses.units"), "caption"),
        ),
        notices=notices(scene) if all(scene.courses) else (),
        **common,
    )


def _still_to_come(scene: SampleScene) -> tuple[Text, ...]:
    """While one policy is still at work, which is drawn and which is to come."""
    if all(scene.courses):
        return ()
    is_first = scene.courses[0] is not None
    there, coming = scene.names if is_first else reversed(scene.names)
    return (Text(t("feedback.sample.half", there=there, coming=coming, users=scene.users)),)


def notices(scene: SampleScene) -> tuple[str, ...]:
    """Which narrows and which serves, how sure that is, and how many feeds hold one topic at the end."""
    entropy = [course.entropy for course in scene.courses]
    alone = [int((each[:, -1] < _ONE_TOPIC).sum()) for each in entropy]
    requests, compared = entropy[0].shape[1], comparing.notices(scene.courses, top=scene.top)
    if comparing.is_empty(scene.courses):
        return tuple(compared)
    said = t("feedback.sample.alone", users=scene.users, number=requests, a=alone[0], b=alone[1])
    return (compared[0], said, _sure(scene), *compared[1:])


def _sure(scene: SampleScene) -> str:
    """The differences between the policies, user by user, with their standard errors."""
    said = {}
    for name, places in (("entropy", 2), ("value", 2)):
        a, b = (np.array([*map(comparing.mean, getattr(course, name))]) for course in scene.courses)
        mean, error = mean_and_error(b - a)
        said[name] = signed(float(mean), places)
        said[f"{name}_error"] = decimal(float(np.nan_to_num(error)), places)
    return t("feedback.sample.sure", users=scene.users, **said)
