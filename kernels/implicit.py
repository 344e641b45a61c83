"""One implicit equation in one call: its coefficients, and the Jacobi sweeps that use them.

On the processor the coefficients of a plane are stored just before the first sweep comes to it, and the sweeps that
follow it find them in cache. A card, which would read them from memory again and again, makes them anew in every pass
of several sweeps.

A component's `u` and `flux`, or k and epsilon, may be the field that is solved for: what is made of a plane and its
neighbours is made before any sweep changes them.

The four loops have one frame, written out four times: numba's cache does not find again, in another process, a loop
that was made by a function from another.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import NamedTuple

from .fields import copy_in_numpy, fill_in_numpy
from .jacobi import copy_ghosts, follow, go_on, jacobi_in_numpy, slab_of, slabs_for
from .jit import cpu_loop, prange
from .momentum import momentum_in_numpy, momentum_rows
from .scalar import buoyancy_in_numpy, scalar_in_numpy, scalar_rows
from .slices import cyclic
from .turbulence import epsilon_in_numpy, epsilon_rows, turbulent_energy_in_numpy, turbulent_energy_rows


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


ARRAYS = Pieces(
    fill_in_numpy, copy_in_numpy, buoyancy_in_numpy, momentum_in_numpy, scalar_in_numpy, turbulent_energy_in_numpy,
    epsilon_in_numpy, jacobi_in_numpy,
)  # fmt: skip


def momentum_by_pieces(
    pieces, out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh,
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
        *(one for pair in pairs for one in pair), force, u, flux, u0, v, w, p, nue, open1, open2, act, wall, force,
        dx, dy, dz, rx, ry, rz, rdt, axis,
    )  # fmt: skip
    if out is not u:
        pieces.copy(out, u)
    pieces.jacobi(out, wall, xl, xh, yl, yh, zl, zh, force, nx, ny, nz, sweeps)


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


@cpu_loop
def momentum_slabs(
    out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh,
    dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, sweeps, threads, slabs,
):  # fmt: skip
    """Coefficients, and as they come the sweeps of the component, but for the wedges between threads."""
    nz, ny, nx = dz.size, dy.size, dx.size
    for n in prange(threads):
        for m in range(slabs):
            first, last, low, high = slab_of(n, threads, m, slabs, ny)
            copy_ghosts(out, u, nx, ny, nz, first, last, low, high)
            copy_ghosts(wall, u, nx, ny, nz, first, last, low, high)
            for front in range(2, nz - 2 + sweeps):
                if front < nz - 1:
                    momentum_rows(
                        xl, xh, yl, yh, zl, zh, force, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force,
                        dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, front, first, last,
                    )  # fmt: skip
                follow(
                    out, wall, u, xl, xh, yl, yh, zl, zh, force, nx, ny, nz, front, first, last, low, high, sweeps
                )  # fmt: skip


def momentum_sweeps_on_cpu(
    out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh,
    dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, sweeps,
):  # fmt: skip
    """out = an even number of sweeps of the component u along `axis`; out may be u itself, save on a card.

    Fields and sizes as `momentum` takes them, and of `buoyancy`, which acts where `lift` is not 0: t, hz, lift, rise.
    forced: whether `force` holds something; taken as 0 where not. xl ... zh: room for the coefficients. They are lost,
    and wall and force, which becomes what the neighbours do not bring.
    """
    a, size = (xl, xh, yl, yh, zl, zh), (dx.size, dy.size, dz.size)
    now, threads, slabs = slabs_for(u, *size, sweeps)
    momentum_slabs(
        out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, *a, dx, dy, dz, rx, ry, rz, hz, rdt,
        lift, rise, forced, axis, now, threads, slabs,
    )  # fmt: skip
    go_on(out, wall, *a, force, *size, sweeps, threads)


@cpu_loop
def scalar_slabs(
    t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, g0, g1, rdt, sweeps, threads, slabs,
):  # fmt: skip
    """As `momentum_slabs`."""
    nz, ny, nx = dz.size, dy.size, dx.size
    for n in prange(threads):
        for m in range(slabs):
            first, last, low, high = slab_of(n, threads, m, slabs, ny)
            copy_ghosts(spare, t, nx, ny, nz, first, last, low, high)
            for front in range(2, nz - 2 + sweeps):
                if front < nz - 1:
                    scalar_rows(
                        xl, xh, yl, yh, zl, zh, rest, t, t0, u, v, w, nue, ox, oy, oz, source, fluid,
                        dx, dy, dz, rx, ry, rz, g0, g1, rdt, front, first, last,
                    )  # fmt: skip
                follow(
                    t, spare, t, xl, xh, yl, yh, zl, zh, rest, nx, ny, nz, front, first, last, low, high, sweeps
                )  # fmt: skip


def scalar_sweeps_on_cpu(
    t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, g0, g1, rdt, sweeps,
):  # fmt: skip
    """An even number of sweeps of t, in place; arguments as `scalar`. spare, xl ... rest: room to work in."""
    a, size = (xl, xh, yl, yh, zl, zh, rest), (dx.size, dy.size, dz.size)
    now, threads, slabs = slabs_for(t, *size, sweeps)
    scalar_slabs(
        t, spare, t0, u, v, w, nue, ox, oy, oz, source, fluid, *a, dx, dy, dz, rx, ry, rz, g0, g1, rdt,
        now, threads, slabs,
    )  # fmt: skip
    go_on(t, spare, *a, *size, sweeps, threads)


@cpu_loop
def turbulent_energy_slabs(
    out, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps, threads, slabs,
):  # fmt: skip
    """As `momentum_slabs`."""
    nz, ny, nx = dz.size, dy.size, dx.size
    for n in prange(threads):
        for m in range(slabs):
            first, last, low, high = slab_of(n, threads, m, slabs, ny)
            copy_ghosts(out, k, nx, ny, nz, first, last, low, high)
            copy_ghosts(lift, k, nx, ny, nz, first, last, low, high)
            for front in range(2, nz - 2 + sweeps):
                if front < nz - 1:
                    turbulent_energy_rows(
                        xl, xh, yl, yh, zl, zh, rest, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid,
                        dx, dy, dz, rx, ry, rz, constants, rdt, front, first, last,
                    )  # fmt: skip
                follow(
                    out, lift, k, xl, xh, yl, yh, zl, zh, rest, nx, ny, nz, front, first, last, low, high, sweeps
                )  # fmt: skip


def turbulent_energy_sweeps_on_cpu(
    out, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """out = an even number of sweeps of k; out may be k itself, save on a card. Arguments as `turbulent_energy`.

    xl ... rest: room for the coefficients; they and `lift` are lost.
    """
    a, size = (xl, xh, yl, yh, zl, zh, rest), (dx.size, dy.size, dz.size)
    now, threads, slabs = slabs_for(k, *size, sweeps)
    turbulent_energy_slabs(
        out, k, eps, k0, u, v, w, nue, ox, oy, oz, strain, lift, fluid, *a,
        dx, dy, dz, rx, ry, rz, constants, rdt, now, threads, slabs,
    )  # fmt: skip
    go_on(out, lift, *a, *size, sweeps, threads)


@cpu_loop
def epsilon_slabs(
    out, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps, threads, slabs,
):  # fmt: skip
    """As `momentum_slabs`."""
    nz, ny, nx = dz.size, dy.size, dx.size
    for n in prange(threads):
        for m in range(slabs):
            first, last, low, high = slab_of(n, threads, m, slabs, ny)
            copy_ghosts(out, eps, nx, ny, nz, first, last, low, high)
            copy_ghosts(strain, eps, nx, ny, nz, first, last, low, high)
            for front in range(2, nz - 2 + sweeps):
                if front < nz - 1:
                    epsilon_rows(
                        xl, xh, yl, yh, zl, zh, rest, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free,
                        dx, dy, dz, rx, ry, rz, constants, rdt, front, first, last,
                    )  # fmt: skip
                follow(
                    out, strain, eps, xl, xh, yl, yh, zl, zh, rest, nx, ny, nz, front, first, last, low, high, sweeps
                )  # fmt: skip


def epsilon_sweeps_on_cpu(
    out, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, xl, xh, yl, yh, zl, zh, rest,
    dx, dy, dz, rx, ry, rz, constants, rdt, sweeps,
):  # fmt: skip
    """out = an even number of sweeps of epsilon; out may be eps itself, save on a card. Arguments as `epsilon`.

    free: 1 where epsilon is not given; xl ... rest: room for the coefficients; they and `strain` are lost.
    """
    a, size = (xl, xh, yl, yh, zl, zh, rest), (dx.size, dy.size, dz.size)
    now, threads, slabs = slabs_for(k, *size, sweeps)
    epsilon_slabs(
        out, k, eps, eps0, u, v, w, nue, ox, oy, oz, strain, free, *a,
        dx, dy, dz, rx, ry, rz, constants, rdt, now, threads, slabs,
    )  # fmt: skip
    go_on(out, strain, *a, *size, sweeps, threads)


def momentum_sweeps_in_numpy(
    out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh,
    dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, sweeps,
):  # fmt: skip
    """See `momentum_sweeps_on_cpu`."""
    momentum_by_pieces(
        ARRAYS, out, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force, xl, xh, yl, yh, zl, zh,
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
