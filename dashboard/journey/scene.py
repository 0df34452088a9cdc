"""What all steps of the journey look at.

Glossary: n candidates, A actions, T tokens, D width.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import streamlit as st

from dashboard import naming, resources, state
from dashboard.feed import Candidates, ranks
from dashboard.journey import measured, pickers
from dashboard.locale import t
from dashboard.weighting import Weighting

if TYPE_CHECKING:
    from phoenix.analysis.journey import Journey
    from phoenix.serving import Ranking, Recommendation
    from phoenix.world import AnyWorld

BATCH = 1  # B: the feed of one user at a time


class Scene(NamedTuple):
    """One post's journey.

    Attributes:
      journey: its way through the ranker.
      candidates: all candidates of the pass under the session's weighting, this post selected.
      weighting: the weights and settings that score them.
      history: the history that was used.
      retrieval_place: place of the post in the whole corpus by similarity to the user, from 1.
      retrieved: whether it was among the candidates that retrieval returned.
      alone: [A], its probabilities in a batch of its own.
      identical_posts: pairs of posts in the corpus that have the same buckets.
      top: how many posts make the feed.
      action: the action to look at.
      language: of the texts.
      world: for names and texts.
    """

    journey: "Journey"
    candidates: Candidates
    weighting: Weighting
    history: pd.DataFrame
    retrieval_place: int
    retrieved: bool
    alone: np.ndarray
    identical_posts: int
    top: int
    action: str
    language: str
    world: "AnyWorld"

    @property
    def column(self) -> int:
        """Column of the action."""
        return self.world.actions.index(self.action)

    @property
    def action_name(self) -> str:
        """The action in the visitor's language."""
        return naming.action(self.action)


def read(step: str, chosen: Weighting) -> Scene:
    """Draws the pickers and follows the post that they name.

    Args:
      step: the step to be shown.
      chosen: the session's weighting.
    """
    who, world = resources.subject(), resources.recommender().world
    with st.spinner(t("common.computing")):
        made = resources.recommend(who, weighting=chosen).result
    pickers.step_buttons(step)
    post = pickers.post(made, world)
    action = pickers.action(step)
    with st.spinner(t("common.computing")):
        retrieved = post in made.ranking.post_ids
        return build(
            made,
            measured.journey(who, post),
            alone=resources.rank(who, (post,)),
            retrieval_place=None if retrieved else measured.retrieval_place(who, post),
            identical_posts=measured.identical_posts(),
            weighting=chosen,
            action=action,
            language=state.language(),
            world=world,
        )


def build(
    made: "Recommendation",
    journey: "Journey",
    *,
    alone: "Ranking",
    retrieval_place: int | None,
    identical_posts: int,
    weighting: Weighting,
    action: str,
    language: str,
    world: "AnyWorld",
) -> Scene:
    """Puts a journey among the candidates of its user's feed.

    Args:
      made: the feed under the weighting, and everything on the way to it.
      journey: of one post, in a pass over the retrieved candidates.
      alone: the same post ranked in a batch of one.
      retrieval_place: place of the post in the whole corpus by similarity to the user; None if it was retrieved,
        because then its place among the candidates is just that.
      identical_posts, weighting, action, language, world: see `Scene`.
    """
    return Scene(
        journey=journey,
        candidates=_among(made, journey, alone=alone, weighting=weighting, language=language, world=world),
        weighting=weighting,
        history=made.history,
        retrieval_place=journey.place + 1 if retrieval_place is None else retrieval_place,
        retrieved=retrieval_place is None,
        alone=alone.probabilities[0],
        identical_posts=identical_posts,
        top=len(made.feed),
        action=action,
        language=language,
        world=world,
    )


def _among(
    made: "Recommendation",
    journey: "Journey",
    *,
    alone: "Ranking",
    weighting: Weighting,
    language: str,
    world: "AnyWorld",
) -> Candidates:
    """The retrieved candidates, and the post behind them if it is none of them, all scored."""
    probabilities, authors, followed = made.ranking.probabilities, made.author_ids, made.followed
    if len(journey.post_ids) > len(authors):
        probabilities = np.concatenate([probabilities, alone.probabilities])
        authors = np.append(authors, journey.author.entity)
        followed = np.append(followed, world.follows_authors_of(made.user_id, [journey.post_id]))
    return Candidates(
        post_ids=journey.post_ids,
        author_ids=authors,
        followed=followed,
        texts=world.post_text(journey.post_ids, language),
        probabilities=probabilities,
        weights=weighting.vector,
        stages=weighting.score(probabilities, author_ids=authors, followed=followed),
        selected=journey.place,
        settings=weighting.settings,
        actions=weighting.actions,
    )


def candidate_label(scene: Scene, index: int, width: int = 40) -> str:
    """A candidate's rank and the beginning of its text."""
    place = int(ranks(scene.candidates.stages.order)[index])
    return f"{place} · {scene.candidates.snippet(index, width)}"


def length(vectors: np.ndarray) -> float:
    """Mean Euclidean length of vectors [..., D]."""
    return float(np.linalg.norm(vectors, axis=-1).mean())
