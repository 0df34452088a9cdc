"""What the ranking page shows at one moment, and the words that several of its views need.

Glossary: n candidates, A actions; an order lists the indices of candidates, best first.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard import components, resources, state, words
from dashboard.locale import t, topic, translate
from phoenix.actions import ACTIONS, DEFAULT_PRESET
from phoenix.scoring import RELEASE, ScoreSettings, score_feed

if TYPE_CHECKING:
    from phoenix.scoring import ScoreStages

TOP = 10
SNIPPET = 90  # width in characters


class Nudge(NamedTuple):
    """The weight that was moved last: index of its action, and its value before."""

    action: int
    before: float


class Scene(NamedTuple):
    """All that the page shows.

    Attributes:
      post_ids, texts, followed: of the n candidates, in the order of retrieval.
      probabilities: [n, A].
      weights: [A], as they are now.
      stages: scores under these weights.
      baseline, baseline_order: what to compare with, a preset or `pinned`, and its order.
      selected: index of the selected candidate.
      author_ids: int [n].
      user_id: whose candidates these are.
      settings: switches and parameters of the stages after the weighted sum.
      preset: where the weights started.
      nudge: the weight that was moved last, None if a preset, an import or a link set several at once.
    """

    post_ids: np.ndarray
    texts: list[str]
    followed: np.ndarray
    probabilities: np.ndarray
    weights: np.ndarray
    stages: "ScoreStages"
    baseline: str
    baseline_order: np.ndarray
    selected: int
    author_ids: np.ndarray | None = None
    user_id: int = 0
    settings: ScoreSettings = RELEASE
    preset: str = DEFAULT_PRESET
    nudge: Nudge | None = None

    @property
    def rank(self) -> int:
        """Rank of the selected candidate, from 1."""
        return int(ranks(self.stages.order)[self.selected])

    def snippet(self, index: int, width: int = SNIPPET) -> str:
        """The beginning of a candidate's text."""
        return words.snippet(self.texts[index], width)

    def score(self, weights: np.ndarray | str, settings: ScoreSettings | None = None) -> "ScoreStages":
        """Scores of these candidates under other weights or settings; the model is not asked."""
        return score_feed(
            self.probabilities,
            weights=weights,
            settings=settings or self.settings,
            author_ids=self.author_ids,
            followed=self.followed,
        )


def ranks(order: np.ndarray) -> np.ndarray:
    """Rank of each candidate, from 1; int [n]."""
    places = np.empty(len(order), int)
    places[order] = np.arange(1, len(order) + 1)
    return places


def moves(order: np.ndarray, *, baseline: np.ndarray) -> np.ndarray:
    """Places that each candidate has gained (above 0) or lost against another order; int [n]."""
    return ranks(baseline) - ranks(order)


def shared_top(order: np.ndarray, *, baseline: np.ndarray, top: int = TOP) -> int:
    """How many of the best `top` two orders have in common."""
    return len(np.intersect1d(order[:top], baseline[:top]))


def action_names() -> list[str]:
    """Names of the fifteen actions."""
    language = state.language()
    return [translate(f"common.action.{action}", language) for action in ACTIONS]


def network(scene: Scene, index: int) -> str:
    """Whether the reader follows a candidate's author, in words."""
    return t(f"ranking.network.{'in' if scene.followed[index] else 'out'}")


def candidate_card(scene: Scene) -> components.Card:
    """The selected candidate as a card."""
    world, index = resources.recommender().world, scene.selected
    post = world.posts.loc[scene.post_ids[index]]
    return components.Card(
        place=scene.rank,
        handle=world.authors["handle"].loc[post.author_id],
        topic=topic(post.topic),
        form=t(f"common.format.{post.format}"),
        age=words.age(post.age_hours),
        text=scene.texts[index],
        score=t("ranking.card.score", score=words.digits(scene.stages.final[index])),
        reasons=[t("ranking.card.place", rank=scene.rank, count=len(scene.texts), network=network(scene, index))],
    )
