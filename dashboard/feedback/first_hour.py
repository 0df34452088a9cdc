"""A new post's first hour, in the background: once for everybody who asks about the same post."""

from typing import TYPE_CHECKING

from dashboard import resources
from dashboard.background import Progress, Request, ShouldStop
from dashboard.feedback import measured

if TYPE_CHECKING:
    from phoenix.analysis.first_hour import FirstHour

READERS = 30


def request(post: int) -> Request:
    """A request for what becomes of a new post among those who are truly most interested in its topic."""

    def run(progress: Progress, should_stop: ShouldStop) -> "FirstHour":
        from phoenix.analysis.first_hour import follow_new_post, likely_readers

        asked, world = resources.recommender(), measured.grown()
        readers = likely_readers(world, post, count=min(READERS, world.num_users))
        return follow_new_post(asked, world, post, user_ids=readers, progress=progress, should_stop=should_stop)

    return resources.request(("first hour", post), run)
