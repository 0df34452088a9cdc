"""One weight over its range, or the balance of positive and negative, for a sample of users.

The ranker has to answer once for each user, in the background and for all visitors alike: that takes seconds. Moving a
weight afterwards only sorts the answers again.
"""

from typing import TYPE_CHECKING

import numpy as np

from dashboard import naming, resources
from dashboard.background import Progress, Request, ShouldStop
from dashboard.locale import t
from dashboard.ranking import measured
from dashboard.ranking.ranges import weight_range
from phoenix.actions import ActionSet
from phoenix.analysis.frontier import balance_settings, draw_users, weight_settings
from phoenix.analysis.regret import TOP_FEED

if TYPE_CHECKING:
    from phoenix.analysis.frontier import Sample
    from phoenix.world import AnyWorld

BALANCE = "balance"
SAMPLES = ("50", "100", "200")
MOST = int(SAMPLES[-1])
_MAIN = ("favorite", "reply", "follow_author", "not_interested", "report")
_MOST_MAIN = 5
CHUNK = 10  # users; a tenth of a second or two, so that stopping is quick
_STEPS, _MOST_BALANCE = 32, 8.0


def counted(actions: ActionSet) -> dict[str, tuple[str, ...]]:
    """The groups of actions that can be counted, those without any left out; the main ones are few enough to read."""
    main = tuple(name for name in _MAIN if name in actions.names)
    if len(main) < len(_MAIN):
        others = [name for name in actions.positives if name != actions.target_name]
        main = (actions.target_name, *actions.negatives[:2], *others)[:_MOST_MAIN]
    groups = {"main": tuple(dict.fromkeys(main)), "positive": actions.positives, "negative": actions.negatives}
    return {name: group for name, group in groups.items() if group}


def sample_chunks(world: "AnyWorld", wanted: int) -> measured.Chunks:
    """Ids of a random sample of users, the same for every visitor, in chunks."""
    users = [int(user) for user in draw_users(world.num_users, count=wanted)]
    return tuple(tuple(users[i : i + CHUNK]) for i in range(0, len(users), CHUNK))


def steps(weights: np.ndarray, *, moved: str) -> np.ndarray:
    """The values to try, ascending; the present one is among them and, for a weight, its double.

    Args:
      weights: [A].
      moved: BALANCE for a factor on all negative weights, or the action whose weight moves.

    Returns:
      float64 [G].
    """
    low, high = (0.0, _MOST_BALANCE) if moved == BALANCE else weight_range(moved)[:2]
    now = present(weights, moved=moved)
    return np.unique(np.r_[np.linspace(low, high, _STEPS + 1), now, 2 * now])


def present(weights: np.ndarray, *, moved: str) -> float:
    """Where the value stands now."""
    return 1.0 if moved == BALANCE else float(weights[naming.world().actions.index(moved)])


def settings(weights: np.ndarray, values: np.ndarray, *, moved: str) -> np.ndarray:
    """The weights at each value: [G, A]."""
    if moved == BALANCE:
        return balance_settings(weights, factors=values)
    return weight_settings(weights, action=naming.world().actions.index(moved), values=values)


def request() -> Request:
    """What the ranker predicts and what is true for the sample's users: asked of the ranker once for everybody."""
    key = ("sample of users", MOST)
    return resources.request(key, _observe, weigh=lambda sample: {id(sample): sum(map(np.size, sample)) * 4})


def _observe(progress: Progress, should_stop: ShouldStop) -> "Sample":
    from phoenix.analysis.frontier import join, observe
    from phoenix.index import StoppedError

    recommender = resources.recommender()
    chunks = sample_chunks(recommender.world, MOST)
    samples = []
    for done, chunk in enumerate(chunks):
        progress(CHUNK * done, MOST)
        if should_stop():
            raise StoppedError
        samples.append(observe(recommender, chunk))
    return join(samples)


def too_little(sample: "Sample") -> str:
    """Why nothing can be told of a sample, a sentence; empty if feeds of it can differ, and users be compared."""
    users, posts = sample.predicted.shape[:2]
    if not sample.true.size:
        return t("ranking.single.notice.nothing")
    few = users < 2 or posts <= TOP_FEED
    return t("ranking.sweep.too_little", users=users, posts=posts, feed=TOP_FEED) if few else ""


def first(sample: "Sample", users: int) -> "Sample":
    """The sample of its first users; a smaller sample is the beginning of a larger one."""
    return type(sample)(*(array[:users] for array in sample))
