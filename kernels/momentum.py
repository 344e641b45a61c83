"""Implicit momentum on the staggered grid: the coefficients of one velocity component, for `jacobi`.

Arrays are flat views of padded fields (nz + 4, ny + 4, nx + 4), x fastest, two ghost cells a side. A
velocity component lives on the low face of its cell. Along the component's own axis the stride is `sd`
and along the other two, in cyclic order, `s1` and `s2`: one cell function serves all three.
"""

from __future__ import annotations

import numpy as np

from .jit import cell, cpu_loop, prange
from .scalar import lifted
from .slices import Region, cyclic

HALF = np.float32(0.5)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)


@cell
def momentum_at(
    u, flux, u0, v, w, p, nue, open1, open2, act, wall, push,
    c, sd, s1, s2, dl, dh, rl, rh, e1, r1l, r1h, e2, r2l, r2h, rdt,
):  # fmt: skip
    """Of velocity face `c`: coefficients of its six neighbours [-], and the rest [m/s]; push: force on it [m/s2].

    Finite volume, upwind, implicit Euler (Patankar 1980, chapters 5 and 6), divided by the diagonal.
    """
    m = c - sd
    hl = HALF * dl
    hh = HALF * dh
    area = e1 * e2
    vol = (hl + hh) * area
    half1 = HALF * e2
    half2 = HALF * e1
    a_hi = nue[c] * area * rh + max(-HALF * (flux[c] + flux[c + sd]) * area, ZERO)
    a_lo = nue[m] * area * rl + max(HALF * (flux[m] + flux[c]) * area, ZERO)
    flow = (v[m + s1] * hl + v[c + s1] * hh) * e2
    shear = open1[m + s1] * (nue[m] + nue[m + s1]) * hl + open1[c + s1] * (nue[c] + nue[c + s1]) * hh
    a1_hi = shear * (half1 * r1h) + max(-flow, ZERO)
    flow = (v[m] * hl + v[c] * hh) * e2
    shear = open1[m] * (nue[m] + nue[m - s1]) * hl + open1[c] * (nue[c] + nue[c - s1]) * hh
    a1_lo = shear * (half1 * r1l) + max(flow, ZERO)
    flow = (w[m + s2] * hl + w[c + s2] * hh) * e1
    shear = open2[m + s2] * (nue[m] + nue[m + s2]) * hl + open2[c + s2] * (nue[c] + nue[c + s2]) * hh
    a2_hi = shear * (half2 * r2h) + max(-flow, ZERO)
    flow = (w[m] * hl + w[c] * hh) * e1
    shear = open2[m] * (nue[m] + nue[m - s2]) * hl + open2[c] * (nue[c] + nue[c - s2]) * hh
    a2_lo = shear * (half2 * r2l) + max(flow, ZERO)
    share = act[c] / (a_hi + a_lo + a1_hi + a1_lo + a2_hi + a2_lo + wall[c] + vol * rdt)
    rest = share * ((p[m] - p[c]) * area + vol * (rdt * u0[c] + push)) + (ONE - act[c]) * u[c]
    return a_lo * share, a_hi * share, a1_lo * share, a1_hi * share, a2_lo * share, a2_hi * share, rest


@cell
def momentum_rows(
    xl, xh, yl, yh, zl, zh, b, u, flux, u0, v, w, p, nue, t, open1, open2, act, wall, force,
    dx, dy, dz, rx, ry, rz, hz, rdt, lift, rise, forced, axis, k, first, last,
):  # fmt: skip
    """Coefficients of rows `first` to `last` of plane k; along z with buoyancy where `lift` is not 0."""
    ny, nx = dy.size, dx.size
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    if axis == 0:
        for j in range(first, last):
            row = np.uint64((k * ny + j) * nx)
            for n in range(2, nx - 1):
                i = np.uint64(n)
                c = row + i
                push = force[c] if forced else ZERO
                xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c] = momentum_at(
                    u, flux, u0, v, w, p, nue, open1, open2, act, wall, push, c, sx, sy, sz, dx[i - sx], dx[i],
                    ONE / dx[i - sx], ONE / dx[i], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1], rdt[k],
                )  # fmt: skip
    elif axis == 1:
        for j in range(first, last):
            row = np.uint64((k * ny + j) * nx)
            for n in range(2, nx - 1):
                i = np.uint64(n)
                c = row + i
                push = force[c] if forced else ZERO
                yl[c], yh[c], zl[c], zh[c], xl[c], xh[c], b[c] = momentum_at(
                    u, flux, u0, v, w, p, nue, open1, open2, act, wall, push, c, sy, sz, sx, dy[j - 1], dy[j],
                    ONE / dy[j - 1], ONE / dy[j], dz[k], rz[k], rz[k + 1], dx[i], rx[i], rx[i + sx], rdt[k],
                )  # fmt: skip
    else:
        low = HALF * dz[k] / hz[k]
        for j in range(first, last):
            row = np.uint64((k * ny + j) * nx)
            for n in range(2, nx - 1):
                i = np.uint64(n)
                c = row + i
                push = force[c] if forced else ZERO
                if lift != ZERO:
                    push += lifted(t, act, low, lift, rise, c, sz)
                zl[c], zh[c], xl[c], xh[c], yl[c], yh[c], b[c] = momentum_at(
                    u, flux, u0, v, w, p, nue, open1, open2, act, wall, push, c, sz, sx, sy, dz[k - 1], dz[k],
                    ONE / dz[k - 1], ONE / dz[k], dx[i], rx[i], rx[i + sx], dy[j], ry[j], ry[j + 1], rdt[k],
                )  # fmt: skip


def momentum_on_cpu(
    lo, hi, lo1, hi1, lo2, hi2, b, u, flux, u0, v, w, p, nue, open1, open2, act, wall, force,
    dx, dy, dz, rx, ry, rz, rdt, axis,
):  # fmt: skip
    """Coefficients for `jacobi` of the component along `axis` (0 x, 1 y, 2 z).

    lo, hi, lo1 ... hi2: of the neighbours below and above along the component's own axis and, in cyclic order,
    the two others [-]; b [m/s]. u: velocity, whose value is kept where the face is no unknown; flux, v, w: mass
    flux over reference density that carries it, cyclic from `axis`; u0: time level before [m/s]. p: kinematic
    pressure [m2/s2]. nue: effective viscosity [m2/s]. open1, open2: 1 on faces between two fluid cells along
    the two other axes. act: 1 where the face is an unknown. wall: wall conductance times area [m3/s]. force:
    [m/s2]. dx...: cell sizes [m], rx...: 1 over the distance between centres across the low face [1/m].
    rdt: 1 / time step for each plane k [1/s].
    """
    pairs = cyclic(-axis % 3, (lo, hi), (lo1, hi1), (lo2, hi2))
    momentum_planes(
        *pairs[0], *pairs[1], *pairs[2], b, u, flux, u0, v, w, p, nue, open1, open2, act, wall, force,
        dx, dy, dz, rx, ry, rz, rdt, axis,
    )  # fmt: skip


@cpu_loop
def momentum_planes(
    xl, xh, yl, yh, zl, zh, b, u, flux, u0, v, w, p, nue, open1, open2, act, wall, force,
    dx, dy, dz, rx, ry, rz, rdt, axis,
):  # fmt: skip
    """`momentum`, its coefficients in the order of x, y and z."""
    for k in prange(2, dz.size - 1):
        momentum_rows(
            xl, xh, yl, yh, zl, zh, b, u, flux, u0, v, w, p, nue, u, open1, open2, act, wall, force,
            dx, dy, dz, rx, ry, rz, dz, rdt, ZERO, ZERO, True, axis, k, 2, dy.size - 1,
        )  # fmt: skip


def momentum_in_numpy(
    lo, hi, lo1, hi1, lo2, hi2, b, u, flux, u0, v, w, p, nue, open1, open2, act, wall, force,
    dx, dy, dz, rx, ry, rz, rdt, axis,
):  # fmt: skip
    """See `momentum_on_cpu`."""
    r = Region((dz.size, dy.size, dx.size), axis, (1, 1, 1))
    d, e1, e2 = cyclic(axis, dx, dy, dz)
    _, r1, r2 = cyclic(axis, rx, ry, rz)
    dl, dh = r.line(d, 0, -1), r.line(d)
    half_l, half_h = HALF * dl, HALF * dh
    area = r.line(e1, 1) * r.line(e2, 2)
    vol = (half_l + half_h) * area
    total = r.at(wall) + vol * r.planes(rdt)
    rest = (r.at(p, -1) - r.at(p)) * area + vol * (r.planes(rdt) * r.at(u0) + r.at(force))
    found = []
    for step, nu, h, out in ((1, r.at(nue), dh, hi), (-1, r.at(nue, -1), dl, lo)):
        carried = HALF * area * (r.at(flux) + r.at(flux, step))
        found.append((out, nu * area / h + np.maximum(-step * carried, ZERO)))
    first, second = (1, v, open1, r1, r.line(e2, 2)), (2, w, open2, r2, r.line(e1, 1))
    for (n, vel, open_, gap, width), pair in ((first, (hi1, lo1)), (second, (hi2, lo2))):
        for step, out in zip((1, -1), pair, strict=True):
            up = max(step, 0)
            carried = width * (r.at(vel, *_to(n, up, -1)) * half_l + r.at(vel, *_to(n, up)) * half_h)
            a = np.maximum(-step * carried, ZERO)
            for back, half in ((-1, half_l), (0, half_h)):
                nu = r.at(nue, *_to(n, 0, back)) + r.at(nue, *_to(n, step, back))
                a += r.at(open_, *_to(n, up, back)) * nu * (HALF * half * width * r.line(gap, n, up))
            found.append((out, a))
    unknown = r.at(act)
    share = unknown / (total + sum(a for _, a in found))
    for out, a in found:
        r.at(out)[...] = a * share
    r.at(b)[...] = rest * share + (ONE - unknown) * r.at(u)


def _to(n, step, along=0):
    """Steps (along, first, second) that go `step` cells in direction n."""
    return (along, step, 0) if n == 1 else (along, 0, step)
