"""Both towers with the shapes and numbers of this very call.

Glossary: B batch (1), S history length, n its rows, D width, N posts of the corpus, k candidates.
"""

import html
from typing import Any

import numpy as np

from dashboard.locale import t
from dashboard.reading import RETRIEVAL_TESTS
from dashboard.retrieval.figures.towers import VectorText, vector_bars
from dashboard.retrieval.scene import TowersScene, choose_stage
from dashboard.view import Chart, Controls, Html, Text, View
from dashboard.words import decimal, scientific, score
from phoenix.embedding import InputEmbedder, block_candidate_reduce
from phoenix.hashing import hash_ids
from phoenix.index import VectorIndex
from phoenix.recsys_retrieval_model import RecsysRetrievalModel, normalise
from phoenix.transformer import Transformer

USER_STAGES = ("hashes", "tokens", "hidden", "mean", "user")
CANDIDATE_STAGES = ("post_hashes", "joined", "inner", "candidate")
SOURCES: dict[str, tuple[Any, ...]] = {
    "tokens": (hash_ids, InputEmbedder.context),
    "hidden": (Transformer.encode_context,),
    "mean": (RecsysRetrievalModel.user_stages,),
    "user": (RecsysRetrievalModel.user_stages, normalise),
    "joined": (hash_ids, block_candidate_reduce),
    "inner": (RecsysRetrievalModel._candidate_tower,),
    "candidate": (RecsysRetrievalModel._candidate_tower, normalise),
    "dot": (VectorIndex.search,),
}
# What the guide has its reader read, at whatever stage: training runs the whole model, serving one tower at a time.
READ = (
    RecsysRetrievalModel.encode_user,
    RecsysRetrievalModel.encode_candidates,
    RecsysRetrievalModel.__call__,
    RETRIEVAL_TESTS,
)
_UNIT = ("user", "candidate")  # stages of length 1


def view(scene: TowersScene) -> View:
    """The drawing, and one of its stages opened."""
    values = numbers(scene, scene.stage)
    text = VectorText(
        dimension=t("retrieval.towers.dimension"),
        value=t("retrieval.towers.product" if scene.stage == "dot" else "retrieval.towers.value"),
        positive=t("retrieval.towers.positive"),
        negative=t("retrieval.towers.negative"),
        hover=t("retrieval.towers.hover"),
    )
    return View(
        blocks=(
            Html(drawing(scene)),
            Controls(choose_stage),
            Text(explain(scene, values)),
            Chart(vector_bars(values, text=text), _alt(scene, values), "stage_values"),
        ),
        notices=notices(scene),
        maths=t("retrieval.maths"),
        sources=(*SOURCES[scene.stage], *READ),
    )


def _alt(scene: TowersScene, values: np.ndarray) -> str:
    stage = t(f"retrieval.towers.name.{scene.stage}")
    ends = {"low": decimal(values.min(), 3), "high": decimal(values.max(), 3)}
    return t("retrieval.towers.alt", user=scene.user, post=scene.post, stage=stage, count=len(values), **ends)


def numbers(scene: TowersScene, stage: str) -> np.ndarray:
    """The vector that stands for a stage: of sequences the user's position, of the dot product its products."""
    user, post = scene.user_stages, scene.post_stages
    vectors = {
        "tokens": user.tokens[0, 0],
        "hidden": user.hidden[0, 0],
        "mean": user.mean[0],
        "user": user.vector[0],
        "joined": post.joined[0, 0],
        "inner": post.hidden[0, 0],
        "candidate": post.vector[0, 0],
        "dot": user.vector[0] * post.vector[0, 0],
    }
    return np.asarray(vectors[stage], float)


def shapes(scene: TowersScene) -> dict[str, str]:
    """The shape of every stage in this call, as `[…]`."""
    _, length, width = scene.user_stages.tokens.shape
    joined, inner = scene.post_stages.joined.shape[-1], scene.post_stages.hidden.shape[-1]
    corpus = scene.world.num_posts
    return {
        "hashes": f"[1, 2] + [1, {length - 1}, 2] + [1, {length - 1}, 2]",
        "tokens": f"[1, {length}, {width}]",
        "hidden": f"[1, {length}, {width}]",
        "mean": f"[1, {width}]",
        "user": f"[1, {width}]",
        "post_hashes": f"[{corpus}, 2] + [{corpus}, 2]",
        "joined": f"[{corpus}, {joined}]",
        "inner": f"[{corpus}, {inner}]",
        "candidate": f"[{corpus}, {width}]",
        "dot": f"[1, {width}] · [{width}, {corpus}] → [1, {corpus}] → [1, {scene.k}]",
    }


def drawing(scene: TowersScene) -> str:
    """HTML: two columns of stages that meet in the dot product."""
    shown, said = shapes(scene), sentences(scene)

    def card(stage: str) -> str:
        name, shape, sentence = map(html.escape, (t(f"retrieval.towers.name.{stage}"), shown[stage], said[stage]))
        return f'<li class="px-stage"><strong>{name}</strong> <code>{shape}</code><p>{sentence}</p></li>'

    columns = "".join(
        f'<div><p class="px-tower-name">{html.escape(t(f"retrieval.towers.{tower}"))}</p>'
        f'<ol class="px-stages">{"".join(map(card, stages))}</ol></div>'
        for tower, stages in (("user_tower", USER_STAGES), ("candidate_tower", CANDIDATE_STAGES))
    )
    return f'<div class="px-towers">{columns}</div><ol class="px-stages px-meet">{card("dot")}</ol>'


def sentences(scene: TowersScene) -> dict[str, str]:
    """What happens in each stage, with the numbers of this call."""
    valid = scene.user_stages.valid
    rows = int(valid[0, 1:].sum())
    values = {
        "count": rows,
        "padding": valid.shape[1] - 1 - rows,
        "k": scene.k,
        "user_length": decimal(np.linalg.norm(scene.user_stages.projected[0]), 2),
        "post_length": decimal(np.linalg.norm(scene.post_stages.projected[0, 0]), 2),
        "similarity": decimal(numbers(scene, "dot").sum(), 3),
        "place": scene.place + 1,
    }
    stages = (*USER_STAGES, *CANDIDATE_STAGES, "dot")
    return {stage: t(f"retrieval.towers.said.{stage}", **values) for stage in stages}


def explain(scene: TowersScene, values: np.ndarray) -> str:
    """What is drawn of the opened stage; of the dot product, the sum written out."""
    if scene.stage != "dot":
        length = decimal(np.linalg.norm(values), 4 if scene.stage in _UNIT else 2)
        return t(f"retrieval.towers.explain.{scene.stage}", length=length, count=len(values))
    user, post = scene.user_stages.vector[0, :3], scene.post_stages.vector[0, 0, :3]
    first = " + ".join(f"({score(u)})·({score(v)})" for u, v in zip(user, post, strict=True))
    total = decimal(values.sum(), 4)
    return t("retrieval.towers.explain.dot", first=first, sum=total, post=scene.post, count=len(values))


def notices(scene: TowersScene) -> tuple[str, ...]:
    """What tower and index say of one post, why it is a cosine, and how many dimensions decide it."""
    products = numbers(scene, "dot")
    index, tower = float(scene.found.scores[scene.place]), float(products.sum())
    largest = np.sort(np.abs(products))[::-1]
    needed = int(np.searchsorted(np.cumsum(largest), largest.sum() / 2)) + 1
    apart = max(abs(np.linalg.norm(numbers(scene, stage)) - 1) for stage in _UNIT)
    sums = {"tower": decimal(tower, 4), "index": decimal(index, 4), "difference": scientific(abs(tower - index), 1)}
    spread = {"needed": needed, "dimensions": len(products), "count": int((products < 0).sum())}
    return (
        t("retrieval.notice.towers_unit", difference=scientific(float(apart), 1)),
        t("retrieval.notice.towers_sum", **sums),
        t("retrieval.notice.towers_spread", **spread),
    )
