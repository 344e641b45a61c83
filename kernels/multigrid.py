"""Geometric multigrid for the pressure: sum over faces of coefficient * (phi_nb - phi) = rhs.

Coarse coefficients follow resistances in series along a fine column, columns in parallel: exact on
uniform and graded grids, with solids and at outlets. Directions much wider than the narrowest are not
coarsened until the others have caught up.

Measured residual factors, V(1,1), cycles 1 and 12: uniform box 0.09 and 0.30, with solids and an outlet 0.09
and 0.41, cells graded 1 : 4 in each direction 0.16 and 0.70. The error's eigenvalues lie in -0.1 ... 0.6; with
coarse corrections injected instead of interpolated they reached -0.9 on the graded grid, and it diverged.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .jit import cell, cpu_loop, prange
from .slices import Region

PAD = 2
COARSEST = 128  # cells; so few are solved at once, by the inverse of their matrix
# Of a coarse correction: whole, it overshoots rough modes by up to 0.22, like this by 0.10. A pressure that
# overshoots by more than a third makes the outer iteration alternate (measured).
DAMPING = 0.9
STRETCHED = 1.9  # a direction this much wider than the narrowest is left as it is
NARROW = 0.1  # quantile of the sizes that speaks for a direction: slivers and odd last cells do not
QUARTER = np.float32(0.25)
ZERO = np.float32(0.0)


@cpu_loop
def relax_on_cpu(phi, rhs, cx, cy, cz, inverse, nx, ny, nz, colour):
    """Gauss-Seidel on the cells of one colour ((i + j + k) odd or even), in place. nx, ny, nz: padded sizes."""
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2 + ((colour + j + k) & 1), nx - 2, 2):
                c = row + np.uint64(i)
                total = cx[c] * phi[c - sx] + cx[c + sx] * phi[c + sx]
                total += cy[c] * phi[c - sy] + cy[c + sy] * phi[c + sy]
                total += cz[c] * phi[c - sz] + cz[c + sz] * phi[c + sz]
                phi[c] = (total - rhs[c]) * inverse[c]


@cpu_loop
def residual_on_cpu(out, phi, rhs, cx, cy, cz, nx, ny, nz):
    """out = rhs - operator(phi)."""
    sx = np.uint64(1)
    sy = np.uint64(nx)
    sz = np.uint64(nx * ny)
    for k in prange(2, nz - 2):
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx)
            for i in range(2, nx - 2):
                c = row + np.uint64(i)
                here = phi[c]
                total = cx[c] * (phi[c - sx] - here) + cx[c + sx] * (phi[c + sx] - here)
                total += cy[c] * (phi[c - sy] - here) + cy[c + sy] * (phi[c + sy] - here)
                total += cz[c] * (phi[c - sz] - here) + cz[c + sz] * (phi[c + sz] - here)
                out[c] = rhs[c] - total


@cpu_loop
def restrict_on_cpu(out, fine, nx, ny, nz, mx, my, mz, fx, fy, fz):
    """out = sum of `fine` over the children; nx.. padded fine sizes, mx.. coarse, fx.. coarsening factors."""
    for k in prange(2, mz - 2):
        for j in range(2, my - 2):
            for i in range(2, mx - 2):
                total = fine[0] * 0
                for dk in range(fz):
                    for dj in range(fy):
                        for di in range(fx):
                            ci = 2 + (i - 2) * fx + di
                            cj = 2 + (j - 2) * fy + dj
                            ck = 2 + (k - 2) * fz + dk
                            if ci < nx - 2 and cj < ny - 2 and ck < nz - 2:
                                total += fine[(ck * ny + cj) * nx + ci]
                out[(k * my + j) * mx + i] = total


@cell
def towards(coarse, face, c, s, upper):
    """A quarter of the way from cell `c` to its neighbour above or below, where the face between lets through."""
    n = c + s if upper else c - s
    f = c + s if upper else c
    return QUARTER * (coarse[n] - coarse[c]) if face[f] > ZERO else ZERO


@cpu_loop
def prolong_on_cpu(fine, coarse, cx, cy, cz, nx, ny, nz, mx, my, fx, fy, fz):
    """Add to every fine cell the coarse field interpolated at its centre; cx, cy, cz: coarse face coefficients."""
    for k in prange(2, nz - 2):
        ck = 2 + (k - 2) // fz
        for j in range(2, ny - 2):
            cj = 2 + (j - 2) // fy
            row = (k * ny + j) * nx
            for ci in range((nx - 4 + fx - 1) // fx):
                c = (ck * my + cj) * mx + 2 + ci
                i = 2 + fx * ci
                value = coarse[c]
                if fy == 2:
                    value += towards(coarse, cy, c, mx, (j & 1) == 1)
                if fz == 2:
                    value += towards(coarse, cz, c, mx * my, (k & 1) == 1)
                if fx == 2:
                    fine[row + i] += value + towards(coarse, cx, c, 1, False)
                    if i + 1 < nx - 2:
                        fine[row + i + 1] += value + towards(coarse, cx, c, 1, True)
                else:
                    fine[row + i] += value


def _seen(a: np.ndarray, nx: int, ny: int, nz: int) -> np.ndarray:
    return a.reshape(nz, ny, nx)


def relax_in_numpy(phi, rhs, cx, cy, cz, inverse, nx, ny, nz, colour):
    """See `relax_on_cpu`."""
    f, b, x, y, z, r = (_seen(a, nx, ny, nz) for a in (phi, rhs, cx, cy, cz, inverse))
    mid = slice(2, -2)
    lo, hi = slice(1, -3), slice(3, -1)
    total = x[mid, mid, mid] * f[mid, mid, lo] + x[mid, mid, hi] * f[mid, mid, hi]
    total += y[mid, mid, mid] * f[mid, lo, mid] + y[mid, hi, mid] * f[mid, hi, mid]
    total += z[mid, mid, mid] * f[lo, mid, mid] + z[hi, mid, mid] * f[hi, mid, mid]
    k, j, i = np.ogrid[2 : nz - 2, 2 : ny - 2, 2 : nx - 2]
    chosen = (i + j + k + colour) % 2 == 0
    np.copyto(f[mid, mid, mid], (total - b[mid, mid, mid]) * r[mid, mid, mid], where=chosen)


def residual_in_numpy(out, phi, rhs, cx, cy, cz, nx, ny, nz):
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
    o[mid, mid, mid] = b[mid, mid, mid] - total


def restrict_in_numpy(out, fine, nx, ny, nz, mx, my, mz, fx, fy, fz):
    """See `restrict_on_cpu`."""
    total = _seen(fine, nx, ny, nz)[2:-2, 2:-2, 2:-2]
    for axis, factor in enumerate((fz, fy, fx)):
        if factor == 2:
            total = np.add.reduceat(total, np.arange(0, total.shape[axis], 2), axis=axis)
    _seen(out, mx, my, mz)[2:-2, 2:-2, 2:-2] = total


def prolong_in_numpy(fine, coarse, cx, cy, cz, nx, ny, nz, mx, my, fx, fy, fz):
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
    _seen(fine, nx, ny, nz)[2:-2, 2:-2, 2:-2] += total[: nz - 4, : ny - 4, : nx - 4]


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


@dataclass
class Level:
    """One grid of the hierarchy: padded sizes, face coefficients [m], and its own phi, rhs, residual."""

    size: tuple[int, int, int]  # padded nx, ny, nz
    c: tuple[Any, Any, Any]
    inverse: Any
    through: tuple[Any, Any, Any]  # those of `c` across which a correction is smooth, 0 for others
    factors: tuple[int, int, int] = (1, 1, 1)  # to the next coarser grid, x y z
    phi: Any = None
    rhs: Any = None
    residual: Any = None
    inside: Any = None  # coarsest grid only: its cells, and the inverse of its matrix
    direct: Any = None


def _coarse_faces(face: np.ndarray, axis: int) -> np.ndarray:
    """Coefficients (n + 1 faces along `axis`) of the grid with every two cells joined along that axis."""
    f = np.moveaxis(face, axis, 0)
    n = f.shape[0] - 1
    m = (n + 1) // 2
    at = np.minimum(2 * np.arange(m + 1), n)
    with np.errstate(divide="ignore", over="ignore"):
        resistance = np.where(f > 0, 1.0 / np.where(f > 0, f, 1.0), np.inf)
        half = np.where(f > 0, 0.5 / np.where(f > 0, f, 1.0), 0.0)
    right, left = 2 * np.arange(m + 1) + 1, 2 * np.arange(m + 1) - 1
    total = resistance[at]
    total[right < n] += half[right[right < n]]
    inner = (left >= 0) & (left < n)
    total[inner] += half[left[inner]]
    return np.moveaxis(1.0 / total, 0, axis)


def _joined(face: np.ndarray, axis: int) -> np.ndarray:
    """Sum of face coefficients of two neighbouring columns along `axis` (n cells)."""
    return np.add.reduceat(face, np.arange(0, face.shape[axis], 2), axis=axis)


def _padded(face: np.ndarray, shape: tuple[int, int, int], dtype: Any) -> np.ndarray:
    out = np.zeros([s + 2 * PAD for s in shape], dtype)
    out[tuple(slice(PAD, PAD + s) for s in face.shape)] = face
    return out


def _level(faces: list[np.ndarray], dtype: Any) -> Level:
    fx, fy, fz = faces
    shape = (fz.shape[0] - 1, fy.shape[1] - 1, fx.shape[2] - 1)
    diagonal = fx[:, :, 1:] + fx[:, :, :-1] + fy[:, 1:] + fy[:, :-1] + fz[1:] + fz[:-1]
    inverse = np.where(diagonal > 0, 1.0 / np.where(diagonal > 0, diagonal, 1.0), 0.0)
    c = tuple(_padded(f, shape, dtype).ravel() for f in faces)
    size = (shape[2] + 2 * PAD, shape[1] + 2 * PAD, shape[0] + 2 * PAD)
    faces_of = (c[0], c[1], c[2])
    return Level(size, faces_of, _padded(inverse, shape, dtype).ravel(), faces_of)


def _solve_directly(level: Level) -> None:
    """Give the coarsest grid the (pseudo-)inverse of its matrix; smoothing alone is slow at the pressure's level."""
    level.inside = np.flatnonzero(level.inverse)
    row = np.full(level.inverse.size, -1)
    row[level.inside] = np.arange(level.inside.size)
    matrix = np.zeros((level.inside.size, level.inside.size))
    nx, ny, _ = level.size
    for c, stride in zip(level.c, (1, nx, nx * ny), strict=True):
        for face, neighbour in (
            (level.inside, level.inside - stride),
            (level.inside + stride, level.inside + stride),
        ):
            coefficient = c[face].astype(np.float64)
            here = row[level.inside]
            matrix[here, here] -= coefficient
            both = row[neighbour] >= 0
            matrix[here[both], row[neighbour][both]] += coefficient[both]
    level.direct = np.linalg.pinv(matrix, rcond=1e-9).astype(level.inverse.dtype)


def _coarsening(faces: list[np.ndarray], widths: list[np.ndarray]) -> list[int]:
    """Factor 2 or 1 for x, y, z: only directions near the narrowest spacing are joined."""
    size = [float(np.quantile(w, NARROW)) for w in widths]
    long = [w.size > 2 for w in widths]
    narrow = min((m for m, ok in zip(size, long, strict=True) if ok), default=0.0)
    return [2 if ok and m < STRETCHED * narrow else 1 for m, ok in zip(size, long, strict=True)]


def hierarchy(faces: list[np.ndarray], widths: list[np.ndarray], dtype: Any) -> list[Level]:
    """All grids, finest first.

    faces: coefficients A / h [m] on x, y and z faces, shapes (nz, ny, nx + 1), (nz, ny + 1, nx),
    (nz + 1, ny, nx), zero where closed. widths: cell sizes along x, y, z [m].
    """
    levels = []
    faces, widths = [f.astype(np.float64) for f in faces], list(widths)
    while True:
        level = _level(faces, dtype)
        level.phi, level.rhs, level.residual = (np.zeros_like(level.inverse) for _ in range(3))
        levels.append(level)
        factors = _coarsening(faces, widths)
        cells = np.prod([w.size for w in widths])
        if cells <= COARSEST or factors == [1, 1, 1]:
            _solve_directly(level)
            return levels
        level.factors = (factors[0], factors[1], factors[2])
        for d in range(3):
            if factors[d] == 1:
                continue
            axis = 2 - d
            faces = [_coarse_faces(f, axis) if n == d else _joined(f, axis) for n, f in enumerate(faces)]
            widths[d] = np.add.reduceat(widths[d], np.arange(0, widths[d].size, 2))


def weaken(levels: list[Level], plain: list[Level]) -> None:
    """Let corrections jump at faces that resist: those with less than half the coefficient of `plain`.

    Interpolated across a screen that hardly lets through, a correction would be wrong on both its sides.
    """
    for level, geometric in zip(levels, plain, strict=True):
        x, y, z = (np.where(2 * c > g, c, c.dtype.type(0)) for c, g in zip(level.c, geometric.c, strict=True))
        level.through = (x, y, z)


def v_cycle(ops: Any, levels: list[Level], depth: int = 0, sweeps: int = 1) -> None:
    """One V-cycle on `levels[depth]`, in place on its phi: `sweeps` red-black before and after."""
    level = levels[depth]
    nx, ny, nz = level.size
    operator = (level.c[0], level.c[1], level.c[2], level.inverse, nx, ny, nz)
    ops.concurrency(nx * ny * nz)
    if depth == len(levels) - 1:
        level.phi[level.inside] = level.direct @ level.rhs[level.inside]
        return
    below = levels[depth + 1]
    mx, my, mz = below.size
    for _ in range(sweeps):
        ops.relax(level.phi, level.rhs, *operator, 0)
        ops.relax(level.phi, level.rhs, *operator, 1)
    ops.residual(level.residual, level.phi, level.rhs, *level.c, nx, ny, nz)
    ops.restrict(below.rhs, level.residual, nx, ny, nz, mx, my, mz, *level.factors)
    below.phi[:] = 0
    v_cycle(ops, levels, depth + 1, sweeps)
    below.phi *= below.phi.dtype.type(DAMPING)
    ops.concurrency(nx * ny * nz)
    ops.prolong(level.phi, below.phi, *below.through, nx, ny, nz, mx, my, *level.factors)
    for _ in range(sweeps):
        ops.relax(level.phi, level.rhs, *operator, 0)
        ops.relax(level.phi, level.rhs, *operator, 1)
