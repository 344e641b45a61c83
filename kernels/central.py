"""Second-order convection without a limiter: central differences as a deferred correction to upwind.

The face value is interpolated linearly between the two cells beside it, also next to walls. Unbounded: for
resolved flows and for verification; halls take van Leer's limiter (`limiter`).
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import Region, cyclic

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)


@cell
def step_at(q, flux, low, high, c, s):
    """flux [m3/s] times (linear - upwind) value at the face between `c - s` and `c`, cells `low` and `high` wide."""
    share = low / (low + high)
    return (max(flux, ZERO) * share - min(flux, ZERO) * (ONE - share)) * (q[c] - q[c - s])


@cell
def central_scalar_at(q, u, v, w, open_x, open_y, open_z, dx, dy, dz, c, i, j, k, sy, sz):
    """Second-order part of the convection of q out of cell i, j, k, whose place is `c` [q m3/s]."""
    sx = np.uint64(1)
    ax = dy[j] * dz[k]
    ay = dx[i] * dz[k]
    az = dx[i] * dy[j]
    net = open_x[c + sx] * step_at(q, u[c + sx] * ax, dx[i], dx[i + 1], c + sx, sx)
    net -= open_x[c] * step_at(q, u[c] * ax, dx[i - 1], dx[i], c, sx)
    net += open_y[c + sy] * step_at(q, v[c + sy] * ay, dy[j], dy[j + 1], c + sy, sy)
    net -= open_y[c] * step_at(q, v[c] * ay, dy[j - 1], dy[j], c, sy)
    net += open_z[c + sz] * step_at(q, w[c + sz] * az, dz[k], dz[k + 1], c + sz, sz)
    return net - open_z[c] * step_at(q, w[c] * az, dz[k - 1], dz[k], c, sz)


@cpu_loop
def central_scalar_on_cpu(out, q, u, v, w, open_x, open_y, open_z, source, dx, dy, dz):
    """out = source - (second-order part of the convection of q), [q m3/s]; `source` likewise, per cell."""
    nz, ny, nx = dz.size, dy.size, dx.size
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                out[c] = source[c] - central_scalar_at(
                    q, u, v, w, open_x, open_y, open_z, dx, dy, dz, c, i, j, k, sy, sz
                )


@cell
def side_step(q, act, v, open_, hl, hh, e, low, high, c, sd, s):
    """Correction flux through the low side face (axis of stride `s`) of the control volume of face `c`."""
    flux = (v[c - sd] * hl + v[c] * hh) * e
    return step_at(q, flux, low, high, c, s) * act[c - s] * act[c] * open_[c - sd] * open_[c]


@cell
def central_momentum_at(q, u, v, w, act, open1, open2, c, sd, s1, s2, dl, dh, e1l, e1, e1h, e2l, e2, e2h):
    """Second-order part of the convection of a component on face `c`, as a force [m/s2]."""
    hl = HALF * dl
    hh = HALF * dh
    area = e1 * e2
    net = step_at(q, HALF * (u[c] + u[c + sd]) * area, ONE, ONE, c + sd, sd)
    net -= step_at(q, HALF * (u[c - sd] + u[c]) * area, ONE, ONE, c, sd)
    net += side_step(q, act, v, open1, hl, hh, e2, e1, e1h, c + s1, sd, s1)
    net -= side_step(q, act, v, open1, hl, hh, e2, e1l, e1, c, sd, s1)
    net += side_step(q, act, w, open2, hl, hh, e1, e2, e2h, c + s2, sd, s2)
    net -= side_step(q, act, w, open2, hl, hh, e1, e2l, e2, c, sd, s2)
    return -net * act[c] / ((hl + hh) * area)


@cpu_loop
def central_momentum_on_cpu(out, q, u, v, w, act, open1, open2, dx, dy, dz, axis):
    """out = second-order part of the convection of the component along `axis`, as a force [m/s2].

    Arguments as in `limited_momentum`. A wall's or an inlet's own velocity is one of the two values.
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                if axis == 0:
                    out[c] = central_momentum_at(
                        q, u, v, w, act, open1, open2, c, sx, sy, sz, dx[i - 1], dx[i],
                        dy[j - 1], dy[j], dy[j + 1], dz[k - 1], dz[k], dz[k + 1],
                    )  # fmt: skip
                elif axis == 1:
                    out[c] = central_momentum_at(
                        q, u, v, w, act, open1, open2, c, sy, sz, sx, dy[j - 1], dy[j],
                        dz[k - 1], dz[k], dz[k + 1], dx[i - 1], dx[i], dx[i + 1],
                    )  # fmt: skip
                else:
                    out[c] = central_momentum_at(
                        q, u, v, w, act, open1, open2, c, sz, sx, sy, dz[k - 1], dz[k],
                        dx[i - 1], dx[i], dx[i + 1], dy[j - 1], dy[j], dy[j + 1],
                    )  # fmt: skip


def central_scalar_in_numpy(out, q, u, v, w, open_x, open_y, open_z, source, dx, dy, dz):
    """See `central_scalar_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    cells = Region(shape)
    total = cells.at(source).copy()
    for axis, (vel, open_) in enumerate(((u, open_x), (v, open_y), (w, open_z))):
        r = Region(shape, axis, (1, 0, 0))
        d, e1, e2 = cyclic(axis, dx, dy, dz)
        flux = r.at(vel) * (r.line(e1, 1) * r.line(e2, 2))
        step = _step(flux, r.line(d, 0, -1), r.line(d), r.at(q) - r.at(q, -1))
        total -= np.diff(r.at(open_) * step, axis=r.place())
    cells.at(out)[...] = total


def central_momentum_in_numpy(out, q, u, v, w, act, open1, open2, dx, dy, dz, axis):
    """See `central_momentum_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    d, e1, e2 = cyclic(axis, dx, dy, dz)
    cells = Region(shape, axis)
    area = cells.line(e1, 1) * cells.line(e2, 2)
    half_l, half_h = HALF * cells.line(d, 0, -1), HALF * cells.line(d)
    high = HALF * np.abs(HALF * (cells.at(u) + cells.at(u, 1)) * area) * (cells.at(q, 1) - cells.at(q))
    low = HALF * np.abs(HALF * (cells.at(u, -1) + cells.at(u)) * area) * (cells.at(q) - cells.at(q, -1))
    net = high - low
    for n, vel, open_, width, side in ((1, v, open1, e1, e2), (2, w, open2, e2, e1)):
        r = Region(shape, axis, (0, int(n == 1), int(n == 2)))
        back = {1: (0, -1, 0), 2: (0, 0, -1)}[n]
        flux = (r.at(vel, -1) * half_l + r.at(vel) * half_h) * r.line(side, 3 - n)
        mask = r.at(act, *back) * r.at(act) * r.at(open_, -1) * r.at(open_)
        step = _step(flux, r.line(width, n, -1), r.line(width, n), r.at(q) - r.at(q, *back))
        net += np.diff(mask * step, axis=r.place(n))
    cells.at(out)[...] = -net * cells.at(act) / ((half_l + half_h) * area)


def _step(flux, low, high, rise):
    """`step_at` for whole arrays."""
    share = low / (low + high)
    return (np.maximum(flux, ZERO) * share - np.minimum(flux, ZERO) * (ONE - share)) * rise
