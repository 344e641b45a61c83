"""Second-order convection as a correction to upwind: van Leer's limited increment, deferred.

The implicit sweeps stay first-order upwind (unconditionally stable); what second order adds is taken
from the level before and goes into the source (van Leer 1974, J. Comput. Phys. 14:361).
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange

HALF = np.float32(0.5)
ZERO = np.float32(0.0)


@cell
def increment(far, up, down):
    """What van Leer adds to the upwind value `up` at a face: harmonic mean of two like-signed differences / 2."""
    a = up - far
    b = down - up
    product = a * b
    total = a + b
    return product / total if product > ZERO else ZERO


@cell
def across(q, flux, lo, hi, far_lo, far_hi, c, s):
    """flux [m3/s] times the increment at the face between `c - s` and `c`; lo, hi: masks of the two stencils."""
    m = c - s
    forward = lo * increment(q[far_lo], q[m], q[c])
    backward = hi * increment(q[far_hi], q[c], q[m])
    return max(flux, ZERO) * forward + min(flux, ZERO) * backward


@cell
def scalar_face(q, vel, open_, area, c, s):
    """Correction flux through the low face of `c` for a cell-centred quantity."""
    m = c - s
    return across(q, vel[c] * area, open_[c] * open_[m], open_[c] * open_[c + s], m - s, c + s, c, s)


@cpu_loop
def limited_scalar_on_cpu(out, q, u, v, w, open_x, open_y, open_z, source, dx, dy, dz):
    """out = source - (second-order part of the convection of q), [q m3/s]; `source` likewise, per cell."""
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                ax = dy[j] * dz[k]
                ay = dx[i] * dz[k]
                az = dx[i] * dy[j]
                net = scalar_face(q, u, open_x, ax, c + sx, sx) - scalar_face(q, u, open_x, ax, c, sx)
                net += scalar_face(q, v, open_y, ay, c + sy, sy) - scalar_face(q, v, open_y, ay, c, sy)
                net += scalar_face(q, w, open_z, az, c + sz, sz) - scalar_face(q, w, open_z, az, c, sz)
                out[c] = source[c] - net


@cell
def normal_face(u, act, area, c, s):
    """Correction flux of a velocity component through the middle of cell `c - s`, along its own axis."""
    m = c - s
    inner = act[m] * act[c]
    return across(u, HALF * (u[m] + u[c]) * area, inner * act[m - s], inner * act[c + s], m - s, c + s, c, s)


@cell
def side_face(u, act, v, open_, hl, hh, e, c, sd, s):
    """Correction flux through the low side face (axis of stride `s`) of the control volume of face `c`."""
    n = c - s
    flux = (v[c - sd] * hl + v[c] * hh) * e
    inner = act[n] * act[c] * open_[c - sd] * open_[c]
    lo = inner * act[n - s] * open_[n - sd] * open_[n]
    hi = inner * act[c + s] * open_[c + s - sd] * open_[c + s]
    return across(u, flux, lo, hi, n - s, c + s, c, s)


@cell
def limited_momentum_at(u, v, w, act, open1, open2, c, sd, s1, s2, dl, dh, e1, e2):
    """Second-order part of the convection of a component on face `c`, as a force [m/s2]."""
    hl = HALF * dl
    hh = HALF * dh
    net = normal_face(u, act, e1 * e2, c + sd, sd) - normal_face(u, act, e1 * e2, c, sd)
    net += side_face(u, act, v, open1, hl, hh, e2, c + s1, sd, s1) - side_face(u, act, v, open1, hl, hh, e2, c, sd, s1)
    net += side_face(u, act, w, open2, hl, hh, e1, c + s2, sd, s2) - side_face(u, act, w, open2, hl, hh, e1, c, sd, s2)
    return -act[c] * net / ((hl + hh) * e1 * e2)


@cpu_loop
def limited_momentum_on_cpu(out, u, v, w, act, open1, open2, dx, dy, dz, axis):
    """out = second-order part of the convection of the component along `axis`, as a force [m/s2].

    u, v, w and open1, open2 are cyclic from `axis`, as in `momentum`.
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    if axis == 0:
        for k in prange(2, nz - 2):
            for j in range(2, ny - 2):
                row = np.uint64((k * ny + j) * nx)
                for i in range(2, nx - 2):
                    c = row + np.uint64(i)
                    out[c] = limited_momentum_at(
                        u, v, w, act, open1, open2, c, sx, sy, sz, dx[i - 1], dx[i], dy[j], dz[k]
                    )
    elif axis == 1:
        for k in prange(2, nz - 2):
            for j in range(2, ny - 2):
                row = np.uint64((k * ny + j) * nx)
                for i in range(2, nx - 2):
                    c = row + np.uint64(i)
                    out[c] = limited_momentum_at(
                        u, v, w, act, open1, open2, c, sy, sz, sx, dy[j - 1], dy[j], dz[k], dx[i]
                    )
    else:
        for k in prange(2, nz - 2):
            for j in range(2, ny - 2):
                row = np.uint64((k * ny + j) * nx)
                for i in range(2, nx - 2):
                    c = row + np.uint64(i)
                    out[c] = limited_momentum_at(
                        u, v, w, act, open1, open2, c, sz, sx, sy, dz[k - 1], dz[k], dx[i], dy[j]
                    )
