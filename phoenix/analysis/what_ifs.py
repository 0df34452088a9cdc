"""Three questions about a history that are worth a guess: none at all, five strange posts, three likes taken back."""

import numpy as np

from phoenix.actions import ACTIONS, FAVORITE
from phoenix.analysis.edits import Edit
from phoenix.serving import Recommender
from phoenix.world import World
from phoenix.world.topics import NUM_TOPICS, TOPICS

STRANGE, TURNED = 5, 3  # rows
_CHESS = next(number for number, topic in enumerate(TOPICS) if topic.key == "chess")
_ACTIONS = ("favorite", "dwell")


def without_history(user_id: int) -> Edit:
    """A cold start: of the user nothing is known but the id."""
    return Edit(user_id, None)


def with_strange_posts(recommender: Recommender, user_id: int, *, topic: int) -> Edit:
    """Five liked posts on a topic, one each of five authors, the best of them."""
    posts = best_posts(recommender.world, topic, count=STRANGE)
    return Edit(user_id, user_id, added=tuple((post, _ACTIONS) for post in posts))


def strange_topic(recommender: Recommender, user_id: int) -> int:
    """A topic far from a user: chess, if it is not met or liked; else the one met least, the most disliked of these."""
    world, history = recommender.world, recommender.history(user_id)
    met = np.bincount(world.post_columns.topic[history["post_id"]], minlength=NUM_TOPICS)
    interests = world.interests[user_id]
    if interests[_CHESS] < 0 and met[_CHESS] <= 1:
        return _CHESS
    return int(np.lexsort((interests, met))[0])


def best_posts(world: World, topic: int, *, count: int) -> list[int]:
    """The posts of highest quality on a topic, of different authors, best first."""
    columns = world.post_columns
    posts = np.flatnonzero(columns.topic == topic)
    posts = posts[np.argsort(-columns.quality[posts], kind="stable")]
    _, first = np.unique(columns.author[posts], return_index=True)
    return [int(post) for post in posts[np.sort(first)[:count]]]


def with_likes_taken_back(recommender: Recommender, user_id: int) -> Edit:
    """The last three posts that the user liked became such that the user is not interested in."""
    liked = recommender.history(user_id)[ACTIONS[FAVORITE]].to_numpy() > 0
    rows = 1 + np.flatnonzero(liked)[-TURNED:]
    return Edit(user_id, user_id, taken=tuple((int(row), ("not_interested",)) for row in rows))
