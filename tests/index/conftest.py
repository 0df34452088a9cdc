"""A small corpus with clusters, as embeddings have them."""

import numpy as np
import pytest


@pytest.fixture(scope="session")
def clustered() -> np.ndarray:
    """4 000 unit vectors of 16 dimensions around 40 centres, float32."""
    rng = np.random.default_rng(5)
    rows = rng.standard_normal((40, 16))[rng.integers(0, 40, 4_000)] + 0.6 * rng.standard_normal((4_000, 16))
    return (rows / np.linalg.norm(rows, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="session")
def questions() -> np.ndarray:
    """200 queries, float32 [200, 16]."""
    return np.random.default_rng(6).standard_normal((200, 16)).astype(np.float32)
