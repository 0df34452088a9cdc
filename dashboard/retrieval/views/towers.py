"""Both towers with the shapes and numbers of this very call.

Glossary: B batch (1), S history length, n its rows, D width, N posts of the corpus, k candidates.
"""

import html
from typing import NamedTuple

import numpy as np
import streamlit as st

from dashboard import components, controls, words
from dashboard.locale import t
from dashboard.retrieval import measured
from dashboard.retrieval.figures.towers import VectorText, vector_bars
from dashboard.retrieval.scene import Scene, Source
from phoenix.embedding import InputEmbedder, block_candidate_reduce
from phoenix.hashing import hash_ids
from phoenix.index import VectorIndex
from phoenix.recsys_retrieval_model import CandidateStages, RecsysRetrievalModel, UserStages, normalise
from phoenix.transformer import Transformer

USER_STAGES = ("hashes", "tokens", "hidden", "mean", "user")
CANDIDATE_STAGES = ("post_hashes", "joined", "inner", "candidate")
STAGES = (*USER_STAGES[1:], *CANDIDATE_STAGES[1:], "dot")


class Call(NamedTuple):
    """One call of both towers.

    Attributes:
      user, candidate: their stages, B = 1 and one candidate.
      post: the candidate's id.
      place: its place among the k candidates, from 0.
    """

    user: UserStages
    candidate: CandidateStages
    post: int
    place: int


def show(scene: Scene) -> tuple[Source, ...]:
    """The drawing, and one of its stages opened."""
    place, post = scene.place, scene.post
    with st.spinner(t("common.computing")):
        user, candidate = measured.tower_stages(scene.user, post)
    call = Call(user, candidate, post, place)
    st.html(drawing(scene, call))
    stage = controls.choice(
        "stage", STAGES, default="dot", label=t("retrieval.towers.open"), names="retrieval.towers.name"
    )
    values = numbers(call, stage)
    st.markdown(explain(call, stage, values))
    text = VectorText(
        dimension=t("retrieval.towers.dimension"),
        value=t("retrieval.towers.product" if stage == "dot" else "retrieval.towers.value"),
        positive=t("retrieval.towers.positive"),
        negative=t("retrieval.towers.negative"),
        hover=t("retrieval.towers.hover"),
    )
    alt = t(
        "retrieval.towers.alt",
        user=scene.user,
        post=post,
        stage=t(f"retrieval.towers.name.{stage}"),
        count=len(values),
        low=float(values.min()),
        high=float(values.max()),
    )
    components.figure(vector_bars(values, text=text), key="stage_values", alt=alt)
    components.what_to_notice(observations(scene, call))
    return SOURCES[stage]


SOURCES: dict[str, tuple[Source, ...]] = {
    "tokens": (hash_ids, InputEmbedder.context),
    "hidden": (Transformer.encode_context,),
    "mean": (RecsysRetrievalModel.user_stages,),
    "user": (RecsysRetrievalModel.user_stages, normalise),
    "joined": (hash_ids, block_candidate_reduce),
    "inner": (RecsysRetrievalModel._candidate_tower,),
    "candidate": (RecsysRetrievalModel._candidate_tower, normalise),
    "dot": (VectorIndex.search,),
}


def numbers(call: Call, stage: str) -> np.ndarray:
    """The vector that stands for a stage: of sequences the user's position, of the dot product its products."""
    user, candidate = call.user, call.candidate
    vectors = {
        "tokens": user.tokens[0, 0],
        "hidden": user.hidden[0, 0],
        "mean": user.mean[0],
        "user": user.vector[0],
        "joined": candidate.joined[0, 0],
        "inner": candidate.hidden[0, 0],
        "candidate": candidate.vector[0, 0],
        "dot": user.vector[0] * candidate.vector[0, 0],
    }
    return np.asarray(vectors[stage], float)


def shapes(scene: Scene, call: Call) -> dict[str, str]:
    """The shape of every stage in this call, as `[…]`."""
    _, length, width = call.user.tokens.shape
    joined, inner = call.candidate.joined.shape[-1], call.candidate.hidden.shape[-1]
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


def drawing(scene: Scene, call: Call) -> str:
    """HTML: two columns of stages that meet in the dot product."""
    shown = shapes(scene, call)
    rows = int(call.user.valid[0, 1:].sum())
    values = {
        "rows": rows,
        "padding": call.user.valid.shape[1] - 1 - rows,
        "k": scene.k,
        "user_length": float(np.linalg.norm(call.user.projected[0])),
        "post_length": float(np.linalg.norm(call.candidate.projected[0, 0])),
        "similarity": float(numbers(call, "dot").sum()),
        "place": call.place + 1,
    }

    def card(stage: str) -> str:
        name, said = t(f"retrieval.towers.name.{stage}"), t(f"retrieval.towers.said.{stage}", **values)
        e = html.escape
        return f'<li class="px-stage"><strong>{e(name)}</strong> <code>{e(shown[stage])}</code><p>{e(said)}</p></li>'

    columns = "".join(
        f'<div><p class="px-tower-name">{html.escape(t(f"retrieval.towers.{tower}"))}</p>'
        f'<ol class="px-stages">{"".join(map(card, stages))}</ol></div>'
        for tower, stages in (("user_tower", USER_STAGES), ("candidate_tower", CANDIDATE_STAGES))
    )
    return f'<div class="px-towers">{columns}</div><ol class="px-stages px-meet">{card("dot")}</ol>'


def explain(call: Call, stage: str, values: np.ndarray) -> str:
    """What is drawn of the opened stage; of the dot product, the sum written out."""
    if stage != "dot":
        return t(f"retrieval.towers.explain.{stage}", length=float(np.linalg.norm(values)), count=len(values))
    user, post = call.user.vector[0], call.candidate.vector[0, 0]
    first = " + ".join(
        f"({words.score(float(u))})·({words.score(float(v))})" for u, v in zip(user[:3], post[:3], strict=True)
    )
    return t("retrieval.towers.explain.dot", first=first, sum=float(values.sum()), post=call.post, count=len(values))


def observations(scene: Scene, call: Call) -> list[str]:
    """What to notice, from the numbers of this call."""
    products = numbers(call, "dot")
    index, tower = float(scene.found.scores[call.place]), float(products.sum())
    largest = np.sort(np.abs(products))[::-1]
    needed = int(np.searchsorted(np.cumsum(largest), largest.sum() / 2)) + 1
    lengths = [float(np.linalg.norm(v)) for v in (call.user.vector[0], call.candidate.vector[0, 0])]
    return [
        t("retrieval.notice.towers_sum", tower=tower, index=index, difference=f"{abs(tower - index):.0e}"),
        t("retrieval.notice.towers_unit", user=lengths[0], post=lengths[1]),
        t(
            "retrieval.notice.towers_spread",
            needed=needed,
            count=len(products),
            negative=int((products < 0).sum()),
        ),
    ]
