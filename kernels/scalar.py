"""Implicit transport of a cell-centred scalar (temperature) by Jacobi sweeps, and the buoyancy it makes."""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import Region, cyclic

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)


@cell
def conductance(open_, nue, g0, g1, c, m, area, h):
    """Diffusive exchange across the face between cells m and c [m3/s]: (g0 + g1 nue) area / h, 0 where closed."""
    return open_ * (g0 + g1 * HALF * (nue[c] + nue[m])) * area / h


@cell
def exchange(q, u, v, w, nue, ox, oy, oz, c, sy, sz, dx, hxl, hxh, dy, hyl, hyh, dz, hzl, hzh, g0, g1):
    """What upwind convection and central diffusion bring to cell `c`: (sum a q_nb, sum a) [q m3/s, m3/s]."""
    sx = np.uint64(1)
    ax = dy * dz
    ay = dx * dz
    az = dx * dy
    xh = conductance(ox[c + sx], nue, g0, g1, c, c + sx, ax, hxh) + max(-u[c + sx] * ax, ZERO)
    xl = conductance(ox[c], nue, g0, g1, c, c - sx, ax, hxl) + max(u[c] * ax, ZERO)
    yh = conductance(oy[c + sy], nue, g0, g1, c, c + sy, ay, hyh) + max(-v[c + sy] * ay, ZERO)
    yl = conductance(oy[c], nue, g0, g1, c, c - sy, ay, hyl) + max(v[c] * ay, ZERO)
    zh = conductance(oz[c + sz], nue, g0, g1, c, c + sz, az, hzh) + max(-w[c + sz] * az, ZERO)
    zl = conductance(oz[c], nue, g0, g1, c, c - sz, az, hzl) + max(w[c] * az, ZERO)
    inflow = xh * q[c + sx] + xl * q[c - sx] + yh * q[c + sy] + yl * q[c - sy]
    inflow += zh * q[c + sz] + zl * q[c - sz]
    return inflow, xh + xl + yh + yl + zh + zl


@cpu_loop
def scalar_on_cpu(out, ts, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx, dy, dz, hx, hy, hz, g0, g1, rdt):
    """One Jacobi sweep of the temperature: writes `out` [K].

    ts: sweep before, t0: time level before [K]. source: [K m3/s] per cell. fluid: 1 in air, 0 in solids
    and ghosts, whose value is kept and enters where air flows out of them. Diffusivity: g0 + g1 nue.
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                inflow, total = exchange(
                    ts, u, v, w, nue, ox, oy, oz, c, sy, sz,
                    dx[i], hx[i], hx[i + 1], dy[j], hy[j], hy[j + 1], dz[k], hz[k], hz[k + 1], g0, g1,
                )  # fmt: skip
                store = dx[i] * dy[j] * dz[k] * rdt[k]
                new = (inflow + store * t0[c] + source[c]) / (total + store)
                out[c] = fluid[c] * new + (ONE - fluid[c]) * ts[c]


@cpu_loop
def buoyancy_on_cpu(out, t, base, act_z, dz, hz, lift, rise, row):
    """out = base + lift * t / (1 + rise * t) at the z faces [m/s2]; t from its reference [K].

    Boussinesq: lift = g beta [m/(s2 K)], rise = 0. Ideal gas: lift = g / T_ref, rise = 1 / T_ref [1/K].
    base: what else acts on the z component [m/s2]. row: padded cells in one k plane.
    """
    nz = dz.size
    n = np.uint64(row)
    for k in prange(2, nz - 1):
        first = np.uint64(k * row)
        low = HALF * dz[k] / hz[k]
        for i in range(row):
            c = first + np.uint64(i)
            mean = low * t[c - n] + (ONE - low) * t[c]
            out[c] = base[c] + act_z[c] * lift * mean / (ONE + rise * mean)


def exchange_in_numpy(q, u, v, w, nue, ox, oy, oz, dx, dy, dz, hx, hy, hz, g0, g1):
    """`exchange` for all cells: (sum a q_nb, sum a), each face's conductance computed once."""
    shape = (dz.size, dy.size, dx.size)
    total = np.zeros_like(Region(shape).at(q))
    inflow = np.zeros_like(total)
    for axis, (vel, open_) in enumerate(((u, ox), (v, oy), (w, oz))):
        faces, cells = Region(shape, axis, (1, 0, 0)), Region(shape, axis)
        _, e1, e2 = cyclic(axis, dx, dy, dz)
        area = faces.line(e1, 1) * faces.line(e2, 2)
        mean = HALF * (faces.at(nue, -1) + faces.at(nue))
        spread = faces.at(open_) * (g0 + g1 * mean) * (area / faces.line((hx, hy, hz)[axis]))
        flux = faces.at(vel) * area
        low, _ = faces.halves(spread + np.maximum(flux, ZERO))
        _, high = faces.halves(spread - np.minimum(flux, ZERO))
        inflow += low * cells.at(q, -1)
        inflow += high * cells.at(q, 1)
        total += low + high
    return inflow, total


def scalar_in_numpy(
    out, ts, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx, dy, dz, hx, hy, hz, g0, g1, rdt
):
    """See `scalar_on_cpu`."""
    one = ts.dtype.type
    gain, loss = exchange_in_numpy(ts, u, v, w, nue, ox, oy, oz, dx, dy, dz, hx, hy, hz, one(g0), one(g1))
    r = Region((dz.size, dy.size, dx.size))
    store = r.line(dx) * r.line(dy, 1) * r.line(dz * rdt, 2)
    gain += store * r.at(t0)
    gain += r.at(source)
    air = r.at(fluid)
    r.at(out)[...] = air * (gain / (loss + store)) + (ONE - air) * r.at(ts)


def buoyancy_in_numpy(out, t, base, act_z, dz, hz, lift, rise, row):
    """See `buoyancy_on_cpu`."""
    o, q, b, act = (a.reshape(-1, row) for a in (out, t, base, act_z))
    at, below = slice(2, -1), slice(1, -2)
    low = (HALF * dz[at] / hz[at])[:, None]
    mean = low * q[below] + (ONE - low) * q[at]
    real = t.dtype.type
    o[at] = b[at] + act[at] * (real(lift) * mean / (ONE + real(rise) * mean))
