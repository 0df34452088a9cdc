"""Three questions about a history that are worth a guess: none at all, five strange posts, three likes taken back."""

import numpy as np

from phoenix.analysis.edits import Edit
from phoenix.serving import Recommender
from phoenix.world import AnyWorld
from phoenix.world.topics import TOPICS

STRANGE, TURNED = 5, 3  # rows
_CHESS = next(number for number, topic in enumerate(TOPICS) if topic.key == "chess")


def without_history(user_id: int) -> Edit:
    """A cold start: of the user nothing is known but the id."""
    return Edit(user_id, None)


def with_strange_posts(recommender: Recommender, user_id: int, *, topic: int) -> Edit:
    """Five liked posts on a topic, one each of five authors, the best of them."""
    world = recommender.world
    actions = (world.actions.target_name, *(("dwell",) if world.truth else ()))
    return Edit(user_id, user_id, added=tuple((post, actions) for post in best_posts(world, topic, count=STRANGE)))


def strange_topic(recommender: Recommender, user_id: int) -> int | None:
    """A topic far from a user: the one met least, and the most disliked of these where the truth is known.

    It is chess in the synthetic world if that is not met or liked, and None where no topics are known.
    """
    world, history = recommender.world, recommender.history(user_id)
    if not world.knows("topics"):
        return None
    topics = world.topic_of_post[history["post_id"]]
    met = np.bincount(topics[topics >= 0], minlength=len(world.topic_names("en")))
    if world.truth is None:
        written = np.bincount(world.topic_of_post[world.topic_of_post >= 0], minlength=len(met)) > 0
        return int(np.argmin(np.where(written, met, len(history) + 1)))
    interests = world.truth.interests[user_id]
    if interests[_CHESS] < 0 and met[_CHESS] <= 1:
        return _CHESS
    return int(np.lexsort((interests, met))[0])


def best_posts(world: AnyWorld, topic: int, *, count: int) -> list[int]:
    """The posts of highest quality on a topic, of different authors, best first; any posts where quality is unknown."""
    posts = np.flatnonzero(world.topic_of_post == topic)
    if world.truth:
        posts = posts[np.argsort(-world.truth.post_columns.quality[posts], kind="stable")]
    _, first = np.unique(world.author_of_post[posts], return_index=True)
    return [int(post) for post in posts[np.sort(first)[:count]]]


def with_likes_taken_back(recommender: Recommender, user_id: int) -> Edit:
    """The last three posts that the user liked became such that the first negative action was taken on instead.

    Where there is no negative action, they are left out.
    """
    actions = recommender.actions
    liked = recommender.history(user_id)[actions.target_name].to_numpy() > 0
    rows = [int(row) for row in 1 + np.flatnonzero(liked)[-TURNED:]]
    if not actions.negatives:
        return Edit(user_id, user_id, removed=tuple(rows))
    return Edit(user_id, user_id, taken=tuple((row, actions.negatives[:1]) for row in rows))
