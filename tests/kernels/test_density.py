"""Variable density: loop and array form agree; an ideal gas by hand; flux and velocity are each other's inverse."""

import numpy as np
import pytest
from padded import everywhere_equal, random_hall, zeros

RISE = 1.0 / 300.0
AXES = pytest.mark.parametrize("axis", [0, 1, 2])


def beside(hall, axis):
    """(flux, temperature, whether air is on both sides of the faces)"""
    return (hall.u, hall.v, hall.w)[axis], hall.t, hall.open[axis]


def velocity_of(ops, hall, axis):
    out = zeros(hall)
    ops.velocity(out, *beside(hall, axis), *hall.d, hall.dtype(RISE), axis)
    return out


@AXES
def test_velocity_agrees(loops, arrays, dtype, axis):
    hall = random_hall(dtype)
    everywhere_equal(
        velocity_of(loops, hall, axis), velocity_of(arrays, hall, axis), 10
    )  # some ten operations


@AXES
def test_density_of_the_mean_between_air_cells_and_of_the_coming_air_elsewhere(ops, axis):
    hall = random_hall(np.float64)
    got = velocity_of(ops, hall, axis).reshape(hall.shape)
    flux, t, opened = (a.reshape(hall.shape) for a in beside(hall, axis))
    kinds = set()
    for k, j, i in ((2, 2, 3), (3, 4, 4), (4, 3, 2), (2, 3, 5), (6, 5, 7), (3, 2, 6)):
        at = (i, j, k)[axis]
        below = tuple(n - (axis == place) for n, place in zip((k, j, i), (2, 1, 0), strict=True))
        d = hall.d[axis]
        mean = (t[below] * d[at] + t[k, j, i] * d[at - 1]) / (d[at] + d[at - 1])
        coming = t[below] if flux[k, j, i] > 0 else t[k, j, i]
        here = mean if opened[k, j, i] else coming
        kinds.add(bool(opened[k, j, i]))
        assert got[k, j, i] == pytest.approx(
            flux[k, j, i] * (300.0 + here) / 300.0, rel=1e-14
        )  # rounding only
    assert kinds == {True, False}


@AXES
def test_mass_flux_agrees_undoes_velocity_and_keeps_what_is_imposed(loops, arrays, dtype, axis):
    hall = random_hall(dtype)
    flux, t, opened = beside(hall, axis)
    faces = np.zeros(hall.shape, bool)
    faces[2:-1, 2:-1, 2:-1] = True
    known = (hall.act[axis] > 0) & faces.ravel()
    found = []
    for ops in (loops, arrays):
        before = (flux * 0.5).astype(dtype)  # of the same sign: the same air comes
        got = before.copy()
        vel = velocity_of(ops, hall, axis)
        ops.mass_flux(got, vel, t, opened, hall.act[axis], *hall.d, dtype(RISE), axis)
        np.testing.assert_allclose(got[known], flux[known], rtol=8 * np.finfo(dtype).eps)  # four roundings
        assert np.array_equal(got[~known], before[~known])
        found.append(got)
    everywhere_equal(*found, 10)


@AXES
def test_mass_flux_takes_the_air_that_came_before(ops, axis):
    hall = random_hall(np.float64)
    flux, t, _ = beside(hall, axis)
    outlet = zeros(hall).astype(np.uint8)  # no face has air on both sides: that of the old sign counts
    vel = velocity_of(ops, hall, axis)
    one_way, other = np.abs(flux), -np.abs(flux)
    for field in (one_way, other):
        ops.mass_flux(field, vel, t, outlet, outlet + np.uint8(1), *hall.d, RISE, axis)
    inner = (slice(2, -1),) * 3
    stride = hall.strides[axis]
    low = (vel / (1 + RISE * np.roll(t, stride))).reshape(hall.shape)[inner]
    high = (vel / (1 + RISE * t)).reshape(hall.shape)[inner]
    np.testing.assert_allclose(one_way.reshape(hall.shape)[inner], low, rtol=1e-14)  # rounding only
    np.testing.assert_allclose(other.reshape(hall.shape)[inner], high, rtol=1e-14)


@AXES
def test_inertia_agrees_and_weighs_the_volume_of_the_face(loops, arrays, dtype, axis):
    hall = random_hall(dtype)
    flux, t, opened = beside(hall, axis)
    got, wanted = hall.source.copy(), hall.source.copy()
    for ops, wall in ((loops, got), (arrays, wanted)):
        ops.inertia(wall, flux, t, opened, *hall.d, hall.rdt, dtype(RISE), axis)
    # the array form takes the difference of two numbers near 1, and so has the rounding of those
    weight = float(max(hall.rdt) * np.prod([d.max() for d in hall.d]))
    np.testing.assert_allclose(
        got, wanted, rtol=10 * np.finfo(dtype).eps, atol=4 * np.finfo(dtype).eps * weight
    )
    k, j, i = 3, 3, 3
    sizes = [hall.d[0][i], hall.d[1][j], hall.d[2][k]]
    sizes[axis] = 0.5 * (hall.d[axis][3] + hall.d[axis][2])
    at = np.ravel_multi_index((k, j, i), hall.shape)
    density = float(flux[at]) / float(velocity_of(arrays, hall, axis)[at])
    expected = (density - 1.0) * float(np.prod(sizes)) * float(hall.rdt[k])
    assert float(got[at]) == pytest.approx(expected, abs=100 * float(np.finfo(dtype).eps))  # of 1, as above


def test_ghosts_are_left_alone(ops):
    hall = random_hall(np.float64)
    faces = np.zeros(hall.shape, bool)
    faces[2:-1, 2:-1, 2:-1] = True
    for axis in range(3):
        assert not velocity_of(ops, hall, axis)[~faces.ravel()].any()
