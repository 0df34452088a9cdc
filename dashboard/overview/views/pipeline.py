"""From the corpus to the feed: how many posts are left after each step, and what the step takes."""

from collections import Counter

import numpy as np

from dashboard import naming, people, weighting, words
from dashboard.locale import listing, t
from dashboard.overview.figures.pipeline import funnel
from dashboard.overview.scene import FILTERS, Scene
from dashboard.view import Chart, Text, View
from phoenix.pipeline import SOURCES, run_stages
from phoenix.scoring import score_feed
from phoenix.serving import Recommender

STAGES = ("history", "encode_user", "search", "sources", "filters", "rank", "score", "diversity")
_TOGETHER = {"sources": SOURCES[1:], "filters": FILTERS, "diversity": ("diversity", "explore")}


def view(scene: Scene) -> View:
    """The funnel, the seconds of its stages, and what to notice in the feed that it makes."""
    note = weighting.note(scene.weighting)
    return View(
        blocks=(*([Text(note, "info")] if note else []), _funnel(scene), Text(timing(scene), "caption")),
        notices=tuple(notices(scene)),
        maths=t("overview.maths"),
        sources=(Recommender.recommend, run_stages, score_feed),
    )


def _funnel(scene: Scene) -> Chart:
    steps, actions = scene.steps, len(scene.made.weights)
    texts = [
        t(
            f"overview.step.{step.name}.text",
            count=words.count(step.count),
            actions=actions,
            time=words.milliseconds(step.seconds or 0),
        )
        for step in steps
    ]
    figure = funnel(
        [t(f"overview.step.{step.name}.name") for step in steps],
        [step.count for step in steps],
        texts=texts,
        hovers=[
            t(f"overview.step.{step.name}.hover", count=words.count(step.count), actions=len(scene.made.weights))
            for step in steps
        ],
        axis=t("overview.funnel.axis"),
    )
    alt = t("overview.funnel.alt", steps=listing((listing(text.split("<br>")) for text in texts), parts=True))
    return Chart(figure, alt=alt, key="funnel")


def timing(scene: Scene) -> str:
    """One sentence: seconds per stage, and whether they were measured just now."""
    seconds = seconds_of(scene)
    parts = [
        t("overview.time.part", stage=t(f"overview.stage.{stage}"), time=words.milliseconds(spent))
        for stage, spent in seconds.items()
    ]
    total = words.milliseconds(sum(seconds.values()))
    when = t("overview.time.cached" if scene.from_cache else "overview.time.fresh")
    return t("overview.time.sentence", total=total, parts=listing(parts), when=when)


def seconds_of(scene: Scene) -> dict[str, float]:
    """Seconds of each of `STAGES` that ran; several of the pipeline's count together."""
    spent, known = scene.made.seconds, {}
    for stage in STAGES:
        parts = [spent[name] for name in _TOGETHER.get(stage, (stage,)) if name in spent]
        if parts:
            known[stage] = sum(parts)
    return known


def notices(scene: Scene) -> list[str]:
    """What to notice, from the numbers of this feed."""
    if not scene.whys:
        return [slowest(scene)]
    return [_kept(scene), _reordered(scene), *_interests(scene), *_lifting(scene), *_met_before(scene), slowest(scene)]


def _kept(scene: Scene) -> str:
    kept = scene.ranked
    return t(
        f"overview.notice.funnel{'' if scene.corpus >= 2 * kept else '.most'}",
        corpus=words.count(scene.corpus),
        kept=kept,
        one_in=words.count(scene.corpus / kept),
        top=len(scene.whys),
    )


def _reordered(scene: Scene) -> str:
    top = len(scene.whys)
    found = [why for why in scene.whys if why.retrieval_place is not None]
    if not found:
        return t("overview.notice.unretrieved", top=top)
    deepest = max(found, key=lambda why: why.retrieval_place)
    stayed = sum(why.retrieval_place <= top for why in found)
    kind = "overview.notice.reorder.same" if stayed == top else "overview.notice.reorder"
    return t(kind, stayed=stayed, top=top, deepest=deepest.retrieval_place, place=deepest.place)


def _interests(scene: Scene) -> list[str]:
    if scene.world.truth is None:
        return [_afterwards(scene)]
    favourite = people.split_interests(scene.world.truth.interests[scene.made.user_id]).liked[:3]
    if not favourite:
        return []
    share = float(np.isin(scene.world.topic_of_post, favourite).mean())
    return [
        t(
            "overview.notice.interests",
            about=sum(why.topic in favourite for why in scene.whys),
            top=len(scene.whys),
            names=listing([naming.topic(number) for number in favourite]),
            share=words.percent(share),
        )
    ]


def _afterwards(scene: Scene) -> str:
    """In a log: what the user was shown and did after the moment of serving, and what of it the pipeline had found."""
    log, target = scene.world.afterwards(scene.made.user_id), scene.world.actions.target
    taken = np.unique(log.posts[log.actions[:, target]])
    if not len(taken):
        kind = "none" if len(log.posts) else "unseen"
        return t(f"overview.notice.afterwards.{kind}", action=naming.action(scene.world.actions.target_name))
    return t(
        "overview.notice.afterwards",
        shown=words.count(len(np.unique(log.posts))),
        action=naming.action(scene.world.actions.target_name),
        count=len(taken),
        found=int(np.isin(taken, scene.made.ranking.post_ids).sum()),
        kept=scene.ranked,
        top=int(np.isin(taken, scene.made.feed).sum()),
    )


def _lifting(scene: Scene) -> list[str]:
    """Which action lifts most; nothing where none lifts any, as where no action weighs or there is one candidate."""
    lifted = Counter(why.action for why in scene.whys if why.lift > 0)
    if not lifted:
        return []
    ((action, times),) = lifted.most_common(1)
    weight = float(scene.made.weights[scene.world.actions.index(action)])
    return [
        t(
            "overview.notice.action" if weight >= 0 else "overview.notice.absence",
            action=naming.action(action),
            times=times,
            top=len(scene.whys),
            weight=words.number(weight),
        )
    ]


def _met_before(scene: Scene) -> list[str]:
    met = set(scene.made.history["post_id"].tolist()).intersection(why.post_id for why in scene.whys)
    return [t("overview.notice.met_before", count=len(met), top=len(scene.whys))] if met else []


def slowest(scene: Scene) -> str:
    """The step of the picture that takes longest."""
    timed = [step for step in scene.steps if step.seconds is not None]
    longest, total = max(timed, key=lambda step: step.seconds), sum(step.seconds for step in timed)
    return t(
        f"overview.notice.slowest.{longest.name}",
        share=words.percent(longest.seconds / total),
        total=words.milliseconds(total),
    )
