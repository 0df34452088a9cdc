"""The whole recommender behind one object: load once; retrieve, rank, recommend.

Glossary: n candidates, A actions, K retrieved, S history. Ids in, NamedTuples out; every stage is returned and timed;
nothing that is returned is shared or kept.
"""

import time
from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from scipy.special import expit

from phoenix.actions import ACTIONS, resolve_weights
from phoenix.scoring import score_feed
from phoenix.serving.batching import check_positions
from phoenix.serving.engine import NO_POSTS
from phoenix.serving.results import Ranking, Recommendation, Retrieval
from phoenix.serving.what_if import WhatIf
from phoenix.world import SURFACES


class Recommender(WhatIf):
    """Two-stage recommender over one world; read-only after loading and safe to share among threads."""

    def history(self, user_id: int) -> pd.DataFrame:
        """The user's last impressions on which at least one action was taken.

        Args:
          user_id: a user's id.

        Returns:
          At most S rows, oldest first: post_id, author_id, surface, and the fifteen actions as 0/1.

        Raises:
          ValueError: an unknown user.
        """
        user = self.world.check_user(user_id)
        posts = self._histories.posts[user]
        kept = posts >= 0
        frame = pd.DataFrame(
            {
                "post_id": posts[kept].astype(np.int64),
                "author_id": self.world.post_columns.author[posts[kept]].astype(np.int64),
                "surface": np.array(SURFACES)[self._histories.surfaces[user][kept]],
            }
        )
        actions = pd.DataFrame(self._histories.actions[user][kept].astype(np.int8), columns=list(ACTIONS))
        return pd.concat([frame, actions], axis=1)

    def retrieve(self, user_id: int, k: int = 200, history: pd.DataFrame | None = None) -> Retrieval:
        """Finds the k posts of the corpus nearest to the user.

        Args:
          user_id: a user's id.
          k: 1 … number of posts.
          history: another history than the user's own, for what-if questions; empty is a cold start.

        Returns:
          A `Retrieval`.

        Raises:
          ValueError: an unknown user, k out of range, or an unusable history.
        """
        begun = time.perf_counter()
        batch = self._batch(user_id, NO_POSTS, bucket=0, history=history)
        prepared = time.perf_counter()
        vector = self._user_vector(batch)
        encoded = time.perf_counter()
        found = self.index.search(vector, k=k)
        seconds = {
            "history": prepared - begun,
            "encode_user": encoded - prepared,
            "search": time.perf_counter() - encoded,
        }
        return Retrieval(int(user_id), found.ids[0], found.scores[0], seconds)

    def embed_user(self, user_id: int, history: pd.DataFrame | None = None) -> np.ndarray:
        """The user's unit vector, float32 [D]."""
        return self._user_vector(self._batch(user_id, NO_POSTS, bucket=0, history=history))[0].copy()

    def rank(
        self,
        user_id: int,
        post_ids: Sequence[int],
        mask: str | ArrayLike = "isolated",
        positions: str = "shared",
        history: pd.DataFrame | None = None,
    ) -> Ranking:
        """Predicts what a user would do with posts on the home surface.

        Args:
          user_id: a user's id.
          post_ids: ids of n different posts, n at least 1; at most 1024 for masks other than `isolated`.
          mask: a mask variant's name, or a matrix of 0 and 1 over 1 + history rows + n positions.
          positions: a position scheme's name.
          history: another history than the user's own.

        Returns:
          A `Ranking` in the order given.

        Raises:
          ValueError: unknown or repeated ids, an empty list, an unusable mask, position scheme or history.
        """
        posts = self._batcher.check_candidates(post_ids)
        check_positions(positions)
        if isinstance(mask, str) and mask == "isolated" and positions == "shared":
            logits = self._rank_isolated(user_id, posts, history)
        else:
            logits = self._run_dense(user_id, posts, mask, positions, history).logits
        return Ranking(int(user_id), posts, logits, expit(logits))

    def recommend(
        self,
        user_id: int,
        weights: str | Mapping[str, float] | None = None,
        k: int = 200,
        top: int = 20,
        mask: str | ArrayLike = "isolated",
        positions: str = "shared",
        history: pd.DataFrame | None = None,
    ) -> Recommendation:
        """Makes a feed: retrieve, rank, score.

        Args:
          user_id: a user's id.
          weights: a preset's name or a mapping from action to weight, missing ones 0; default: the default preset.
          k: how many posts are retrieved.
          top: how many of them make the feed, 1 … k.
          mask: see `rank`.
          positions: see `rank`.
          history: another history than the user's own.

        Returns:
          A `Recommendation`.

        Raises:
          ValueError: anything out of range or unknown; the text says what was expected.
        """
        vector = resolve_weights(weights)
        retrieval = self.retrieve(user_id, k, history)
        if isinstance(top, bool) or not isinstance(top, int | np.integer) or not 1 <= top <= k:
            raise ValueError(f"top must be a whole number from 1 to k = {k}, got {top!r}.")
        used = self.history(user_id) if history is None else history.copy()
        begun = time.perf_counter()
        ranking = self.rank(user_id, retrieval.post_ids, mask, positions, history)
        ranked = time.perf_counter()
        authors = self.world.post_columns.author[retrieval.post_ids].astype(np.int64)
        followed = self.world.follows_authors_of(user_id, retrieval.post_ids)
        stages = score_feed(ranking.probabilities, weights=vector, author_ids=authors, followed=followed)
        feed = retrieval.post_ids[stages.order[:top]]
        seconds = {**retrieval.seconds, "rank": ranked - begun, "score": time.perf_counter() - ranked}
        return Recommendation(int(user_id), used, retrieval, ranking, authors, followed, vector, stages, feed, seconds)
