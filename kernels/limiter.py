"""Second-order convection as a correction to upwind, deferred: van Leer's limited increment, or linear upwind.

The implicit sweeps stay first-order upwind (unconditionally stable); what second order adds is taken
from the level before and goes into the source. Limited: van Leer (1974, J. Comput. Phys. 14:361). Linear upwind,
for momentum only: half the difference behind the upwind value (Warming & Beam 1976, AIAA J. 14:1241), unbounded.

Second order needs two values behind the face. Where both may be used is written once in a `stencil`, a byte a cell:
bit 2 n for the low face along direction n and flow from below, bit 2 n + 1 for flow from above.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import Region, cyclic

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
BELOW = tuple(np.uint8(1 << 2 * n) for n in range(3))
ABOVE = tuple(np.uint8(2 << 2 * n) for n in range(3))
UNKNOWN = np.uint8(64)  # of a component's stencil: its face is between two air cells


@cell
def across(q, flux, whole, below, above, c, s, limited):
    """flux [m3/s] times what second order adds to the upwind value at the face between `c - s` and `c`.

    Limited: the harmonic mean of the two differences about the upwind value, over 2, where they have one sign;
    else half the difference behind it. whole: the face's stencil, in which `below` and `above` are its bits.
    """
    m = c - s
    b = q[c] - q[m]
    low = q[m] - q[m - s] if whole & below else ZERO
    high = q[c + s] - q[c] if whole & above else ZERO
    a = low if flux > ZERO else high
    product = a * b
    bounded = product / (a + b) if product > ZERO else ZERO
    return abs(flux) * (bounded if limited else HALF * a)


@cell
def scalar_face(q, vel, stencil, below, above, area, c, s):
    """Correction flux through the low face of `c` for a cell-centred quantity."""
    return across(q, vel[c] * area, stencil[c], below, above, c, s, True)


@cell
def limited_scalar_at(q, u, v, w, stencil, source, c, sx, sy, sz, dx, dy, dz):
    """What cell `c` is given: its source less what second order carries out of it [q m3/s]."""
    net = scalar_face(q, u, stencil, BELOW[0], ABOVE[0], dy * dz, c + sx, sx)
    net -= scalar_face(q, u, stencil, BELOW[0], ABOVE[0], dy * dz, c, sx)
    net += scalar_face(q, v, stencil, BELOW[1], ABOVE[1], dx * dz, c + sy, sy)
    net -= scalar_face(q, v, stencil, BELOW[1], ABOVE[1], dx * dz, c, sy)
    net += scalar_face(q, w, stencil, BELOW[2], ABOVE[2], dx * dy, c + sz, sz)
    net -= scalar_face(q, w, stencil, BELOW[2], ABOVE[2], dx * dy, c, sz)
    return source[c] - net


@cpu_loop
def limited_scalar_on_cpu(out, q, u, v, w, stencil, source, dx, dy, dz):
    """out = source - (second-order part of the convection of q), [q m3/s]; `source` likewise, per cell.

    stencil: as `scalar_stencil` makes it.
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for n in range(2, nx - 2):
                i = np.uint64(n)
                out[row + i] = limited_scalar_at(
                    q, u, v, w, stencil, source, row + i, sx, sy, sz, dx[i], dy[j], dz[k]
                )


@cell
def normal_face(q, u, stencil, area, c, s, limited):
    """Correction flux of a velocity component through the middle of cell `c - s`, along its own axis."""
    return across(q, HALF * (u[c - s] + u[c]) * area, stencil[c], BELOW[0], ABOVE[0], c, s, limited)


@cell
def side_face(q, v, stencil, below, above, hl, hh, e, c, sd, s, limited):
    """Correction flux through the low side face (axis of stride `s`) of the control volume of face `c`."""
    return across(q, (v[c - sd] * hl + v[c] * hh) * e, stencil[c], below, above, c, s, limited)


@cell
def limited_momentum_at(q, u, v, w, stencil, c, sd, s1, s2, dl, dh, e1, e2, limited):
    """Second-order part of the convection of a component on face `c`, as a force [m/s2]."""
    hl = HALF * dl
    hh = HALF * dh
    net = normal_face(q, u, stencil, e1 * e2, c + sd, sd, limited)
    net -= normal_face(q, u, stencil, e1 * e2, c, sd, limited)
    net += side_face(q, v, stencil, BELOW[1], ABOVE[1], hl, hh, e2, c + s1, sd, s1, limited)
    net -= side_face(q, v, stencil, BELOW[1], ABOVE[1], hl, hh, e2, c, sd, s1, limited)
    net += side_face(q, w, stencil, BELOW[2], ABOVE[2], hl, hh, e1, c + s2, sd, s2, limited)
    net -= side_face(q, w, stencil, BELOW[2], ABOVE[2], hl, hh, e1, c, sd, s2, limited)
    return -net / ((hl + hh) * e1 * e2) if stencil[c] & UNKNOWN else ZERO


@cpu_loop
def limited_momentum_on_cpu(out, q, u, v, w, stencil, dx, dy, dz, axis, limited):
    """out = second-order part of the convection of the component q along `axis`, as a force [m/s2].

    q: velocity; u, v, w: mass flux over reference density that carries it (q's own component first) [m/s];
    cyclic from `axis`, as in `momentum`. stencil: as `momentum_stencil` makes it; outlets stay upwind, and faces
    beyond the last cell are not written. limited: True for van Leer's increment, False for linear upwind.
    """
    nz, ny, nx = dz.size, dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    if axis == 0:
        for k in prange(2, nz - 2):
            for j in range(2, ny - 2):
                row = np.uint64((k * ny + j) * nx)
                for n in range(2, nx - 2):
                    i = np.uint64(n)
                    c = row + i
                    out[c] = limited_momentum_at(
                        q, u, v, w, stencil, c, sx, sy, sz, dx[i - sx], dx[i], dy[j], dz[k], limited
                    )
    elif axis == 1:
        for k in prange(2, nz - 2):
            for j in range(2, ny - 2):
                row = np.uint64((k * ny + j) * nx)
                for n in range(2, nx - 2):
                    i = np.uint64(n)
                    c = row + i
                    out[c] = limited_momentum_at(
                        q, u, v, w, stencil, c, sy, sz, sx, dy[j - 1], dy[j], dz[k], dx[i], limited
                    )
    else:
        for k in prange(2, nz - 2):
            for j in range(2, ny - 2):
                row = np.uint64((k * ny + j) * nx)
                for n in range(2, nx - 2):
                    i = np.uint64(n)
                    c = row + i
                    out[c] = limited_momentum_at(
                        q, u, v, w, stencil, c, sz, sx, sy, dz[k - 1], dz[k], dx[i], dy[j], limited
                    )


def limited_scalar_in_numpy(out, q, u, v, w, stencil, source, dx, dy, dz):
    """See `limited_scalar_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    cells = Region(shape)
    total = cells.at(source).copy()
    for axis, vel in enumerate((u, v, w)):
        r = Region(shape, axis, (1, 0, 0))
        _, e1, e2 = cyclic(axis, dx, dy, dz)
        flux = r.at(vel) * (r.line(e1, 1) * r.line(e2, 2))
        total -= _net(r, 0, q, flux, r.at(stencil) >> 2 * axis)
    cells.at(out)[...] = total


def limited_momentum_in_numpy(out, q, u, v, w, stencil, dx, dy, dz, axis, limited):
    """See `limited_momentum_on_cpu`."""
    shape = (dz.size, dy.size, dx.size)
    d, e1, e2 = cyclic(axis, dx, dy, dz)
    r = Region(shape, axis, (1, 0, 0))
    area = r.line(e1, 1) * r.line(e2, 2)
    flux = HALF * (r.at(u, -1) + r.at(u)) * area
    net = _net(r, 0, q, flux, r.at(stencil), limited)
    for n, vel, side in ((1, v, e2), (2, w, e1)):
        sides = Region(shape, axis, (0, int(n == 1), int(n == 2)))
        flux = sides.at(vel, -1) * (HALF * sides.line(d, 0, -1)) + sides.at(vel) * (HALF * sides.line(d))
        net += _net(sides, n, q, flux * sides.line(side, 3 - n), sides.at(stencil) >> 2 * n, limited)
    cells = Region(shape, axis)
    vol = HALF * (cells.line(d, 0, -1) + cells.line(d)) * cells.line(e1, 1) * cells.line(e2, 2)
    cells.at(out)[...] = np.where(cells.at(stencil) & UNKNOWN, -net / vol, ZERO)


def _net(r, n, q, flux, whole, limited=True):
    """Out minus in of flux times the increment, between neighbours in direction n.

    flux, whole: on the low faces of r, one more than its cells; the two lowest bits of `whole` say whether the
    stencil of flow from below, and from above, may be used.
    """
    low = _slope(r, n, q, whole & 1, -1, limited)
    high = _slope(r, n, q, whole >> 1 & 1, 0, limited)
    extra = np.maximum(flux, ZERO) * low - np.minimum(flux, ZERO) * high
    return np.diff(extra, axis=r.place(n))


def _slope(r, n, q, inner, step, limited):
    """What the value `step` on adds towards the face between -1 and 0, of its two differences a and b.

    Limited: ab / (a + b), half of van Leer's; else half the difference that is behind it.
    """
    here = r.at(q, *_to(n, step))
    a = here - r.at(q, *_to(n, step - 1))
    b = r.at(q, *_to(n, step + 1)) - here
    if not limited:
        return HALF * (b if step == 0 else a) * inner
    product = a * b * inner
    return np.divide(product, a + b, out=np.zeros_like(product), where=product > ZERO)


def _to(n, step):
    """Steps (along, first, second) that go `step` cells in direction n."""
    return ((step, 0, 0), (0, step, 0), (0, 0, step))[n]


def scalar_stencil(opens, strides):
    """Byte field of cell-centred quantities. opens: 1 on x, y, z faces between two air cells; strides: of x, y, z."""
    return _stencil(((open_, s) for open_, s in zip(opens, strides, strict=True)))


def momentum_stencil(opens, strides, axis):
    """Byte field of the component along `axis`, directions cyclic from it: values on faces between air cells."""
    act, open1, open2 = cyclic(axis, *opens)
    sd, s1, s2 = cyclic(axis, *strides)

    def beside(open_, s):
        return act & np.roll(act, s) & open_ & np.roll(open_, sd)

    linked = ((act & np.roll(act, sd), sd), (beside(open1, s1), s1), (beside(open2, s2), s2))
    return _stencil(linked) | act * UNKNOWN


def _stencil(linked):
    """From 1 on the low faces of a direction whose two sides may both be used, and the direction's stride."""
    parts = ((both & np.roll(both, s), both & np.roll(both, -s)) for both, s in linked)
    return sum(below << 2 * n | above << 2 * n + 1 for n, (below, above) in enumerate(parts))
