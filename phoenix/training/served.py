"""Training on what is served: candidates that the system's own retrieval brings, beside those that the log holds.

The log holds what the logging policy showed: for a third posts of followed authors, for a quarter anything at all. The
ranker is asked about something else, the posts that retrieval finds nearest to a user. A model that is trained on the
one and asked about the other is off where the log is thin (train-serve skew; of the log: exposure bias), and the
better retrieval becomes, the further the two drift apart. So the last phases mix both:

* the retrieval model learns from the ranker, an on-policy distillation: of the posts that its own towers find nearest,
  its hard negatives, and of those in the log the ranker's soft probabilities say which are worth most to the user. A
  draw, 0 or 1, tells far less than the probability that it was drawn from;
* the ranker then continues on sessions of which half were logged and half are served: posts that this retrieval model
  finds, with actions drawn from the world. What a feed shows becomes the log of tomorrow.

The nearest posts of a user are drawn evenly: of a random part of the corpus, the same for the users of a step, the
nearest few are as good as a random few of the nearest in all of it, and are found in a fraction of the time.

All this is a function of seed, step and the models' parameters, so a stopped run resumes to the same weights.

References:
  Bottou et al. 2013, Counterfactual reasoning and learning systems.
  Hinton et al. 2015, Distilling the knowledge in a neural network.
  Xiong et al. 2021, Approximate nearest neighbor negative contrastive learning for dense text retrieval.
"""

from collections.abc import Callable
from typing import NamedTuple

import jax
import numpy as np
from scipy.special import expit

from phoenix.actions import NUM_ACTIONS
from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.forward import ranker_functions, retrieval_functions
from phoenix.hashing import uniform
from phoenix.parameters import Params
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.training.data import TrainingBatch
from phoenix.world import World
from phoenix.world.behaviour import SURFACES, Impressions

_PART, _SERVED_ACTION = 7, 8
_HOME = SURFACES.index("home")


class Recipe(NamedTuple):
    """What a phase makes of the log's sessions before it learns from them.

    Attributes:
      complete: a batch of logged sessions → the batch that is learnt from.
      refresh: takes the parameters that the phase has reached, now and then.
    """

    complete: Callable[[TrainingBatch], TrainingBatch]
    refresh: Callable[[Params], None]


LOGGED = Recipe(lambda batch: batch, lambda params: None)


class Retriever:
    """Finds posts near to users, by a retrieval model as it is at one moment."""

    def __init__(self, config: RetrievalConfig, builder: BatchBuilder):
        """Knows no model yet: `refresh` comes first."""
        functions = retrieval_functions(config)
        self._builder = builder
        self._similarities = jax.jit(lambda params, inputs, posts: functions.encode_user(params, inputs) @ posts.T)
        self._encode_candidates = jax.jit(functions.encode_candidates)
        self._params: Params = {}
        self._corpus = np.empty((0, config.transformer.width), np.float32)

    def refresh(self, params: Params) -> None:
        """Takes a model's parameters and embeds the corpus with them."""
        self._params = params
        self._corpus = np.asarray(self._encode_candidates(params, self._builder.posts, self._builder.authors))

    def nearest(self, inputs: RecsysBatch, *, among: np.ndarray, count: int) -> np.ndarray:
        """The posts nearest to each user.

        Args:
          inputs: B users and their histories.
          among: int [n], the posts to choose from, at least `count`.
          count: posts for each user.

        Returns:
          int [B, count], in no particular order.
        """
        # By XLA: while the cores train, NumPy's threads would wait for each other ten times as long as they compute.
        similarities = np.asarray(self._similarities(self._params, inputs, self._corpus[among]))
        return among[np.argpartition(-similarities, count - 1, axis=1)[:, :count]]


class ServedSessions:
    """Adds retrieved candidates to the batches of a source."""

    def __init__(self, retriever: Retriever, builder: BatchBuilder, *, count: int, pool: int, seed: int):
        """Prepares the sessions.

        Args:
          retriever: finds the candidates.
          builder: hashes the ids.
          count: retrieved candidates for each user.
          pool: from how many of each user's nearest posts these are drawn.
          seed: of the draw.

        Raises:
          ValueError: more candidates than posts in the pool, or a pool larger than the corpus.
        """
        self._size = len(builder.posts)
        if not count <= pool <= self._size:
            raise ValueError(
                f"Served candidates ({count}) are drawn from a pool ({pool}) of the corpus ({self._size} posts): each "
                "must not be larger than the next."
            )
        self._retriever, self._builder, self._count, self._pool, self._seed = retriever, builder, count, pool, seed

    def extend(self, batch: TrainingBatch) -> TrainingBatch:
        """The batch with retrieved candidates after its own; their labels are not known yet, NaN."""
        draws = uniform(self._seed, _PART, batch.step, np.arange(self._size))
        part = np.argpartition(draws, self._part - 1)[: self._part]
        found = self._retriever.nearest(batch.inputs, among=np.sort(part), count=self._count)
        unknown = np.full((*found.shape, NUM_ACTIONS), np.nan, np.float32)
        inputs = batch.inputs._replace(
            candidate_post_hashes=_append(batch.inputs.candidate_post_hashes, self._builder.posts[found]),
            candidate_author_hashes=_append(batch.inputs.candidate_author_hashes, self._builder.authors[found]),
            candidate_surfaces=_append(batch.inputs.candidate_surfaces, np.full(found.shape, _HOME + 1, np.int32)),
        )
        labels, posts = _append(batch.labels, unknown), _append(batch.posts, found.astype(np.int32))
        return batch._replace(inputs=inputs, labels=labels, posts=posts)

    @property
    def _part(self) -> int:
        return max(self._count, round(self._size * self._count / self._pool))


class Teacher:
    """Labels candidates with a ranker's probabilities."""

    def __init__(self, config: PhoenixConfig, params: Params):
        """Takes the ranker's parameters as they are."""
        self._params, self._logits = params, jax.jit(ranker_functions(config).logits)

    def label(self, batch: TrainingBatch) -> TrainingBatch:
        """The batch with P(action) of every candidate as its labels."""
        return batch._replace(labels=expit(np.asarray(self._logits(self._params, batch.inputs))))


def draw_actions(world: World, batch: TrainingBatch, *, seed: int) -> TrainingBatch:
    """The batch with the labels that are not known yet drawn from the world's true probabilities."""
    unknown = np.isnan(batch.labels[:, :, 0])
    users = np.broadcast_to(batch.users[:, None], unknown.shape)[unknown]
    posts = batch.posts[unknown].astype(np.int64)
    truth = world.probabilities(Impressions(users, posts, np.full(posts.shape, _HOME)))
    actions = np.arange(NUM_ACTIONS)
    draws = uniform(seed, _SERVED_ACTION, batch.step, users[:, None], posts[:, None], actions)
    labels = batch.labels.copy()
    labels[unknown] = draws < truth
    return batch._replace(labels=labels)


def _append(own: np.ndarray, more: np.ndarray) -> np.ndarray:
    return np.concatenate([own, more], axis=1)
