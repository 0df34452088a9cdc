"""Programs: compiled once for each shape, ahead of time or at the first call."""

import threading

import jax
import jax.numpy as jnp
import numpy as np
import pytest

from phoenix.serving.compiled import BUCKETS, Program, bucket_for, cast_weights


def scaled(weight, x, *, power=1):
    return weight * x**power


def traced_program(traces: list, **options) -> Program:
    def function(weight, x, **kwargs):
        traces.append(x.shape)
        return scaled(weight, x, **kwargs)

    return Program(function, **options)


def test_a_shape_is_compiled_once_and_each_shape_gives_its_own_result():
    traces = []
    program, weight = traced_program(traces), jnp.float32(3)
    for length in (2, 4, 2, 4):
        x = np.arange(length, dtype=np.float32)
        np.testing.assert_array_equal(program(weight, x), 3 * x)
    assert traces == [(2,), (4,)]
    assert len(program) == 2


def test_compiling_ahead_needs_shapes_alone_and_serves_the_call():
    traces = []
    program, weight = traced_program(traces), jnp.float32(2)
    program.compile(weight, jax.ShapeDtypeStruct((3,), np.float32))
    np.testing.assert_array_equal(program(weight, np.ones(3, np.float32)), [2, 2, 2])
    assert traces == [(3,)]


def test_types_and_static_options_are_part_of_the_shape():
    program, weight = Program(scaled, static_argnames="power"), jnp.float32(1)
    x = np.array([3.0], np.float32)
    assert [float(program(weight, x, power=power)[0]) for power in (1, 2, 1)] == [3, 9, 3]
    assert len(program) == 2


def test_threads_compile_a_shape_once():
    traces, results = [], []
    program, barrier = traced_program(traces), threading.Barrier(8)

    def work() -> None:
        barrier.wait()
        results.append(program(jnp.float32(2), np.ones(5, np.float32)))

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert traces == [(5,)]
    assert len(results) == 8


def test_result_shapes_are_known_without_running():
    shape = Program(scaled).shapes(jnp.float32(1), jax.ShapeDtypeStruct((4, 2), np.float32))
    assert (shape.shape, shape.dtype) == ((4, 2), np.float32)


@pytest.mark.parametrize("count", [1, 31, 32, 33, 256, 257, 1024])
def test_the_bucket_is_the_smallest_that_fits(count):
    bucket = bucket_for(count)
    assert bucket >= count
    assert all(other < count for other in BUCKETS if other < bucket)


@pytest.mark.parametrize("precision", ["float32", "bfloat16"])
def test_weights_are_cast(precision):
    cast = cast_weights({"module": {"w": np.ones((2, 2), np.float32)}}, precision)
    assert cast["module"]["w"].dtype == jnp.dtype(precision)


def test_unknown_precision_is_refused():
    with pytest.raises(ValueError, match="Unknown precision 'float16': choose one of float32, bfloat16"):
        cast_weights({}, "float16")
