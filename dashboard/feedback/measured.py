"""What the Feedback page asks the library, kept for all sessions; treat every answer as read-only.

Glossary: R requests, n posts of a feed, A actions.
"""

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from dashboard.feedback.policies import Chosen
from dashboard.resources import Subject, edited_history, keep_data, keep_resource, recommender, sizes

if TYPE_CHECKING:
    from phoenix.analysis.feedback import Course, Yardstick
    from phoenix.world import World

NEW_POSTS = 1_000
_ENTRIES = 128  # a classroom of fifty with two policies each


class Life(NamedTuple):
    """What became of one user under one policy.

    Attributes:
      feeds: int64 [n] of each request.
      actions: bool [n, A] of each request, what the user did.
      sources: bool [n, 3] of each request, which of `phoenix.pipeline.SOURCES` brought each post.
      values: float [n] of each request, true worth of each post.
      course: the measures, arrays of [R].
    """

    feeds: tuple[np.ndarray, ...]
    actions: tuple[np.ndarray, ...]
    sources: tuple[np.ndarray, ...]
    values: tuple[np.ndarray, ...]
    course: "Course"

    def first(self, requests: int) -> "Life":
        """Its first requests: a shorter life is the beginning of a longer one."""
        course = type(self.course)(*(column[:requests] for column in self.course))
        return Life(*(column[:requests] for column in self[:-1]), course)


@keep_data(entries=_ENTRIES)
def wanted(user_id: int) -> "Yardstick":
    """What the user would have wanted all along; worth is that of the world's own weights."""
    from phoenix.analysis.feedback import measure_worth

    asked = recommender()
    return measure_worth(asked.world.truth, user_id, weights=asked.actions.resolve_weights(None), top=sizes()[1])


@keep_data(entries=_ENTRIES)
def life(who: Subject, chosen: Chosen, *, seed: int, requests: int) -> Life:
    """A user who refreshes again and again under one policy, reproducible by the seed."""
    from phoenix.analysis.feedback import live, measure

    asked, (k, top), yardstick = recommender(), sizes(), wanted(who.user_id)
    said = {"requests": requests, "seed": seed, "history": edited_history(who)}
    lived = live(asked, who.user_id, chosen.policy(k=k, top=top), **said)
    course = measure(asked.world.truth, lived, vectors=asked.corpus_embeddings, yardstick=yardstick)
    return Life(
        tuple(one.made.feed for one in lived),
        tuple(one.actions for one in lived),
        tuple(one.made.sources[one.made.order[: len(one.made.feed)]] for one in lived),
        tuple(one.true @ yardstick.weights for one in lived),
        course,
    )


@keep_resource()
def grown() -> "World":
    """The world with new posts behind those that training knew."""
    from phoenix.analysis.corpus import resize_world

    world = recommender().world.truth
    return resize_world(world, world.num_posts + NEW_POSTS)
