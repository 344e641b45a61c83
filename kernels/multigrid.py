"""Operators of geometric multigrid for the pressure: sum over faces of coefficient * (phi_nb - phi) = rhs.

`hierarchy` has the grids they work on.
"""

from __future__ import annotations

import numpy as np

from .hierarchy import pairs
from .jit import cell, cpu_loop, prange
from .slices import Region

QUARTER = np.float32(0.25)
ZERO = np.float32(0.0)


@cell
def brought(phi, cx, cy, cz, c, sy, sz):
    """The operator at cell `c`: sum over its faces of coefficient times what phi rises to the neighbour."""
    sx = np.uint64(1)
    here = phi[c]
    total = cx[c] * (phi[c - sx] - here) + cx[c + sx] * (phi[c + sx] - here)
    total += cy[c] * (phi[c - sy] - here) + cy[c + sy] * (phi[c + sy] - here)
    return total + cz[c] * (phi[c - sz] - here) + cz[c + sz] * (phi[c + sz] - here)


@cell
def relaxed(phi, rhs, cx, cy, cz, inverse, c, sy, sz, weight):
    """What weighted Jacobi makes of cell `c`."""
    return phi[c] + weight * (brought(phi, cx, cy, cz, c, sy, sz) - rhs[c]) * inverse[c]


@cpu_loop
def relax_on_cpu(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second):
    """Two weighted Jacobi sweeps of phi, in place. spare: a field with phi's ghosts; nx, ny, nz: padded sizes."""
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                spare[c] = relaxed(phi, rhs, cx, cy, cz, inverse, c, sy, sz, first)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                phi[c] = relaxed(spare, rhs, cx, cy, cz, inverse, c, sy, sz, second)


@cpu_loop
def residual_on_cpu(out, phi, rhs, cx, cy, cz, planes, nx, ny, nz):
    """out = rhs - operator(phi) in the z planes of halls; planes: 1 for those, 0 between stacked ones, left alone."""
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        if planes[k] == 0:
            continue
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                out[c] = rhs[c] - brought(phi, cx, cy, cz, c, sy, sz)


@cell
def add_children(out, to, fine, row, nx, fx, ox):
    """Add a row of `fine`, from `row` on, to the coarse row from `to` on; the rest as `restrict_on_cpu`."""
    one = np.uint64(1)
    if fx == 1:
        for i in range(nx - 4):
            out[to + np.uint64(i)] += fine[row + np.uint64(i)]
        return
    pairs = (nx - 4 - ox) // 2
    if ox:
        out[to] += fine[row]
    for i in range(pairs):
        c = row + np.uint64(ox + 2 * i)
        out[to + np.uint64(ox + i)] += fine[c] + fine[c + one]
    if ox + 2 * pairs < nx - 4:
        out[to + np.uint64(ox + pairs)] += fine[row + np.uint64(ox + 2 * pairs)]


@cpu_loop
def restrict_on_cpu(out, fine, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz):
    """out = sum of `fine` over the children; nx.. padded fine sizes, mx.. coarse, fx.. coarsening factors.

    ox.. 1 where the first coarse cell has but one child, and pairs begin at the second fine cell; else 0.
    """
    for k in prange(2, mz - 2):
        for j in range(2, my - 2):
            to = np.uint64((k * my + j) * mx + 2)
            for i in range(mx - 4):
                out[to + np.uint64(i)] = ZERO
            for ck in range(max(2, 2 + (k - 2) * fz - oz), min(2 + (k - 1) * fz - oz, nz - 2)):
                for cj in range(max(2, 2 + (j - 2) * fy - oy), min(2 + (j - 1) * fy - oy, ny - 2)):
                    add_children(out, to, fine, np.uint64((ck * ny + cj) * nx + 2), nx, fx, ox)


@cell
def towards(coarse, face, c, n, f):
    """A quarter of the way from cell `c` to its neighbour `n`, where the face `f` between lets through."""
    return QUARTER * (coarse[n] - coarse[c]) if face[f] > ZERO else ZERO


@cell
def beside(coarse, cy, cz, c, ny, fy, nz, fz):
    """The coarse field at the y and z of a fine row beside cell `c`: its neighbours ny, nz and the faces to them."""
    return coarse[c] + towards(coarse, cy, c, ny, fy) + towards(coarse, cz, c, nz, fz)


@cpu_loop
def prolong_on_cpu(fine, coarse, cx, cy, cz, planes, nx, ny, nz, mx, my, fx, fy, fz, ox, oy, oz):
    """Add to every fine cell the coarse field interpolated at its centre; cx, cy, cz: coarse face coefficients.

    planes: see `residual_on_cpu`. The rest as `restrict_on_cpu`.
    """
    one = np.uint64(1)
    pairs = (nx - 4 - ox) // 2
    for k in prange(2, nz - 2):
        if planes[k] == 0:
            continue
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx + 2)
            at = ((2 + (k - 2 + oz) // fz) * my + 2 + (j - 2 + oy) // fy) * mx + 2
            # neighbours and the faces to them; without coarsening, the cell itself
            to_y = 0 if fy == 1 else mx if (j + oy) & 1 else -mx
            to_z = 0 if fz == 1 else mx * my if (k + oz) & 1 else -mx * my
            here, y, z = np.uint64(at), np.uint64(at + to_y), np.uint64(at + to_z)
            face_y, face_z = np.uint64(at + max(to_y, 0)), np.uint64(at + max(to_z, 0))
            if fx == 1:
                for i in range(nx - 4):
                    n = np.uint64(i)
                    fine[row + n] += beside(coarse, cy, cz, here + n, y + n, face_y + n, z + n, face_z + n)
                continue
            if ox:
                value = beside(coarse, cy, cz, here, y, face_y, z, face_z)
                fine[row] += value + towards(coarse, cx, here, here + one, here + one)
            for i in range(pairs):
                n = np.uint64(ox + i)
                c, to = here + n, row + np.uint64(ox + 2 * i)
                value = beside(coarse, cy, cz, c, y + n, face_y + n, z + n, face_z + n)
                fine[to] += value + towards(coarse, cx, c, c - one, c)
                fine[to + one] += value + towards(coarse, cx, c, c + one, c + one)
            if ox + 2 * pairs < nx - 4:
                n = np.uint64(ox + pairs)
                c = here + n
                value = beside(coarse, cy, cz, c, y + n, face_y + n, z + n, face_z + n)
                fine[row + np.uint64(ox + 2 * pairs)] += value + towards(coarse, cx, c, c - one, c)


def _seen(a: np.ndarray, nx: int, ny: int, nz: int) -> np.ndarray:
    return a.reshape(nz, ny, nx)


def relax_in_numpy(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second):
    """See `relax_on_cpu`."""
    inner = (slice(2, -2),) * 3
    to, back, gain = (_seen(a, nx, ny, nz)[inner] for a in (spare, phi, inverse))
    for weight, read, write in ((first, phi, to), (second, spare, back)):
        residual = np.zeros_like(phi)
        residual_in_numpy(residual, read, rhs, cx, cy, cz, np.ones(nz), nx, ny, nz)
        rest = _seen(residual, nx, ny, nz)[inner]
        write[...] = _seen(read, nx, ny, nz)[inner] - phi.dtype.type(weight) * rest * gain


def residual_in_numpy(out, phi, rhs, cx, cy, cz, planes, nx, ny, nz):
    """See `residual_on_cpu`."""
    o, f, b, x, y, z = (_seen(a, nx, ny, nz) for a in (out, phi, rhs, cx, cy, cz))
    flow = [np.zeros_like(f) for _ in range(3)]
    for axis, coefficient in zip((2, 1, 0), (x, y, z), strict=True):
        inner = [slice(None)] * 3
        inner[axis] = slice(1, None)
        flow[axis][tuple(inner)] = coefficient[tuple(inner)] * np.diff(f, axis=axis)
    mid, hi = slice(2, -2), slice(3, -1)
    total = flow[2][mid, mid, hi] - flow[2][mid, mid, mid]
    total += flow[1][mid, hi, mid] - flow[1][mid, mid, mid]
    total += flow[0][hi, mid, mid] - flow[0][mid, mid, mid]
    np.copyto(o[mid, mid, mid], b[mid, mid, mid] - total, where=_halls(planes))


def restrict_in_numpy(out, fine, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz):
    """See `restrict_on_cpu`."""
    total = _seen(fine, nx, ny, nz)[2:-2, 2:-2, 2:-2]
    for axis, factor, offset in zip(range(3), (fz, fy, fx), (oz, oy, ox), strict=True):
        if factor == 2:
            total = np.add.reduceat(total, pairs(total.shape[axis], offset)[:-1], axis=axis)
    _seen(out, mx, my, mz)[2:-2, 2:-2, 2:-2] = total


def _halls(planes):
    """True in the z planes of halls, for fields without ghosts."""
    return (planes[2:-2] > 0)[:, None, None]


def prolong_in_numpy(fine, coarse, cx, cy, cz, planes, nx, ny, nz, mx, my, fx, fy, fz, ox, oy, oz):
    """See `prolong_on_cpu`."""
    factors = (fx, fy, fz)
    r = Region((coarse.size // (mx * my), my, mx))
    total = _children(r.at(coarse), factors)
    for axis, face in enumerate((cx, cy, cz)):
        if factors[axis] == 2:
            r = Region(r.shape, axis)
            low = QUARTER * (r.at(coarse, -1) - r.at(coarse)) * (r.at(face) > ZERO)
            high = QUARTER * (r.at(coarse, 1) - r.at(coarse)) * (r.at(face, 1) > ZERO)
            total += _children(low, factors, high, axis)
    here = total[oz : oz + nz - 4, oy : oy + ny - 4, ox : ox + nx - 4]
    inner = _seen(fine, nx, ny, nz)[2:-2, 2:-2, 2:-2]
    np.add(inner, here, out=inner, where=_halls(planes))


def _children(low, factors, high=None, axis=0):
    """Values of coarse cells for their children; those in the upper half along `axis` get `high`."""
    for d, factor in enumerate(factors):
        if high is None or d != axis:
            low = np.repeat(low, factor, axis=2 - d)
            high = None if high is None else np.repeat(high, factor, axis=2 - d)
    if high is None:
        return low
    shape = [n * (2 if place == 2 - axis else 1) for place, n in enumerate(low.shape)]
    return np.stack((low, high), axis=3 - axis).reshape(shape)
