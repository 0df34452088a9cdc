"""What the ranking page shows at one moment.

Glossary: n candidates, A actions; an order lists the indices of candidates, best first.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard import words
from dashboard.feed import SNIPPET, Candidates, ranks
from phoenix.actions import DEFAULT_PRESET
from phoenix.scoring import RELEASE, ScoreSettings, score_feed

if TYPE_CHECKING:
    from phoenix.scoring import ScoreStages


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
    def candidates(self) -> Candidates:
        """The same without what they are compared with."""
        return Candidates(**{name: getattr(self, name) for name in Candidates._fields})

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
