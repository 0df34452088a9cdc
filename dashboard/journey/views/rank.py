"""The last step: where the score puts the post among all candidates."""

import numpy as np
import pandas as pd
import plotly.graph_objects as go
from scipy.special import expit

from dashboard import posts, words
from dashboard.journey.figures.rank import RankText, rank_curve
from dashboard.journey.scene import Scene, candidate_label
from dashboard.journey.step import step
from dashboard.locale import t
from dashboard.view import Chart, Table, View, column
from phoenix.serving import Recommender

NEIGHBOURS = 2  # on each side, in the table
DECIMALS = 4  # of a score
_ROW, _SNIPPET = 68, 66  # pixels: three lines of text; so many letters fit them


def view(scene: Scene) -> View:
    """All candidates by rank, this one picked out, and its neighbours."""
    place, scores = scene.candidates.rank, _scores(scene)
    where = {
        "rank": place,
        "count": len(scores),
        "top": scene.top,
        "score": words.decimal(scores[place - 1], DECIMALS),
    }
    return step(
        "rank",
        scene,
        chart=Chart(_figure(scene), alt=t("journey.rank.alt", **where), key="rank"),
        shapes=[t("journey.shape.rank", before=f"[C] = [{len(scores)}]", top=scene.top)],
        notices=[
            t(f"journey.rank.notice.{'in' if place <= scene.top else 'out'}", **where),
            *gaps(scene),
            _retrieval(scene),
            _alone(scene),
        ],
        sources=(Recommender.recommend,),
        table=_table(scene),
    )


def _scores(scene: Scene) -> np.ndarray:
    """Final scores, best first."""
    stages = scene.candidates.stages
    return stages.final[stages.order]


def _figure(scene: Scene) -> go.Figure:
    stages, place, scores = scene.candidates.stages, scene.candidates.rank, _scores(scene)
    text = RankText(
        axis=t("journey.axis.rank"),
        score=t("feed.axis.score"),
        feed=t("journey.rank.feed", top=scene.top),
        others=t("journey.rank.others"),
        post=t("journey.rank.post"),
        cut=t("journey.rank.cut", top=scene.top),
        label=t("journey.rank.label", rank=place, score=words.score(scores[place - 1])),
        hovers=[
            t("journey.rank.hover", what=candidate_label(scene, int(index)), score=words.decimal(score, DECIMALS))
            for index, score in zip(stages.order, scores, strict=True)
        ],
    )
    return rank_curve(scores, selected=place - 1, top=scene.top, text=text)


def gaps(scene: Scene) -> list[str]:
    """How far the post is from its neighbours, and from the feed if it is not in it."""
    candidates, place, scores = scene.candidates, scene.candidates.rank, _scores(scene)
    said = []
    for way, other in (("above", place - 1), ("below", place + 1)):
        if 1 <= other <= len(scores):
            gap = abs(scores[other - 1] - scores[place - 1])
            post = candidates.snippet(int(candidates.stages.order[other - 1]), 60)
            key = f"journey.rank.notice.{way}" if gap > 0 else "journey.rank.notice.tie"
            said.append(t(key, rank=other, gap=words.digits(gap, 3), post=post))
    if place > scene.top:
        said.append(t("journey.rank.notice.missing", gap=words.digits(scores[scene.top - 1] - scores[place - 1], 3)))
    return said


def _retrieval(scene: Scene) -> str:
    values = {"place": words.count(scene.retrieval_place), "rank": scene.candidates.rank}
    if scene.retrieved:
        return t("journey.rank.notice.retrieved", **values)
    return t("journey.rank.notice.foreign", **values, kept=len(scene.candidates.texts) - 1)


def _alone(scene: Scene) -> str:
    # The dense pass, in which nothing but the mask keeps candidates apart.
    together = expit(scene.journey.logits[scene.journey.place])
    apart = words.scientific(float(np.abs(together - scene.alone).max()))
    return t("journey.rank.notice.alone", difference=apart, count=len(scene.candidates.texts))


def neighbours(scene: Scene) -> pd.DataFrame:
    """The post and those just above and below it: rank, text, score, distance to the post, id."""
    candidates = scene.candidates
    order, final = candidates.stages.order, candidates.stages.final
    first = max(candidates.rank - 1 - NEIGHBOURS, 0)
    shown = order[first : candidates.rank + NEIGHBOURS]
    return pd.DataFrame(
        {
            "rank": np.arange(first + 1, first + 1 + len(shown)),
            "post": [candidates.snippet(int(index), _SNIPPET) for index in shown],
            "score": final[shown],
            "gap": final[shown] - final[candidates.selected],
            "id": posts.ids(candidates.post_ids[shown], scene.world),
        }
    )


def _table(scene: Scene) -> Table:
    title = t("journey.rank.table")
    columns = {
        "rank": column.NumberColumn(t("feed.column.rank"), width=50),
        "score": column.TextColumn(t("feed.column.score"), width=70, alignment="right"),
        "gap": column.TextColumn(t("journey.column.gap"), width=110, alignment="right"),
        "id": posts.id_column(scene.world, beside_text=True),
        "post": column.TextColumn(t("feed.column.post"), width=180),
    }
    shown = neighbours(scene)
    gaps = [
        t("journey.rank.post") if rank == scene.candidates.rank else words.signed(gap, DECIMALS)
        for rank, gap in zip(shown["rank"], shown["gap"], strict=True)
    ]
    shown = shown.assign(score=[words.decimal(score, DECIMALS) for score in shown["score"]], gap=gaps)
    return Table(shown, alt=title, key="neighbours", columns=columns, row_height=_ROW, title=title, open=True)
