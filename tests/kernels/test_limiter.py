"""Van Leer's correction: loop and array form agree; exact on straight lines, second order, and it conserves."""

from __future__ import annotations

import numpy as np
import pytest
from padded import PAD, box, centres, core, everywhere_equal, random_hall, zeros

from kernels.limiter import momentum_stencil, scalar_stencil

AXES = [0, 1, 2]


def spread(hall, values, axis):
    """A field that varies along one axis only."""
    shape = [1, 1, 1]
    shape[2 - axis] = -1
    return np.broadcast_to(values.reshape(shape), hall.shape).ravel().copy()


def lined(hall, field, axis):
    """Its values along that axis, from the middle of the two others, without ghosts."""
    inner = np.moveaxis(core(hall, field), 2 - axis, 0)
    return inner[:, inner.shape[1] // 2, inner.shape[2] // 2]


def test_scalar_agrees(loops, arrays, dtype):
    hall = random_hall(dtype)
    got, wanted = zeros(hall, 7.0), zeros(hall, 7.0)
    for ops, out in ((loops, got), (arrays, wanted)):
        ops.limited_scalar(
            out, hall.q, hall.u, hall.v, hall.w, scalar_stencil(hall.open, hall.strides), hall.source, *hall.d
        )
    assert not np.array_equal(core(hall, wanted), core(hall, hall.source))
    everywhere_equal(got, wanted, 40)  # some 40 operations


@pytest.mark.parametrize("limited", [True, False])
@pytest.mark.parametrize("axis", AXES)
def test_momentum_agrees(loops, arrays, dtype, axis, limited):
    hall = random_hall(dtype)
    velocity = [hall.u, hall.v, hall.w]
    order = [axis, (axis + 1) % 3, (axis + 2) % 3]
    got, wanted = zeros(hall, 7.0), zeros(hall, 7.0)
    for ops, out in ((loops, got), (arrays, wanted)):
        cyclic = [velocity[n] for n in order]
        ops.limited_momentum(
            out, hall.q, *cyclic, momentum_stencil(hall.open, hall.strides, axis), *hall.d, axis, limited
        )
    assert np.count_nonzero(core(hall, wanted)) > 20
    everywhere_equal(got, wanted, 40)  # some 40 operations


def test_linear_upwind_adds_half_the_difference_behind(ops):
    """u = n^3 carried along z by 2 m/s: what a cell loses more than by upwind is the second difference behind it."""
    hall = box(([1.0], [1.0], [1.0] * 9))
    n = np.arange(float(hall.d[2].size))
    u, up, still, out = spread(hall, n**3, 2), zeros(hall, 2.0), zeros(hall), zeros(hall)
    everywhere = np.full(u.size, 127, np.uint8)
    ops.limited_momentum(out, u, still, still, up, everywhere, *hall.d, 0, False)
    np.testing.assert_allclose(lined(hall, out, 2), -6.0 * (n - 1)[PAD:-PAD], rtol=1e-12)  # rounding


def test_scalar_conserves(ops):
    """What one cell's correction takes its neighbour gets: they sum to nothing, solids and outlets or not."""
    hall = random_hall(np.float64)
    out = zeros(hall)
    ops.limited_scalar(
        out, hall.q, hall.u, hall.v, hall.w, scalar_stencil(hall.open, hall.strides), hall.source, *hall.d
    )
    change = core(hall, out) - core(hall, hall.source)
    assert abs(change.sum()) < 1e-13 * np.abs(change).sum() * change.size  # rounding


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("speed", [-2.0, 2.0])
def test_a_straight_line_is_carried_exactly_on_a_geometric_grid(ops, axis, speed):
    """With cells that grow by a constant factor van Leer's increment is exactly half a cell of a linear field."""
    width = [[1.0, 1.0, 1.0]] * 3
    width[axis] = 0.1 * 1.3 ** np.arange(8)
    hall = box(tuple(width))
    x = centres(hall.d[axis])
    q, still, out = spread(hall, 5.0 + 3.0 * x, axis), zeros(hall), zeros(hall)
    velocity = [still, still, still]
    velocity[axis] = zeros(hall, speed)
    ops.limited_scalar(out, q, *velocity, scalar_stencil(hall.open, hall.strides), still, *hall.d)
    upwind = speed * (3.0 * hall.h[axis][PAD : 1 - PAD])  # cell less the one before it, per m2
    upwind = upwind[:-1] if speed > 0 else upwind[1:]
    exact = speed * 3.0 * hall.d[axis][PAD:-PAD]
    inner = slice(2, -2)  # away from walls, where upwind stays
    np.testing.assert_allclose((upwind - lined(hall, out, axis))[inner], exact[inner], rtol=1e-13)  # rounding


@pytest.mark.parametrize("speed", [-1.0, 1.0])
def test_a_smooth_field_is_carried_with_second_order(ops, speed):
    errors = []
    for n in (20, 40):
        hall = box((np.full(n, 2.0 / n), [1.0], [1.0]))
        edge = np.arange(n + 1) * 2.0 / n
        q, still, out = zeros(hall), zeros(hall), zeros(hall)
        core(hall, q)[...] = -np.diff(np.cos(edge)) * n / 2.0  # means of sin over the cells
        ops.limited_scalar(
            out, q, zeros(hall, speed), still, still, scalar_stencil(hall.open, hall.strides), still, *hall.d
        )
        line = lined(hall, q, 0)
        upwind = speed * (np.diff(line)[:-1] if speed > 0 else np.diff(line)[1:])
        carried = (upwind - lined(hall, out, 0)[1:-1]) * n / 2.0
        exact = speed * np.diff(np.sin(edge))[1:-1] * n / 2.0
        inside = (edge[1:-2] > 0.3) & (edge[2:-1] < 1.2)  # off the crest, where it falls to first order
        errors.append(np.max(np.abs(carried - exact)[inside]))
    assert np.log2(errors[0] / errors[1]) > 1.8  # 2 as h -> 0; upwind alone gives 1


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("across", AXES)
@pytest.mark.parametrize("speed", [-2.0, 2.0])
@pytest.mark.parametrize("limited", [True, False])
def test_momentum_of_a_straight_profile_is_exact(ops, axis, across, speed, limited):
    """Upwind plus correction is the exact convection: V du/dy across the component, d(u u)/dx along it."""
    n, h, slope = 8, 0.1, 3.0
    width = [[0.2] * 5] * 3
    width[across] = np.full(n, h)
    hall = box(tuple(width))
    x = centres(hall.d[across]) - (h / 2 if across == axis else 0.0)
    u = spread(hall, 4.0 * speed + slope * x, across)
    velocity = [zeros(hall), zeros(hall), zeros(hall)]
    velocity[across][:] = speed
    velocity[axis] = u
    order = [axis, (axis + 1) % 3, (axis + 2) % 3]
    out = zeros(hall)
    stencil = momentum_stencil(hall.open, hall.strides, axis)
    ops.limited_momentum(out, u, *[velocity[m] for m in order], stencil, *hall.d, axis, limited)
    line = 4.0 * speed + slope * x
    flux = 0.5 * (line[1:] + line[:-1]) if across == axis else np.full(line.size - 1, speed)
    taken = line[:-1] if speed > 0 else line[1:]  # upwind value between neighbours
    upwind = (np.diff(flux * taken) / h)[PAD - 1 : 1 - PAD]
    exact = 2 * line[PAD:-PAD] * slope if across == axis else speed * slope
    inner = slice(3, -2)  # away from walls, where upwind stays
    carried = upwind - lined(hall, out, across)
    np.testing.assert_allclose(carried[inner], np.broadcast_to(exact, n)[inner], rtol=1e-12)  # rounding


def whole_by_hand(opens, strides, axis, c):
    """The byte of a component's face `c`, from the definition of a stencil."""
    act, open_ = opens[axis], [opens[(axis + n) % 3] for n in range(3)]
    sd = strides[axis]

    def linked(n, at):
        s = strides[(axis + n) % 3]
        between = act[at - s] and act[at]
        return between if n == 0 else between and open_[n][at - sd] and open_[n][at]

    byte = 64 * int(act[c])
    for n in range(3):
        s = strides[(axis + n) % 3]
        byte += (1 << 2 * n) * int(bool(linked(n, c) and linked(n, c - s)))
        byte += (2 << 2 * n) * int(bool(linked(n, c) and linked(n, c + s)))
    return byte


@pytest.mark.parametrize("axis", AXES)
def test_a_stencil_is_whole_where_all_its_faces_are_open(axis):
    hall = random_hall(np.float64)
    got = momentum_stencil(hall.open, hall.strides, axis)
    inner = np.zeros(hall.shape, bool)
    inner[PAD:-PAD, PAD:-PAD, PAD:-PAD] = True
    cells = np.flatnonzero(inner)
    wanted = [whole_by_hand(hall.open, hall.strides, axis, c) for c in cells]
    assert len(set(wanted)) > 10
    assert got[cells].tolist() == wanted
