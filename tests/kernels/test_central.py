"""Central convection: loop and array form agree; it is linear interpolation, also beside walls; it conserves."""

from __future__ import annotations

import numpy as np
import pytest
from padded import PAD, box, centres, core, everywhere_equal, random_hall, zeros

AXES = [0, 1, 2]


def test_scalar_agrees(loops, arrays, dtype):
    hall = random_hall(dtype)
    got, wanted = zeros(hall, 7.0), zeros(hall, 7.0)
    for ops, out in ((loops, got), (arrays, wanted)):
        ops.central_scalar(out, hall.q, hall.u, hall.v, hall.w, *hall.open, hall.source, *hall.d)
    assert not np.array_equal(core(hall, wanted), core(hall, hall.source))
    everywhere_equal(got, wanted, 40)  # some 40 operations


@pytest.mark.parametrize("axis", AXES)
def test_momentum_agrees(loops, arrays, dtype, axis):
    hall = random_hall(dtype)
    velocity = [hall.u, hall.v, hall.w]
    order = [axis, (axis + 1) % 3, (axis + 2) % 3]
    got, wanted = zeros(hall, 7.0), zeros(hall, 7.0)
    for ops, out in ((loops, got), (arrays, wanted)):
        cyclic = [velocity[n] for n in order]
        ops.central_momentum(out, hall.q, *cyclic, *[hall.open[n] for n in order], *hall.d, axis)
    assert np.count_nonzero(core(hall, wanted)) > 20
    everywhere_equal(got, wanted, 60)  # some 60 operations


def test_scalar_conserves(ops):
    """What one cell's correction takes its neighbour gets: they sum to nothing, solids and outlets or not."""
    hall = random_hall(np.float64)
    out = zeros(hall)
    ops.central_scalar(out, hall.q, hall.u, hall.v, hall.w, *hall.open, hall.source, *hall.d)
    change = core(hall, out) - core(hall, hall.source)
    assert abs(change.sum()) < 1e-13 * np.abs(change).sum() * change.size  # rounding


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("speed", [-2.0, 2.0])
def test_a_straight_line_is_carried_exactly_up_to_the_walls(ops, axis, speed):
    """Linear interpolation on any grid: upwind plus correction is speed times the value on the face."""
    width = [np.array([1.0, 1.0])] * 3
    width[axis] = np.array([0.3, 0.5, 0.2, 0.4, 0.25])
    hall = box(tuple(width))
    x = centres(hall.d[axis])
    shape = [1, 1, 1]
    shape[2 - axis] = -1
    q = np.broadcast_to((1.0 + 3.0 * x).reshape(shape), hall.shape).ravel().copy()
    velocity = [zeros(hall), zeros(hall), zeros(hall)]
    velocity[axis][:] = speed
    out = zeros(hall)
    ops.central_scalar(out, q, *velocity, *hall.open, zeros(hall), *hall.d)
    line = np.moveaxis(core(hall, out), 2 - axis, 0)[:, 0, 0]
    faces = np.concatenate([[0.0], np.cumsum(width[axis])])[1:-1]
    x = x[PAD:-PAD]
    upwind = 1.0 + 3.0 * (x[:-1] if speed > 0 else x[1:])
    extra = speed * (1.0 + 3.0 * faces - upwind)
    expected = -np.diff(np.concatenate([[0.0], extra, [0.0]]))
    np.testing.assert_allclose(line, expected, rtol=1e-12, atol=1e-14)


def test_momentum_beside_a_wall_uses_the_wall_velocity(ops):
    """Along its own axis a component meets the wall's zero: the flux through the middle is (u / 2)^2."""
    hall = box(([1.0, 1.0], [1.0], [1.0]))
    u, still, out = zeros(hall), zeros(hall), zeros(hall)
    u.reshape(hall.shape)[PAD, PAD, PAD + 1] = 3.0
    ops.central_momentum(out, u, u, still, still, *hall.open, *hall.d, 0)
    # upwind takes 1.5 * 3 out to the right, 0 in; central 1.5 * 1.5 on both sides: the correction adds 4.5
    assert core(hall, out)[0, 0, 1] == pytest.approx(4.5, rel=1e-12)
