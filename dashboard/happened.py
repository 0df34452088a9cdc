"""What happened, in the held-out part of a log, with the posts that a page shows: in place of the truth."""

import numpy as np

from dashboard import naming
from dashboard.locale import listing, t
from phoenix.world import AnyWorld


def outcomes(world: AnyWorld, user_id: int) -> dict[int, str]:
    """Posts that the user was shown after the moment of serving → what was done with each, in words."""
    log, names = world.afterwards(user_id), np.array(naming.actions(), object)
    said = {}
    for post in np.unique(log.posts).tolist():
        taken = log.actions[log.posts == post].any(axis=0)
        said[post] = listing(names[taken]) if taken.any() else t("common.happened.nothing")
    return said


def outcome(world: AnyWorld, user_id: int, post_id: int) -> str:
    """What became of one post, in words; most posts were never shown."""
    return outcomes(world, user_id).get(post_id) or t("common.happened.unseen")
