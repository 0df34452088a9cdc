"""A new post's first hour: who would find it by author or siblings, and what its first impressions teach."""

import numpy as np

from dashboard import naming, posts, recorded, words
from dashboard.feedback.figures.first_hour import Learnt, Names, ReachText, learning_lines, reach_curves
from dashboard.feedback.scene import HourScene
from dashboard.locale import paragraph, t
from dashboard.view import Chart, Row, Text, View
from dashboard.words import count, percent
from phoenix.analysis.first_hour import FirstHour, Guess, follow_new_post, learn_rate, reach
from phoenix.analysis.siblings import Siblings

_SNIPPET = 160


def view(scene: HourScene) -> View:
    """The share of readers among whose k nearest posts it is, and the predicted rate after n impressions."""
    common = {"maths": t("feedback.hour.maths"), "sources": (follow_new_post, learn_rate, Siblings)}
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
    """The post in words: whose it is, its topic, its text; and who its siblings are, once that is known."""
    (post,) = posts.describe([scene.post], scene.world)
    text = words.snippet(post.text, _SNIPPET)
    about = t("feedback.hour.about", handle=post.handle, topic=post.topic, text=text)
    return about if scene.hour is None else paragraph((about, _kin(scene.hour)))


def _kin(hour: FirstHour) -> str:
    kinship = t(f"feedback.hour.kinship.{hour.kinship}", count=len(hour.siblings))
    return t("feedback.hour.kin", kinship=kinship)


def _reach(scene: HourScene, hour: FirstHour) -> Chart:
    names = Names(*(t(f"feedback.hour.{name}") for name in ("alone", "lent", "true")))
    text = ReachText(
        x=t("feedback.hour.k"),
        y=t("feedback.hour.share"),
        names=names,
        now=t("feedback.hour.retrieved", k=scene.k),
        hover=t("feedback.hour.reach_hover"),
    )
    places = hour.alone.places, hour.lent.places, hour.true_places
    figure = reach_curves(*places, k=scene.k, most=scene.world.num_posts, text=text)
    return Chart(figure, t("feedback.hour.reach_alt", **_places(scene, hour)), "feedback.reach")


def _learning(hour: FirstHour) -> Chart:
    alone, lent = (_learnt(hour, getattr(hour, name), name) for name in ("alone", "lent"))
    true = Learnt(t("feedback.hour.truth"), np.full(len(hour.impressions), hour.true.mean()), ())
    target = _target()
    figure = learning_lines(
        alone,
        lent,
        impressions=[count(n) for n in hour.impressions],
        true=true,
        x=t("feedback.hour.impressions"),
        y=t("feedback.hour.rate", action=target),
    )
    ends = {
        f"{name}_{end}": percent(learnt.rates[place])
        for name, learnt in (("alone", alone), ("lent", lent))
        for end, place in (("first", 0), ("last", -1))
    }
    said = t("feedback.hour.learning_alt", action=target, true=percent(true.rates[0]), **ends)
    return Chart(figure, said, "feedback.learning")


def _learnt(hour: FirstHour, guess: Guess, name: str) -> Learnt:
    rates = guess.factors * guess.predicted.mean()
    hovers = [
        t("feedback.hour.learnt_hover", n=count(n), rate=percent(rate), factor=words.decimal(factor, 2))
        for n, rate, factor in zip(hour.impressions, rates, guess.factors, strict=True)
    ]
    return Learnt(t(f"feedback.hour.predicted.{name}"), rates, hovers)


def _target() -> str:
    return naming.action(naming.world().actions.target_name)


def _places(scene: HourScene, hour: FirstHour) -> dict[str, str]:
    places = {"alone": hour.alone.places, "lent": hour.lent.places, "true": hour.true_places}
    return {
        "readers": count(len(hour.true)),
        "posts": count(naming.world().num_posts),
        "k": count(scene.k),
        **{f"{name}_place": count(np.median(part)) for name, part in places.items()},
        **{f"{name}_found": _share(reach(part, scene.k)) for name, part in places.items()},
    }


def _share(share: float) -> str:
    return percent(share) if share else t("feedback.hour.none")


def notices(scene: HourScene, hour: FirstHour) -> tuple[str, ...]:
    """Where it stands by author and by siblings, what impressions repair and what they do not, what a slot would do."""
    ahead = "ahead" if np.median(hour.alone.places) < np.median(hour.true_places) else "behind"
    places = _places(scene, hour)
    return (
        t(f"feedback.hour.{ahead}", **places),
        t("feedback.hour.siblings", **places),
        *_on_average(scene),
        t("feedback.hour.learnt", **_rates(hour)),
        t("feedback.hour.slots"),
    )


def _on_average(scene: HourScene) -> tuple[str, ...]:
    """What siblings are worth over many users and new posts, as it was recorded."""
    found = recorded.new_posts(scene.metrics)
    if found is None:
        return ()
    shares = {f"{judge}_{kind}": percent(share) for judge, part in found.items() for kind, share in part.items()}
    return (t("feedback.hour.on_average", **shares),)


def _rates(hour: FirstHour) -> dict[str, str]:
    alone, lent = (float(guess.predicted.mean()) for guess in (hour.alone, hour.lent))
    early = int(np.flatnonzero(hour.impressions == 100)[0])
    return {
        "action": _target(),
        "alone": percent(alone),
        "lent": percent(lent),
        "true": percent(float(hour.true.mean())),
        "early": percent(alone * float(hour.alone.factors[early])),
        "last": percent(alone * float(hour.alone.factors[-1])),
        "n": count(hour.impressions[-1]),
        "alone_error": percent(float(np.expm1(hour.alone.errors[-1]))),
        "lent_error": percent(float(np.expm1(hour.lent.errors[-1]))),
    }
