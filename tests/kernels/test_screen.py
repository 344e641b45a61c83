"""Screens: array form against loops, the exact loss at a fixed point, jets in one direction only, air turned."""

import numpy as np
import pytest
from padded import box, coefficients, swept, zeros


def lists(dtype, rng):
    field = rng.uniform(-2.0, 2.0, (4, 60)).astype(dtype)
    face = rng.choice(60, 12, replace=False)
    per_face = rng.uniform(0.1, 3.0, (4, 12)).astype(dtype)
    return field, face, per_face


def test_drag_is_the_same_on_arrays(loops, arrays, dtype):
    field, face, per_face = lists(dtype, np.random.default_rng(1))
    found = []
    for ops in (loops, arrays):
        wall, force = field[0].copy(), field[1].copy()
        ops.screen_drag(wall, force, face, *per_face, field[2], field[3])
        found.append((wall, force))
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5 if dtype == np.float32 else 1e-12, atol=1e-5)


def test_jets_are_the_same_on_arrays(loops, arrays, dtype):
    rng = np.random.default_rng(2)
    field, face, _ = lists(dtype, rng)
    start = np.array([0, 2, 2, 3, 5, 5, 6, 7, 8, 9, 10, 11, 12])
    source, weight = rng.integers(0, 60, 12), rng.uniform(-3.0, 3.0, 12).astype(dtype)
    found = []
    for ops in (loops, arrays):
        force = field[1].copy()
        ops.screen_jets(force, face, start, source, weight, field[2], field[3])
        found.append(force)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5 if dtype == np.float32 else 1e-12, atol=1e-5)


@pytest.mark.parametrize("speed", [0.0, 0.3, 5.0])
def test_velocity_settles_where_the_loss_is_the_pressure(ops, speed):
    """dp A = K u^2 / 2 A from any start: slope and source are consistent, and each step comes nearer."""
    loss, area, gap, drop = (np.array([value]) for value in (8.0, 0.5, 0.2, 1.0))
    vel = np.array([3.0])
    for _ in range(400):
        wall, force = np.zeros(1), np.zeros(1)
        ops.screen_drag(wall, force, np.array([0]), loss, area, gap, np.array([speed]), vel, vel)
        vel = (drop * area + force * area * gap) / wall
    assert vel[0] == pytest.approx(np.sqrt(2.0 * 1.0 / 8.0), rel=1e-9)


def test_jets_push_on_the_side_they_blow_to(ops):
    start, source, weight = np.array([0, 1, 2]), np.array([0, 0]), np.array([2.0, -2.0])
    for velocity, expected in ((3.0, [18.0, 0.0]), (-3.0, [0.0, -18.0])):
        vel, force = np.array([velocity, 0.0, 0.0]), np.zeros(3)
        ops.screen_jets(force, np.array([1, 2]), start, source, weight, vel, vel)
        np.testing.assert_allclose(force[1:], expected)


def test_turning_is_the_same_on_arrays(loops, arrays, dtype):
    rng = np.random.default_rng(3)
    field, face, _ = lists(dtype, rng)
    start = np.array([0, 2, 2, 3, 5, 5, 6, 7, 8, 9, 10, 11, 12])
    source, before = rng.integers(0, 60, (2, 12))
    weight = rng.uniform(-3.0, 3.0, 12).astype(dtype)
    found = []
    for ops in (loops, arrays):
        force = field[0].copy()
        ops.screen_turn(force, face, start, source, before, weight, field[2], field[3])
        found.append(force)
    np.testing.assert_allclose(found[0], found[1], rtol=1e-5 if dtype == np.float32 else 1e-12, atol=1e-5)


@pytest.mark.parametrize("speed", [0.7, -0.7])
def test_oblique_air_leaves_a_screen_with_its_share_of_the_velocity_along_it(ops, speed):
    """A box 6 x 4 x 1, air along x, its velocity along y carried in from both ends: 1 m/s to the screen, 0.4 behind."""
    hall = box(([0.5] * 6, [0.4] * 4, [0.3]))
    _, sy, _ = hall.strides
    screen, share = 5, 0.4
    cells = np.arange(hall.fluid.size).reshape(hall.shape)[2:-2, 2:-2, screen].ravel()
    rows = [
        (cell + step, face, other + step, side * 0.5 * (1 - share) / 0.5)
        for face in cells
        for cell, other, side in ((face, face - 1, 1.0), (face - 1, face, -1.0))
        for step in (0, sy)
        if hall.act[1][cell + step]
    ]
    face, source, before, weight = (np.array(column) for column in zip(*sorted(rows), strict=True))
    first = np.flatnonzero(np.append(True, np.diff(face) > 0))
    v, none, along = zeros(hall, 1.0), zeros(hall), zeros(hall, speed)
    hall.rdt[:] = 1e-9
    for _ in range(12):  # upwind and no shear: each time the value goes one cell on
        a, force = coefficients(hall), zeros(hall)
        ops.screen_turn(force, face[first], np.append(first, face.size), source, before, weight, along, v)
        ops.momentum(
            *a[2:6], *a[:2], a[6], v, none, none, none, along, none, none, hall.open[2], hall.open[0],
            hall.act[1], none, force, *hall.d, *hall.r, hall.rdt, 1,
        )  # fmt: skip
        v = swept(hall, a, v)
    found = v[hall.act[1] > 0].reshape(3, 6)  # y faces between four cells, along x
    behind = np.arange(6) >= 3 if speed > 0 else np.arange(6) < 3
    np.testing.assert_allclose(found, np.broadcast_to(np.where(behind, share, 1.0), (3, 6)), rtol=1e-6)
