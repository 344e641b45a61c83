"""Implicit momentum on the staggered grid, one velocity component at a time, by Jacobi sweeps.

Arrays are flat views of padded fields (nz + 4, ny + 4, nx + 4), x fastest, two ghost cells a side. A
velocity component lives on the low face of its cell. Along the component's own axis the stride is `sd`
and along the other two, in cyclic order, `s1` and `s2`: one cell function serves all three.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import Region, cyclic

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)


@cell
def momentum_at(
    us, u, u0, v, w, p, nue, open1, open2, act, wall, force,
    c, sd, s1, s2, dl, dh, e1, h1l, h1h, e2, h2l, h2h, rdt,
):  # fmt: skip
    """New velocity on face `c` [m/s]: finite volume, upwind, implicit Euler (Patankar 1980, chapters 5 and 6)."""
    m = c - sd
    hl = HALF * dl
    hh = HALF * dh
    area = e1 * e2
    vol = (hl + hh) * area
    a_hi = nue[c] * area / dh + max(-HALF * (u[c] + u[c + sd]) * area, ZERO)
    a_lo = nue[m] * area / dl + max(HALF * (u[m] + u[c]) * area, ZERO)
    flux = (v[m + s1] * hl + v[c + s1] * hh) * e2
    shear = open1[m + s1] * (nue[m] + nue[m + s1]) * hl + open1[c + s1] * (nue[c] + nue[c + s1]) * hh
    a1_hi = shear * (HALF * e2) / h1h + max(-flux, ZERO)
    flux = (v[m] * hl + v[c] * hh) * e2
    shear = open1[m] * (nue[m] + nue[m - s1]) * hl + open1[c] * (nue[c] + nue[c - s1]) * hh
    a1_lo = shear * (HALF * e2) / h1l + max(flux, ZERO)
    flux = (w[m + s2] * hl + w[c + s2] * hh) * e1
    shear = open2[m + s2] * (nue[m] + nue[m + s2]) * hl + open2[c + s2] * (nue[c] + nue[c + s2]) * hh
    a2_hi = shear * (HALF * e1) / h2h + max(-flux, ZERO)
    flux = (w[m] * hl + w[c] * hh) * e1
    shear = open2[m] * (nue[m] + nue[m - s2]) * hl + open2[c] * (nue[c] + nue[c - s2]) * hh
    a2_lo = shear * (HALF * e1) / h2l + max(flux, ZERO)
    inflow = a_hi * us[c + sd] + a_lo * us[m] + a1_hi * us[c + s1] + a1_lo * us[c - s1]
    inflow += a2_hi * us[c + s2] + a2_lo * us[c - s2]
    diagonal = a_hi + a_lo + a1_hi + a1_lo + a2_hi + a2_lo + wall[c] + vol * rdt
    new = (inflow + (p[m] - p[c]) * area + vol * (rdt * u0[c] + force[c])) / diagonal
    return act[c] * new + (ONE - act[c]) * us[c]


@cpu_loop
def momentum_on_cpu(
    out, us, u, u0, v, w, p, nue, open1, open2, act, wall, force, dx, dy, dz, hx, hy, hz, rdt, axis
):
    """One Jacobi sweep of the component along `axis` (0 x, 1 y, 2 z): writes `out` [m/s].

    us: sweep before; u, v, w: velocity whose fluxes are used, cyclic from `axis`; u0: time level before
    [m/s]. p: kinematic pressure [m2/s2]. nue: effective viscosity [m2/s]. open1, open2: 1 on faces
    between two fluid cells along the two other axes. act: 1 where the face is an unknown. wall: wall
    conductance times area [m3/s]. force: [m/s2]. dx...: cell sizes, hx...: distance between centres
    across the low face [m]. rdt: 1 / time step for each plane k [1/s].
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    if axis == 0:
        for k in prange(2, nz - 1):
            for j in range(2, ny - 1):
                row = np.uint64((k * ny + j) * nx)
                for i in range(2, nx - 1):
                    c = row + np.uint64(i)
                    out[c] = momentum_at(
                        us, u, u0, v, w, p, nue, open1, open2, act, wall, force, c, sx, sy, sz,
                        dx[i - 1], dx[i], dy[j], hy[j], hy[j + 1], dz[k], hz[k], hz[k + 1], rdt[k],
                    )  # fmt: skip
    elif axis == 1:
        for k in prange(2, nz - 1):
            for j in range(2, ny - 1):
                row = np.uint64((k * ny + j) * nx)
                for i in range(2, nx - 1):
                    c = row + np.uint64(i)
                    out[c] = momentum_at(
                        us, u, u0, v, w, p, nue, open1, open2, act, wall, force, c, sy, sz, sx,
                        dy[j - 1], dy[j], dz[k], hz[k], hz[k + 1], dx[i], hx[i], hx[i + 1], rdt[k],
                    )  # fmt: skip
    else:
        for k in prange(2, nz - 1):
            for j in range(2, ny - 1):
                row = np.uint64((k * ny + j) * nx)
                for i in range(2, nx - 1):
                    c = row + np.uint64(i)
                    out[c] = momentum_at(
                        us, u, u0, v, w, p, nue, open1, open2, act, wall, force, c, sz, sx, sy,
                        dz[k - 1], dz[k], dx[i], hx[i], hx[i + 1], dy[j], hy[j], hy[j + 1], rdt[k],
                    )  # fmt: skip


def momentum_in_numpy(
    out, us, u, u0, v, w, p, nue, open1, open2, act, wall, force, dx, dy, dz, hx, hy, hz, rdt, axis
):
    """See `momentum_on_cpu`."""
    r = Region((dz.size, dy.size, dx.size), axis, (1, 1, 1))
    d, e1, e2 = cyclic(axis, dx, dy, dz)
    _, h1, h2 = cyclic(axis, hx, hy, hz)
    dl, dh = r.line(d, 0, -1), r.line(d)
    half_l, half_h = HALF * dl, HALF * dh
    area = r.line(e1, 1) * r.line(e2, 2)
    vol = (half_l + half_h) * area
    diagonal, inflow = r.at(wall) + vol * r.planes(rdt), vol * (r.planes(rdt) * r.at(u0) + r.at(force))
    for step, nu, h in ((1, r.at(nue), dh), (-1, r.at(nue, -1), dl)):
        flux = HALF * area * (r.at(u) + r.at(u, step))
        a = nu * area / h + np.maximum(-step * flux, ZERO)
        diagonal += a
        inflow += a * r.at(us, step)
    for n, vel, open_, h, width in ((1, v, open1, h1, r.line(e2, 2)), (2, w, open2, h2, r.line(e1, 1))):
        for step in (1, -1):
            up = max(step, 0)
            flux = width * (r.at(vel, *_to(n, up, -1)) * half_l + r.at(vel, *_to(n, up)) * half_h)
            a = np.maximum(-step * flux, ZERO)
            for back, half in ((-1, half_l), (0, half_h)):
                nu = r.at(nue, *_to(n, 0, back)) + r.at(nue, *_to(n, step, back))
                a += r.at(open_, *_to(n, up, back)) * nu * (HALF * half * width / r.line(h, n, up))
            diagonal += a
            inflow += a * r.at(us, *_to(n, step))
    inflow += (r.at(p, -1) - r.at(p)) * area
    unknown = r.at(act)
    r.at(out)[...] = unknown * (inflow / diagonal) + (ONE - unknown) * r.at(us)


def _to(n, step, along=0):
    """Steps (along, first, second) that go `step` cells in direction n."""
    return (along, step, 0) if n == 1 else (along, 0, step)
