"""What the User page asks the library, kept for all sessions; treat every answer as read-only."""

import numpy as np

from dashboard.resources import Subject, edited_history, keep_data, recommender, sizes
from phoenix.analysis import edits, what_ifs
from phoenix.analysis.changes import degrees_between
from phoenix.analysis.edits import Edit

_ENTRIES = 128
_STRANGERS = 48  # users between whom the usual angle is measured
WHAT_IFS = ("empty", "strange", "turned")


def questions(user_id: int) -> tuple[str, ...]:
    """The prepared questions about a user: strange posts need to be there, likes taken back to be in the history."""
    asked = recommender()
    target = asked.actions.target_name
    can = {
        "strange": asked.world.knows("topics") and bool(what_if(user_id, "strange").added),
        "turned": target in asked.actions.positives and bool(asked.history(user_id)[target].any()),
    }
    return tuple(name for name in WHAT_IFS if can.get(name, True))


@keep_data(entries=_ENTRIES)
def user_vector(who: Subject) -> np.ndarray:
    """The user's unit vector, float32 [D]."""
    return recommender().embed_user(who.user_id, history=edited_history(who))


@keep_data(entries=2)
def usual_degrees() -> float:
    """The mean angle between the vectors of two users of a sample, in degrees."""
    users = np.unique(np.linspace(0, recommender().world.num_users - 1, _STRANGERS).astype(int))
    if len(users) < 2:
        return 0.0
    vectors = np.stack([recommender().embed_user(int(user)) for user in users]).astype(float)
    cosines = (vectors @ vectors.T)[np.triu_indices(len(users), k=1)]
    return float(np.degrees(np.arccos(np.clip(cosines, -1, 1))).mean())


@keep_data(entries=2)
def usual_rates() -> np.ndarray:
    """How often each action is taken on a row of a history, over all users; float [A]."""
    every = recommender().requests.own(np.arange(recommender().world.num_users)).histories
    taken = every.actions[every.posts >= 0]
    return taken.mean(axis=0) if len(taken) else np.zeros(taken.shape[-1])


@keep_data(entries=_ENTRIES)
def what_if(user_id: int, name: str) -> Edit:
    """One of the prepared edits of a user's real history."""
    if name == "empty":
        return what_ifs.without_history(user_id)
    if name == "turned":
        return what_ifs.with_likes_taken_back(recommender(), user_id)
    return what_ifs.with_strange_posts(recommender(), user_id, topic=strange_topic(user_id))


@keep_data(entries=_ENTRIES)
def contrast(user_id: int, name: str) -> float:
    """What tells why a prepared edit does what it does.

    Of the strange posts the share of their topic among the candidates of a user who has done nothing else; of the
    likes taken back the degrees by which the vector turns when their rows are removed instead; 0 of an empty history.
    """
    edit, world = what_if(user_id, name), recommender().world
    if name == "strange":
        alone = edits.apply(recommender(), edit._replace(start=None))
        found = recommender().retrieve(user_id, k=sizes()[0], history=alone).post_ids
        return float((world.topic_of_post[found] == strange_topic(user_id)).mean())
    if name == "turned" and edit.taken:
        fewer = edits.apply(recommender(), Edit(user_id, user_id, removed=tuple(row for row, _ in edit.taken)))
        vectors = (recommender().embed_user(user_id), recommender().embed_user(user_id, fewer))
        return degrees_between(*vectors)
    return 0.0


@keep_data(entries=_ENTRIES)
def strange_topic(user_id: int) -> int | None:
    """A topic far from a user; None where no topics are known."""
    return what_ifs.strange_topic(recommender(), user_id)


@keep_data(entries=_ENTRIES)
def cold_degrees(user_id: int) -> float:
    """The angle between the vectors of a user and of the next one, both without a history, in degrees."""
    users = (user_id, (user_id + 1) % recommender().world.num_users)
    return degrees_between(*(recommender().embed_user(user, recommender().history(user).head(0)) for user in users))
