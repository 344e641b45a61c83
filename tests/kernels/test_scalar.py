"""Heat: loop and array form agree; what goes in comes out; diffusion is second order; buoyancy sits on the face."""

from __future__ import annotations

import numpy as np
from padded import PAD, box, centres, coefficients, core, everywhere_equal, random_hall, swept, volumes, zeros


def found(ops, hall, t, t0, velocity, nue, opens, source, g0, g1):
    """Coefficients of the temperature."""
    a = coefficients(hall, 7.0)
    ops.scalar(*a, t, t0, *velocity, nue, *opens, source, hall.fluid, *hall.d, *hall.r, g0, g1, hall.rdt)
    return a


def test_loop_and_array_form_agree(loops, arrays, dtype):
    hall = random_hall(dtype)
    velocity = (hall.u, hall.v, hall.w)
    got, wanted = (
        found(ops, hall, hall.t, hall.q, velocity, hall.nue, hall.open, hall.source, dtype(1e-5), dtype(1.1))
        for ops in (loops, arrays)
    )
    for one, other in zip(got, wanted, strict=True):
        everywhere_equal(one, other, 40)  # some 40 sums and products, each off by half a unit at most


def test_buoyancy_agrees(loops, arrays, dtype):
    hall = random_hall(dtype)
    got, wanted = hall.q.copy(), hall.q.copy()
    row = hall.shape[1] * hall.shape[2]
    for ops, force in ((loops, got), (arrays, wanted)):
        ops.buoyancy(force, hall.t, hall.act[2], hall.d[2], hall.h[2], dtype(0.033), dtype(0.0034), row)
    everywhere_equal(got, wanted, 8)  # seven operations


def stirred_channel():
    """A box with 0.5 m/s through it along x and eddies in each of its layers, without divergence."""
    rng = np.random.default_rng(3)
    hall = box(tuple(rng.uniform(0.1, 0.3, n) for n in (7, 5, 3)))
    dx, dy, _ = (w[PAD:-PAD] for w in hall.d)
    eddy = np.zeros((3, 6, 8))  # stream function at the corners [m2/s], 0 on the walls
    eddy[:, 1:-1, 1:-1] = rng.uniform(-0.05, 0.05, (3, 4, 6))
    u, v, w = zeros(hall), zeros(hall), zeros(hall)
    u.reshape(hall.shape)[PAD:-PAD, PAD:-PAD, PAD : -PAD + 1] = 0.5 + np.diff(eddy, axis=1) / dy[:, None]
    v.reshape(hall.shape)[PAD:-PAD, PAD : -PAD + 1, PAD:-PAD] = -np.diff(eddy, axis=2) / dx
    return hall, u, v, w


def settled(ops, hall, velocity, source, g0, t, sweeps):
    """Sweep until steady, from `t`, which also gives what flows in."""
    for _ in range(sweeps):
        a = found(ops, hall, t, t, velocity, zeros(hall), hall.open, source, g0, 1.0)
        t = swept(hall, a, t)
    return t


def test_heat_that_goes_in_comes_out(ops):
    hall, u, v, w = stirred_channel()
    hall.rdt[:] = 1e-3
    source = hall.fluid * np.random.default_rng(4).uniform(0.0, 0.1, hall.fluid.size)
    t = settled(ops, hall, (u, v, w), source, 0.01, zeros(hall, 2.0), 400)
    area = hall.d[2][PAD:-PAD, None] * hall.d[1][None, PAD:-PAD]
    carried = np.sum(u.reshape(hall.shape)[PAD:-PAD, PAD:-PAD, -PAD] * area * core(hall, t)[:, :, -1])
    brought = 2.0 * 0.5 * area.sum()
    np.testing.assert_allclose(
        carried - brought, source.sum(), rtol=1e-9
    )  # Jacobi rest after 400 sweeps < 1e-12


def test_nothing_is_hotter_than_what_comes_in(ops):
    hall, u, v, w = stirred_channel()
    t = zeros(hall, 1.0)
    core(hall, t)[...] = np.random.default_rng(5).uniform(0.0, 2.0, core(hall, t).shape)
    low, high = core(hall, t).min(), core(hall, t).max()
    t = core(hall, settled(ops, hall, (u, v, w), zeros(hall), 0.01, t, 5))
    assert low - 1e-15 < t.min()
    assert t.max() < high + 1e-15


def test_diffusion_is_second_order(ops):
    """T = cos(pi x) between insulated walls, source pi2 cos(pi x), as storage towards the exact profile."""
    errors = []
    for n in (8, 16):
        hall = box((np.full(n, 1.0 / n), [1.0], [1.0]))
        hall.rdt[:] = 100.0
        edge = np.arange(n + 1) / n
        exact, source = zeros(hall), zeros(hall)
        core(hall, exact)[...] = np.cos(np.pi * (edge[1:] + edge[:-1]) / 2)
        core(hall, source)[...] = np.pi * np.diff(np.sin(np.pi * edge))
        t, still, eddy = exact.copy(), zeros(hall), hall.fluid * 0.3  # 0.4 + 2 0.3 = 1 m2/s
        a = found(ops, hall, t, exact, [still] * 3, eddy, hall.open, source, 0.4, 2.0)
        for _ in range(200):
            t = swept(hall, a, t)
        errors.append(np.max(np.abs(core(hall, t) - core(hall, exact))))
    order = np.log2(errors[0] / errors[1])
    assert 1.8 < order < 2.2  # 2 as h -> 0; these grids are within a tenth of it


def test_solids_keep_their_temperature_and_give_it_to_air_that_leaves_them(ops):
    hall = box(([1.0, 1.0], [1.0], [1.0]))
    hall.fluid[:] = 0
    core(hall, hall.fluid)[0, 0, 1] = 1  # a rack's rear cell, then air
    still, t, u = zeros(hall), zeros(hall, 5.0), zeros(hall)
    core(hall, t)[0, 0] = 30.0, 10.0
    u.reshape(hall.shape)[PAD, PAD, PAD + 1 : PAD + 3] = 0.5
    hall.rdt[:] = 0.5
    a = found(ops, hall, t, t, (u, still, still), still, [still] * 3, still, 0.1, 1.0)
    out = swept(hall, a, t)
    np.testing.assert_allclose(
        core(hall, out)[0, 0], [30.0, 20.0], rtol=1e-15
    )  # (0.5 30 + 0.5 10) / (0.5 + 0.5)


def test_buoyancy_takes_the_temperature_of_the_face(ops):
    """A linear profile is met exactly on a graded grid."""
    hall = box(([1.0], [1.0], [0.1, 0.2, 0.15, 0.4]))
    z = centres(hall.d[2])
    t = np.broadcast_to((2.0 + 3.0 * z)[:, None, None], hall.shape).ravel().copy()
    out = zeros(hall, 1.0)
    ops.buoyancy(out, t, hall.act[2], hall.d[2], hall.h[2], 0.5, 0.0, hall.shape[1] * hall.shape[2])
    inner = out.reshape(hall.shape)[PAD : -PAD + 1, PAD, PAD]
    face = np.array([0.1, 0.3, 0.45])
    np.testing.assert_allclose(inner[1:-1], 1.0 + 0.5 * (2.0 + 3.0 * face), rtol=1e-14)  # rounding only
    assert inner[0] == inner[-1] == 1.0


def test_volume_is_what_stores(ops):
    """Without flow or conduction a source heats each cell by source / (volume / dt)."""
    hall = random_hall(np.float64)
    still = zeros(hall)
    out = swept(
        hall, found(ops, hall, hall.t, hall.t, [still] * 3, still, hall.open, hall.source, 0.0, 1.0), hall.t
    )
    rise = core(hall, hall.source) / (volumes(hall) * hall.rdt[PAD:-PAD, None, None]) * core(hall, hall.fluid)
    np.testing.assert_allclose(core(hall, out), core(hall, hall.t) + rise, rtol=1e-12, atol=1e-13)  # rounding
