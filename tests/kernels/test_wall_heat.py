"""Walls with a temperature: loop and array form agree; viscous film, Jayatilleke's law by hand, steady conduction."""

from __future__ import annotations

import numpy as np
import pytest
from padded import C, box, coefficients, core, everywhere_equal, random_hall, swept, zeros

NU, KAPPA, E, C_MU = 1.5e-5, 0.41, 9.8, 0.09
PR, PR_T = 0.71, 0.85
P = 9.24 * ((PR / PR_T) ** 0.75 - 1.0) * (1.0 + 0.28 * np.exp(-0.007 * PR / PR_T))
THERMAL = (PR, PR_T, P, 13.0)  # foot: where Pr y+ meets the log law, to two digits


def test_conductance_agrees(loops, arrays, dtype):
    rng = np.random.default_rng(5)
    cells = rng.integers(0, 40, 30)
    distance, area = (rng.uniform(0.01, 1.0, 30).astype(dtype) for _ in range(2))
    k = 10 ** rng.uniform(-7, -1, 40).astype(dtype)
    got, wanted = np.zeros(30, dtype), np.zeros(30, dtype)
    for ops, out in ((loops, got), (arrays, wanted)):
        ops.wall_heat(out, k, cells, distance, area, np.array(C, dtype), np.array(THERMAL, dtype))
    everywhere_equal(got, wanted, 30)  # ten operations and a logarithm


def one(ops, k, distance):
    out = np.zeros(1)
    entry = [np.array([x]) for x in (distance, 2.0)]
    ops.wall_heat(out, np.array([k]), np.array([0]), *entry, np.array(C), np.array(THERMAL))
    return out[0]


def test_still_air_conducts(ops):
    assert one(ops, 0.0, 0.05) == pytest.approx(2.0 * NU / PR / 0.05, rel=1e-12)


def test_the_thermal_law_of_the_wall(ops):
    speed = C_MU**0.25 * 0.01**0.5  # 0.0548 m/s, y+ = 365
    t_plus = PR_T * (np.log(E * speed * 0.1 / NU) / KAPPA + P)
    assert one(ops, 0.01, 0.1) == pytest.approx(2.0 * speed / t_plus, rel=1e-12)
    assert -1.50 < P < -1.48  # air's sublayer resists less than the analogy says


def rows(dtype, hall, seed=3):
    """Air cells with one to three wall faces each, random conductances and temperatures."""
    rng = np.random.default_rng(seed)
    cells = np.sort(rng.choice(np.flatnonzero(hall.fluid), 12, replace=False))
    start = np.concatenate([[0], np.cumsum(rng.integers(1, 4, 12))]).astype(np.int64)
    conductance, outside = (rng.uniform(0.0, 1.0, start[-1]).astype(dtype) for _ in range(2))
    return cells, start, conductance, outside, rng.uniform(0.0, 1.0, 12).astype(dtype)


def test_cells_beside_walls_agree(loops, arrays, dtype):
    hall = random_hall(dtype)
    got, wanted = coefficients(hall, 7.0), coefficients(hall, 7.0)
    for ops, outs in ((loops, got), (arrays, wanted)):
        ops.scalar_beside_walls(
            *outs, hall.t, hall.q, hall.u, hall.v, hall.w, hall.nue, *hall.open, hall.source,
            *hall.d, *hall.r, dtype(1e-5), dtype(1.1), hall.rdt, *rows(dtype, hall),
        )  # fmt: skip
    for one, other in zip(got, wanted, strict=True):
        everywhere_equal(one, other, 50)  # some 50 sums and products
        assert np.count_nonzero(one != 7.0) == 12


def test_a_wall_that_gives_nothing_changes_nothing(ops, dtype):
    hall = random_hall(dtype)
    cells, start, conductance, outside, gain = rows(dtype, hall)
    plain, beside = coefficients(hall), coefficients(hall)
    shared = (hall.t, hall.q, hall.u, hall.v, hall.w, hall.nue, *hall.open, hall.source)
    sizes = (*hall.d, *hall.r, dtype(1e-5), dtype(1.1), hall.rdt)
    ops.scalar(*plain, *shared, hall.fluid, *sizes)
    ops.scalar_beside_walls(*beside, *shared, *sizes, cells, start, 0 * conductance, outside, 0 * gain)
    for one, other in zip(beside, plain, strict=True):
        np.testing.assert_allclose(one[cells], other[cells], rtol=20 * float(np.finfo(dtype).eps))


def test_a_slab_between_two_temperatures_is_a_straight_line(ops):
    """Conduction across uneven cells from 1 to 0 K: exact, whatever the grid."""
    width = np.array([0.1, 0.3, 0.2, 0.4])
    hall = box((width, [1.0], [1.0]))
    hall.rdt[:] = 1e-6
    cells = np.array([np.flatnonzero(hall.fluid)[0], np.flatnonzero(hall.fluid)[-1]])
    walls = (cells, np.array([0, 1, 2]), 2.0 * 0.5 / width[[0, -1]], np.array([1.0, 0.0]), np.zeros(2))
    t, still, a = zeros(hall), zeros(hall), coefficients(hall)
    shared = (still, still, still, still, *hall.open, still)
    sizes = (*hall.d, *hall.r, 0.5, 0.0, hall.rdt)
    ops.scalar(*a, t, t, *shared, hall.fluid, *sizes)
    ops.scalar_beside_walls(*a, t, t, *shared, *sizes, *walls)
    for _ in range(400):
        t = swept(hall, a, t)
    x = np.cumsum(width) - 0.5 * width
    np.testing.assert_allclose(core(hall, t)[0, 0], 1.0 - x, atol=1e-5)  # rdt leaves 1e-6 of storage
