"""Implicit equations, their sweeps in one pass or few; see `kernels.implicit` and `march`.

In float64, which would take twice the registers, and for numbers of sweeps that nobody needs, coefficients are stored
and swept by `jacobi`.
"""

from __future__ import annotations

import numpy as np

from ..implicit import (
    Pieces,
    epsilon_by_pieces,
    momentum_by_pieces,
    scalar_by_pieces,
    turbulent_energy_by_pieces,
)
from ..jit import cuda
from ..momentum import ONE, momentum_at
from ..scalar import HALF, ZERO, exchange, lifted, scalar_at, share_of, with_rest
from ..slices import cyclic
from ..turbulence import C_1, C_2, SIGMA_EPS, SIGMA_K, diffusivity, epsilon_at, turbulent_energy_at
from .fields import copy_on_cuda, fill_on_cuda
from .jacobi import jacobi_on_cuda
from .launch import kernel_that_writes
from .march import four_sweeps, marched, six_sweeps
from .momentum import momentum_on_cuda
from .scalar import buoyancy_on_cuda, scalar_on_cuda
from .turbulence import epsilon_on_cuda, turbulent_energy_on_cuda

BEFORE = np.uint32(1)
ONE_BY_ONE = Pieces(
    fill_on_cuda, copy_on_cuda, buoyancy_on_cuda, momentum_on_cuda, scalar_on_cuda, turbulent_energy_on_cuda,
    epsilon_on_cuda, jacobi_on_cuda,
)  # fmt: skip


@cuda.jit(device=True)
def at_face(given, c, i, j, k, nx, ny):
    """Coefficients and rest of the velocity face at cell i, j, k."""
    (
        u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, d, e1, e2, r1, r2, dz, hz, rdt,
        lift, rise, forced, sd, s1, s2, axis,
    ) = given  # fmt: skip
    i, j, k = np.uint32(i), np.uint32(j), np.uint32(k)  # half the registers
    n = i if axis == 0 else (j if axis == 1 else k)
    n1 = j if axis == 0 else (k if axis == 1 else i)
    n2 = k if axis == 0 else (i if axis == 1 else j)
    push = force[c] if forced else ZERO
    if lift != ZERO:
        push += lifted(t, act, HALF * dz[k] / hz[k], lift, rise, c, sd)
    lo, hi, lo1, hi1, lo2, hi2, b = momentum_at(
        u, flux, u0, v, w, p, nue, open1, open2, act, wall, push, c, sd, s1, s2, d[n - BEFORE], d[n],
        ONE / d[n - BEFORE], ONE / d[n], e1[n1], r1[n1], r1[n1 + BEFORE], e2[n2], r2[n2], r2[n2 + BEFORE], rdt[k],
    )  # fmt: skip
    if axis == 0:
        return lo, hi, lo1, hi1, lo2, hi2, b
    if axis == 1:
        return lo2, hi2, lo, hi, lo1, hi1, b
    return lo1, hi1, lo2, hi2, lo, hi, b


@cuda.jit(device=True)
def of_scalar(given, c, i, j, k, nx, ny):
    """`scalar_at`."""
    t, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx, dy, dz, rx, ry, rz, g0, g1, rdt = given
    return scalar_at(
        t, t0, u, v, w, nue, ox, oy, oz, source, fluid, c, np.uint64(nx), np.uint64(nx * ny),
        dx[i], rx[i], rx[i + 1], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1], g0, g1, rdt[k],
    )  # fmt: skip


@cuda.jit(device=True)
def of_scalar_again(given, c, i, j, k, nx, ny):
    """The same where the rest is known."""
    rest, u, v, w, nue, ox, oy, oz, fluid, dx, dy, dz, rx, ry, rz, g0, g1, rdt = given
    a = exchange(
        u, v, w, nue, ox, oy, oz, c, np.uint64(nx), np.uint64(nx * ny),
        dx[i], rx[i], rx[i + 1], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1], g0, g1,
    )  # fmt: skip
    return with_rest(a, share_of(a, dx[i] * dy[j] * dz[k] * rdt[k], fluid[c]), rest[c])


@cuda.jit(device=True)
def of_energy(given, c, i, j, k, nx, ny):
    """`turbulent_energy_at`."""
    (
        energy, eps, energy0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, dx, dy, dz, rx, ry, rz, constants, rdt,
    ) = given  # fmt: skip
    g0, g1 = diffusivity(constants, SIGMA_K)
    return turbulent_energy_at(
        energy, eps, energy0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, c, np.uint64(nx), np.uint64(nx * ny),
        dx[i], rx[i], rx[i + 1], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1], g0, g1, rdt[k],
    )  # fmt: skip


@cuda.jit(device=True)
def of_epsilon(given, c, i, j, k, nx, ny):
    """`epsilon_at`."""
    energy, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, dx, dy, dz, rx, ry, rz, constants, rdt = given
    g0, g1 = diffusivity(constants, SIGMA_EPS)
    return epsilon_at(
        energy, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, c, np.uint64(nx), np.uint64(nx * ny),
        dx[i], rx[i], rx[i + 1], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1],
        g0, g1, constants[C_1], constants[C_2], rdt[k],
    )  # fmt: skip


six_of_momentum = six_sweeps(at_face)
six_of_scalar = six_sweeps(of_scalar, keeps=True)
six_more_of_scalar = six_sweeps(of_scalar_again)
four_more_of_scalar = four_sweeps(of_scalar_again)
four_of_energy = four_sweeps(of_energy)
four_of_epsilon = four_sweeps(of_epsilon)


@kernel_that_writes("new")
def momentum_six(
    new, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, d, e1, e2, r1, r2, dz, hz, rdt,
    lift, rise, forced, sd, s1, s2, axis, nx, ny, nz, planes,
):  # fmt: skip
    """new = six sweeps of u; the rest as `momentum_sweeps_on_cpu`, sizes and strides cyclic from `axis`."""
    six_of_momentum(
        new, new, u,
        (
            u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, d, e1, e2, r1, r2, dz, hz, rdt,
            lift, rise, forced, sd, s1, s2, axis,
        ), nx, ny, nz, planes,
    )  # fmt: skip


@kernel_that_writes("new", "rest")
def scalar_six(
    new, rest, t, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx, dy, dz, rx, ry, rz, g0, g1, rdt, nx, ny, nz, planes,
):  # fmt: skip
    """new = the first six sweeps of t; the rest, for later ones, and what else as `scalar_sweeps_on_cpu`."""
    six_of_scalar(
        new, rest, t,
        (t, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx, dy, dz, rx, ry, rz, g0, g1, rdt),
        nx, ny, nz, planes,
    )  # fmt: skip


@kernel_that_writes("new")
def scalar_six_more(
    new, t, rest, u, v, w, nue, ox, oy, oz, fluid, dx, dy, dz, rx, ry, rz, g0, g1, rdt, nx, ny, nz, planes
):
    """new = six more sweeps of t."""
    six_more_of_scalar(
        new, new, t, (rest, u, v, w, nue, ox, oy, oz, fluid, dx, dy, dz, rx, ry, rz, g0, g1, rdt), nx, ny, nz, planes
    )  # fmt: skip


@kernel_that_writes("new")
def scalar_four_more(
    new, t, rest, u, v, w, nue, ox, oy, oz, fluid, dx, dy, dz, rx, ry, rz, g0, g1, rdt, nx, ny, nz, planes
):
    """new = four more sweeps of t."""
    four_more_of_scalar(
        new, t, (rest, u, v, w, nue, ox, oy, oz, fluid, dx, dy, dz, rx, ry, rz, g0, g1, rdt), nx, ny, nz, planes
    )  # fmt: skip


@kernel_that_writes("new")
def energy_four(
    new, energy, eps, energy0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, dx, dy, dz, rx, ry, rz, constants, rdt,
    nx, ny, nz, planes,
):  # fmt: skip
    """new = four sweeps of k; the rest as `turbulent_energy_sweeps_on_cpu`."""
    four_of_energy(
        new, energy,
        (
            energy, eps, energy0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, dx, dy, dz, rx, ry, rz,
            constants, rdt,
        ), nx, ny, nz, planes,
    )  # fmt: skip


@kernel_that_writes("new")
def epsilon_four(
    new, energy, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, dx, dy, dz, rx, ry, rz, constants, rdt,
    nx, ny, nz, planes,
):  # fmt: skip
    """new = four sweeps of epsilon; the rest as `epsilon_sweeps_on_cpu`."""
    four_of_epsilon(
        new, eps,
        (energy, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, dx, dy, dz, rx, ry, rz, constants, rdt),
        nx, ny, nz, planes,
    )  # fmt: skip


def momentum_sweeps_on_cuda(
    out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh,
    dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, sweeps,
):  # fmt: skip
    """See `momentum_sweeps_on_cpu`."""
    fields, real = (u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force), u.dtype.type
    if u.itemsize != 4 or sweeps != 6:
        momentum_by_pieces(
            ONE_BY_ONE, out, *fields, xl, xh, yl, yh, zl, zh, dx, dy, dz, rx, ry, rz, hz, rdt,
            lift, rise, forced, axis, sweeps,
        )  # fmt: skip
        return
    nz, ny, nx = dz.size, dy.size, dx.size
    d, e1, e2 = cyclic(axis, dx, dy, dz)
    _, r1, r2 = cyclic(axis, rx, ry, rz)
    strides = cyclic(axis, np.uint64(1), np.uint64(nx), np.uint64(nx * ny))
    # what is not read is given as a field that is
    fields = (*fields[:7], t if lift else u, open1, open2, act, wall, force if forced else u)
    marched(
        momentum_six, 6, (nx, ny, nz), out, *fields, d, e1, e2, r1, r2, dz, hz, rdt,
        real(lift), real(rise), forced, *strides, axis,
    )  # fmt: skip


def scalar_sweeps_on_cuda(
    t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, g0, g1, rdt, sweeps,
):  # fmt: skip
    """See `scalar_sweeps_on_cpu`."""
    real, size = t.dtype.type, (dx.size, dy.size, dz.size)
    if t.itemsize != 4 or sweeps != 16:
        scalar_by_pieces(
            ONE_BY_ONE, t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, xl, xh, yl, yh, zl, zh, rest,
            dx, dy, dz, rx, ry, rz, g0, g1, rdt, sweeps,
        )  # fmt: skip
        return
    flow, sizes = (u, v, w, nue, ox, oy, oz), (dx, dy, dz, rx, ry, rz, real(g0), real(g1), rdt)
    marched(scalar_six, 6, size, spare, rest, t, t0, *flow, source, fluid, *sizes)
    marched(scalar_six_more, 6, size, xl, spare, rest, *flow, fluid, *sizes)
    marched(scalar_four_more, 4, size, t, xl, rest, *flow, fluid, *sizes)


def turbulent_energy_sweeps_on_cuda(
    out, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """See `turbulent_energy_sweeps_on_cpu`."""
    fields, sizes = (
        (k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid),
        (dx, dy, dz, rx, ry, rz, constants, rdt),
    )
    if k.itemsize == 4 and sweeps == 4:
        marched(energy_four, 4, (dx.size, dy.size, dz.size), out, *fields, *sizes)
    else:
        turbulent_energy_by_pieces(ONE_BY_ONE, out, *fields, xl, xh, yl, yh, zl, zh, rest, *sizes, sweeps)


def epsilon_sweeps_on_cuda(
    out, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """See `epsilon_sweeps_on_cpu`."""
    fields, sizes = (
        (k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free),
        (dx, dy, dz, rx, ry, rz, constants, rdt),
    )
    if k.itemsize == 4 and sweeps == 4:
        marched(epsilon_four, 4, (dx.size, dy.size, dz.size), out, *fields, *sizes)
    else:
        epsilon_by_pieces(ONE_BY_ONE, out, *fields, xl, xh, yl, yh, zl, zh, rest, *sizes, sweeps)
