"""Jacobi sweeps: loop and array form agree, in slabs or not, and are what plain sweeps are; ghosts stay."""

from __future__ import annotations

import numpy as np
import pytest
from padded import box, coefficients, everywhere_equal, swept, zeros

from kernels import jacobi


def case(dtype, cells):
    """(hall, coefficients that sum to less than 1, a random field)"""
    rng = np.random.default_rng(6)
    hall = box(tuple(np.ones(n) for n in cells), dtype)
    a = coefficients(hall)
    for one in a:
        one[:] = rng.uniform(0.0, 0.16, one.size)
    return hall, a, rng.standard_normal(zeros(hall).size).astype(dtype)


@pytest.mark.parametrize("sweeps", [2, 4, 10])
@pytest.mark.parametrize("cells", [(6, 7, 5), (9, 40, 3), (1, 1, 1), (33, 9, 21)])
def test_sweeps_are_plain_sweeps(ops, dtype, cells, sweeps):
    hall, a, q = case(dtype, cells)
    wanted = q
    for _ in range(sweeps):
        wanted = swept(hall, a, wanted)
    nz, ny, nx = hall.shape
    ops.jacobi(q, zeros(hall, np.nan), *a, nx, ny, nz, sweeps)
    everywhere_equal(q, wanted, 10 * sweeps)  # seven terms each


@pytest.mark.parametrize(("threads", "slabs"), [(1, 2), (1, 5), (1, 10), (2, 1), (5, 1), (2, 2)])
def test_slabs_change_nothing(threads, slabs):
    """Forty rows and four sweeps: those of up to five threads, whose wedges do not meet."""
    hall, a, q = case(np.float64, (5, 40, 6))
    nz, ny, nx = hall.shape
    whole = q.copy()
    jacobi.sweep_slabs(whole, zeros(hall, np.nan), *a, nx, ny, nz, 4, 1, 1)
    spare = zeros(hall, np.nan)
    jacobi.sweep_slabs(q, spare, *a, nx, ny, nz, 4, threads, slabs)
    jacobi.fill_wedges(q, spare, *a, nx, ny, nz, 4, threads)
    np.testing.assert_array_equal(q, whole)
