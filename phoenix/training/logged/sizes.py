"""How large models are and how long they learn, by what a log holds."""

import dataclasses

from phoenix.data.log import ImportedLog
from phoenix.hashing import TableConfig
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.training.presets import PhaseConfig
from phoenix.transformer import TransformerConfig

BATCH = 32
_FEWEST_BUCKETS, _MOST_BUCKETS = 256, 1 << 18
_MOST_STEPS = {"tables": 1_500, "retrieval": 1_500, "rates": 400, "ranker": 4_000}
_LEAST_STEPS = 60
_NEGATIVES = 4  # drawn for each impression of a log that holds only what was acted on


@dataclasses.dataclass(frozen=True)
class LogConfig:
    """Everything that defines a training run on a log; equal ones give equal runs on one machine.

    Attributes:
      digest: of the log.
      history_len: S.
      hash_tables, transformer: shapes of both models.
      num_actions, num_surfaces: of the log.
      tables, crowd, retrieval, rates, ranker: budgets of the phases; each ends earlier where the validation part says
        so.
      negatives: drawn for each impression, 0 where the log holds impressions without an action.
      withheld: share of users whose id is not told.
      strangers: share of users, and of posts, who come under an id that nobody has.
      softness: share of the ranker's labels that simple predictors say, see `teacher`.
      judgements: of each phase, evenly spread.
      patience: judgements without a better one before a phase ends.
      again: whether all is learnt once more, for as long, when the validation part has said how long: with that part
        too, which is the newest and most like what comes. It takes as long again.
      stops: of a run on all that came before the split, the validation part too: how many steps each phase takes.
      seed: of everything drawn.
    """

    digest: str
    history_len: int
    hash_tables: TableConfig
    transformer: TransformerConfig
    num_actions: int
    num_surfaces: int
    tables: PhaseConfig
    crowd: PhaseConfig
    retrieval: PhaseConfig
    rates: PhaseConfig
    ranker: PhaseConfig
    negatives: int = 0
    withheld: float = 0.1
    strangers: float = 0.15
    softness: float = 0.3
    judgements: int = 20
    patience: int = 5
    again: bool = False
    stops: tuple[tuple[str, int], ...] = ()
    seed: int = 0

    @property
    def ranker_model(self) -> PhoenixConfig:
        """Shape of the ranker."""
        counts = (self.num_actions, self.num_surfaces)
        return PhoenixConfig(self.history_len, self.hash_tables, self.transformer, *counts)

    @property
    def retrieval_model(self) -> RetrievalConfig:
        """Shape of the retrieval model."""
        counts = (self.num_actions, self.num_surfaces)
        return RetrievalConfig(self.history_len, self.hash_tables, self.transformer, *counts)

    def phase(self, name: str) -> PhaseConfig:
        """The budget of a phase."""
        return getattr(self, name)


def choose_sizes(log: ImportedLog, *, seed: int = 0) -> LogConfig:
    """The configuration that suits a log."""
    rows = int((log.rows.part < 2).sum())
    users, posts, authors = (len(part) for part in (log.entities.users, log.entities.posts, log.entities.authors))
    small, large = rows < 50_000, rows >= 5_000_000
    count = min(max(_power_above(rows / max(users, 1)) // 2, 4), 32)
    negatives = _NEGATIVES if log.sampled else 0
    # Of a million impressions a fourth round brings nothing: AUC 0.687 after three, 0.686 after four.
    steps = _steps(rows, count=count, rounds=30 if small else 4 if rows < 500_000 else 3)
    width = 64 if large else 32
    pace = 3e-4 if small else 2e-3  # of models that know already what simple predictors say
    heads = dict(num_q_heads=width // 16, num_kv_heads=width // 32)
    seen = dict(batch=BATCH, count=count)
    return LogConfig(
        digest=log.digest,
        history_len=64 if large else 32,
        hash_tables=TableConfig(users=_buckets(users), posts=_buckets(posts), authors=_buckets(authors)),
        transformer=TransformerConfig(width=width, num_layers=1 if small else 2, **heads),
        num_actions=len(log.actions),
        num_surfaces=len(log.surfaces),
        tables=PhaseConfig(steps["tables"], **seen, learning_rate=0.02, table_learning_rate=0.02),
        crowd=PhaseConfig(300, **seen, learning_rate=3e-3, table_learning_rate=1e-2),
        retrieval=PhaseConfig(steps["retrieval"], **seen, learning_rate=pace, table_learning_rate=5 * pace),
        rates=PhaseConfig(400, **seen, learning_rate=5e-3, table_learning_rate=1e-2, at_once=2),
        ranker=PhaseConfig(steps["ranker"], **seen, learning_rate=pace, table_learning_rate=5 * pace, at_once=2),
        negatives=negatives,
        again=small,
        seed=seed,
    )


def final(config: LogConfig, stops: tuple[tuple[str, int], ...]) -> LogConfig | None:
    """The run that follows one whose phases were best after `stops`, on all that came before the split, if any does."""
    return dataclasses.replace(config, stops=stops) if config.again else None


def _steps(rows: int, *, count: int, rounds: int) -> dict[str, int]:
    """Steps of each phase: so many rounds through the log, within reason."""
    wanted = rounds * rows // (BATCH * count)
    return {name: min(max(wanted, _LEAST_STEPS), most) for name, most in _MOST_STEPS.items()}


def _buckets(count: int) -> int:
    """Rows of a table for so many ids: a power of two, about twice as many."""
    return min(max(_power_above(2 * count), _FEWEST_BUCKETS), _MOST_BUCKETS)


def _power_above(value: float) -> int:
    return 1 << max(int(value) - 1, 0).bit_length()
