"""How much is trained on what: the presets of the training command."""

import dataclasses

from phoenix.hashing import TableConfig
from phoenix.recsys_model import PhoenixConfig
from phoenix.recsys_retrieval_model import RetrievalConfig
from phoenix.transformer import TransformerConfig
from phoenix.world.world import WorldConfig


@dataclasses.dataclass(frozen=True)
class PhaseConfig:
    """Budget of one phase of training.

    Attributes:
      steps: optimiser steps.
      batch: users in each step.
      count: impressions of each user in each step.
      learning_rate: peak for the network; warm-up over the first steps, then a cosine down to a fiftieth.
      table_learning_rate: peak for the hash-embedding tables. Their rows have unit variance and each is seen rarely, so
        they need far larger steps than the network.
      start: the impression of every timeline at which the phase starts. A second training of the same model starts
        where the first ended: impressions seen twice would be memorised.
      served: retrieved candidates of each user in each step, beside the logged impressions.
      pool: of how many of a user's nearest posts these are a sample.
      at_once: users whose gradients are computed together on a device, see `phoenix.training.microbatch`; 0 = all.
        Losses that compare a user with the candidates of others need all.
    """

    steps: int
    batch: int
    count: int
    learning_rate: float
    table_learning_rate: float
    start: int = 0
    served: int = 0
    pool: int = 0
    at_once: int = 0

    def __post_init__(self) -> None:
        if self.served > self.pool:
            raise ValueError(f"served ({self.served}) must not exceed pool ({self.pool}), which it is drawn from.")


@dataclasses.dataclass(frozen=True)
class TrainingConfig:
    """Everything that defines a training run; equal configurations give equal runs on one machine."""

    world: WorldConfig
    hash_tables: TableConfig
    transformer: TransformerConfig
    history_len: int
    tables: PhaseConfig
    retrieval: PhaseConfig
    ranker: PhaseConfig
    distillation: PhaseConfig
    served: PhaseConfig
    seed: int = 0
    evaluation_users: int = 600

    @property
    def ranker_model(self) -> PhoenixConfig:
        """Shape of the ranker."""
        return PhoenixConfig(self.history_len, self.hash_tables, self.transformer)

    @property
    def retrieval_model(self) -> RetrievalConfig:
        """Shape of the retrieval model."""
        return RetrievalConfig(self.history_len, self.hash_tables, self.transformer)


PRESETS = {
    "tiny": TrainingConfig(
        world=WorldConfig(num_posts=2_000, num_users=400, num_authors=200),
        hash_tables=TableConfig(users=1_024, posts=2_048, authors=512),
        transformer=TransformerConfig(width=32, num_layers=2, num_q_heads=2, num_kv_heads=1),
        history_len=16,
        tables=PhaseConfig(40, 32, 32, 0.02, 0.02),
        retrieval=PhaseConfig(30, 32, 32, 2e-3, 1e-2),
        ranker=PhaseConfig(60, 32, 32, 2e-3, 2e-2, at_once=2),
        distillation=PhaseConfig(20, 32, 16, 1e-3, 1e-2, start=200, served=16, pool=64, at_once=2),
        served=PhaseConfig(20, 32, 16, 1e-3, 1e-2, start=200, served=16, pool=64, at_once=2),
        evaluation_users=40,
    ),
    "default": TrainingConfig(
        world=WorldConfig(),
        hash_tables=TableConfig(),
        transformer=TransformerConfig(),
        history_len=64,
        tables=PhaseConfig(1_500, 64, 64, 0.02, 0.02),
        retrieval=PhaseConfig(3_000, 32, 128, 2e-3, 2e-2),
        ranker=PhaseConfig(14_000, 32, 128, 2e-3, 2e-2, start=1_500, at_once=2),
        distillation=PhaseConfig(1_200, 32, 64, 1e-3, 1e-2, start=8_000, served=64, pool=1_000, at_once=2),
        served=PhaseConfig(12_000, 32, 64, 2e-3, 2e-2, start=8_300, served=64, pool=256, at_once=2),
    ),
    "large": TrainingConfig(
        world=WorldConfig(),
        hash_tables=TableConfig(users=32_768, posts=262_144, authors=16_384),
        transformer=TransformerConfig(width=128, num_layers=4, num_q_heads=8, num_kv_heads=4),
        history_len=128,
        tables=PhaseConfig(4_000, 128, 64, 0.02, 0.02),
        retrieval=PhaseConfig(20_000, 128, 128, 1e-3, 5e-3),
        ranker=PhaseConfig(60_000, 128, 128, 1e-3, 1e-2),
        distillation=PhaseConfig(5_000, 128, 64, 5e-4, 5e-3, start=900_000, served=64, pool=1_000),
        served=PhaseConfig(20_000, 128, 64, 5e-4, 5e-3, start=900_000, served=64, pool=256),
    ),
}
