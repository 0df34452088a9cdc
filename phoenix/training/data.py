"""Training batches from the world's stream of impressions.

Each step takes the next session of `count` impressions of B users. What they acted on before is their history, what
they do in the session are the labels. A round visits every training user once, in an order drawn for that round.
Everything is a function of the step, so a run can continue from any step once the histories have been replayed.
"""

import queue
import threading
from collections.abc import Callable, Iterator
from typing import NamedTuple, TypeVar

import numpy as np

from phoenix.batch import BatchBuilder, RecsysBatch
from phoenix.hashing import PADDING_BUCKET, hash_ids, mix, uniform
from phoenix.world import World
from phoenix.world.stream import Histories, Log, extend_histories, histories_before

# The models must also serve newcomers. So some training histories are cut to a random length, some users come without
# an id, and some under an id that nobody has: a newcomer's id falls onto rows of the tables that other users have
# taught, and a model that never met that would trust those rows more than the history.
SHORT_HISTORY_RATE = 0.10
UNKNOWN_USER_RATE = 0.10
STRANGER_RATE = 0.15
# Impressions of each training user from which sampling rates and base rates are estimated.
_RATE_IMPRESSIONS = 256

_ORDER, _AUGMENT, _STRANGER = 5, 6, 9

Item = TypeVar("Item")


class TrainingBatch(NamedTuple):
    """One step's data.

    Attributes:
      inputs: B users, their histories and C candidates each, hashed into whole tables.
      labels: float32 [B, C, A], whether each action was taken, or how likely it is.
      posts: int32 [B, C], the candidates.
      users: int64 [B].
      step: whose data this is.
    """

    inputs: RecsysBatch
    labels: np.ndarray
    posts: np.ndarray
    users: np.ndarray
    step: int


class SessionSource:
    """Turns steps into batches, in order."""

    def __init__(
        self,
        world: World,
        builder: BatchBuilder,
        *,
        batch: int,
        history_len: int,
        count: int,
        seed: int,
        start: int = 0,
    ):
        """Prepares the source.

        Args:
          world: where the impressions come from.
          builder: hashes the ids.
          batch: B, users in each step.
          history_len: S.
          count: C, impressions of each user in each step.
          seed: of the users' order and of what is withheld.
          start: the impression of every timeline at which step 0 begins.

        Raises:
          ValueError: fewer training users than `batch`.
        """
        users = np.arange(world.num_users)
        self._world, self._builder = world, builder
        self._users = users[~world.is_held_out(users)]
        self._batch, self._history_len, self._count, self._seed = batch, history_len, count, seed
        self._start = start
        self._per_round = len(self._users) // batch
        if not self._per_round:
            raise ValueError(f"A batch of {batch} users needs at least as many training users, got {len(self._users)}.")
        self._step = -1
        self._histories: Histories | None = None

    def seek(self, step: int) -> None:
        """Replays histories so that the next batch is that of `step`."""
        start = self._start + step // self._per_round * self._count
        everyone = np.arange(self._world.num_users)
        self._histories = histories_before(self._world.stream, everyone, moment=start, length=self._history_len)
        for earlier in range(step - step % self._per_round, step):
            self._take_session(earlier)
        self._step = step

    def next(self) -> TrainingBatch:
        """The batch of the current step; moves on by one."""
        if self._histories is None:
            self.seek(0)
        step = self._step
        self._step += 1
        histories, log = self._take_session(step)
        return self._assemble(histories, log, step=step)

    def _take_session(self, step: int) -> tuple[Histories, Log]:
        turn, place = divmod(step, self._per_round)
        visited = self._users[np.argsort(uniform(self._seed, _ORDER, turn, self._users))]
        if place == self._per_round - 1:  # users whom no batch of this round has room for act unobserved
            self._live_session(visited[self._per_round * self._batch :], turn)
        return self._live_session(visited[place * self._batch : (place + 1) * self._batch], turn)

    def _live_session(self, users: np.ndarray, turn: int) -> tuple[Histories, Log]:
        before = Histories(*(column[users] for column in self._histories))
        log = self._world.stream.log(users, self._start + turn * self._count, count=self._count)
        after = extend_histories(before, log)
        for column, rows in zip(self._histories, after, strict=True):
            column[users] = rows
        return before, log

    def _assemble(self, histories: Histories, log: Log, *, step: int) -> TrainingBatch:
        users = log.users[:, 0]
        draws = uniform(self._seed, _AUGMENT, step, np.arange(3)[:, None], np.arange(len(users)))
        history_posts = histories.posts
        kept = np.where(draws[0] < SHORT_HISTORY_RATE, (draws[1] * self._history_len).astype(int), self._history_len)
        history_posts = np.where(np.arange(self._history_len) < kept[:, None], history_posts, -1)
        inputs = self._builder.build(
            users,
            history_posts=history_posts,
            history_surfaces=histories.surfaces,
            history_actions=histories.actions & (history_posts >= 0)[..., None],
            candidates=log.posts,
            candidate_surfaces=log.surfaces,
        )
        inputs = inputs._replace(user_hashes=self._disguise(inputs.user_hashes, draws[2], step=step))
        labels = log.actions.astype(np.float32)
        return TrainingBatch(inputs, labels, log.posts.astype(np.int32), users, step)

    def _disguise(self, hashes: np.ndarray, draws: np.ndarray, *, step: int) -> np.ndarray:
        """The users' buckets [B, 2] as the models are to see them, by one draw for each user."""
        nobody = self._world.num_users + (mix(self._seed, _STRANGER, step, np.arange(len(draws))) >> np.uint64(2))
        strangers = hash_ids(nobody, kind="user", num_buckets=self._builder.tables.users)
        draws = draws[:, None]
        shown = np.where(draws < UNKNOWN_USER_RATE + STRANGER_RATE, strangers, hashes)
        return np.where(draws < UNKNOWN_USER_RATE, PADDING_BUCKET, shown)


class Rates(NamedTuple):
    """What the log says before training: of each post the log of its share of all impressions, float32 [N]; of each
    action how often it is taken, float64 [A]."""

    log_q: np.ndarray
    actions: np.ndarray


def estimate_rates(world: World) -> Rates:
    """Counts the first impressions of every training user."""
    counts, actions, shown = np.ones(world.num_posts), 0.0, 0
    users = np.arange(world.num_users)
    for chunk in np.array_split(users[~world.is_held_out(users)], 50):
        log = world.stream.log(chunk, 0, count=_RATE_IMPRESSIONS)
        counts += np.bincount(log.posts.ravel(), minlength=world.num_posts)
        actions = actions + log.actions.sum(axis=(0, 1))
        shown += log.posts.size
    return Rates(np.log(counts / counts.sum()).astype(np.float32), actions / shown)


def prefetch(produce: Callable[[], Item], *, steps: int, depth: int = 4) -> Iterator[Item]:
    """Yields `steps` results of `produce`, computed ahead by a background thread; its errors are raised here."""
    items: queue.Queue = queue.Queue(maxsize=depth)
    stop = threading.Event()

    def put(item: object) -> None:
        while not stop.is_set():
            try:
                return items.put(item, timeout=0.2)
            except queue.Full:
                continue

    def work() -> None:
        try:
            for _ in range(steps):
                if stop.is_set():
                    return
                put(produce())
        except BaseException as error:  # SystemExit too, or the consumer would wait for ever
            put(error)

    threading.Thread(target=work, daemon=True, name="prefetch").start()
    try:
        for _ in range(steps):
            item = items.get()
            if isinstance(item, BaseException):
                raise item
            yield item
    finally:
        stop.set()
