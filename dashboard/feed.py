"""Candidates under some weights, and the words that every page has for them.

Glossary: n candidates, A actions; an order lists the indices of candidates, best first; ranks count from 1.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard import naming, posts, words
from dashboard.components import Card
from dashboard.locale import t
from dashboard.words import percent
from phoenix.actions import ActionSet
from phoenix.scoring import RELEASE, ScoreSettings, score_feed

if TYPE_CHECKING:
    from phoenix.scoring import ScoreStages
    from phoenix.world import AnyWorld

TOP = 10
SNIPPET = 90  # width in characters


class Candidates(NamedTuple):
    """What was retrieved for a user, scored, and one of them to look at.

    Attributes:
      post_ids, author_ids, followed: int, int and bool [n], in the order of retrieval.
      texts: of the n posts, in the visitor's language.
      probabilities: [n, A].
      weights: [A].
      stages: the scores that these weights and settings give.
      selected: index of the candidate to look at.
      actions: of the world.
      settings: of the stages after the weighted sum.
    """

    post_ids: np.ndarray
    author_ids: np.ndarray
    followed: np.ndarray
    texts: list[str]
    probabilities: np.ndarray
    weights: np.ndarray
    stages: "ScoreStages"
    selected: int
    actions: ActionSet
    settings: ScoreSettings = RELEASE

    @property
    def rank(self) -> int:
        """Rank of the selected candidate."""
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
            actions=self.actions,
        )


def ranks(order: np.ndarray) -> np.ndarray:
    """Rank of each candidate; int [n]."""
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
    """Names of all actions of the session's world."""
    return naming.actions()


def extremes(probabilities: np.ndarray) -> dict[str, str]:
    """The likeliest and the rarest of all actions, in words: high, high_p, low, low_p."""
    called = action_names()
    high, low = int(probabilities.argmax()), int(probabilities.argmin())
    return {
        "high": called[high],
        "high_p": percent(probabilities[high]),
        "low": called[low],
        "low_p": percent(probabilities[low]),
    }


def network(candidates: Candidates, index: int) -> str:
    """Whether the reader follows a candidate's author, in words."""
    if not naming.world().knows("follows"):
        return t("feed.network.unknown")
    return t(f"feed.network.{'in' if candidates.followed[index] else 'out'}")


def card(candidates: Candidates, world: "AnyWorld") -> Card:
    """The selected candidate as a card; the world knows its author, topic and age."""
    index = candidates.selected
    place = {"rank": candidates.rank, "count": len(candidates.texts)}
    made = posts.card(
        int(candidates.post_ids[index]),
        world,
        place=candidates.rank,
        score=t("feed.card.score", score=words.digits(candidates.stages.final[index])),
        reasons=[t("feed.card.place", **place, network=network(candidates, index))],
    )
    return made._replace(text=candidates.texts[index])
