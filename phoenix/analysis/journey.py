"""How one post gets its score, with every intermediate: buckets, table rows, tokens, layers, logits.

Glossary: S history, C candidates, T = 1 + S + C tokens, D width, L layers, A actions, n hash functions (2).

Nothing here is a second model. The pass itself is `probes.inspect`; the hash functions, the reduce blocks and
the unembedding are the ranker's own, run once more on its own weights, so that what they give can be held against
what the pass gave.
"""

from collections.abc import Sequence
from typing import NamedTuple

import haiku as hk
import jax
import jax.numpy as jnp
import numpy as np
import pandas as pd

from phoenix.analysis.attention import attention_shares
from phoenix.checks import check_id
from phoenix.embedding import block_candidate_reduce, block_user_reduce
from phoenix.hashing import hash_ids
from phoenix.parameters import CANDIDATE_PROJECTION, INPUT_EMBEDDER, UNEMBEDDING, USER_PROJECTION, Params, tables
from phoenix.recsys_model import PhoenixModel
from phoenix.serving import Recommender, probes

KINDS = ("user", "post", "author")
PIECES = ("post_1", "post_2", "author_1", "author_2", "surface")


class Lookup(NamedTuple):
    """One id in its hash-embedding table.

    Attributes:
      kind: one of `KINDS`.
      entity: the id.
      num_buckets: rows of the table, padding included.
      buckets: int [n], the id's rows of the table.
      rows: float32 [n, D], what stands there.
      sharing: int [m], the other ids of this kind with at least one of these buckets.
      sharing_buckets: int [m, n], their buckets.
      twins: int, how many of them have the same buckets in the same order, and so the same rows.
    """

    kind: str
    entity: int
    num_buckets: int
    buckets: np.ndarray
    rows: np.ndarray
    sharing: np.ndarray
    sharing_buckets: np.ndarray
    twins: int


class Journey(NamedTuple):
    """One candidate's way through the ranker, in a pass over C candidates.

    Attributes:
      user_id, post_id: whose journey it is.
      post_ids: int [C], the candidates of the pass.
      place: index of the post among them.
      user, post, author: the ids in their tables.
      surface_row: [D], the row of the surface where serving takes place.
      user_token, candidate_token: [D], reduced once more from the rows above.
      pieces: [2 n + 1, D], what each of `PIECES` puts into the candidate token; their sum is the token.
      tokens: [T, D], the input of the pass: user, history, candidates.
      states: [2 L + 1, D], the candidate's vector: token, then after each attention and each feed-forward net.
      attention: [L, 4], where the candidate's attention goes, mean over heads; columns as `attention.SHARES`.
      lens: [2 L + 1, A], the logits if the model stopped at each state.
      logits: [C, A], of all candidates of the pass.
      bias: [A], of the unembedding: the logits of a vector of zeros.
      heads: H.
    """

    user_id: int
    post_id: int
    post_ids: np.ndarray
    place: int
    user: Lookup
    post: Lookup
    author: Lookup
    surface_row: np.ndarray
    user_token: np.ndarray
    candidate_token: np.ndarray
    pieces: np.ndarray
    tokens: np.ndarray
    states: np.ndarray
    attention: np.ndarray
    lens: np.ndarray
    logits: np.ndarray
    bias: np.ndarray
    heads: int

    @property
    def history_len(self) -> int:
        """S, the valid history tokens of the pass."""
        return len(self.tokens) - 1 - len(self.post_ids)

    @property
    def position(self) -> int:
        """Index of the candidate among the T tokens."""
        return 1 + self.history_len + self.place


def trace(
    recommender: Recommender,
    user_id: int,
    *,
    post_id: int,
    candidates: Sequence[int],
    history: pd.DataFrame | None = None,
) -> Journey:
    """Follows one post through a pass over it and other candidates.

    Args:
      recommender: the models.
      user_id: a user's id.
      post_id: the post.
      candidates: the posts of the pass; the post is appended if it is not among them. At most 256 in all.
      history: another history than the user's own; empty is a cold start.

    Returns:
      A `Journey`.

    Raises:
      ValueError: as for `probes.inspect`.
    """
    post = int(recommender.world.check_posts([post_id])[0])
    posts = np.asarray(candidates, np.int64)
    if post not in posts:
        posts = np.append(posts, post)
    seen = probes.inspect(recommender, user_id, post_ids=posts, history=history)
    place = int(np.flatnonzero(posts == post)[0])
    context = len(seen.tokens) - len(posts)
    states = seen.residuals[:, context + place]
    weights = recommender.engine.ranker_weights
    author = int(recommender.world.author_of_post[post])
    found = {
        kind: look_up(recommender, kind, entity) for kind, entity in zip(KINDS, (user_id, post, author), strict=True)
    }
    surface_row = weights[INPUT_EMBEDDER]["surfaces"][1]  # row 0 is padding
    return Journey(
        user_id=int(user_id),
        post_id=post,
        post_ids=posts,
        place=place,
        **found,
        surface_row=surface_row,
        user_token=reduce_user(found["user"], weights),
        candidate_token=reduce_candidate(found["post"], found["author"], surface_row, weights),
        pieces=candidate_pieces(found["post"], found["author"], surface_row, weights),
        tokens=seen.tokens,
        states=states,
        attention=attention_shares(seen.attention, context=context)[:, :, place].mean(axis=1),
        lens=logit_lens(recommender, states),
        logits=seen.logits,
        bias=weights[UNEMBEDDING]["b"],
        heads=seen.attention.shape[1],
    )


def look_up(recommender: Recommender, kind: str, entity: int) -> Lookup:
    """Hashes an id, reads its rows, and finds who else reads one of them.

    Args:
      recommender: the models.
      kind: one of `KINDS`.
      entity: an id of that kind.
    """
    size = getattr(recommender.config.tables, f"{kind}s")
    count = recommender.world.count(kind)
    every = hash_ids(np.arange(count), kind=kind, num_buckets=size)
    own = every[check_id(entity, kind=kind, count=count)]
    others = np.isin(every, own).any(axis=1)
    others[entity] = False
    sharing = np.flatnonzero(others)
    table = tables(recommender.engine.ranker_weights)[f"{kind}s"]
    return Lookup(
        kind=kind,
        entity=int(entity),
        num_buckets=size,
        buckets=own,
        rows=table[own],
        sharing=sharing,
        sharing_buckets=every[sharing],
        twins=int((every[sharing] == own).all(axis=1).sum()),
    )


def reduce_user(user: Lookup, weights: Params) -> np.ndarray:
    """The user's token [D] from the user's rows, by the model's own reduce block."""
    matrix = weights[USER_PROJECTION]["w"]
    return np.asarray(block_user_reduce(user.rows[None], lambda x: x @ matrix))[0, 0]


def reduce_candidate(post: Lookup, author: Lookup, surface_row: np.ndarray, weights: Params) -> np.ndarray:
    """The candidate's token [D] from the rows of post, author and surface, by the model's own reduce block."""
    matrix = weights[CANDIDATE_PROJECTION]["w"]
    token = block_candidate_reduce(
        post.rows, author.rows, projection=lambda x: x @ matrix, surface_embeddings=surface_row
    )
    return np.asarray(token)


def candidate_pieces(post: Lookup, author: Lookup, surface_row: np.ndarray, weights: Params) -> np.ndarray:
    """What each row puts into the candidate's token, [2 n + 1, D]: a linear map of a concatenation is a sum."""
    rows = np.concatenate([post.rows, author.rows, surface_row[None]])
    blocks = weights[CANDIDATE_PROJECTION]["w"].reshape(len(rows), rows.shape[1], -1)
    return np.einsum("rd,rde->re", rows, blocks)


def logit_lens(recommender: Recommender, hidden: np.ndarray) -> np.ndarray:
    """Logits [k, A] that the model's last step, final norm and unembedding, reads from any vectors [k, D].

    From the last state these are the model's logits; from an earlier one, what it would say if it stopped there,
    although the unembedding was trained on last states only.
    """
    config = recommender.config

    def unembed(vectors: jax.Array) -> jax.Array:
        return PhoenixModel(config)._unembed(vectors)

    apply = hk.without_apply_rng(hk.transform(unembed)).apply
    return np.asarray(apply(recommender.engine.ranker_weights, jnp.asarray(hidden)))


def identical_pairs(recommender: Recommender, kind: str) -> int:
    """How many pairs of ids of a kind have the same buckets in the same order, and so cannot be told apart."""
    size = getattr(recommender.config.tables, f"{kind}s")
    every = hash_ids(np.arange(recommender.world.count(kind)), kind=kind, num_buckets=size)
    _, times = np.unique(every, axis=0, return_counts=True)
    return int((times * (times - 1) // 2).sum())
