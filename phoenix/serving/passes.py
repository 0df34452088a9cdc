"""The two ways through the ranker: user and history encoded once with candidates against them, or all tokens at once.

Glossary: n candidates, A actions, T = 1 + S + C. Where candidates are isolated and share a position both are the same,
up to rounding; under any other mask or with slot positions there is only the dense pass.
"""

from typing import Literal, NamedTuple, get_args

import numpy as np
from numpy.typing import ArrayLike

from phoenix.checks import shown
from phoenix.recsys_model import RankerOutput
from phoenix.serving.batching import PaddedMask, RequestBatcher, is_isolated, pad_mask
from phoenix.serving.compiled import BUCKETS, bucket_for
from phoenix.serving.engine import Engine
from phoenix.serving.user_request import UserRequest

RankPath = Literal["cached", "dense"]


class DensePass(NamedTuple):
    """A pass over all tokens of one user and some posts, and the mask it ran under."""

    output: RankerOutput
    mask: PaddedMask


class RankerPasses:
    """Runs checked requests of one row through the ranker."""

    def __init__(self, engine: Engine, batches: RequestBatcher):
        """Takes the models, and what makes the ranker's batches."""
        self._engine, self._batches = engine, batches

    def logits(
        self,
        request: UserRequest,
        posts: np.ndarray,
        *,
        mask: str | ArrayLike,
        positions: str,
        path: RankPath | None,
    ) -> np.ndarray:
        """Logits float32 [n, A] of posts in the order given; see `Recommender.rank`.

        Raises:
          ValueError: an unusable mask or path, or more posts than a dense pass takes.
        """
        if self._takes_cached(request, posts, mask=mask, positions=positions, path=path):
            return self.cached(request, posts)
        output = self.dense(request, posts, mask=mask, positions=positions).output
        return np.array(output.logits)[0, : len(posts)]

    def cached(self, request: UserRequest, posts: np.ndarray) -> np.ndarray:
        """Logits float32 [n, A] of isolated posts that share a position: any number, in parts of the largest bucket."""
        context, parts = None, []
        for start in range(0, len(posts), BUCKETS[-1]):
            part = posts[start : start + BUCKETS[-1]]
            batch = self._batches.batch(request, part, bucket=bucket_for(len(part)))
            if context is None:
                context = self._engine.context(batch)
            parts.append(self._engine.candidate_logits(context, batch)[0, : len(part)])
        return np.concatenate(parts)

    def dense(self, request: UserRequest, posts: np.ndarray, *, mask: str | ArrayLike, positions: str) -> DensePass:
        """All tokens of a request and n posts at once; n at most 1024.

        Raises:
          ValueError: more posts, or an unusable mask.
        """
        if len(posts) > BUCKETS[-1]:
            raise ValueError(
                f"At most {BUCKETS[-1]} posts can be ranked in one dense pass, got {len(posts)}: only isolated "
                "candidates with shared positions can be ranked in parts."
            )
        batch = self._batches.batch(request, posts, bucket=bucket_for(len(posts)))
        padded = pad_mask(mask, batch, candidates=len(posts))
        return DensePass(self._engine.dense(batch, mask=padded.full, positions=positions), padded)

    def _takes_cached(
        self,
        request: UserRequest,
        posts: np.ndarray,
        *,
        mask: str | ArrayLike,
        positions: str,
        path: RankPath | None,
    ) -> bool:
        if path is not None and (not isinstance(path, str) or path not in get_args(RankPath)):
            raise ValueError(f"Unknown path {shown(path)}: choose cached or dense, or None for whichever fits.")
        if path == "dense":
            return False
        rows = self._batches.history_rows(request)
        same = is_isolated(mask, history_rows=rows, candidates=len(posts)) and positions == "shared"
        if path == "cached" and not same:
            raise ValueError(
                "The cached path is only for isolated candidates with shared positions: under another mask or with "
                "slot positions candidates depend on each other. Ask for the dense path."
            )
        return same
