"""The last two steps: from probabilities to a score, and from scores to a place in the feed."""

import numpy as np
import pandas as pd
from scipy.special import expit

from dashboard import score as score_words
from dashboard import words
from dashboard.figures import journey as figures
from dashboard.figures.waterfall import score_waterfall
from dashboard.journey.scene import Scene, Step, candidate_label, difference
from dashboard.locale import t
from phoenix.actions import DEFAULT_PRESET, NUM_ACTIONS
from phoenix.scoring import diversity_factors, offset_scores, score_feed
from phoenix.serving import Recommender

NEIGHBOURS = 2  # on each side, in the table


def score(scene: Scene) -> Step:
    """Weights make one score of fifteen probabilities."""
    candidates = scene.candidates
    steps = score_words.score_steps(candidates)
    return Step(
        shapes=[
            t(
                "journey.shape.score",
                before=f"[C, A] = [{len(candidates.texts)}, {NUM_ACTIONS}]",
                weights=f"[A] = [{NUM_ACTIONS}]",
                after=f"[C] = [{len(candidates.texts)}]",
            )
        ],
        chart=score_waterfall(steps, text=score_words.score_text(steps)),
        alt=score_words.score_alt(steps),
        notices=[
            t("journey.score.notice.preset", preset=t(f"common.preset.{DEFAULT_PRESET}")),
            *score_words.notices(candidates),
        ],
        sources=(score_feed, offset_scores, diversity_factors),
    )


def rank(scene: Scene) -> Step:
    """Where the score puts the post among all candidates."""
    candidates = scene.candidates
    order, final = candidates.stages.order, candidates.stages.final
    scores, place = final[order], candidates.rank
    text = figures.RankText(
        axis=t("journey.axis.rank"),
        score=t("feed.axis.score"),
        feed=t("journey.rank.feed", top=scene.top),
        others=t("journey.rank.others"),
        post=t("journey.rank.post"),
        cut=t("journey.rank.cut", top=scene.top),
        label=t("journey.rank.label", rank=place, score=words.score(scores[place - 1])),
        hovers=[
            t("journey.rank.hover", what=candidate_label(scene, int(index)), score=f"{final[index]:.4f}")
            for index in order
        ],
    )
    where = {"rank": place, "count": len(order), "top": scene.top, "score": f"{scores[place - 1]:.4f}"}
    return Step(
        shapes=[t("journey.shape.rank", before=f"[C] = [{len(order)}]", top=scene.top)],
        chart=figures.rank_curve(scores, selected=place - 1, top=scene.top, text=text),
        alt=t("journey.rank.alt", **where),
        notices=[
            t(f"journey.rank.notice.{'in' if place <= scene.top else 'out'}", **where),
            *_gaps(scene, scores),
            _retrieval(scene),
            _alone(scene),
        ],
        sources=(Recommender.recommend,),
        table=_neighbours(scene),
    )


def _gaps(scene: Scene, scores: np.ndarray) -> list[str]:
    """How far the post is from its neighbours, and from the feed if it is not in it."""
    candidates, place = scene.candidates, scene.candidates.rank
    said = []
    for way, other in (("above", place - 1), ("below", place + 1)):
        if 1 <= other <= len(scores):
            gap = abs(scores[other - 1] - scores[place - 1])
            post = candidates.snippet(int(candidates.stages.order[other - 1]), 60)
            key = f"journey.rank.notice.{way}" if gap > 0 else "journey.rank.notice.tie"
            said.append(t(key, rank=other, gap=f"{gap:.3g}", post=post))
    if place > scene.top:
        said.append(t("journey.rank.notice.missing", gap=f"{scores[scene.top - 1] - scores[place - 1]:.3g}"))
    return said


def _retrieval(scene: Scene) -> str:
    values = {"place": words.count(scene.retrieval_place), "rank": scene.candidates.rank}
    if scene.retrieved:
        return t("journey.rank.notice.retrieved", **values)
    return t("journey.rank.notice.foreign", **values, kept=len(scene.candidates.texts) - 1)


def _alone(scene: Scene) -> str:
    # The dense pass, in which nothing but the mask keeps candidates apart.
    together = expit(scene.journey.logits[scene.journey.place])
    apart = difference(float(np.abs(together - scene.alone).max()))
    return t("journey.rank.notice.alone", difference=apart, count=len(scene.candidates.texts))


def _neighbours(scene: Scene) -> pd.DataFrame:
    """The post and those just above and below it: rank, score, distance to the post, text."""
    candidates = scene.candidates
    order, final = candidates.stages.order, candidates.stages.final
    first = max(candidates.rank - 1 - NEIGHBOURS, 0)
    shown = order[first : candidates.rank + NEIGHBOURS]
    return pd.DataFrame(
        {
            "rank": np.arange(first + 1, first + 1 + len(shown)),
            "score": final[shown],
            "gap": final[shown] - final[candidates.selected],
            "post": [candidates.snippet(int(index)) for index in shown],
        }
    )
