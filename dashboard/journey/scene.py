"""What all steps of the journey look at, and what each of them gives the page to show.

Glossary: n candidates, A actions, T tokens, D width.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
import pandas as pd
import plotly.graph_objects as go

from dashboard.feed import Candidates, ranks
from dashboard.locale import t
from phoenix.actions import ACTIONS
from phoenix.analysis.journey import Journey
from phoenix.scoring import score_feed

if TYPE_CHECKING:
    from phoenix.serving import Ranking, Recommendation
    from phoenix.world import World

BATCH = 1  # B: the feed of one user at a time


class Step(NamedTuple):
    """One step, ready to be shown.

    Attributes:
      shapes: lines of this call's shapes.
      chart, alt: the picture, and its content in words.
      notices: what to notice.
      sources: what ran.
      table: rows to unfold below the picture, None for none.
    """

    shapes: list[str]
    chart: go.Figure
    alt: str
    notices: list[str]
    sources: tuple[Callable, ...]
    table: pd.DataFrame | None = None


class Scene(NamedTuple):
    """One post's journey.

    Attributes:
      journey: its way through the ranker.
      candidates: all candidates of the pass under the default weights, this post selected.
      history: the history that was used.
      retrieval_place: place of the post in the whole corpus by similarity to the user, from 1.
      retrieved: whether it was among the candidates that retrieval returned.
      alone: [A], its probabilities in a batch of its own.
      top: how many posts make the feed.
      action: the action to look at.
      language: of the texts.
      world: for names and texts.
    """

    journey: Journey
    candidates: Candidates
    history: pd.DataFrame
    retrieval_place: int
    retrieved: bool
    alone: np.ndarray
    top: int
    action: str
    language: str
    world: "World"

    @property
    def column(self) -> int:
        """Column of the action."""
        return ACTIONS.index(self.action)

    @property
    def action_name(self) -> str:
        """The action in the visitor's language."""
        return t(f"common.action.{self.action}")


def build(
    made: "Recommendation",
    journey: Journey,
    alone: "Ranking",
    *,
    world: "World",
    language: str,
    action: str,
    retrieval_place: int | None,
) -> Scene:
    """Puts a journey among the candidates of its user's feed.

    Args:
      made: the feed and everything on the way to it.
      journey: of one post, in a pass over the retrieved candidates.
      alone: the same post ranked in a batch of one.
      world: for authors, texts and who follows whom.
      language: of the texts.
      action: the action to look at.
      retrieval_place: place of the post in the whole corpus by similarity to the user; None if it was retrieved,
        because then its place among the candidates is just that.
    """
    retrieved = journey.post_id in made.ranking.post_ids
    probabilities, authors, followed = made.ranking.probabilities, made.author_ids, made.followed
    stages = made.stages
    if not retrieved:
        probabilities = np.concatenate([probabilities, alone.probabilities])
        authors = np.append(authors, journey.author.entity)
        followed = np.append(followed, world.follows_authors_of(made.user_id, [journey.post_id]))
        stages = score_feed(probabilities, weights=made.weights, author_ids=authors, followed=followed)
    candidates = Candidates(
        post_ids=journey.post_ids,
        texts=world.post_text(journey.post_ids, language),
        followed=followed,
        probabilities=probabilities,
        weights=made.weights,
        stages=stages,
        selected=journey.place,
        author_ids=authors,
    )
    return Scene(
        journey=journey,
        candidates=candidates,
        history=made.history,
        retrieval_place=journey.place + 1 if retrieval_place is None else retrieval_place,
        retrieved=retrieved,
        alone=alone.probabilities[0],
        top=len(made.feed),
        action=action,
        language=language,
        world=world,
    )


def difference(value: float) -> str:
    """A rounding difference: 0, 2.4e-07."""
    return "0" if value == 0 else f"{value:.1e}"


def digits(probability: float) -> str:
    """A probability with three digits, so that it can be checked by hand."""
    return f"{100 * probability:.3g}%"


def candidate_label(scene: Scene, index: int, width: int = 40) -> str:
    """A candidate's rank and the beginning of its text."""
    place = int(ranks(scene.candidates.stages.order)[index])
    return f"{place} · {scene.candidates.snippet(index, width)}"


def length(vectors: np.ndarray) -> float:
    """Mean Euclidean length of vectors [..., D]."""
    return float(np.linalg.norm(vectors, axis=-1).mean())
