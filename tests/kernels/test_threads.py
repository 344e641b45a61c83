"""Loops are compiled twice, for one thread and for several: both give the same, and the count is what was asked for."""

import numpy as np
import pytest
from padded import random_hall, zeros

import kernels
from kernels import jit


@pytest.fixture
def count():
    """Sets the thread count; as it was afterwards."""
    was = jit.thread_count()
    yield jit.threads
    jit.threads(was)


@pytest.mark.skipif(not jit.HAVE_NUMBA, reason="numba is not installed")
@pytest.mark.parametrize("several", [False, True])
def test_a_loop_does_the_same_on_any_number_of_threads(count, several):
    hall, ops = random_hall(np.float32), kernels.on("cpu")
    loop, wanted, got = ops.divergence, zeros(hall), zeros(hall)
    kernels.on("numpy").divergence(wanted, hall.u, hall.v, hall.w, hall.fluid, *hall.d)
    compiled = loop._many if several else loop._one
    compiled(got, hall.u, hall.v, hall.w, hall.fluid, *hall.d)
    np.testing.assert_allclose(got, wanted, atol=1e-6)  # three sums of single precision


def test_the_count_stays_within_the_machine(count):
    count(0)
    assert jit.thread_count() == 1
    count(10_000)
    assert jit.thread_count() == jit.thread_limit()


def test_a_container_has_as_many_threads_as_it_has_processors_time_of(tmp_path):
    here, limits = jit.allowed(tmp_path / "nowhere"), tmp_path / "cpu.max"
    assert here >= 1
    for text, wanted in (
        ("max 100000", here),
        ("50000 100000", 1),
        ("199999 100000", 1),
        ("100000000000 100000", here),
    ):
        limits.write_text(text + "\n")
        assert jit.allowed(limits) == wanted, text


@pytest.mark.skipif(not jit.HAVE_NUMBA, reason="numba is not installed")
def test_what_is_compiled_is_told_before_it_is():
    told = []
    inner = jit.cell(lambda x: x + 1.0)
    outer, other = jit.cell(lambda x: inner(x) + 1.0), jit.cell(lambda x: x - 1.0)
    with jit.compiling(told.append):
        assert outer(1.0) == 3.0
        assert told == [0]  # the inner one is a part of it
        outer(2.0)
        other(2.0)
    assert told == [0, 1]
    outer(1)  # for another type
    assert told == [0, 1]
