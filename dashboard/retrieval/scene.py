"""What the views of the Retrieval page are about: one user, one retrieval, the truth to judge it by.

Every view's scene is a `Scene`, some with more in it. A `read…` function draws the controls of a view and asks for
what it shows.

Glossary: N posts of the corpus, k candidates, D width.
"""

import dataclasses
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import controls, resources, state, words
from dashboard.locale import t
from dashboard.retrieval import measured

if TYPE_CHECKING:
    from phoenix.serving import Retrieval
    from phoenix.world import World

LOWEST_K, HIGHEST_K, DEFAULT_K, STEP_K = 10, 1000, 200, 10
_SNIPPET = 60

Source = Any  # for views that still draw themselves: what they return


@dataclasses.dataclass(frozen=True, eq=False, kw_only=True)
class Scene:
    """One retrieval.

    Attributes:
      user: whose it is.
      found: the k candidates, nearest first.
      from_cache: whether its seconds are those of an earlier call.
      post: id of the selected candidate.
      history: the user's history, oldest first.
      favorite: true P(favorite) of this user for every post of the corpus, float [N].
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
    favorite: np.ndarray
    vector: np.ndarray
    corpus: np.ndarray
    world: "World"
    language: str

    @property
    def k(self) -> int:
        """How many candidates came back."""
        return len(self.found.post_ids)

    @property
    def place(self) -> int:
        """The selected candidate's place among the candidates, from 0."""
        return int(np.flatnonzero(self.found.post_ids == self.post)[0])


def read(*, k: Literal["slider", "hidden"] = "slider", pick: bool = False) -> Scene:
    """The controls that most views share, and the retrieval that they ask for.

    Args:
      k: whether the slider for k is drawn.
      pick: whether a candidate can be chosen from a list.
    """
    user, language = state.user_id(), state.language()
    left, right = st.columns(2) if pick else (st.container(), None)
    with left:
        count = _read_k(k)
    with st.spinner(t("common.computing")):
        found, from_cache = resources.retrieve(user, k=count)
        favorite, history = measured.true_favorite(user), resources.history(user)
        vector = measured.user_vector(user)
    with right or st.container():
        post = _read_post(found.post_ids, pick=pick)
    recommender = resources.recommender()
    return Scene(
        user=user,
        found=found,
        from_cache=from_cache,
        post=post,
        history=history,
        favorite=favorite,
        vector=vector,
        corpus=recommender.corpus_embeddings,
        world=recommender.world,
        language=language,
    )


def _read_k(kind: Literal["slider", "hidden"]) -> int:
    bounds = dict(low=LOWEST_K, high=HIGHEST_K, step=STEP_K, default=DEFAULT_K)
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
    return t("retrieval.quiz.why", first=first, second=second, first_doubled=2 * first, second_doubled=2 * second)
