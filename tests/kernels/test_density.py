"""Density at the faces: loop and array form agree; an ideal gas by hand; flux and velocity are each other's inverse."""

import numpy as np
import pytest
from padded import core, everywhere_equal, random_hall, zeros

RISE = 1.0 / 300.0


def densities(ops, hall, dtype):
    out = [zeros(hall, 1.0) for _ in range(3)]
    ops.face_density(*out, hall.t, hall.u, hall.v, hall.w, *hall.open, *hall.d, dtype(RISE))
    return out


def test_face_density_agrees(loops, arrays, dtype):
    hall = random_hall(dtype)
    for got, wanted in zip(densities(loops, hall, dtype), densities(arrays, hall, dtype), strict=True):
        everywhere_equal(got, wanted, 10)  # some ten operations


def test_density_of_the_mean_between_air_cells_and_of_the_coming_air_elsewhere(ops):
    hall = random_hall(np.float64)
    x_face = densities(ops, hall, np.float64)[0].reshape(hall.shape)
    t, u, opened = (a.reshape(hall.shape) for a in (hall.t, hall.u, hall.open[0]))
    dx = hall.d[0]
    for k, j, i in ((2, 2, 3), (3, 4, 4), (4, 3, 2), (2, 3, 5)):
        mean = (t[k, j, i - 1] * dx[i] + t[k, j, i] * dx[i - 1]) / (dx[i] + dx[i - 1])
        coming = t[k, j, i - 1] if u[k, j, i] > 0 else t[k, j, i]
        here = mean if opened[k, j, i] else coming
        assert x_face[k, j, i] == pytest.approx(300.0 / (300.0 + here), rel=1e-14)  # rounding only


def test_velocity_and_mass_flux_agree_and_undo_each_other(loops, arrays, dtype):
    hall = random_hall(dtype)
    density = densities(arrays, hall, dtype)[0]
    got, wanted = zeros(hall), zeros(hall)
    loops.velocity(got, hall.u, density)
    arrays.velocity(wanted, hall.u, density)
    everywhere_equal(got, wanted, 2)
    for ops, out in ((loops, got), (arrays, wanted)):
        flux = (hall.u * 0.5).astype(dtype)
        ops.mass_flux(flux, out, density, hall.act[0])
        known = hall.act[0] > 0
        np.testing.assert_allclose(flux[known], hall.u[known], rtol=8 * np.finfo(dtype).eps)  # four roundings
        assert np.array_equal(flux[~known], (hall.u * 0.5).astype(dtype)[~known])


@pytest.mark.parametrize("axis", [0, 1, 2])
def test_inertia_agrees_and_weighs_the_volume_of_the_face(loops, arrays, dtype, axis):
    hall = random_hall(dtype)
    density = densities(arrays, hall, dtype)[axis]
    got, wanted = hall.source.copy(), hall.source.copy()
    for ops, wall in ((loops, got), (arrays, wanted)):
        ops.inertia(wall, density, *hall.d, hall.rdt, axis)
    everywhere_equal(got, wanted, 10)
    k, j, i = 3, 3, 3
    sizes = [hall.d[0][i], hall.d[1][j], hall.d[2][k]]
    sizes[axis] = 0.5 * (hall.d[axis][3] + hall.d[axis][2])
    r, w = (float(a.reshape(hall.shape)[k, j, i]) for a in (density, hall.source))
    expected = w + (r - 1.0) * float(np.prod(sizes)) * float(hall.rdt[k])
    # the difference r - 1 is small: its rounding is that of 1
    assert float(got.reshape(hall.shape)[k, j, i]) == pytest.approx(
        expected, abs=100 * float(np.finfo(dtype).eps)
    )


def test_cells_are_left_alone_outside_the_faces(ops):
    hall = random_hall(np.float64)
    assert core(hall, densities(ops, hall, np.float64)[0]).min() > 0.0
