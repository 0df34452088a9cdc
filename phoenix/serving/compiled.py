"""Functions compiled ahead of time, once for each shape, and the few shapes that serving uses.

Design:
* arrays have a few fixed shapes (`BUCKETS`), so that everything can be compiled before anybody asks;
* `Program` compiles by `jax.jit(…).lower(…).compile()`, from shapes alone: nothing has to run, and two threads that
  need the same shape compile it once;
* `phoenix.kept_programs` keeps them on disk, so that the next start does not compile;
* precision is the type of the weights: the models compute in it, with softmax and results in float32.
"""

import threading
from collections.abc import Callable, Mapping
from typing import Any

import jax
import jax.numpy as jnp
import numpy as np

from phoenix.checks import shown

BUCKETS = (32, 256, 1024)  # candidates are padded to the next of these
PRECISIONS = ("float32", "bfloat16")


class Program:
    """A function of (parameters, *inputs), compiled at the first call with each shape, or by `compile`.

    Parameters must have the same shapes in every call: they are not looked at to find the compiled program.
    """

    def __init__(self, function: Callable, *, static_argnames: str | tuple[str, ...] = ()):
        """Wraps a pure function; nothing is compiled yet."""
        self._jitted = jax.jit(function, static_argnames=static_argnames)
        self._static = (static_argnames,) if isinstance(static_argnames, str) else static_argnames
        self._compiled: dict[Any, jax.stages.Compiled] = {}
        self._lock = threading.Lock()

    def __call__(self, params: Any, *inputs: Any, **options: Any) -> Any:
        """Runs the function, compiling it first where these shapes are new."""
        dynamic = {name: value for name, value in options.items() if name not in self._static}
        return self.compile(params, *inputs, **options)(params, *inputs, **dynamic)

    def compile(self, params: Any, *inputs: Any, **options: Any) -> jax.stages.Compiled:
        """The program for these shapes; arguments as for a call, or `jax.ShapeDtypeStruct`s in their places."""
        static = tuple(options.get(name) for name in self._static)
        dynamic = [value for name, value in sorted(options.items()) if name not in self._static]
        key = static, tuple((leaf.shape, leaf.dtype) for leaf in jax.tree.leaves((inputs, dynamic)))
        compiled = self._compiled.get(key)
        if compiled is None:
            with self._lock:
                compiled = self._compiled.get(key)
                if compiled is None:
                    compiled = self._compiled[key] = self._jitted.lower(params, *inputs, **options).compile()
        return compiled

    def shapes(self, params: Any, *inputs: Any, **options: Any) -> Any:
        """Shapes and types of the result, without running anything."""
        return jax.eval_shape(self._jitted, params, *inputs, **options)

    def __len__(self) -> int:
        """How many shapes are compiled."""
        return len(self._compiled)


def cast_weights(params: Mapping[str, Mapping[str, np.ndarray]], precision: str) -> Any:
    """Weights on the device, in the type that the models shall compute in.

    Raises:
      ValueError: an unknown precision.
    """
    if precision not in PRECISIONS:
        raise ValueError(f"Unknown precision {shown(precision)}: choose one of {', '.join(PRECISIONS)}.")
    return jax.tree.map(lambda leaf: jnp.asarray(leaf, precision), params)


def bucket_for(count: int) -> int:
    """The smallest bucket that holds so many candidates, at most the largest bucket's size."""
    return next(bucket for bucket in BUCKETS if count <= bucket)
