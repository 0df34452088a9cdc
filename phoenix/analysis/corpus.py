"""The corpus in other sizes: fewer posts than the world has, or many more.

The posts beyond those that training knew are new: same authors, drawn by the same seed, with ids that the model never
saw. Their hashes lead to rows that other posts have trained, so only the author explains them; what that costs is
measured by `phoenix.evaluation.retrieval_quality.measure_new_posts`. (Hashing them to padding instead finds slightly
better posts, since an unknown id then adds no noise, but gives all posts of an author one and the same vector.)
`borrow` takes their siblings' vectors instead.
"""

import time
from collections.abc import Callable
from typing import NamedTuple

import numpy as np

from phoenix.analysis.siblings import Siblings
from phoenix.index.base import Progress, Watch
from phoenix.serving import Recommender
from phoenix.serving.probes import embed_posts
from phoenix.world import AnyWorld, World
from phoenix.world.catalog import Posts, make_posts

SIZES = (10_000, 100_000, 1_000_000)
_CHUNK = 20_000


class Corpus(NamedTuple):
    """A world with its posts embedded.

    Attributes:
      world: same authors, users and truth as the recommender's world, and N posts; of a log the recommender's world.
      embeddings: float32 [N, D], unit vectors.
      known: how many of the posts training knew: ids below it; those from it on are new.
      seconds: time of each stage: generate, encode.
    """

    world: AnyWorld
    embeddings: np.ndarray
    known: int
    seconds: dict[str, float]


def make_corpus(
    recommender: Recommender,
    num_posts: int,
    *,
    progress: Progress | None = None,
    should_stop: Callable[[], bool] | None = None,
) -> Corpus:
    """Generates and embeds a corpus of another size; of a log, takes its first posts.

    Args:
      recommender: whose world and candidate tower are used; not changed.
      num_posts: N, at least 1.
      progress: called as progress(done, in all) after each chunk.
      should_stop: asked between chunks.

    Returns:
      A `Corpus`. The first posts are those of the recommender's world, with the same vectors.

    Raises:
      ValueError: fewer than one post, or more than a log has: nobody can write on in one.
      StoppedError: `should_stop` said so.
    """
    if num_posts < 1:
        raise ValueError(f"A corpus needs at least one post, got {num_posts}.")
    truth = recommender.world.truth
    if truth is None and num_posts > recommender.world.num_posts:
        raise ValueError(
            f"The log has {recommender.world.num_posts} posts: a corpus of {num_posts} cannot be made of it."
        )
    starts = range(recommender.world.num_posts, num_posts, _CHUNK)
    watch = Watch(1 + len(starts), progress=progress, should_stop=should_stop)
    begun = time.perf_counter()
    world = resize_world(truth, num_posts) if truth else recommender.world
    generated = time.perf_counter()
    watch.step()
    parts = [recommender.corpus_embeddings[:num_posts]]
    for start in starts:
        ids = np.arange(start, min(start + _CHUNK, num_posts))
        parts.append(embed_posts(recommender, ids, author_ids=world.author_of_post[ids]))
        watch.step()
    embeddings = np.concatenate(parts)
    seconds = {"generate": generated - begun, "encode": time.perf_counter() - generated}
    return Corpus(world, embeddings, min(num_posts, recommender.world.num_posts), seconds)


def borrow(corpus: Corpus) -> Corpus:
    """The same corpus, each of whose new posts has the mean vector of its `Siblings`."""
    known = corpus.embeddings[: corpus.known]
    siblings, new = Siblings(corpus.world, known=corpus.known), np.arange(corpus.known, corpus.world.num_posts)
    return corpus._replace(embeddings=np.concatenate([known, siblings.mean(known, new)]))


def resize_world(world: World, num_posts: int) -> World:
    """The same world with another number of posts; those that both have are the same."""
    if num_posts <= world.num_posts:
        posts = Posts(*(column[:num_posts] for column in world.post_columns))
    else:
        posts = make_posts(world.config.seed, world.author_columns, count=num_posts)
    return World(
        world.config._replace(num_posts=num_posts),
        authors=world.author_columns,
        posts=posts,
        users=world.user_columns,
        intercepts=world.intercepts,
    )


def place_of(post_id: int, similarities: np.ndarray) -> int:
    """Place of a post, from 1, in the order of all posts by similarity; float [N], by post id."""
    return int((similarities > similarities[post_id]).sum()) + 1
