"""Settings for every test: strict JAX, and nothing of the person who runs them is touched."""

import os
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent

# Set before jax is imported. An accelerator rounds differently: the invariances are float32 on the CPU.
os.environ.setdefault("JAX_PLATFORMS", "cpu")
# Tests, and the processes that they start, compile far more than they compute: a program barely optimised is there
# in a third of the time, and in one piece instead of dozens, which suit a machine of as many cores, in half of that.
os.environ.setdefault("JAX_DISABLE_MOST_OPTIMIZATIONS", "1")
os.environ.setdefault("XLA_FLAGS", "--xla_cpu_use_fusion_emitters=false --xla_cpu_parallel_codegen_split_count=1")
# Tests run beside each other, and on busy cores the threads of FAISS and scikit-learn wait for each other by spinning.
os.environ.setdefault("OMP_NUM_THREADS", "1")
# What the tests compile and embed stays out of the user's own cache, but is kept from one run to the next.
os.environ.setdefault("PHOENIX_CACHE_DIR", str(ROOT / ".cache" / "tests"))

import jax  # noqa: E402
import pytest  # noqa: E402
from hypothesis import settings  # noqa: E402

from phoenix.environment import cache_folder  # noqa: E402
from phoenix.kept_programs import keep_compilations  # noqa: E402

# A [D] silently added to a [B, T, D] is how wrong shapes become plausible numbers.
jax.config.update("jax_numpy_rank_promotion", "raise")

# Programs that several runs need are compiled once.
keep_compilations(cache_folder())

# The first example of a property compiles; a deadline would only time the compiler.
settings.register_profile("phoenix", deadline=None, max_examples=50)
settings.load_profile("phoenix")


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Files with slow tests come first: where workers share the files, the last ones are short."""
    slow = {item.path for item in items if item.get_closest_marker("slow")}
    items.sort(key=lambda item: item.path not in slow)


@pytest.fixture(autouse=True)
def strict_dtypes(request: pytest.FixtureRequest) -> Iterator[None]:
    """No silent int32 → float32, but where a test says that it runs optax, whose own counters promote."""
    promotion = "standard" if request.node.get_closest_marker("runs_optax") else "strict"
    with jax.numpy_dtype_promotion(promotion):
        yield


@pytest.fixture(scope="session")
def repository() -> Path:
    """The repository's root."""
    return ROOT
