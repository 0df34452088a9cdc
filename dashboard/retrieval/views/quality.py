"""Is retrieval any good? Held-out favorites that it finds, and the true P(favorite) of what it brings back.

Judged beside popularity, followed authors, chance and two orders that know the truth; see
`phoenix.evaluation.retrieval_quality`.
"""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, controls, resources, words
from dashboard.locale import t
from dashboard.retrieval import measured
from dashboard.retrieval.figures.quality import strategy_bars
from phoenix.evaluation.retrieval_quality import held_out_favorites, judge_user
from phoenix.world.stream import FOLLOWED_RATE

if TYPE_CHECKING:
    from dashboard.retrieval.scene import Scene, Source

STRATEGIES = ("ours", "popularity", "followed", "random", "oracle", "ceiling")
BOUNDS = ("oracle", "ceiling")
CUTOFFS = ("10", "100", "1000")
MEASURES = ("recall", "probability")
PEOPLE = ("user", "trained", "held_out")
_RECORDED = {"recall": "recall_of_held_out_favorites", "probability": "favorite_probability_at"}

Values = dict[str, dict[str, float]]  # cutoff → strategy → value, NaN where there is none


def show(scene: "Scene") -> "tuple[Source, ...]":
    """Bars of all strategies at one cutoff, for this user or for all of those who were evaluated."""
    left, right = st.columns(2)
    with left:
        label = t("retrieval.quality.measure")
        measure = controls.choice(
            "measure", MEASURES, default="probability", label=label, names="retrieval.quality.measures"
        )
        people = controls.choice(
            "people", PEOPLE, default="user", label=t("retrieval.quality.people"), names="retrieval.quality.peoples"
        )
    with right:
        cutoff = controls.choice(
            "cutoff", CUTOFFS, default="100", label=t("retrieval.quality.cutoff"), names="retrieval.quality.cutoffs"
        )
    metrics = resources.recommender().metrics
    tables, favorites = live(scene.user) if people == "user" else (recorded(metrics, people), None)
    if tables is None:
        st.info(t("retrieval.quality.not_recorded", command=metrics.get("command", "python -m phoenix.evaluate")))
        return (judge_user,)
    if favorites == 0 and measure == "recall":
        st.info(t("retrieval.quality.no_favorites"))
        return (judge_user,)
    draw(tables[measure][cutoff], measure, cutoff)
    st.caption(caption(metrics, people, favorites))
    components.what_to_notice(observations(tables, cutoff))
    return judge_user, held_out_favorites


def live(user: int) -> tuple[dict[str, Values], int]:
    """Recall and probability of one user, judged now, and how many held-out favorites there are."""
    with st.spinner(t("common.computing")):
        judged = measured.judged_user(user)
    tables = {
        name: {cutoff: {s: float(values[s][i]) for s in STRATEGIES} for i, cutoff in enumerate(CUTOFFS)}
        for name, values in (("recall", judged.recall), ("probability", judged.probability))
    }
    return tables, len(judged.favorites)


def recorded(metrics: dict[str, Any], group: str) -> dict[str, Values] | None:
    """The same from metrics.json for a group of users; None if it was not measured there."""
    part = metrics.get("retrieval", {}).get(group, {})
    if not all(key in part for key in _RECORDED.values()):
        return None
    nothing = float("nan")
    return {
        name: {c: {s: nothing if part[key][c][s] is None else part[key][c][s] for s in STRATEGIES} for c in CUTOFFS}
        for name, key in _RECORDED.items()
    }


def draw(values: dict[str, float], measure: str, cutoff: str) -> None:
    """The bars."""
    names = [t(f"retrieval.quality.strategy.{s}") for s in STRATEGIES]
    texts = [words.percent(values[s]) if np.isfinite(values[s]) else t("retrieval.quality.nothing") for s in STRATEGIES]
    hovers = [
        t(f"retrieval.quality.hover.{measure}", name=name, value=text, k=cutoff)
        for name, text in zip(names, texts, strict=True)
    ]
    chart = strategy_bars(
        names,
        [100 * values[s] for s in STRATEGIES],
        ours=0,
        bounds=[STRATEGIES.index(s) for s in BOUNDS],
        texts=texts,
        hovers=hovers,
        axes=(t(f"retrieval.quality.axis.{measure}"), t("retrieval.quality.strategy")),
    )
    components.figure(chart, key="quality", alt=t("retrieval.quality.alt", rows=" ".join(hovers)))


def caption(metrics: dict[str, Any], people: str, favorites: int | None) -> str:
    """Where the numbers come from."""
    if people == "user":
        return t("retrieval.quality.live", favorites=favorites)
    count = metrics["users" if people == "trained" else "held_out_users"]
    return t("retrieval.quality.recorded", users=count, command=metrics["command"])


def observations(tables: dict[str, Values], cutoff: str) -> list[str]:
    """What to notice; strategies that return nothing are left out of the comparisons."""
    probability, recall = tables["probability"][cutoff], tables["recall"][cutoff]
    rivals = {s: probability[s] for s in ("popularity", "followed", "random") if np.isfinite(probability[s])}
    best = max(rivals, key=lambda s: rivals[s])
    gain = probability["oracle"] - probability["random"]
    said = [
        t(
            "retrieval.notice.judged" if probability["ours"] >= rivals[best] else "retrieval.notice.judged_behind",
            k=cutoff,
            ours=words.percent(probability["ours"]),
            rival=t(f"retrieval.quality.strategy.{best}"),
            best=words.percent(rivals[best]),
            oracle=words.percent(probability["oracle"]),
            recovered=words.percent((probability["ours"] - probability["random"]) / gain) if gain > 0 else "100%",
        )
    ]
    if np.isfinite(recall["ours"]):
        chance = recall["random"]
        key, ratio = "retrieval.notice.recall", recall["ours"] / chance
        if recall["ours"] == 0:
            key = "retrieval.notice.recall_none"
        values = {"ours": words.percent(recall["ours"]), "times": words.times(ratio), "random": words.percent(chance)}
        said.append(t(key, k=cutoff, **values))
        if np.isfinite(recall["followed"]) and recall["followed"] > recall["ours"]:
            rates = {"followed": words.percent(recall["followed"]), "rate": words.percent(FOLLOWED_RATE)}
            said.append(t("retrieval.notice.followed_recall", **rates))
    return said


class Truth(NamedTuple):
    """Mean true P(favorite).

    Attributes:
      candidates: over the candidates.
      random: over the whole corpus, that is, of a random post.
      best: over the best k posts there are.
      recovered: (candidates - random) / (best - random).
    """

    candidates: float
    random: float
    best: float
    recovered: float


def truth(post_ids: np.ndarray, favorite: np.ndarray) -> Truth:
    """Compares candidates with random posts and with the best there are.

    Args:
      post_ids: int [k].
      favorite: true P(favorite) of this user for every post of the corpus, float [N].
    """
    k = len(post_ids)
    candidates, random = float(favorite[post_ids].mean()), float(favorite.mean())
    best = float(np.partition(favorite, len(favorite) - k)[len(favorite) - k :].mean())
    return Truth(candidates, random, best, (candidates - random) / (best - random) if best > random else 1.0)


def truth_sentence(judged: Truth, k: int) -> str:
    """The comparison in words."""
    return t(
        "retrieval.notice.quality",
        candidates=words.percent(judged.candidates),
        random=words.percent(judged.random),
        best=words.percent(judged.best),
        recovered=words.percent(judged.recovered),
        k=k,
    )
