"""What the Overview page shows: one feed, made with the session's weighting."""

from typing import TYPE_CHECKING, NamedTuple

import streamlit as st

from dashboard import resources, state, weighting
from dashboard.locale import t
from dashboard.overview.reasons import Why, reasons
from dashboard.weighting import Weighting

if TYPE_CHECKING:
    from phoenix.serving import Recommendation
    from phoenix.world import World


class Scene(NamedTuple):
    """One feed and how it came about.

    Attributes:
      made: the feed, with every stage.
      from_cache: whether its seconds are those of an earlier call.
      whys: why each of its posts is there, best first.
      weighting: the weights and settings that made it.
      world: for names, texts and true interests.
      language: of the texts.
    """

    made: "Recommendation"
    from_cache: bool
    whys: list[Why]
    weighting: Weighting
    world: "World"
    language: str

    @property
    def corpus(self) -> int:
        """Posts of the corpus."""
        return self.world.num_posts

    @property
    def steps(self) -> list["Step"]:
        """The funnel: what is left after each step."""
        return steps(self.made, corpus=self.corpus)


class Step(NamedTuple):
    """One step of the funnel.

    Attributes:
      name: `corpus`, `retrieved`, `ranked` or `feed`.
      count: posts left after it.
      seconds: what it took, None if the work was done in advance.
    """

    name: str
    count: int
    seconds: float | None


def steps(made: "Recommendation", *, corpus: int) -> list[Step]:
    """The funnel: how many posts are left after each step, and what the step took."""
    seconds = made.seconds
    retrieved = len(made.retrieval.post_ids)
    finding = seconds["history"] + seconds["encode_user"] + seconds["search"]
    return [
        Step("corpus", corpus, None),
        Step("retrieved", retrieved, finding),
        Step("ranked", retrieved, seconds["rank"]),
        Step("feed", len(made.feed), seconds["score"]),
    ]


def read() -> Scene:
    """The feed of the session's user."""
    chosen, world = weighting.read(), resources.recommender().world
    with st.spinner(t("common.computing")):
        made, from_cache = resources.recommend(resources.subject(), weighting=chosen)
    return Scene(
        made=made,
        from_cache=from_cache,
        whys=reasons(made, world),
        weighting=chosen,
        world=world,
        language=state.language(),
    )
