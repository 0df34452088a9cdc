"""Many users: the lines are means over them, the sentences count them, and the work is the library's."""

import numpy as np
import pytest

from dashboard.feedback import comparing, sampling
from dashboard.feedback.scene import SampleScene
from dashboard.feedback.views import sample
from dashboard.locale import t
from dashboard.view import Text, charts
from phoenix.analysis.feedback import compare_policies, mean_and_error

USERS = 2


@pytest.fixture(scope="module")
def scene(refreshed) -> SampleScene:
    one = refreshed(1)
    asked = [sampling.request(chosen, users=USERS, seed=3) for chosen in one.chosen]
    courses = tuple(request.run(lambda *_: None, lambda: False) for request in asked)
    common = {"world": one.world, "language": "en", "chosen": one.chosen}
    return SampleScene(**common, seed=3, users=USERS, top=20, courses=courses)


def test_the_work_is_that_of_the_library_for_the_first_of_the_sample(scene, recommender):
    users = sampling.sample(recommender.world.num_users)
    assert len(set(users)) == int(sampling.SIZES[-1])
    (theirs,) = compare_policies(recommender, users[:1], [scene.chosen[1].policy(k=200, top=20)], requests=2, seed=3)
    np.testing.assert_allclose(scene.courses[1].value[:1, :2], theirs.value)


def test_lines_are_means_with_a_band_of_one_error(scene):
    (chart,) = charts(sample.view(scene).blocks)
    for which, course in enumerate(scene.courses):
        line = next(trace for trace in chart.figure.data if trace.name == "AB"[which])
        mean, error = mean_and_error(course.entropy)
        np.testing.assert_allclose(line.y, mean)
        band = next(trace for trace in chart.figure.data if (trace.legendgroup, trace.fill) == ("AB"[which], "toself"))
        np.testing.assert_allclose(band.y[: len(mean)], mean + error)
    assert len(comparing.MEASURES) == len({trace.xaxis for trace in chart.figure.data})


def test_feeds_of_one_topic_are_counted(scene):
    entropy = np.array([[1.0, 0.0], [2.0, 0.5]])
    courses = tuple(course._replace(entropy=entropy if which == 0 else entropy + 1, value=1 + entropy * 0 + which)
                    for which, course in enumerate(scene.courses))  # fmt: skip
    changed = SampleScene(**{**vars(scene), "courses": courses})
    said = sample.notices(changed)
    assert said[0] == comparing.verdict(courses)
    words = [block.text for block in sample.view(changed).blocks if isinstance(block, Text)]
    assert not any(comparing.headline(courses) in text for text in words)  # it is said once, in the notices
    assert said[1] == t("feedback.sample.alone", users=USERS, number=2, a=1, b=0)
    assert "by +1.00 ± 0.00 bits" in said[2]


def test_a_policy_without_feeds_is_told_so_and_nothing_compared(scene):
    first, second = scene.courses
    nothing = {name: np.full_like(getattr(second, name), np.nan) for name in ("entropy", "value", "regret", "followed")}
    nothing |= {name: 0 * getattr(second, name) for name in ("shown", "predicted", "true", "taken")}
    empty = SampleScene(**{**vars(scene), "courses": (first, second._replace(**nothing))})
    shown = sample.view(empty)
    assert charts(shown.blocks)
    assert shown.notices == (t("feedback.notice.empty", name="B"),)


def test_nothing_is_drawn_before_a_policy_is_there(scene):
    shown = sample.view(SampleScene(**{**vars(scene), "courses": (None, None)}))
    assert not charts(shown.blocks)
    assert t("feedback.sample.coming", users=USERS) in [block.text for block in shown.blocks]


@pytest.mark.parametrize("there", [0, 1])
def test_a_policy_is_drawn_as_soon_as_it_is_there(scene, there):
    courses = tuple(course if which == there else None for which, course in enumerate(scene.courses))
    shown = sample.view(SampleScene(**{**vars(scene), "courses": courses}))
    (half,), (whole,) = charts(shown.blocks), charts(sample.view(scene).blocks)
    mine, theirs = ([line for line in chart.figure.data if line.name == "AB"[there]] for chart in (half, whole))
    assert {line.name for line in half.figure.data if line.name} == {"AB"[there]}
    for one, other in zip(mine, theirs, strict=True):
        np.testing.assert_array_equal(one.y, other.y)
        assert one.line.color == other.line.color
    said = {"there": "AB"[there], "coming": "BA"[there], "users": USERS}
    assert shown.blocks[0].text == t("feedback.sample.half", **said)
    assert not shown.notices


def test_a_course_weighs_what_it_holds(scene):
    weight = sum(sampling.request(scene.chosen[0], users=USERS, seed=3).weigh(scene.courses[0]).values())
    assert weight == sum(column.nbytes for column in scene.courses[0])
