"""What the stages hand on: candidates, where each came from, and a record of what came and what went out.

Glossary: n candidates, N posts, A actions, D width, S history.
"""

from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from phoenix.scoring import ScoreStages
from phoenix.world import AnyWorld, Histories

SOURCES = ("retrieval", "in_network", "exploration")
_NOTHING = np.zeros(0, np.int64)


class Step(NamedTuple):
    """What one stage did.

    Attributes:
      stage: its name.
      before: how many candidates it was given.
      added: int64, the posts that it brought and that were not there yet.
      again: how many more it brought that were there already.
      gone: int64 [m], the posts that it took out.
      because: float64 [m], for each of them the number that made it go; each filter says which.
    """

    stage: str
    before: int
    added: np.ndarray = _NOTHING
    again: int = 0
    gone: np.ndarray = _NOTHING
    because: np.ndarray = np.zeros(0)

    @property
    def after(self) -> int:
        """How many candidates the stage left."""
        return self.before + len(self.added) - len(self.gone)


class Context(NamedTuple):
    """What is known beside the candidates; the same for all stages.

    Attributes:
      world: whose posts they are.
      user_id: whose feed it is.
      history: the user's, arrays [S] and [S, A], oldest first.
      retrieved: int64 [K], what the index found, nearest first.
      k: how many of them are ranked; the index finds more where filters will take some out.
      vectors: float32 [N, D], unit vectors of all posts.
      rank: posts int64 [n], n at least 1 → logits float32 [n, A].
      weights: float64 [A].
      top: how many posts the feed shall have.
      served: int64, what was shown in this session before, oldest first.
      draw: a seed and the number of the request, by which exploration draws.
    """

    world: AnyWorld
    user_id: int
    history: Histories
    retrieved: np.ndarray
    k: int
    vectors: np.ndarray
    rank: Callable[[np.ndarray], np.ndarray]
    weights: np.ndarray
    top: int
    served: np.ndarray = _NOTHING
    draw: tuple[int, int] = (0, 0)


class Candidates(NamedTuple):
    """Candidates on their way to a feed.

    Attributes:
      posts: int64 [n], each once, in the order in which they came.
      sources: bool [n, 3], which of `SOURCES` brought each.
      steps: what the stages did.
      logits: float32 [n, A], once they are ranked.
      scores: once they are scored.
      order: int [n], indices of the candidates, best first, once they are scored; later stages change it.
    """

    posts: np.ndarray = _NOTHING
    sources: np.ndarray = np.zeros((0, len(SOURCES)), bool)
    steps: tuple[Step, ...] = ()
    logits: np.ndarray | None = None
    scores: ScoreStages | None = None
    order: np.ndarray | None = None

    def join(self, source: str, posts: np.ndarray) -> "Candidates":
        """With the posts of a source, int64 [m] without repeats, behind those that are there; each stands once."""
        column = SOURCES.index(source)
        known = np.isin(posts, self.posts)
        new = posts[~known]
        sources = np.concatenate([self.sources, np.zeros((len(new), len(SOURCES)), bool)])
        sources[len(self.posts) :, column] = True
        sources[: len(self.posts), column] |= np.isin(self.posts, posts)
        step = Step(source, len(self.posts), added=new, again=int(known.sum()))
        return self._replace(posts=np.concatenate([self.posts, new]), sources=sources, steps=(*self.steps, step))

    def without(self, stage: str, *, drop: np.ndarray, because: np.ndarray) -> "Candidates":
        """Without the candidates of which `drop`, bool [n], is true; because of numbers [n]. Not ranked yet."""
        step = Step(stage, len(self.posts), gone=self.posts[drop], because=np.asarray(because, np.float64)[drop])
        return self._replace(posts=self.posts[~drop], sources=self.sources[~drop], steps=(*self.steps, step))
