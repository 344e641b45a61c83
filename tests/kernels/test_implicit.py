"""Equations in one call: loop and array form agree, and are coefficients and plain sweeps; what is given stays."""

from __future__ import annotations

import numpy as np
import pytest
from padded import coefficients, everywhere_equal, random_hall, swept, zeros

from kernels import jacobi, jit

HALLS = [(7, 5, 6), (27, 11, 20), (1, 1, 1)]  # on a card of one block, of several along every axis, of ghosts
AXES = [0, 1, 2]


def leave_out_slow(ops, dtype, cells):
    """In double precision a card makes equations of their pieces, which are tried on the other halls."""
    if ops.device == "cuda" and dtype is np.float64 and cells == HALLS[1]:
        pytest.skip("long in an interpreter of PTX, and on a card nothing new")


def cyclic(axis, triple):
    return (*triple[axis:], *triple[:axis])


def momentum(ops, hall, axis, sweeps, forced=True, rising=0.03):
    """The component `hall.q` after so many sweeps, and its coefficients as `momentum` makes them."""
    flux, v, w = cyclic(axis, (hall.u, hall.v, hall.w))
    _, open1, open2 = cyclic(axis, hall.open)
    lift, rise = hall.dtype(rising if axis == 2 else 0.0), hall.dtype(0.003)
    fields = (hall.q, flux, hall.source, v, w, hall.p, hall.nue)
    masks, sizes = (open1, open2, hall.act[axis]), (*hall.d, *hall.r)
    force = 3 * hall.p if forced else zeros(hall, np.nan)
    out, wall = zeros(hall, np.nan), hall.wall.copy()
    ops.momentum_sweeps(
        out, *fields, hall.t, *masks, wall, force.copy(), *coefficients(hall, np.nan)[:6], *sizes, hall.h[2], hall.rdt,
        lift, rise, forced, axis, sweeps,
    )  # fmt: skip
    push, a = force if forced else zeros(hall), coefficients(hall)
    if lift:
        ops.buoyancy(push, hall.t, hall.act[2], hall.d[2], hall.h[2], lift, rise, hall.strides[2])
    ops.momentum(
        *a[2 * axis : 6], *a[: 2 * axis], a[6], *fields, *masks, hall.wall, push, *sizes, hall.rdt, axis
    )
    return out, a


@pytest.mark.parametrize("cells", HALLS)
@pytest.mark.parametrize("axis", AXES)
def test_momentum_is_its_coefficients_and_plain_sweeps(ops, dtype, cells, axis):
    leave_out_slow(ops, dtype, cells)
    hall = random_hall(dtype, cells)
    out, a = momentum(ops, hall, axis, 6)
    everywhere_equal(
        out, plainly(hall, a, hall.q, 6), 60
    )  # seven terms each; coefficients off by 40 units at most


def plainly(hall, a, q, sweeps):
    for _ in range(sweeps):
        q = swept(hall, a, q)
    return q


@pytest.mark.parametrize("axis", AXES)
@pytest.mark.parametrize("sweeps", [2, 6])
def test_momentum_agrees(loops, arrays, dtype, axis, sweeps):
    hall = random_hall(dtype)
    got, wanted = (momentum(ops, hall, axis, sweeps)[0] for ops in (loops, arrays))
    everywhere_equal(got, wanted, 80)  # coefficients off by 40 units at most, and their sums


@pytest.mark.parametrize("axis", AXES)
def test_momentum_without_a_force_asks_for_none(loops, arrays, dtype, axis):
    """What is in the field of forces does not matter then."""
    hall = random_hall(dtype)
    got, wanted = (momentum(ops, hall, axis, 6, forced=False, rising=0.0)[0] for ops in (loops, arrays))
    everywhere_equal(got, wanted, 80)


def scalar(ops, hall, sweeps):
    """(t after so many sweeps, coefficients, t before)"""
    given = (hall.u, hall.v, hall.w, hall.nue, *hall.open, hall.source)
    last = (*hall.d, *hall.r, hall.dtype(1e-5), hall.dtype(1.1), hall.rdt)
    t, a = hall.t.copy(), coefficients(hall)
    ops.scalar_sweeps(
        t, zeros(hall, np.nan), t, *given, hall.fluid, *coefficients(hall, np.nan), *last, sweeps
    )
    ops.scalar(*a, hall.t, hall.t, *given, hall.fluid, *last)
    return t, a, hall.t


def energy(ops, hall, sweeps):
    """(k after so many sweeps, coefficients, k before)"""
    fields = (hall.k, hall.eps, hall.source, hall.u, hall.v, hall.w, hall.nue, *hall.open, hall.wall)
    last = (*hall.d, *hall.r, hall.constants, hall.rdt)
    out, a, lift = zeros(hall, np.nan), coefficients(hall), hall.t * hall.dtype(0.01)
    room = coefficients(hall, np.nan)
    ops.turbulent_energy_sweeps(out, *fields, lift.copy(), hall.fluid, *room, *last, sweeps)
    ops.turbulent_energy(*a, *fields, lift, hall.fluid, *last)
    return out, a, hall.k


def dissipation(ops, hall, sweeps):
    """(epsilon after so many sweeps, coefficients, epsilon before); every third cell's is given."""
    fields = (hall.k, hall.eps, hall.source, hall.u, hall.v, hall.w, hall.nue, *hall.open)
    free, last = hall.fluid.copy(), (*hall.d, *hall.r, hall.constants, hall.rdt)
    free[::3] = 0
    out, a, room = zeros(hall, np.nan), coefficients(hall), coefficients(hall, np.nan)
    ops.epsilon_sweeps(out, *fields, hall.wall.copy(), free, *room, *last, sweeps)
    ops.epsilon(*a, *fields, hall.wall, free, *last)
    return out, a, hall.eps


SCALARS = {scalar: 16, energy: 4, dissipation: 4}  # and the sweeps that the solver makes


@pytest.mark.parametrize("cells", HALLS)
@pytest.mark.parametrize("equation", SCALARS)
def test_a_scalar_is_its_coefficients_and_plain_sweeps(ops, dtype, cells, equation):
    leave_out_slow(ops, dtype, cells)
    hall = random_hall(dtype, cells)
    out, a, q = equation(ops, hall, SCALARS[equation])
    everywhere_equal(out, plainly(hall, a, q, SCALARS[equation]), 80)  # as above


@pytest.mark.parametrize("equation", SCALARS)
def test_scalars_agree(loops, arrays, dtype, equation):
    hall = random_hall(dtype)
    for sweeps in (2, SCALARS[equation]):
        got, wanted = (equation(ops, hall, sweeps)[0] for ops in (loops, arrays))
        everywhere_equal(
            got, wanted, 100
        )  # coefficients off by 40 units at most, sixteen sweeps of their sums


IN_PLACE = {"momentum": 6, "energy": 4, "dissipation": 4}
TALL = (5, 40, 6)  # rows for three slabs of six sweeps, five of four


def solved(ops, hall, equation, *, in_place):
    """One of three equations of a solver of constant density, into its own field or beside it."""
    dtype, flow = hall.dtype, (hall.u, hall.v, hall.w, hall.nue)
    own = {"momentum": hall.w, "energy": hall.k, "dissipation": hall.eps}[equation].copy()
    out = own if in_place else zeros(hall, np.nan)
    lost, room, sizes = hall.wall.copy(), coefficients(hall, np.nan), (*hall.d, *hall.r)
    if equation == "momentum":
        ops.momentum_sweeps(
            out, own, own, own, hall.u, hall.v, hall.p, hall.nue, hall.t, *hall.open[:2], hall.act[2], lost,
            zeros(hall, np.nan), *room[:6], *sizes, hall.h[2], hall.rdt, dtype(0.03), dtype(0), False, 2, 6,
        )  # fmt: skip
    elif equation == "energy":
        ops.turbulent_energy_sweeps(
            out, own, hall.eps, own, *flow, *hall.open, hall.source, lost, hall.fluid, *room, *sizes,
            hall.constants, hall.rdt, 4,
        )  # fmt: skip
    else:
        ops.epsilon_sweeps(
            out, hall.k, own, own, *flow, *hall.open, lost, hall.fluid, *room, *sizes, hall.constants, hall.rdt, 4
        )  # fmt: skip
    return out


@pytest.mark.parametrize("equation", IN_PLACE)
@pytest.mark.parametrize("threads", [1, 2])
def test_a_field_solved_in_place_is_as_one_solved_beside_it(loops, monkeypatch, equation, threads):
    """Also where slabs meet: nothing that coefficients are made of has been changed by a sweep before."""
    if loops.device == "cuda":
        pytest.skip("a card solves beside")
    monkeypatch.setattr(jacobi, "IN_CACHE", 1)
    monkeypatch.setattr(jacobi, "thread_count", lambda: threads)  # whatever there are here
    jit.threads(threads)
    slabs = jacobi.slabs_for(zeros(random_hall(np.float32, TALL)), 9, 44, 10, IN_PLACE[equation])[1:]
    assert slabs[0] == threads
    assert slabs[0] * slabs[1] >= 2, "nothing meets"
    got, wanted = (
        solved(loops, random_hall(np.float32, TALL), equation, in_place=way) for way in (True, False)
    )
    np.testing.assert_array_equal(got, wanted)
    jit.threads(jit.thread_limit())
