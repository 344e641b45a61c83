"""Walls: loop and array form agree; the log law at a y+ worked by hand; its layer is in equilibrium."""

from __future__ import annotations

import numpy as np
import pytest
from padded import C, everywhere_equal

NU, KAPPA, E = 1.5e-5, 0.41, 9.8


def lists(dtype, rows=9, cells=60):
    """Compressed rows of one to three walls, beside cells away from the ends of a 5 x 4 x 3 block."""
    rng = np.random.default_rng(8)
    start = np.concatenate([[0], np.cumsum(rng.integers(1, 4, rows))]).astype(np.int64)
    keys = np.sort(rng.choice(cells - 20, rows, replace=False)).astype(np.int64)
    size = start[-1]
    beside = rng.integers(0, cells, size).astype(np.int64)
    distance, area = (rng.uniform(0.01, 0.2, size).astype(dtype) for _ in range(2))
    k = 10 ** rng.uniform(-7, -1, cells).astype(dtype)  # y+ from 0.1 to 2000, both sides of the foot
    velocity = [rng.standard_normal(cells).astype(dtype) for _ in range(3)]
    return keys, start, beside, rng.integers(0, 3, size), distance, area, k, velocity


def both(loops, arrays, name, dtype, *rest):
    got, wanted = np.full(60, 7, dtype), np.full(60, 7, dtype)
    for ops, out in ((loops, got), (arrays, wanted)):
        getattr(ops, name)(out, *rest)
    everywhere_equal(got, wanted, 30)  # ten operations and a logarithm each, at most three walls


def test_conductance_agrees(loops, arrays, dtype):
    keys, start, _, _, distance, _, k, _ = lists(dtype)
    got, wanted = np.zeros(start[-1], dtype), np.zeros(start[-1], dtype)
    for ops, out in ((loops, got), (arrays, wanted)):
        ops.wall_conductance(out, k, keys, start, distance, np.array(C, dtype))
    everywhere_equal(got, wanted, 30)


def test_shear_agrees(loops, arrays, dtype):
    keys, start, entry, _, distance, area, _, _ = lists(dtype)
    both(loops, arrays, "wall_shear", dtype, keys, start, entry, area, np.resize(distance, 60))


def test_turbulence_agrees(loops, arrays, dtype):
    keys, start, _, normal, distance, area, k, velocity = lists(dtype)
    c = np.array(C, dtype)
    rest = (normal, distance, area, *velocity, k, c, 5, 20)  # `area` stands for the conductances
    both(loops, arrays, "wall_turbulence", dtype, keys, start, *rest)


def test_dissipation_agrees(loops, arrays, dtype):
    keys, start, _, _, distance, _, k, _ = lists(dtype)
    both(loops, arrays, "wall_dissipation", dtype, keys, start, distance, k, np.array(C, dtype))


def test_no_walls_no_harm(ops):
    """A hall of symmetry planes has empty lists."""
    none, nowhere, start = np.zeros(0), np.zeros(0, np.int64), np.zeros(1, np.int64)
    field, k = np.full(8, 7.0), np.full(8, 0.1)
    ops.wall_conductance(none, k, nowhere, start, none, np.array(C))
    ops.wall_shear(field, nowhere, start, nowhere, none, none)
    ops.wall_turbulence(field, nowhere, start, nowhere, none, none, k, k, k, k, np.array(C), 2, 4)
    ops.wall_dissipation(field, nowhere, start, none, k, np.array(C))
    assert np.all(field == 7.0)


def conductance(ops, k, y):
    """Wall shear over density per tangential speed of one wall [m/s]."""
    out = np.zeros(1)
    ops.wall_conductance(
        out, np.array([k]), np.zeros(1, np.int64), np.array([0, 1]), np.array([y]), np.array(C)
    )
    return out[0]


def test_shear_is_conductance_times_area_and_comes_to_what_is_there(ops):
    wall, at = np.array([0.0, 1.0, 0.5]), np.array([2])
    ops.wall_shear(wall, at, np.array([0, 2]), np.array([1, 0]), np.array([2.0, 3.0]), np.array([0.5, 0.25]))
    assert wall.tolist() == [0.0, 1.0, 0.5 + 2.0 * 0.25 + 3.0 * 0.5]


def test_log_law_by_hand(ops):
    """k = 1/120 m2/s2: C_mu^1/4 k^1/2 = 0.05 m/s; y+ = 0.05 0.03 / 1.5e-5 = 100; ln 980 = 6.887553."""
    assert conductance(ops, 1 / 120, 0.03) == pytest.approx(0.05 * 0.41 / 6.887553, rel=1e-6)  # digits given


def test_below_the_foot_the_layer_is_viscous(ops):
    """The same k 2 mm from the wall: y+ = 6.7, below 11.53."""
    assert conductance(ops, 1 / 120, 0.002) == pytest.approx(1.5e-5 / 0.002, rel=1e-12)  # rounding


def test_the_two_laws_meet_at_the_foot(ops):
    foot = 11.53 * NU / 0.05
    below, above = conductance(ops, 1 / 120, foot * 0.9999), conductance(ops, 1 / 120, foot * 1.0001)
    assert below == pytest.approx(above, rel=1e-3)  # 11.53 has four digits


@pytest.mark.parametrize("normal", [0, 1, 2])
def test_a_log_layer_makes_what_it_dissipates(ops, normal):
    """Speed u*/kappa ln(E y+) along the wall, any speed into it: production and dissipation are u*3 / (kappa y)."""
    friction, y = 0.05, 0.03
    speed = friction / KAPPA * np.log(E * friction * y / NU)
    velocity = [np.full(8, speed / np.sqrt(2)) for _ in range(3)]
    velocity[normal][:] = 9.0
    k, made, lost = np.full(8, 1 / 120), np.zeros(8), np.zeros(8)
    at, start = np.zeros(1, np.int64), np.array([0, 1])
    shear = np.array([conductance(ops, 1 / 120, y)])
    ops.wall_turbulence(
        made, at, start, np.array([normal]), np.array([y]), shear, *velocity, k, np.array(C), 2, 4
    )
    ops.wall_dissipation(lost, at, start, np.array([y]), k, np.array(C))
    wanted = friction**3 / (KAPPA * y)
    assert made[0] == pytest.approx(wanted, rel=1e-12)  # rounding
    assert lost[0] == pytest.approx(wanted, rel=1e-12)


def test_a_corner_takes_the_mean_of_its_walls(ops):
    lost = np.zeros(1)
    y = np.array([0.02, 0.05])
    at, start = np.zeros(1, np.int64), np.array([0, 2])
    ops.wall_dissipation(lost, at, start, y, np.array([1 / 120]), np.array(C))
    assert lost[0] == pytest.approx(np.mean(0.05**3 / (KAPPA * y)), rel=1e-12)  # rounding
