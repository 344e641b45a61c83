"""Momentum: loop and array form agree; a channel's parabola, profiles that convection holds, forces and walls."""

from __future__ import annotations

import numpy as np
import pytest
from padded import PAD, box, centres, coefficients, core, everywhere_equal, random_hall, swept, volumes, zeros

AXES = [0, 1, 2]


def found(ops, hall, u, velocity, p, nue, wall, force, axis, u0):
    """Coefficients of the component along `axis`; velocity: (u, v, w) of the fluxes."""
    b, c = (axis + 1) % 3, (axis + 2) % 3
    a = coefficients(hall, 7.0)
    ops.momentum(
        *a[2 * axis : 6], *a[: 2 * axis], a[6], u, velocity[axis], u0, velocity[b], velocity[c], p, nue,
        hall.open[b], hall.open[c], hall.act[axis], wall, force, *hall.d, *hall.r, hall.rdt, axis,
    )  # fmt: skip
    return a


def sweep(ops, hall, us, velocity, p, nue, wall, force, axis, u0):
    """The component after one Jacobi sweep of `us`."""
    return swept(hall, found(ops, hall, us, velocity, p, nue, wall, force, axis, u0), us)


@pytest.mark.parametrize("axis", AXES)
def test_loop_and_array_form_agree(loops, arrays, dtype, axis):
    hall = random_hall(dtype)
    velocity = (hall.u, hall.v, hall.w)
    got, wanted = (
        found(ops, hall, hall.q, velocity, hall.p, hall.nue, hall.wall, hall.source, axis, u0=hall.t)
        for ops in (loops, arrays)
    )
    for one, other in zip(got, wanted, strict=True):
        everywhere_equal(one, other, 40)  # some 60 sums and products, each off by half a unit at most


def channel(ops, axis, across, n):
    """(positions, velocity, wall drag, driving force) of a still channel 1 m wide driven along `axis`."""
    width = [[100.0, 100.0]] * 3  # long: no shear along it
    width[across] = np.full(n, 1.0 / n)
    width[3 - axis - across] = [1.0]
    hall = box(tuple(width))
    hall.rdt[:] = 1e-6
    air = hall.fluid * 0.1
    area = volumes(hall) * n  # of the walls, one of the two half cells beside a face each
    wall = zeros(hall)
    drag = np.moveaxis(core(hall, wall), 2 - across, 0)
    drag[0] = drag[-1] = np.moveaxis(area, 2 - across, 0)[0] * 0.1 * 2 * n
    still, us = [zeros(hall)] * 3, zeros(hall)
    for _ in range(400):
        us = sweep(ops, hall, us, still, zeros(hall), air, wall, hall.fluid, axis, u0=us)
    middle = hall.act[axis] > 0
    return (np.arange(n) + 0.5) / n, us[middle], np.sum(us * wall), volumes(hall).sum() / 2


@pytest.mark.many_launches
@pytest.mark.parametrize(("axis", "across"), [(0, 1), (0, 2), (1, 2), (1, 0), (2, 0), (2, 1)])
def test_a_channel_flows_as_its_parabola(ops, axis, across):
    errors = []
    for n in (4, 8):
        z, u, resisted, driven = channel(ops, axis, across, n)
        errors.append(
            np.max(np.abs(u - z * (1 - z) / 0.2))
        )  # f z (1 - z) / (2 nu), f = 1 m/s2, nu = 0.1 m2/s
        assert resisted == pytest.approx(
            driven, rel=1e-4
        )  # 1e-6 1/s of storage, the Jacobi rest, shear along 100 m
    assert np.log2(errors[0] / errors[1]) == pytest.approx(
        2.0, abs=0.05
    )  # second order: the error is h2 / 8 f / nu


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("across", AXES)
@pytest.mark.parametrize("speed", [-0.4, 0.4])
def test_convection_and_shear_hold_the_upwind_profile(ops, axis, across, speed):
    """Steps grow by 1 + V h / nu downwind: the exact solution of the upwind equations, so a sweep keeps it."""
    width = [[0.2, 0.2]] * 3
    width[across] = np.full(8, 0.2)
    hall = box(tuple(width))
    hall.rdt[:] = 1e-3
    nu = 0.1
    growth = 1 + abs(speed) * 0.2 / nu
    profile = np.cumsum(growth ** (np.sign(speed) * np.arange(hall.shape[2 - across])))
    shape = [1, 1, 1]
    shape[2 - across] = -1
    us = np.broadcast_to(profile.reshape(shape), hall.shape).ravel().copy()
    velocity = [zeros(hall), zeros(hall), zeros(hall)]
    velocity[across][:] = speed
    rest = zeros(hall)
    out = sweep(ops, hall, us, velocity, rest, zeros(hall, nu), rest, rest, axis, u0=us)
    inner = np.moveaxis((out - us).reshape(hall.shape), 2 - across, 0)[PAD + 2 : -PAD - 2]
    assert np.max(np.abs(inner)) < 1e-13 * profile.max()  # a dozen roundings of 1e-16


@pytest.mark.parametrize("axis", AXES)
def test_still_air_without_shear_takes_force_less_pressure_gradient(ops, axis):
    rng = np.random.default_rng(2)
    hall = box(tuple(rng.uniform(0.1, 0.3, n) for n in (5, 3, 4)))
    where = np.cumsum(hall.h[axis])
    shape = [1, 1, 1]
    shape[2 - axis] = -1
    p = np.broadcast_to(3.0 * where.reshape(shape), hall.shape).ravel().copy()
    rest = zeros(hall)
    out = sweep(ops, hall, rest, [rest] * 3, p, rest, rest, zeros(hall, 5.0), axis, u0=zeros(hall, 1.0))
    unknown = hall.act[axis] > 0
    np.testing.assert_allclose(out[unknown], 1.0 + (5.0 - 3.0) / 4.0, rtol=1e-13)  # dt = 1/4 s; rounding only
    assert not out[~unknown].any()


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("across", AXES)
def test_a_straight_profile_feels_no_shear_on_a_graded_grid(ops, axis, across):
    width = [[0.2, 0.2]] * 3
    width[across] = np.random.default_rng(13).uniform(0.1, 0.3, 8)
    hall = box(tuple(width))
    hall.rdt[:] = 1e-3
    where = centres(hall.d[across]) - (0.5 * hall.d[across] if axis == across else 0.0)
    shape = [1, 1, 1]
    shape[2 - across] = -1
    us = np.broadcast_to((2.0 + 3.0 * where).reshape(shape), hall.shape).ravel().copy()
    rest = zeros(hall)
    out = sweep(ops, hall, us, [rest] * 3, rest, zeros(hall, 0.1), rest, rest, axis, u0=us)
    change = np.moveaxis((out - us).reshape(hall.shape), 2 - across, 0)[
        PAD + 1 : -PAD - 1
    ]  # not beside walls
    assert np.abs(change).max() < 1e-14 * us.max()  # rounding
