"""Training batches from a log: stretches of users' timelines, with the history before each.

A round cuts every user's impressions into sessions of at most C, at places drawn for that round, and visits them in an
order drawn for it. What a user acted on at an earlier time than the session's first is the history; nothing of the
same moment, nothing later. Everything is a function of seed and step, so a run continues from any step.

Glossary: n impressions, B users, S history, C candidates, A actions.
"""

import functools
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np

from phoenix.batch import BatchBuilder
from phoenix.data.log import PARTS, Rows
from phoenix.hashing import PADDING_BUCKET, hash_ids, mix
from phoenix.training.data import TrainingBatch
from phoenix.training.logged.sizes import LogConfig
from phoenix.training.run_folder import LOG_PHASES
from phoenix.world.logged import taken

PADDED_LOG_Q = 1e4  # of places without a candidate: nobody takes them for one
_CUT, _ORDER, _AUGMENT, _STRANGER, _NEGATIVE = 1, 2, 3, 4, 5


class Timeline:
    """Some impressions by user, oldest first, and the histories before any of them.

    Attributes:
      rows: the impressions.
    """

    def __init__(self, rows: Rows):
        """Counts what was acted on."""
        self.rows = rows
        acted = rows.actions != 0
        self._acted = np.flatnonzero(acted)
        self._before = np.concatenate([[0], np.cumsum(acted)])  # acted impressions before each row
        new = np.ones(len(rows.users), bool)
        new[1:] = (np.diff(rows.users) != 0) | (np.diff(rows.times) != 0)
        self._moment = np.maximum.accumulate(np.where(new, np.arange(len(new)), 0))  # first row of the same moment

    def histories(self, firsts: np.ndarray, *, length: int) -> np.ndarray:
        """The newest impressions with an action before those at `firsts`, int64 [B]: rows [B, length], -1 = none."""
        users = self.rows.users[firsts]
        ends = self._before[self._moment[firsts]]
        starts = np.maximum(self._before[np.searchsorted(self.rows.users, users)], ends - length)
        return self._spread(starts, ends, length=length)

    def histories_at(self, users: np.ndarray, *, part: int, length: int) -> np.ndarray:
        """The newest impressions with an action before a part, of users int [B]: rows [B, length], -1 = none."""
        keys = self.rows.users.astype(np.int64) * len(PARTS) + self.rows.part  # ascending: parts follow one another
        begin, end = (np.searchsorted(keys, users.astype(np.int64) * len(PARTS) + number) for number in (0, part))
        ends = self._before[end]
        return self._spread(np.maximum(self._before[begin], ends - length), ends, length=length)

    def sessions(self, chosen: np.ndarray, *, part: int, count: int, length: int) -> "Session":
        """Impressions of one part as sessions after the histories before that part.

        Args:
          chosen: their rows, int64 [n], ascending.
          part: all of them are of it.
          count: C, the most of one session.
          length: S.
        """
        users = self.rows.users[chosen]
        firsts, counts = cut(users, count=count, offsets=np.zeros(users.max(initial=0) + 1, np.int64))
        places = np.arange(count)
        rows = np.where(places < counts[:, None], chosen[np.minimum(firsts[:, None] + places, len(chosen) - 1)], -1)
        who = users[firsts].astype(np.int64)
        return Session(who, rows, self.histories_at(who, part=part, length=length))

    def _spread(self, starts: np.ndarray, ends: np.ndarray, *, length: int) -> np.ndarray:
        places = starts[:, None] + np.arange(length)
        inside = places < ends[:, None]
        return np.where(inside, self._acted[np.where(inside, places, 0)], -1) if len(self._acted) else places * 0 - 1


class Session(NamedTuple):
    """Rows of some sessions, int64 [B, C], -1 = none; and of the histories before them, int64 [B, S]."""

    users: np.ndarray
    candidates: np.ndarray
    histories: np.ndarray

    def batches(self, size: int) -> Iterator[tuple["Session", int]]:
        """`size` sessions at a time, the last one filled up by repeating its first; and how many are meant."""
        for start in range(0, len(self.users), size):
            part = [column[start : start + size] for column in self]
            missing = size - len(part[0])
            filled = (np.concatenate([column, np.repeat(column[:1], missing, axis=0)]) for column in part)
            yield Session(*filled), size - missing


def cut(users: np.ndarray, *, count: int, offsets: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Cuts impressions into sessions.

    Args:
      users: int [n], ascending.
      count: the most of one session.
      offsets: int [U], 0 … count - 1: how long each user's first session is (0 = as long as the others).

    Returns:
      The first rows of the sessions and how many they have, int64 [m].
    """
    place = np.arange(len(users)) - np.searchsorted(users, users)
    number = (place - offsets[users]) // count  # -1 for the first, shorter one
    firsts = np.flatnonzero(np.concatenate([[True], (np.diff(users) != 0) | (np.diff(number) != 0)]))
    return firsts, np.diff(firsts, append=len(users))


class Disguised(NamedTuple):
    """A batch in which some ids are hidden.

    Attributes:
      batch: as the models see it.
      users: bool [B], whose id is told.
      posts: bool [B, C], candidates whose id is told.
    """

    batch: TrainingBatch
    users: np.ndarray
    posts: np.ndarray


class Assembler:
    """Turns rows of a timeline into batches.

    Attributes:
      negatives: drawn for each impression.
      even: the same share for each post that is shown at all, float [N].
      shares: half that, half how often each is shown: what negatives are drawn by.
    """

    def __init__(self, timeline: Timeline, builder: BatchBuilder, *, config: LogConfig, shown: np.ndarray):
        """Prepares it.

        Args:
          timeline: of all impressions that may appear.
          builder: hashes the ids.
          config: of the run.
          shown: int [N], how often each post is: half of the negatives are drawn by that, half evenly among all that
            are shown at all.
        """
        self._rows, self._builder, self._config = timeline.rows, builder, config
        self.negatives = config.negatives
        self.even = (shown > 0) / (shown > 0).sum()
        self.shares = (shown / shown.sum() + self.even) / 2

    def assemble(self, session: Session, *, seed: tuple[int, ...], others: np.ndarray | None = None) -> TrainingBatch:
        """A batch with all ids as they are.

        Args:
          session: what to learn from.
          seed: of what is drawn.
          others: float [N], adding up to 1: posts drawn by it take the places of those of the session.
        """
        rows, count = self._rows, self._config.num_actions
        candidates, surfaces = _at(rows.posts, session.candidates, -1), _at(rows.surfaces, session.candidates, 0)
        labels = taken(_at(rows.actions, session.candidates, 0), count=count)
        if others is not None:
            candidates = self._draw(candidates, others, seed=(*seed, 1))
        if self.negatives:
            drawn = self._draw(np.repeat(candidates, self.negatives, axis=1), self.shares, seed=seed)
            candidates = np.concatenate([candidates, drawn], axis=1)
            surfaces = np.concatenate([surfaces, np.repeat(surfaces, self.negatives, axis=1)], axis=1)
            labels = np.concatenate([labels, np.zeros((*drawn.shape, count), bool)], axis=1)
        past = session.histories
        inputs = self._builder.build(
            session.users,
            history_posts=_at(rows.posts, past, -1),
            history_surfaces=_at(rows.surfaces, past, 0),
            history_actions=taken(_at(rows.actions, past, 0), count=count),
            candidates=candidates,
            candidate_surfaces=surfaces,
        )
        return TrainingBatch(inputs, labels.astype(np.float32), candidates.astype(np.int32), session.users, seed[-1])

    @staticmethod
    def _draw(beside: np.ndarray, shares: np.ndarray, *, seed: tuple[int, ...]) -> np.ndarray:
        """A post for each place that has an impression beside it; -1 elsewhere."""
        draws = np.random.default_rng([*seed, _NEGATIVE]).random(beside.shape)
        drawn = np.searchsorted(np.cumsum(shares), draws, side="right")
        return np.where(beside >= 0, np.minimum(drawn, len(shares) - 1), -1)


class LogSource:
    """Turns steps into batches, in order."""

    def __init__(
        self,
        timeline: Timeline,
        assembler: Assembler,
        builder: BatchBuilder,
        *,
        config: LogConfig,
        phase: str,
        own_authors: bool,
        teacher: "Callable[..., TrainingBatch] | None" = None,
    ):
        """Prepares the source.

        Args:
          timeline: impressions to learn from, at least one.
          assembler: makes batches of them.
          builder: hashes the ids.
          config: of the run.
          phase: whose batches.
          own_authors: whether every post is its own author: then a stranger's author is one too.
          teacher: softens labels, see `phoenix.training.logged.teacher`.
        """
        self._teacher, self._imitates = teacher, phase in ("crowd", "rates")
        self._others = {"crowd": assembler.even, "rates": assembler.shares}.get(phase)
        self._timeline, self._assembler, self._builder = timeline, assembler, builder
        self._config, self._own_authors = config, own_authors
        self._batch, self._count = config.phase(phase).batch, config.phase(phase).count
        self._seed = (config.seed, LOG_PHASES.index(phase))
        self._step = 0
        self._round = functools.lru_cache(maxsize=2)(self._cut_round)

    def seek(self, step: int) -> None:
        """The next batch is that of `step`."""
        self._step = step

    def next(self) -> TrainingBatch:
        """The batch of the current step; moves on by one."""
        step, self._step = self._step, self._step + 1
        first_rows, counts = self._session_of(step)
        places = np.arange(self._count)
        candidates = np.where(places < counts[:, None], first_rows[:, None] + places, -1)
        histories = self._timeline.histories(first_rows, length=self._config.history_len)
        users = self._timeline.rows.users[first_rows].astype(np.int64)
        session = Session(users, candidates, histories)
        batch = self._assembler.assemble(session, seed=(*self._seed, step), others=self._others)
        disguised = self._disguise(batch)
        if self._teacher is None:
            return disguised.batch
        return self._teacher(disguised, share=1.0 if self._imitates else self._config.softness)

    def _session_of(self, step: int) -> tuple[np.ndarray, np.ndarray]:
        """Of step's B sessions the first rows and lengths; a round that is too short begins anew."""
        firsts, _ = self._round(0)
        per_round = max(len(firsts) // self._batch - 1, 1)  # rounds differ a little in how many sessions they have
        turn, place = divmod(step, per_round)
        firsts, counts = self._round(turn)
        chosen = np.arange(place * self._batch, (place + 1) * self._batch) % len(firsts)
        return firsts[chosen], counts[chosen]

    def _cut_round(self, turn: int) -> tuple[np.ndarray, np.ndarray]:
        users = self._timeline.rows.users
        rng = np.random.default_rng([*self._seed, _CUT, turn])
        offsets = rng.integers(0, self._count, users[-1] + 1)
        firsts, counts = cut(users, count=self._count, offsets=offsets)
        order = rng.permutation(len(firsts))
        return firsts[order], counts[order]

    def _disguise(self, batch: TrainingBatch) -> "Disguised":
        """Some users without an id, some users and posts under ids that nobody has."""
        config, inputs = self._config, batch.inputs
        rng = np.random.default_rng([*self._seed, _AUGMENT, batch.step])
        draws = rng.random((len(batch.users), 1))
        strange = self._strangers("user", batch.users.shape, step=batch.step)
        users = np.where(draws < config.withheld + config.strangers, strange, inputs.user_hashes)
        users = np.where(draws < config.withheld, PADDING_BUCKET, users)
        fields = {"user_hashes": users.astype(np.int32)}
        for part in ("history", "candidate"):
            posts = getattr(inputs, f"{part}_post_hashes")
            hidden = rng.random(posts.shape[:2]) < config.strangers
            kinds = ("post", "author") if self._own_authors else ("post",)
            for kind in kinds:
                name = f"{part}_{kind}_hashes"
                strange = self._strangers(kind, posts.shape[:2], step=batch.step)
                shown = np.where(hidden[..., None], strange, getattr(inputs, name))
                fields[name] = np.where(posts[:, :, :1] != PADDING_BUCKET, shown, PADDING_BUCKET).astype(np.int32)
        known_users = draws[:, 0] >= config.withheld + config.strangers
        return Disguised(batch._replace(inputs=inputs._replace(**fields)), known_users, ~hidden)

    def _strangers(self, kind: str, shape: tuple[int, ...], *, step: int) -> np.ndarray:
        """Buckets of ids that nobody has, int32 [*shape, 2]."""
        sizes = {"user": self._builder.tables.users, "post": self._builder.tables.posts}
        buckets = sizes.get(kind, self._builder.tables.authors)
        places = np.arange(int(np.prod(shape))).reshape(shape)
        nobody = (mix(self._config.seed, _STRANGER, step, places) >> np.uint64(2)) | np.uint64(1 << 61)
        return hash_ids(nobody, kind=kind, num_buckets=buckets)


def _at(column: np.ndarray, rows: np.ndarray, nothing: int) -> np.ndarray:
    """A column at rows, `nothing` where a row is -1."""
    return np.where(rows >= 0, column[np.maximum(rows, 0)], column.dtype.type(nothing))
