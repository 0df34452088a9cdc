"""The tests of tests/test_recsys_model.py, in the folder in which the guide runs them."""

from tests.conftest import strict_dtypes  # noqa: F401  settings for every test, before JAX is imported
from tests.test_recsys_model import *  # noqa: F403
