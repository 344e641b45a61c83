"""Second-order convection as a correction to upwind, deferred: van Leer's limited increment, or linear upwind.

The implicit sweeps stay first-order upwind (unconditionally stable); what second order adds is taken
from the level before and goes into the source. Limited: van Leer (1974, J. Comput. Phys. 14:361). Linear upwind,
for momentum only: half the difference behind the upwind value (Warming & Beam 1976, AIAA J. 14:1241), unbounded.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import Region, cyclic

HALF = np.float32(0.5)
ZERO = np.float32(0.0)


@cell
def across(q, flux, lo, hi, far_lo, far_hi, c, s, limited):
    """flux [m3/s] times what second order adds to the upwind value at the face between `c - s` and `c`.

    Limited: the harmonic mean of the two differences about the upwind value, over 2, where they have one sign;
    else half the difference behind it. lo, hi: masks of the two stencils.
    """
    m = c - s
    forward = flux > ZERO
    b = q[c] - q[m]
    a = q[m] - q[far_lo] if forward else q[far_hi] - q[c]
    inner = lo if forward else hi
    product = a * b * inner
    bounded = product / (a + b) if product > ZERO else ZERO
    return abs(flux) * (bounded if limited else HALF * a * inner)


@cell
def scalar_face(q, vel, open_, area, c, s):
    """Correction flux through the low face of `c` for a cell-centred quantity."""
    m = c - s
    return across(q, vel[c] * area, open_[c] * open_[m], open_[c] * open_[c + s], m - s, c + s, c, s, True)


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
def normal_face(q, u, act, area, c, s, limited):
    """Correction flux of a velocity component through the middle of cell `c - s`, along its own axis."""
    m = c - s
    inner = act[m] * act[c]
    flux = HALF * (u[m] + u[c]) * area
    return across(q, flux, inner * act[m - s], inner * act[c + s], m - s, c + s, c, s, limited)


@cell
def side_face(q, act, v, open_, hl, hh, e, c, sd, s, limited):
    """Correction flux through the low side face (axis of stride `s`) of the control volume of face `c`."""
    n = c - s
    flux = (v[c - sd] * hl + v[c] * hh) * e
    inner = act[n] * act[c] * open_[c - sd] * open_[c]
    lo = inner * act[n - s] * open_[n - sd] * open_[n]
    hi = inner * act[c + s] * open_[c + s - sd] * open_[c + s]
    return across(q, flux, lo, hi, n - s, c + s, c, s, limited)


@cell
def limited_momentum_at(q, u, v, w, act, open1, open2, c, sd, s1, s2, dl, dh, e1, e2, limited):
    """Second-order part of the convection of a component on face `c`, as a force [m/s2]."""
    hl = HALF * dl
    hh = HALF * dh
    net = normal_face(q, u, act, e1 * e2, c + sd, sd, limited)
    net -= normal_face(q, u, act, e1 * e2, c, sd, limited)
    net += side_face(q, act, v, open1, hl, hh, e2, c + s1, sd, s1, limited)
    net -= side_face(q, act, v, open1, hl, hh, e2, c, sd, s1, limited)
    net += side_face(q, act, w, open2, hl, hh, e1, c + s2, sd, s2, limited)
    net -= side_face(q, act, w, open2, hl, hh, e1, c, sd, s2, limited)
    return -act[c] * net / ((hl + hh) * e1 * e2)


@cpu_loop
def limited_momentum_on_cpu(out, q, u, v, w, act, open1, open2, dx, dy, dz, axis, limited):
    """out = second-order part of the convection of the component q along `axis`, as a force [m/s2].

    q: velocity; u, v, w: mass flux over reference density that carries it (q's own component first) [m/s];
    they and open1, open2 are cyclic from `axis`, as in `momentum`. act: 1 on faces between two air
    cells: outlets stay upwind, and faces beyond the last cell are not written. limited: True for van Leer's
    increment, False for linear upwind.
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
                        q, u, v, w, act, open1, open2, c, sx, sy, sz, dx[i - 1], dx[i], dy[j], dz[k], limited
                    )
    elif axis == 1:
        for k in prange(2, nz - 2):
            for j in range(2, ny - 2):
                row = np.uint64((k * ny + j) * nx)
                for i in range(2, nx - 2):
                    c = row + np.uint64(i)
                    out[c] = limited_momentum_at(
                        q, u, v, w, act, open1, open2, c, sy, sz, sx, dy[j - 1], dy[j], dz[k], dx[i], limited
                    )
    else:
        for k in prange(2, nz - 2):
            for j in range(2, ny - 2):
                row = np.uint64((k * ny + j) * nx)
                for i in range(2, nx - 2):
                    c = row + np.uint64(i)
                    out[c] = limited_momentum_at(
                        q, u, v, w, act, open1, open2, c, sz, sx, sy, dz[k - 1], dz[k], dx[i], dy[j], limited
                    )


def limited_scalar_in_numpy(out, q, u, v, w, open_x, open_y, open_z, source, dx, dy, dz):
    """See `limited_scalar_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    cells = Region(shape)
    total = cells.at(source).copy()
    for axis, (vel, open_) in enumerate(((u, open_x), (v, open_y), (w, open_z))):
        r = Region(shape, axis, (1, 0, 0))
        _, e1, e2 = cyclic(axis, dx, dy, dz)
        flux = r.at(vel) * (r.line(e1, 1) * r.line(e2, 2))
        total -= _net(r, 0, q, flux, lambda step, r=r, open_=open_: r.at(open_, step))
    cells.at(out)[...] = total


def limited_momentum_in_numpy(out, q, u, v, w, act, open1, open2, dx, dy, dz, axis, limited):
    """See `limited_momentum_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    d, e1, e2 = cyclic(axis, dx, dy, dz)
    r = Region(shape, axis, (1, 0, 0))
    area = r.line(e1, 1) * r.line(e2, 2)
    flux = HALF * (r.at(u, -1) + r.at(u)) * area
    net = _net(r, 0, q, flux, lambda step: r.at(act, step - 1) * r.at(act, step), limited)
    for n, vel, open_, side in ((1, v, open1, e2), (2, w, open2, e1)):
        sides = Region(shape, axis, (0, int(n == 1), int(n == 2)))
        net += _side(sides, n, q, act, vel, open_, d, side, limited)
    cells = Region(shape, axis)
    vol = HALF * (cells.line(d, 0, -1) + cells.line(d)) * cells.line(e1, 1) * cells.line(e2, 2)
    cells.at(out)[...] = -cells.at(act) * net / vol


def _side(r, n, q, act, vel, open_, d, side, limited):
    """Net correction through the two side faces in direction n of the control volumes of a component."""
    flux = r.at(vel, -1) * (HALF * r.line(d, 0, -1)) + r.at(vel) * (HALF * r.line(d))
    flux *= r.line(side, 3 - n)

    def linked(step):
        both = r.at(open_, *_to(n, step, -1)) * r.at(open_, *_to(n, step))
        return both * r.at(act, *_to(n, step - 1)) * r.at(act, *_to(n, step))

    return _net(r, n, q, flux, linked, limited)


def _net(r, n, q, flux, linked, limited=True):
    """Out minus in of flux times the increment, between neighbours in direction n.

    flux: on the low faces of r, one more than its cells. linked(step): 1 where the values on both sides of
    the face so many steps on may be used.
    """
    low = _slope(r, n, q, linked, -1, limited)
    high = _slope(r, n, q, linked, 0, limited)
    extra = np.maximum(flux, ZERO) * low - np.minimum(flux, ZERO) * high
    return np.diff(extra, axis=r.place(n))


def _slope(r, n, q, linked, step, limited):
    """What the value `step` on adds towards the face between -1 and 0, of its two differences a and b.

    Limited: ab / (a + b), half of van Leer's; else half the difference that is behind it.
    """
    here = r.at(q, *_to(n, step))
    a = here - r.at(q, *_to(n, step - 1))
    b = r.at(q, *_to(n, step + 1)) - here
    inner = linked(step) * linked(step + 1)
    if not limited:
        return HALF * (b if step == 0 else a) * inner
    product = a * b * inner
    return np.divide(product, a + b, out=np.zeros_like(product), where=product > ZERO)


def _to(n, step, along=0):
    """Steps (along, first, second) that go `step` cells in direction n."""
    return ((step + along, 0, 0), (along, step, 0), (along, 0, step))[n]
