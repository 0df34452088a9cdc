"""What all views of the attention page show: a user, some history, some candidates, a mask and positions."""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    import pandas as pd
    from streamlit.delta_generator import DeltaGenerator

CUSTOM = "custom"
DRAWN_POSITIONS = 256  # at most so many rows of a mask are drawn at once


class Scene(NamedTuple):
    """What the page is about.

    Attributes:
      user_id: whose history it is.
      history: the S newest impressions of the user's history, oldest first.
      post_ids: the C candidates.
      interest: index of the candidate of interest, which stands in the address as `post`.
      variant, positions: names of the mask, possibly `CUSTOM`, and of the position scheme.
      mask: uint8 [T, T].
    """

    user_id: int
    history: "pd.DataFrame"
    post_ids: tuple[int, ...]
    interest: int
    variant: str
    positions: str
    mask: np.ndarray

    @property
    def context(self) -> int:
        """1 + S."""
        return 1 + len(self.history)

    @property
    def conditions(self) -> dict[str, object]:
        """Under which conditions the candidates are ranked, as `resources` takes them."""
        return {"history": self.history, "mask": self.mask, "positions": self.positions}

    def limited(self, count: int) -> "Scene":
        """The scene with at most `count` candidates, the candidate of interest among them."""
        if len(self.post_ids) <= count:
            return self
        kept = np.arange(count)
        if self.interest >= count:
            kept[-1] = self.interest
        rows = np.r_[np.arange(self.context), self.context + kept]
        return self._replace(
            post_ids=tuple(self.post_ids[i] for i in kept),
            interest=int(np.flatnonzero(kept == self.interest)[0]),
            mask=self.mask[np.ix_(rows, rows)],
        )


class Places(NamedTuple):
    """Where a view puts what is not its picture: its own controls aside, what needs the full width below."""

    aside: "DeltaGenerator"
    below: "DeltaGenerator"


def choose_posts(retrieved: np.ndarray, count: int, *, interest: int) -> tuple[int, ...]:
    """The best retrieved posts; one of interest that is not among them takes the last place.

    Args:
      retrieved: post ids, best first.
      count: C.
      interest: a retrieved post.
    """
    posts = [int(post) for post in retrieved[:count]]
    if interest not in posts:
        posts[-1] = int(interest)
    return tuple(posts)


def drawn_positions(context: int, total: int, *, first: int) -> np.ndarray:
    """Which positions are drawn: user, history, and as many candidates from `first` on as fit.

    Args:
      context: 1 + S.
      total: T.
      first: the first candidate to draw, from 0.
    """
    room = DRAWN_POSITIONS - context
    return np.r_[np.arange(context), np.arange(context + first, min(total, context + first + room))]
