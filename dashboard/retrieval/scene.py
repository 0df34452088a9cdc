"""What every view of the Retrieval page is about: one user, one retrieval, the truth to judge it by."""

from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import controls, resources, state, words
from dashboard.locale import t

if TYPE_CHECKING:
    from phoenix.serving import Retrieval
    from phoenix.world import World

LOWEST_K, HIGHEST_K, DEFAULT_K, STEP_K = 10, 1000, 200, 10


Source = Any  # a function, method or class whose source the page shows


class Scene(NamedTuple):
    """One retrieval.

    Attributes:
      user: whose it is.
      found: the k candidates, nearest first.
      from_cache: whether its seconds are those of an earlier call.
      history: the user's history, oldest first.
      favorite: true P(favorite) of this user for every post of the corpus, float [N].
      world: the world.
    """

    user: int
    found: "Retrieval"
    from_cache: bool
    history: pd.DataFrame
    favorite: np.ndarray
    world: "World"

    @property
    def k(self) -> int:
        """How many candidates came back."""
        return len(self.found.post_ids)


def read(*, ask: bool = True) -> Scene:
    """The slider for k, and the retrieval that it asks for; without `ask` that of the default k."""
    k = (
        DEFAULT_K
        if not ask
        else controls.number(
            "k",
            low=LOWEST_K,
            high=HIGHEST_K,
            default=DEFAULT_K,
            step=STEP_K,
            label=t("retrieval.k"),
            help=t("retrieval.k_help"),
        )
    )
    user = state.user_id()
    with st.spinner(t("common.computing")):
        found, from_cache = resources.retrieve(user, k=k)
        favorite, history = resources.true_favorite(user), resources.history(user)
    return Scene(user, found, from_cache, history, favorite, resources.recommender().world)


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
