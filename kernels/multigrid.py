"""Geometric multigrid for the pressure: sum over faces of coefficient * (phi_nb - phi) = rhs.

Coarse coefficients follow resistances in series along a fine column, columns in parallel: exact on
uniform and graded grids, with solids and at outlets. Directions much wider than the narrowest are not
coarsened until the others have caught up.

Smoothing is two Jacobi sweeps, weighted so that they damp rough modes most (Chebyshev). Measured residual
factors of a V-cycle, first and mean of eight: uniform box 0.09 and 0.13, with solids and an outlet 0.09 and 0.19,
cells graded 1 : 4 in each direction 0.11 and 0.37. What a cycle leaves of an error lies in -0.07 ... 0.4; with
coarse corrections injected instead of interpolated it reached -0.9 on the graded grid, and it diverged. A pressure
that overshoots by more than a third makes the outer iteration alternate (measured).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .jit import cell, cpu_loop, prange
from .pseudo_inverse import pseudo_inverse
from .slices import Region

PAD = 2
COARSEST = 128  # cells; so few are solved at once, by the inverse of their matrix
STRETCHED = 1.9  # a direction this much wider than the narrowest is left as it is
NARROW = 0.1  # quantile of the sizes that speaks for a direction: slivers and odd last cells do not
QUARTER = np.float32(0.25)
ZERO = np.float32(0.0)
ONE = np.float32(1.0)
# Eigenvalues of the operator over its diagonal that smoothing is to damp: rough modes of a cube's cells and up.
ROUGH = (0.33, 2.0)


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


@cpu_loop
def restrict_on_cpu(out, fine, nx, ny, nz, mx, my, mz, fx, fy, fz):
    """out = sum of `fine` over the children; nx.. padded fine sizes, mx.. coarse, fx.. coarsening factors."""
    one = np.uint64(1)
    pairs = (nx - 4) // 2
    for k in prange(2, mz - 2):
        for j in range(2, my - 2):
            to = np.uint64((k * my + j) * mx + 2)
            for i in range(mx - 4):
                out[to + np.uint64(i)] = ZERO
            for ck in range(2 + (k - 2) * fz, min(2 + (k - 1) * fz, nz - 2)):
                for cj in range(2 + (j - 2) * fy, min(2 + (j - 1) * fy, ny - 2)):
                    row = np.uint64((ck * ny + cj) * nx + 2)
                    if fx == 1:
                        for i in range(nx - 4):
                            out[to + np.uint64(i)] += fine[row + np.uint64(i)]
                        continue
                    for i in range(pairs):
                        c = row + np.uint64(2 * i)
                        out[to + np.uint64(i)] += fine[c] + fine[c + one]
                    if 2 * pairs < nx - 4:
                        out[to + np.uint64(pairs)] += fine[row + np.uint64(2 * pairs)]


@cell
def towards(coarse, face, c, n, f):
    """A quarter of the way from cell `c` to its neighbour `n`, where the face `f` between lets through."""
    return QUARTER * (coarse[n] - coarse[c]) if face[f] > ZERO else ZERO


@cell
def beside(coarse, cy, cz, c, ny, fy, nz, fz):
    """The coarse field at the y and z of a fine row beside cell `c`: its neighbours ny, nz and the faces to them."""
    return coarse[c] + towards(coarse, cy, c, ny, fy) + towards(coarse, cz, c, nz, fz)


@cpu_loop
def prolong_on_cpu(fine, coarse, cx, cy, cz, planes, nx, ny, nz, mx, my, fx, fy, fz):
    """Add to every fine cell the coarse field interpolated at its centre; cx, cy, cz: coarse face coefficients.

    planes: see `residual_on_cpu`.
    """
    one = np.uint64(1)
    pairs = (nx - 4) // 2
    for k in prange(2, nz - 2):
        if planes[k] == 0:
            continue
        for j in range(2, ny - 2):
            row = np.uint64((k * ny + j) * nx + 2)
            at = ((2 + (k - 2) // fz) * my + 2 + (j - 2) // fy) * mx + 2
            # neighbours and the faces to them; without coarsening, the cell itself
            to_y = 0 if fy == 1 else mx if j & 1 else -mx
            to_z = 0 if fz == 1 else mx * my if k & 1 else -mx * my
            here, y, z = np.uint64(at), np.uint64(at + to_y), np.uint64(at + to_z)
            face_y, face_z = np.uint64(at + max(to_y, 0)), np.uint64(at + max(to_z, 0))
            if fx == 1:
                for i in range(nx - 4):
                    n = np.uint64(i)
                    fine[row + n] += beside(coarse, cy, cz, here + n, y + n, face_y + n, z + n, face_z + n)
                continue
            for i in range(pairs):
                n = np.uint64(i)
                c = here + n
                value = beside(coarse, cy, cz, c, y + n, face_y + n, z + n, face_z + n)
                fine[row + np.uint64(2 * i)] += value + towards(coarse, cx, c, c - one, c)
                fine[row + np.uint64(2 * i + 1)] += value + towards(coarse, cx, c, c + one, c + one)
            if 2 * pairs < nx - 4:
                n = np.uint64(pairs)
                c = here + n
                value = beside(coarse, cy, cz, c, y + n, face_y + n, z + n, face_z + n)
                fine[row + np.uint64(2 * pairs)] += value + towards(coarse, cx, c, c - one, c)


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


def restrict_in_numpy(out, fine, nx, ny, nz, mx, my, mz, fx, fy, fz):
    """See `restrict_on_cpu`."""
    total = _seen(fine, nx, ny, nz)[2:-2, 2:-2, 2:-2]
    for axis, factor in enumerate((fz, fy, fx)):
        if factor == 2:
            total = np.add.reduceat(total, np.arange(0, total.shape[axis], 2), axis=axis)
    _seen(out, mx, my, mz)[2:-2, 2:-2, 2:-2] = total


def _halls(planes):
    """True in the z planes of halls, for fields without ghosts."""
    return (planes[2:-2] > 0)[:, None, None]


def prolong_in_numpy(fine, coarse, cx, cy, cz, planes, nx, ny, nz, mx, my, fx, fy, fz):
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
    inner = _seen(fine, nx, ny, nz)[2:-2, 2:-2, 2:-2]
    np.add(inner, total[: nz - 4, : ny - 4, : nx - 4], out=inner, where=_halls(planes))


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
    planes: Any  # of each z plane: 1 in a hall, 0 between halls that are stacked
    factors: tuple[int, int, int] = (1, 1, 1)  # to the next coarser grid, x y z
    phi: Any = None
    rhs: Any = None
    residual: Any = None
    weights: tuple[Any, Any] = (ONE, ONE)  # of the two sweeps that smooth
    inside: Any = None  # coarsest grid only: its cells, and the inverse of its matrix
    direct: Any = None

    def operator(self) -> list[Any]:
        """The arrays that follow the face coefficients."""
        return [*self.c, self.inverse, *self.through, *([] if self.direct is None else [self.direct])]


def _coarse_faces(face: np.ndarray, axis: int, jumps: bool) -> np.ndarray:
    """Coefficients (n + 1 faces along `axis`) of the grid with every two cells joined along that axis.

    Resistances in series; where corrections jump, at least half of the fine face's. Less would make corrections that
    are constant in each cell overshoot by more than they mend, and the cycle diverge (Braess 1995, Computing 55:379).
    """
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
    least = 0.5 * f[at] if jumps else 0.0
    return np.moveaxis(np.maximum(1.0 / total, least), 0, axis)


def _joined(face: np.ndarray, axis: int) -> np.ndarray:
    """Sum of face coefficients of two neighbouring columns along `axis` (n cells)."""
    return np.add.reduceat(face, np.arange(0, face.shape[axis], 2), axis=axis)


def _weights(dtype: Any) -> tuple[Any, Any]:
    """Of two Jacobi sweeps that together damp `ROUGH` best (Chebyshev; Varga 1962, chapter 5): by 0.34."""
    middle, reach = 0.5 * (ROUGH[1] + ROUGH[0]), 0.5 * (ROUGH[1] - ROUGH[0])
    return dtype(1.0 / (middle + reach * np.sqrt(0.5))), dtype(1.0 / (middle - reach * np.sqrt(0.5)))


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
    planes = np.ones(size[2], np.uint8)
    return Level(size, faces_of, _padded(inverse, shape, dtype).ravel(), faces_of, planes)


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
    level.direct = pseudo_inverse(matrix).astype(level.inverse.dtype)


def _coarsening(faces: list[np.ndarray], widths: list[np.ndarray]) -> list[int]:
    """Factor 2 or 1 for x, y, z: only directions near the narrowest spacing are joined."""
    size = [float(np.quantile(w, NARROW)) for w in widths]
    long = [w.size > 2 for w in widths]
    narrow = min((m for m, ok in zip(size, long, strict=True) if ok), default=0.0)
    return [2 if ok and m < STRETCHED * narrow else 1 for m, ok in zip(size, long, strict=True)]


def hierarchy(
    faces: list[np.ndarray], widths: list[np.ndarray], dtype: Any, *, jumps: bool = False
) -> list[Level]:
    """All grids, finest first.

    faces: coefficients A / h [m] on x, y and z faces, shapes (nz, ny, nx + 1), (nz, ny + 1, nx),
    (nz + 1, ny, nx), zero where closed. widths: cell sizes along x, y, z [m]. jumps: some faces resist, and
    corrections will be made to jump there by `weaken`.
    """
    levels = []
    faces, widths = [f.astype(np.float64) for f in faces], list(widths)
    while True:
        level = _level(faces, dtype)
        level.phi, level.rhs, level.residual = (np.zeros_like(level.inverse) for _ in range(3))
        level.weights = _weights(np.dtype(dtype).type)
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
            faces = [
                _coarse_faces(f, axis, jumps) if n == d else _joined(f, axis) for n, f in enumerate(faces)
            ]
            widths[d] = np.add.reduceat(widths[d], np.arange(0, widths[d].size, 2))


def weaken(levels: list[Level], plain: list[Level]) -> None:
    """Let corrections jump at faces that resist: those with less than half the coefficient of `plain`.

    Interpolated across a screen that hardly lets through, a correction would be wrong on both its sides.
    """
    for level, geometric in zip(levels, plain, strict=True):
        x, y, z = (np.where(2 * c > g, c, c.dtype.type(0)) for c, g in zip(level.c, geometric.c, strict=True))
        level.through = (x, y, z)


def v_cycle(ops: Any, levels: list[Level], depth: int = 0) -> None:
    """One V-cycle on `levels[depth]`, in place on its phi, smoothed before and after."""
    level = levels[depth]
    nx, ny, nz = level.size
    ops.concurrency(nx * ny * nz)
    if depth == len(levels) - 1:
        ops.solve_directly(level.phi, level.rhs, level.inside, level.direct)
        return
    below = levels[depth + 1]
    mx, my, mz = below.size
    here = (level.phi, level.residual, level.rhs, *level.c, level.inverse, level.planes)
    ops.descend(*here, below.phi, below.rhs, nx, ny, nz, mx, my, mz, *level.factors, *level.weights)
    v_cycle(ops, levels, depth + 1)
    ops.concurrency(nx * ny * nz)
    ops.ascend(*here, below.phi, *below.through, nx, ny, nz, mx, my, *level.factors, *level.weights)
