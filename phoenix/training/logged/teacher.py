"""Simple predictors as the first teachers of both models.

A log of a few thousand impressions says little about any single one, but the smoothed rates of users, posts and authors
in it are worth something. At first the ranker learns to say what these rates say, of any user and any post, of which
there is no end; then it goes on to the log itself, whose labels stay a little softened towards them. It knows the rates
only of ids that it is told: without the user's it is taught the others' alone.

The retrieval model first learns what everybody likes, in the same way.

References:
  Hinton et al. 2015, Distilling the knowledge in a neural network.
"""

import numpy as np
from scipy.special import expit, logit

from phoenix.evaluation.logged.simple import SimplePredictors
from phoenix.training.data import TrainingBatch
from phoenix.training.logged.sessions import Disguised


class CrowdTeacher:
    """Replaces the labels of a batch by how often each post was liked."""

    def __init__(self, likes: np.ndarray):
        """Takes how often each post was liked in the training part, [N]."""
        self._likes = likes

    def __call__(self, disguised: Disguised, *, share: float) -> TrainingBatch:
        """The batch with counts of likes as the labels of every action; nothing is known of hidden posts."""
        batch = disguised.batch
        likes = np.where(disguised.posts & (batch.posts >= 0), self._likes[np.maximum(batch.posts, 0)], 0.0)
        labels = np.broadcast_to(likes[:, :, None], batch.labels.shape)
        return batch._replace(labels=np.array(labels, np.float32))


class RateTeacher:
    """Mixes what rates say into the labels of a batch."""

    def __init__(self, rates: SimplePredictors, *, author_of_post: np.ndarray):
        """Takes rates of "user", "item" and "author" in the training part, and who wrote each post, int [N]."""
        self._rates, self._authors = rates, author_of_post

    def __call__(self, disguised: Disguised, *, share: float) -> TrainingBatch:
        """The batch with labels of which a share is the rates'."""
        batch = disguised.batch
        if not share:
            return batch
        posts = np.maximum(batch.posts, 0)
        users = np.where(disguised.users[:, None, None], self._rates.gain("user", batch.users)[:, None], 0.0)
        known, authors = self._rates.gain("item", posts), self._rates.gain("author", self._authors[posts])
        taught = expit(logit(self._rates.base) + users + np.where(disguised.posts[:, :, None], known, authors))
        return batch._replace(labels=((1 - share) * batch.labels + share * taught).astype(np.float32))
