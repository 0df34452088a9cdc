"""Is retrieval any good, as far as a log can tell: what was liked in its held-out part, and what of it came back."""

import math

import numpy as np

from dashboard import naming
from dashboard.locale import t
from dashboard.retrieval.figures.quality import strategy_bars
from dashboard.retrieval.scene import CUTOFFS, QualityScene
from dashboard.view import Chart, Text, View
from dashboard.words import count, percent
from phoenix.analysis.afterwards import STRATEGIES, Recall, judge_by_log


def view(scene: QualityScene, judged: Recall) -> View:
    """Bars of all strategies at one cutoff, for this user; a sentence where nothing was liked."""
    action = naming.action(scene.world.actions.target_name)
    why = Text(t("retrieval.by_log.why", action=action))
    sources = (judge_by_log,)
    if not len(judged.liked):
        nothing = Text(t("retrieval.by_log.nothing", action=action, shown=count(judged.shown)), "info")
        return View(blocks=(why, nothing), sources=sources)
    place = CUTOFFS.index(scene.cutoff)
    values = {name: float(judged.recall[name][place]) for name in STRATEGIES}
    origin = t("retrieval.by_log.origin", count=len(judged.liked), shown=count(judged.shown), action=action)
    return View(
        blocks=(why, _bars(values, scene.cutoff), Text(origin, "caption")),
        notices=tuple(notices(values, scene)),
        sources=sources,
    )


def _bars(values: dict[str, float], cutoff: str) -> Chart:
    names = [t(f"retrieval.by_log.strategy.{name}") for name in STRATEGIES]
    texts = [t("retrieval.quality.nothing") if math.isnan(value) else percent(value) for value in values.values()]
    k = count(int(cutoff))
    hovers = [t("retrieval.by_log.hover", name=n, value=v, k=k) for n, v in zip(names, texts, strict=True)]
    chart = strategy_bars(
        names,
        [100 * value for value in values.values()],
        ours=STRATEGIES.index("ours"),
        bounds=[],
        texts=texts,
        hovers=hovers,
        axes=(t("retrieval.by_log.axis", k=k), t("retrieval.quality.strategy")),
    )
    return Chart(chart, t("retrieval.quality.alt", count=len(names), rows=" ".join(hovers)), "quality")


def notices(values: dict[str, float], scene: QualityScene) -> list[str]:
    """Ours against the best simple way; then how much of the corpus these cutoffs are."""
    rivals = {name: value for name, value in values.items() if name != "ours"}
    best = max(rivals, key=lambda name: rivals[name])
    said = {"k": count(int(scene.cutoff)), "ours": percent(values["ours"]), "best": percent(rivals[best])}
    kind = "level" if said["ours"] == said["best"] else "ahead" if values["ours"] > rivals[best] else "behind"
    rival = t(f"retrieval.by_log.strategy.{best}")
    return [t(f"retrieval.by_log.{kind}", rival=rival, **said), t("retrieval.by_log.one_user")]


def found(scene: object) -> str:
    """One sentence: what of the held-out part is among the candidates."""
    log, world = scene.world.afterwards(scene.user), scene.world
    action = naming.action(world.actions.target_name)
    liked = np.unique(log.posts[log.actions[:, world.actions.target]])
    if not len(liked):
        return t("retrieval.by_log.none_liked", action=action, shown=count(len(np.unique(log.posts))))
    share = percent(scene.k / world.num_posts)
    hits = int(np.isin(liked, scene.found.post_ids).sum())
    return t("retrieval.by_log.found", count=len(liked), action=action, hits=hits, k=count(scene.k), chance=share)
