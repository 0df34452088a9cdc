"""Ten refreshes of many users under one policy, in the background: once for everybody who asks the same."""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import resources
from dashboard.background import Progress, Request, ShouldStop
from dashboard.feedback.policies import Chosen
from phoenix.analysis.frontier import draw_users

if TYPE_CHECKING:
    from phoenix.analysis.feedback import Course

SIZES = ("10", "30", "100")
REQUESTS = 10


def request(chosen: Chosen, *, users: int, seed: int) -> Request:
    """A request for the measures [U, R] of the first `users` of the sample."""

    def run(progress: Progress, should_stop: ShouldStop) -> "Course":
        from phoenix.analysis.feedback import compare_policies

        asked, (k, top) = resources.recommender(), resources.sizes()
        said = {"requests": REQUESTS, "seed": seed, "progress": progress, "should_stop": should_stop}
        return compare_policies(asked, sample(asked.world.num_users)[:users], [chosen.policy(k=k, top=top)], **said)[0]

    return resources.request(("refreshes", chosen, users, seed), run, weigh=_weigh)


def sample(num_users: int) -> list[int]:
    """Users drawn at random, the same for everybody; a smaller sample is the beginning of a larger one."""
    return [int(user) for user in draw_users(num_users, count=min(int(SIZES[-1]), num_users))]


def _weigh(course: "Course") -> dict[int, int]:
    return {id(course): sum(np.asarray(column).nbytes for column in course)}
