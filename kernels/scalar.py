"""Implicit transport of a cell-centred scalar: coefficients for `jacobi`, and the buoyancy of warm air."""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import Region, cyclic

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)


@cell
def conductance(open_, nue, g0, g1, c, m, per_length):
    """Diffusive exchange over area across the face between cells m and c [m/s], 0 where closed."""
    return open_ * (g0 + g1 * HALF * (nue[c] + nue[m])) * per_length


@cell
def exchange(u, v, w, nue, ox, oy, oz, c, sy, sz, dx, rxl, rxh, dy, ryl, ryh, dz, rzl, rzh, g0, g1):
    """What upwind convection and central diffusion bring to cell `c` from its six neighbours [m3/s].

    In the order below and above along x, y and z. Diffusivity: g0 + g1 nue; rxl ... rzh: 1 over distances [1/m].
    """
    sx = np.uint64(1)
    ax = dy * dz
    ay = dx * dz
    az = dx * dy
    xl = (conductance(ox[c], nue, g0, g1, c, c - sx, rxl) + max(u[c], ZERO)) * ax
    xh = (conductance(ox[c + sx], nue, g0, g1, c, c + sx, rxh) + max(-u[c + sx], ZERO)) * ax
    yl = (conductance(oy[c], nue, g0, g1, c, c - sy, ryl) + max(v[c], ZERO)) * ay
    yh = (conductance(oy[c + sy], nue, g0, g1, c, c + sy, ryh) + max(-v[c + sy], ZERO)) * ay
    zl = (conductance(oz[c], nue, g0, g1, c, c - sz, rzl) + max(w[c], ZERO)) * az
    zh = (conductance(oz[c + sz], nue, g0, g1, c, c + sz, rzh) + max(-w[c + sz], ZERO)) * az
    return xl, xh, yl, yh, zl, zh


@cell
def share_of(a, loss, air):
    """1 over the diagonal, 0 where there is no air."""
    xl, xh, yl, yh, zl, zh = a
    return air / (xl + xh + yl + yh + zl + zh + loss)


@cell
def with_rest(a, share, b):
    """Coefficients over the diagonal, and the rest b."""
    xl, xh, yl, yh, zl, zh = a
    return xl * share, xh * share, yl * share, yh * share, zl * share, zh * share, b


@cell
def divided(a, gain, loss, air, q):
    """Coefficients and rest for `jacobi`: of gain and loss besides the exchange `a` with the neighbours.

    Where there is no air, the value q stays.
    """
    share = share_of(a, loss, air)
    return with_rest(a, share, gain * share + (ONE - air) * q)


@cell
def scalar_at(
    t, t0, u, v, w, nue, ox, oy, oz, source, fluid,
    c, sy, sz, dx, rxl, rxh, dy, ryl, ryh, dz, rzl, rzh, g0, g1, rdt,
):  # fmt: skip
    """Coefficients and rest for `jacobi` at cell `c`, whose sizes and time step are given."""
    a = exchange(u, v, w, nue, ox, oy, oz, c, sy, sz, dx, rxl, rxh, dy, ryl, ryh, dz, rzl, rzh, g0, g1)
    store = dx * dy * dz * rdt
    return divided(a, store * t0[c] + source[c], store, fluid[c], t[c])


@cell
def lifted(t, act_z, low, lift, rise, c, sz):
    """Buoyancy at the low z face of `c` [m/s2]; low: weight of the cell below in the face's temperature."""
    mean = low * t[c - sz] + (ONE - low) * t[c]
    return act_z[c] * lift * mean / (ONE + rise * mean)


@cell
def scalar_rows(
    xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx,
    dy, dz, rx, ry, rz, g0, g1, rdt, k, first, last,
):  # fmt: skip
    """Coefficients of rows `first` to `last` of plane k."""
    ny, nx = dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for j in range(first, last):
        row = np.uint64((k * ny + j) * nx)
        for n in range(2, nx - 1):
            i = np.uint64(n)
            c = row + i
            xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c] = scalar_at(
                t, t0, u, v, w, nue, ox, oy, oz, source, fluid, c, sy, sz,
                dx[i], rx[i], rx[i + sx], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1], g0, g1, rdt[k],
            )  # fmt: skip


@cpu_loop
def scalar_on_cpu(
    xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx,
    dy, dz, rx, ry, rz, g0, g1, rdt,
):  # fmt: skip
    """Coefficients for `jacobi` of the temperature: xl ... zh [-], b [K].

    t: now, t0: time level before [K]. source: [K m3/s] per cell. fluid: 1 in air, 0 in solids and ghosts, whose
    value is kept and enters where air flows out of them. Diffusivity: g0 + g1 nue. dx...: cell sizes [m],
    rx...: 1 over the distance between centres across the low face [1/m].
    """
    for k in prange(2, dz.size - 1):
        scalar_rows(
            xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx,
            dy, dz, rx, ry, rz, g0, g1, rdt, k, 2, dy.size - 1,
        )  # fmt: skip


@cpu_loop
def buoyancy_on_cpu(force, t, act_z, dz, hz, lift, rise, row):
    """Add lift * t / (1 + rise * t) to `force` at the z faces [m/s2], in place; t from its reference [K].

    Boussinesq: lift = g beta [m/(s2 K)], rise = 0. Ideal gas: lift = g / T_ref, rise = 1 / T_ref [1/K].
    row: padded cells in one k plane.
    """
    nz = dz.size
    n = np.uint64(row)
    for k in prange(2, nz - 1):
        first = np.uint64(k * row)
        low = HALF * dz[k] / hz[k]
        for i in range(row):
            c = first + np.uint64(i)
            force[c] += lifted(t, act_z, low, lift, rise, c, n)


def exchange_in_numpy(u, v, w, nue, ox, oy, oz, dx, dy, dz, rx, ry, rz, g0, g1):
    """`exchange` for all cells, each face's conductance computed once."""
    shape = (dz.size, dy.size, dx.size)
    found = []
    for axis, (vel, open_) in enumerate(((u, ox), (v, oy), (w, oz))):
        faces = Region(shape, axis, (2, 1, 1))
        _, e1, e2 = cyclic(axis, dx, dy, dz)
        area = faces.line(e1, 1) * faces.line(e2, 2)
        mean = HALF * (faces.at(nue, -1) + faces.at(nue))
        spread = faces.at(open_) * (g0 + g1 * mean) * faces.line((rx, ry, rz)[axis])
        low, _ = faces.halves((spread + np.maximum(faces.at(vel), ZERO)) * area)
        _, high = faces.halves((spread - np.minimum(faces.at(vel), ZERO)) * area)
        found += [low, high]
    return found


def divided_in_numpy(outs, r, a, gain, loss, air, q):
    """`divided` for the cells of the region `r`, written to the fields `outs`."""
    share = air / (sum(a) + loss)
    for out, one in zip(outs, a, strict=False):
        r.at(out)[...] = one * share
    r.at(outs[6])[...] = gain * share + (ONE - air) * q


def scalar_in_numpy(
    xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx,
    dy, dz, rx, ry, rz, g0, g1, rdt,
):  # fmt: skip
    """See `scalar_on_cpu`."""
    one = t.dtype.type
    a = exchange_in_numpy(u, v, w, nue, ox, oy, oz, dx, dy, dz, rx, ry, rz, one(g0), one(g1))
    r = Region((dz.size, dy.size, dx.size), 0, (1, 1, 1))
    store = r.line(dx) * r.line(dy, 1) * r.line(dz * rdt, 2)
    gain = store * r.at(t0) + r.at(source)
    divided_in_numpy((xl, xh, yl, yh, zl, zh, b), r, a, gain, store, r.at(fluid), r.at(t))


def buoyancy_in_numpy(force, t, act_z, dz, hz, lift, rise, row):
    """See `buoyancy_on_cpu`."""
    f, q, act = (a.reshape(-1, row) for a in (force, t, act_z))
    at, below = slice(2, -1), slice(1, -2)
    low = (HALF * dz[at] / hz[at])[:, None]
    mean = low * q[below] + (ONE - low) * q[at]
    real = t.dtype.type
    f[at] += act[at] * (real(lift) * mean / (ONE + real(rise) * mean))
