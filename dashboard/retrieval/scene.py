"""What the views of the Retrieval page are about: one user, one retrieval, the truth to judge it by.

Every view's scene is a `Scene`, some with more in it. A `read…` function draws the controls of a view and asks for
what it shows.

Glossary: N posts of the corpus, k candidates, D width.
"""

import dataclasses
from typing import TYPE_CHECKING, Any, Literal, TypeVar

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import controls, resources, state, words
from dashboard.locale import t
from dashboard.retrieval import measured

if TYPE_CHECKING:
    from phoenix.analysis.afterwards import Recall
    from phoenix.analysis.counterfactuals import LeaveOneOutVectors
    from phoenix.evaluation.retrieval_quality import UserQuality
    from phoenix.recsys_retrieval_model import CandidateStages, UserStages
    from phoenix.serving import Retrieval
    from phoenix.world import AnyWorld

LOWEST_K, HIGHEST_K, DEFAULT_K, STEP_K = 10, 1000, 200, 10
STAGES = ("tokens", "hidden", "mean", "user", "joined", "inner", "candidate", "dot")  # of the towers, to be opened
MEASURES, PEOPLE, CUTOFFS = ("recall", "probability"), ("user", "trained", "held_out"), ("10", "100", "1000")
_SNIPPET = 60


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """One retrieval.

    Attributes:
      user: whose it is.
      found: the k candidates, nearest first.
      from_cache: whether its seconds are those of an earlier call.
      post: id of the selected candidate.
      history: the user's history, oldest first.
      favorite: true P(favorite) of this user for every post of the corpus, float [N]; None in a log.
      vector: the user's unit vector, float32 [D].
      corpus: unit vectors of all posts, float32 [N, D].
      world: the world.
      language: of the texts.
    """

    user: int
    found: "Retrieval"
    from_cache: bool
    post: int
    history: pd.DataFrame
    favorite: np.ndarray | None
    vector: np.ndarray
    corpus: np.ndarray
    world: "AnyWorld"
    language: str

    @property
    def k(self) -> int:
        """How many candidates came back."""
        return len(self.found.post_ids)

    @property
    def place(self) -> int:
        """The selected candidate's place among the candidates, from 0."""
        return int(np.flatnonzero(self.found.post_ids == self.post)[0])


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class CandidateScene(Scene):
    """The selected candidate, and the user without each row of the history.

    Attributes:
      left_out: the user's vector without each row; None without a history.
    """

    left_out: "LeaveOneOutVectors | None"


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class TowersScene(Scene):
    """One call of both towers, for the user and the selected candidate.

    Attributes:
      user_stages, post_stages: what they computed on the way, B = 1 and one candidate.
      stage: the one to open, of `STAGES`.
    """

    user_stages: "UserStages"
    post_stages: "CandidateStages"
    stage: str


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class QualityScene(Scene):
    """Retrieval before the judge.

    Attributes:
      measure, people, cutoff: of `MEASURES`, `PEOPLE`, `CUTOFFS`.
      judged: this user's, judged now, in a log by what happened; None where recorded numbers are asked for.
      metrics: what metrics.json holds; nobody has checked its shape.
    """

    measure: str
    people: str
    cutoff: str
    judged: "UserQuality | Recall | None"
    metrics: Any


S = TypeVar("S", bound=Scene)


def widen(scene: Scene, kind: type[S], **more: Any) -> S:
    """The same scene with more in it."""
    return kind(**vars(scene), **more)


def read(*, k: Literal["slider", "hidden"] = "slider", pick: bool = False) -> Scene:
    """The controls that most views share, and the retrieval that they ask for.

    Args:
      k: whether the slider for k is drawn.
      pick: whether a candidate can be chosen from a list.
    """
    who, language = resources.subject(), state.language()
    left, right = st.columns(2) if pick else (st.container(), st.container())
    with left:
        found, from_cache = resources.retrieve(who, k=_read_k(k))
    with right:
        post = _read_post(found.post_ids, pick=pick)
    recommender = resources.recommender()
    return Scene(
        user=who.user_id,
        found=found,
        from_cache=from_cache,
        post=post,
        history=resources.history(who),
        favorite=None if recommender.world.truth is None else measured.true_favorite(who.user_id),
        vector=measured.user_vector(who),
        corpus=recommender.corpus_embeddings,
        world=recommender.world,
        language=language,
    )


def choose_post(post: object) -> None:
    """Selects the candidate on whose row the visitor has clicked."""
    controls.put("post", int(post))


def read_candidate() -> CandidateScene:
    """The scene of one candidate."""
    scene = read(pick=True)
    with st.spinner(t("common.computing")):
        left_out = None if scene.history.empty else measured.left_out_vectors(resources.subject())
    return widen(scene, CandidateScene, left_out=left_out)


def read_towers() -> TowersScene:
    """The scene of the two towers; their stage is chosen under the drawing."""
    scene = read(pick=True)
    user, post = measured.tower_stages(resources.subject(), scene.post)
    return widen(scene, TowersScene, user_stages=user, post_stages=post, stage=choose_stage(drawn=False))


def choose_stage(*, drawn: bool = True) -> str:
    """The stage of the towers that is opened, and the buttons to choose it if they are to be drawn."""
    return controls.choice(
        "stage",
        STAGES,
        default="dot",
        label=t("retrieval.towers.open"),
        names="retrieval.towers.name",
        kind="segments" if drawn else "hidden",
        said_here=drawn,
    )


def read_quality() -> QualityScene:
    """The scene of the judge; it has cutoffs of its own, so k is kept and not asked for."""
    scene = read(k="hidden")
    left, right = st.columns(2)
    known = scene.world.truth is not None
    measures, people = (MEASURES, PEOPLE) if known else (MEASURES[:1], PEOPLE[:1])
    with left:
        measure = _choose("measure", measures, default=measures[-1])
        people = _choose("people", people, default="user")
    with right:
        cutoff = _choose("cutoff", CUTOFFS, default="100")
    with st.spinner(t("common.computing")):
        judge = measured.judged_user if known else measured.judged_by_log
        judged = judge(resources.subject()) if people == "user" else None
    chosen = {"measure": measure, "people": people, "cutoff": cutoff}
    return widen(scene, QualityScene, **chosen, judged=judged, metrics=resources.recommender().metrics)


def _choose(name: str, options: tuple[str, ...], *, default: str) -> str:
    names = f"retrieval.quality.{name}s"
    return controls.choice(name, options, default=default, label=t(f"retrieval.quality.{name}"), names=names)


def _read_k(kind: Literal["slider", "hidden"]) -> int:
    most = min(HIGHEST_K, resources.recommender().world.num_posts // STEP_K * STEP_K)
    if most <= LOWEST_K:  # all posts of a very small log
        return resources.recommender().world.num_posts
    bounds = dict(low=LOWEST_K, high=most, step=STEP_K, default=min(DEFAULT_K, most))
    return controls.number("k", **bounds, kind=kind, label=t("retrieval.k"), help=t("retrieval.k_help"))


def _read_post(candidates: np.ndarray, *, pick: bool) -> int:
    """The selected candidate; views that show none keep it too, so that no link names one that is gone."""
    names = None
    if pick:
        texts = resources.recommender().world.post_text(candidates, state.language())
        names = {
            int(post): t("retrieval.pick.name", place=place, text=words.snippet(text, _SNIPPET))
            for place, (post, text) in enumerate(zip(candidates, texts, strict=True), start=1)
        }
    return controls.item(
        "post",
        [int(post) for post in candidates],
        default=int(candidates[0]),
        problem="retrieval.problem.post",
        label=t("retrieval.pick"),
        names=names,
    )


def timing(scene: Scene) -> str:
    """One sentence: how long retrieval took, and whether that was measured just now."""
    seconds = scene.found.seconds
    return t(
        "retrieval.time",
        user=words.milliseconds(seconds["history"] + seconds["encode_user"]),
        search=words.milliseconds(seconds["search"]),
        when=t("retrieval.time_cached" if scene.from_cache else "retrieval.time_fresh"),
    )


def doubled(found: "Retrieval") -> str:
    """What twice the user's vector would do to the first two candidates."""
    first, second = (float(score) for score in found.scores[:2])
    scores = {"first": first, "second": second, "first_doubled": 2 * first, "second_doubled": 2 * second}
    return t("retrieval.quiz.why", **{name: words.decimal(score, 3) for name, score in scores.items()})
