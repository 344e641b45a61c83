"""One implicit equation in one call: its coefficients, and the Jacobi sweeps that use them.

On the processor the coefficients are stored and swept over; a card, which would read them from memory again and
again, makes them anew in every pass of several sweeps.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .fields import copy_in_numpy, copy_on_cpu, fill_in_numpy, fill_on_cpu
from .jacobi import jacobi_in_numpy, jacobi_on_cpu
from .momentum import momentum_in_numpy, momentum_on_cpu
from .scalar import buoyancy_in_numpy, buoyancy_on_cpu, scalar_in_numpy, scalar_on_cpu
from .slices import cyclic
from .turbulence import epsilon_in_numpy, epsilon_on_cpu, turbulent_energy_in_numpy, turbulent_energy_on_cpu


class Pieces(NamedTuple):
    """The operators of which equations are made, in one form."""

    fill: Callable
    copy: Callable
    buoyancy: Callable
    momentum: Callable
    scalar: Callable
    turbulent_energy: Callable
    epsilon: Callable
    jacobi: Callable


LOOPS = Pieces(
    fill_on_cpu, copy_on_cpu, buoyancy_on_cpu, momentum_on_cpu, scalar_on_cpu, turbulent_energy_on_cpu,
    epsilon_on_cpu, jacobi_on_cpu,
)  # fmt: skip
ARRAYS = Pieces(
    fill_in_numpy, copy_in_numpy, buoyancy_in_numpy, momentum_in_numpy, scalar_in_numpy, turbulent_energy_in_numpy,
    epsilon_in_numpy, jacobi_in_numpy,
)  # fmt: skip


def momentum_by_pieces(
    pieces, out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, sweeps,
):  # fmt: skip
    """See `momentum_sweeps_on_cpu`; pieces: the operators to use."""
    nz, ny, nx = dz.size, dy.size, dx.size
    if not forced:
        pieces.fill(force, 0)
    if lift:
        pieces.buoyancy(force, t, act, dz, hz, lift, rise, nx * ny)
    pairs = cyclic(axis, (xl, xh), (yl, yh), (zl, zh))
    pieces.momentum(
        *(one for pair in pairs for one in pair), rest, u, flux, u0, v, w, p, nue, open1, open2, act, wall, force,
        dx, dy, dz, rx, ry, rz, rdt, axis,
    )  # fmt: skip
    if out is not u:
        pieces.copy(out, u)
    pieces.jacobi(out, wall, xl, xh, yl, yh, zl, zh, rest, nx, ny, nz, sweeps)


def scalar_by_pieces(
    pieces, t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, g0, g1, rdt, sweeps,
):  # fmt: skip
    """See `scalar_sweeps_on_cpu`; pieces: the operators to use."""
    a = (xl, xh, yl, yh, zl, zh, rest)
    pieces.scalar(
        *a, t, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx, dy, dz, rx, ry, rz, g0, g1, rdt
    )  # fmt: skip
    pieces.jacobi(t, spare, *a, dx.size, dy.size, dz.size, sweeps)


def turbulent_energy_by_pieces(
    pieces, out, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """See `turbulent_energy_sweeps_on_cpu`; pieces: the operators to use."""
    a = (xl, xh, yl, yh, zl, zh, rest)
    pieces.turbulent_energy(
        *a, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, dx, dy, dz, rx, ry, rz, constants, rdt
    )  # fmt: skip
    if out is not k:
        pieces.copy(out, k)
    pieces.jacobi(out, lift, *a, dx.size, dy.size, dz.size, sweeps)


def epsilon_by_pieces(
    pieces, out, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """See `epsilon_sweeps_on_cpu`; pieces: the operators to use."""
    a = (xl, xh, yl, yh, zl, zh, rest)
    pieces.epsilon(
        *a, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, dx, dy, dz, rx, ry, rz, constants, rdt
    )  # fmt: skip
    if out is not eps:
        pieces.copy(out, eps)
    pieces.jacobi(out, strain, *a, dx.size, dy.size, dz.size, sweeps)


def momentum_sweeps_on_cpu(
    out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, sweeps,
):  # fmt: skip
    """out = an even number of sweeps of the component u along `axis`; out may be u itself, save on a card.

    Fields and sizes as `momentum` takes them, and of `buoyancy`, which acts where `lift` is not 0: t, hz, lift, rise.
    forced: whether `force` holds something; taken as 0 where not. xl ... rest: room for the coefficients. They, wall
    and force are lost.
    """
    momentum_by_pieces(
        LOOPS, out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh, rest,
        dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, sweeps,
    )  # fmt: skip


def scalar_sweeps_on_cpu(
    t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, g0, g1, rdt, sweeps,
):  # fmt: skip
    """An even number of sweeps of t, in place; arguments as `scalar`. spare, xl ... rest: room to work in."""
    scalar_by_pieces(
        LOOPS, t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, xl, xh, yl, yh, zl, zh, rest,
        dx, dy, dz, rx, ry, rz, g0, g1, rdt, sweeps,
    )  # fmt: skip


def turbulent_energy_sweeps_on_cpu(
    out, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """out = an even number of sweeps of k; out may be k itself, save on a card. Arguments as `turbulent_energy`.

    xl ... rest: room for the coefficients; they and `lift` are lost.
    """
    turbulent_energy_by_pieces(
        LOOPS, out, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, xl, xh, yl, yh, zl, zh, rest,
        dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
    )  # fmt: skip


def epsilon_sweeps_on_cpu(
    out, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """out = an even number of sweeps of epsilon; out may be eps itself, save on a card. Arguments as `epsilon`.

    free: 1 where epsilon is not given; xl ... rest: room for the coefficients; they and `strain` are lost.
    """
    epsilon_by_pieces(
        LOOPS, out, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, xl, xh, yl, yh, zl, zh, rest,
        dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
    )  # fmt: skip


def momentum_sweeps_in_numpy(
    out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, sweeps,
):  # fmt: skip
    """See `momentum_sweeps_on_cpu`."""
    momentum_by_pieces(
        ARRAYS, out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh, rest,
        dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, sweeps,
    )  # fmt: skip


def scalar_sweeps_in_numpy(
    t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, g0, g1, rdt, sweeps,
):  # fmt: skip
    """See `scalar_sweeps_on_cpu`."""
    scalar_by_pieces(
        ARRAYS, t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, xl, xh, yl, yh, zl, zh, rest,
        dx, dy, dz, rx, ry, rz, g0, g1, rdt, sweeps,
    )  # fmt: skip


def turbulent_energy_sweeps_in_numpy(
    out, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """See `turbulent_energy_sweeps_on_cpu`."""
    turbulent_energy_by_pieces(
        ARRAYS, out, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, xl, xh, yl, yh, zl, zh, rest,
        dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
    )  # fmt: skip


def epsilon_sweeps_in_numpy(
    out, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """See `epsilon_sweeps_on_cpu`."""
    epsilon_by_pieces(
        ARRAYS, out, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, xl, xh, yl, yh, zl, zh, rest,
        dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
    )  # fmt: skip
