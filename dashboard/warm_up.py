"""Getting ready ahead of the first visitor, in a thread of its own, and telling those who came early how far it is."""

import logging
import threading
import time
from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from dashboard import feed_sizes

if TYPE_CHECKING:
    from phoenix.serving import Recommender

_LOGGER = logging.getLogger(__name__)
# Who waited for the first feed shall see it drawn before the rest is compiled: both need the interpreter.
_GRACE_SECONDS = 3.0


class Progress(NamedTuple):
    """What is being compiled: a program's name, its candidates (0 = none), and that it is number `done` of `total`."""

    program: str
    candidates: int
    number: int
    total: int


class WarmUp:
    """Loads the models, compiles what a feed needs, then everything else.

    Attributes:
      progress: what is being compiled for the first feed; None before and after.
      failed: whether the models could not be loaded.
    """

    def __init__(self, load: Callable[[], "Recommender"]):
        """Nothing happens before `start`; `load` gives the recommender that all sessions share."""
        self.progress: Progress | None = None
        self.failed = False
        self._load = load
        self._settled = threading.Event()
        self._started = threading.Lock()

    def start(self) -> None:
        """Starts the thread; only the first call does."""
        if self._started.acquire(blocking=False):
            threading.Thread(target=self._run, name="warm-up", daemon=True).start()

    def wait(self, show: Callable[[Progress | None], None]) -> None:
        """Returns when a feed can be made without compiling, or when that failed; at once where nothing was started.

        Args:
          show: called a few times a second while there is something to wait for.
        """
        while self._started.locked() and not self._settled.wait(0.15):
            show(self.progress)

    @property
    def ready(self) -> bool:
        """Whether a feed can be made without compiling."""
        return self._settled.is_set() and not self.failed

    def _run(self) -> None:
        begun = time.perf_counter()
        try:
            rest = self._prepare_feed(self._load())
        except (ValueError, OSError) as error:
            self.failed = True
            _LOGGER.error("The dashboard starts without its models: %s", error)
            return
        finally:
            self.progress = None
            self._settled.set()
        _LOGGER.info("Ready for a feed after %.1f s.", time.perf_counter() - begun)
        time.sleep(_GRACE_SECONDS)
        for compile_step in rest:
            compile_step()
        _LOGGER.info("Ready for every page after %.1f s.", time.perf_counter() - begun)

    def _prepare_feed(self, recommender: "Recommender") -> list[Callable[[], object]]:
        """Compiles what a feed needs and makes one; returns what else there is to compile."""
        from phoenix.serving import FEED_STEPS

        steps = recommender.engine.compile_steps()
        for number, step in enumerate(steps[:FEED_STEPS], start=1):
            self.progress = Progress(step.program, step.candidates, number, FEED_STEPS)
            step.compile()
        k, top = feed_sizes.fit(recommender.world.num_posts)
        recommender.recommend(0, k=k, top=top)
        # What else the first visitor would wait for: the tables of the world, and Plotly's first object.
        for table in (recommender.world.users, recommender.world.posts, recommender.world.authors):
            _LOGGER.debug("%d rows ready.", len(table))
        from dashboard.figures import theme

        theme.layout(x="", y="", height=100)
        return [step.compile for step in steps[FEED_STEPS:]]
