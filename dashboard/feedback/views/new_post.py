"""A new post's first hour: who would find it by its author alone, and what its first impressions teach."""

import numpy as np

from dashboard import naming, posts, words
from dashboard.feedback.figures.first_hour import Learnt, ReachText, learning_line, reach_curves
from dashboard.feedback.scene import HourScene
from dashboard.locale import t
from dashboard.view import Chart, Row, Text, View
from dashboard.words import count, percent
from phoenix.analysis.first_hour import FirstHour, follow_new_post, learn_rate

_SNIPPET = 160


def view(scene: HourScene) -> View:
    """The share of readers among whose k nearest posts it is, and the predicted rate after n impressions."""
    common = {"maths": t("feedback.hour.maths"), "sources": (follow_new_post, learn_rate)}
    if scene.world.truth is None:
        return View(blocks=(Text(t("feedback.hour.lacking"), "info"),), **common)
    about = Text(introduce(scene))
    if scene.hour is None:
        return View(blocks=(about,), **common)
    return View(
        blocks=(about, Row(((_reach(scene, scene.hour),), (_learning(scene.hour),)), (1.0, 1.0))),
        notices=notices(scene, scene.hour),
        **common,
    )


def introduce(scene: HourScene) -> str:
    """The post in words: whose it is, its topic, its text."""
    (post,) = posts.describe([scene.post], scene.world)
    text = words.snippet(post.text, _SNIPPET)
    return t("feedback.hour.about", handle=post.handle, topic=post.topic, text=text)


def _reach(scene: HourScene, hour: FirstHour) -> Chart:
    known = scene.world.num_posts
    text = ReachText(
        x=t("feedback.hour.k"),
        y=t("feedback.hour.share"),
        ours=t("feedback.hour.ours"),
        true=t("feedback.hour.true"),
        now=t("feedback.hour.retrieved", k=scene.k),
        hover=t("feedback.hour.reach_hover"),
    )
    figure = reach_curves(hour.places, hour.true_places, k=scene.k, most=known, text=text)
    return Chart(figure, t("feedback.hour.reach_alt", **_numbers(scene, hour)), "feedback.reach")


def _learning(hour: FirstHour) -> Chart:
    rates = hour.factors * hour.predicted.mean()
    hovers = [
        t("feedback.hour.learnt_hover", n=count(n), rate=percent(rate), factor=words.decimal(factor, 2))
        for n, rate, factor in zip(hour.impressions, rates, hour.factors, strict=True)
    ]
    target = naming.action(naming.world().actions.target_name)
    learnt = Learnt([count(n) for n in hour.impressions], rates, hovers, true=float(hour.true.mean()))
    names = [t(f"feedback.hour.{name}") for name in ("predicted", "truth", "impressions")]
    figure = learning_line(learnt, names=names[:2], x=names[2], y=t("feedback.hour.rate", action=target))
    said = {"first": percent(rates[0]), "last": percent(rates[-1]), "true": percent(learnt.true)}
    return Chart(figure, t("feedback.hour.learning_alt", action=target, **said), "feedback.learning")


def _numbers(scene: HourScene, hour: FirstHour) -> dict[str, str]:
    ours, true = hour.reach(scene.k)
    return {
        "readers": count(len(hour.places)),
        "place": count(np.median(hour.places)),
        "true_place": count(np.median(hour.true_places)),
        "posts": count(naming.world().num_posts),
        "k": count(scene.k),
        "found": _share(ours),
        "deserved": _share(true),
    }


def _share(share: float) -> str:
    return percent(share) if share else t("feedback.hour.none")


def notices(scene: HourScene, hour: FirstHour) -> tuple[str, ...]:
    """Where it stands by its author alone, what impressions repair and what they do not, and what a slot would do."""
    predicted, true = float(hour.predicted.mean()), float(hour.true.mean())
    ahead = "behind" if np.median(hour.places) > np.median(hour.true_places) else "ahead"
    learnt = {
        "predicted": percent(predicted),
        "true": percent(true),
        "last": percent(float(hour.factors[-1]) * predicted),
        "n": count(hour.impressions[-1]),
        "early": percent(float(hour.factors[hour.impressions == 100][0]) * predicted),
        "error": percent(float(np.expm1(hour.errors[-1]))),
        "action": naming.action(naming.world().actions.target_name),
    }
    return (
        t(f"feedback.hour.{ahead}", **_numbers(scene, hour)),
        t("feedback.hour.learnt", **learnt),
        t("feedback.hour.slots"),
    )
