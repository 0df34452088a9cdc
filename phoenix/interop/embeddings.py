"""A batch whose embeddings are passed in, as the release's code takes them, in place of hash tables.

Each embedding becomes the only row of a small table that one position looks up, so that the networks stay as they are.
"""

import dataclasses
from typing import NamedTuple

import numpy as np

from phoenix import parameters
from phoenix.batch import RecsysBatch
from phoenix.hashing import PADDING_BUCKET, TableConfig
from phoenix.storage import Model


class Embeddings(NamedTuple):
    """Looked-up embeddings of a batch, two for each entity; float32."""

    users: np.ndarray  # [B, 2, D]
    history_posts: np.ndarray  # [B, S, 2, D]
    history_authors: np.ndarray  # [B, S, 2, D]
    candidate_posts: np.ndarray  # [B, C, 2, D]
    candidate_authors: np.ndarray  # [B, C, 2, D]


class Filled(NamedTuple):
    """A model and a batch that look up just the embeddings that were passed in."""

    model: Model
    batch: RecsysBatch


def fill_in(model: Model, batch: RecsysBatch, embeddings: Embeddings) -> Filled:
    """Passes embeddings into a model.

    A position whose first post hash is 0 is padding, as ever: nobody attends to it, and the logits of a candidate that
    is padding mean nothing. The release also masks a user whose first hash is 0; our networks always have a user.

    Args:
      model: its tables are not read.
      batch: of its hashes only which of the first ones are 0 is read.
      embeddings: one for each hash of the batch.

    Returns:
      The model with tables of these embeddings, and the batch with the rows of its own.

    Raises:
      ValueError: embeddings of another shape than the batch's hashes and the model's width, or a user of hash 0.
    """
    width = model.config.transformer.width
    hashes = (
        batch.user_hashes,
        batch.history_post_hashes,
        batch.history_author_hashes,
        batch.candidate_post_hashes,
        batch.candidate_author_hashes,
    )
    for name, given, of in zip(Embeddings._fields, embeddings, hashes, strict=True):
        if np.shape(given) != (*np.shape(of), width):
            raise ValueError(f"The embeddings {name} have shape {np.shape(given)}, expected {(*np.shape(of), width)}.")
    if (np.asarray(batch.user_hashes)[:, 0] == PADDING_BUCKET).any():
        raise ValueError("A user's first hash is 0, which the release masks: our networks need a user in each row.")
    users, user_hashes = _number([embeddings.users])
    posts, post_hashes = _number([embeddings.history_posts, embeddings.candidate_posts])
    authors, author_hashes = _number([embeddings.history_authors, embeddings.candidate_authors])
    filled = batch._replace(
        user_hashes=user_hashes[0],
        history_post_hashes=post_hashes[0] * _valid(batch.history_post_hashes),
        history_author_hashes=author_hashes[0],
        candidate_post_hashes=post_hashes[1] * _valid(batch.candidate_post_hashes),
        candidate_author_hashes=author_hashes[1],
    )
    params = parameters.replace_tables(model.params, {"users": users, "posts": posts, "authors": authors})
    sizes = TableConfig(users=len(users), posts=len(posts), authors=len(authors))
    return Filled(Model(dataclasses.replace(model.config, tables=sizes), params), filled)


def _number(groups: list[np.ndarray]) -> tuple[np.ndarray, list[np.ndarray]]:
    """One table of all embeddings below a row of padding, and each group's rows in it."""
    width = groups[0].shape[-1]
    rows = [np.asarray(group, np.float32).reshape(-1, width) for group in groups]
    ends = np.cumsum([len(part) for part in rows])
    hashes = [
        np.arange(1 + end - len(part), 1 + end, dtype=np.int32).reshape(group.shape[:-1])
        for group, part, end in zip(groups, rows, ends, strict=True)
    ]
    return np.concatenate([np.zeros((1, width), np.float32), *rows]), hashes


def _valid(hashes: np.ndarray) -> np.ndarray:
    return (np.asarray(hashes)[..., :1] != PADDING_BUCKET).astype(np.int32)
