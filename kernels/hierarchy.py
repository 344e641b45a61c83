"""The coarser grids of the pressure's multigrid, and a V-cycle over them.

Coarse coefficients are of columns in parallel, then resistances in series along them: exact on uniform and graded
grids and at outlets. Pairs of cells begin where they leave walls between them. Directions much wider than the
narrowest are not coarsened until the others have caught up.

Smoothing is two Jacobi sweeps, weighted so that they damp rough modes most (Chebyshev). Measured residual
factors of a V-cycle, first and mean of eight: uniform box 0.09 and 0.19, with solids and an outlet 0.09 and 0.26,
cells graded 1 : 4 in each direction 0.12 and 0.38. With coarse corrections injected instead of interpolated it
diverged on the graded grid.

No error may be overdone by more than a third. Of an error of the pressure let a cycle leave the share r. Iteration by
iteration the error e and the potential d of the velocities' divergence, over the time step, become
r e + (1 - r) d and -r e + r d: l^2 - 2 r l + r = 0, which grows from r = -1/3 down, and for r > 0 falls by r^1/2.
Gaps of one cell in walls are overdone: TAKEN keeps them at r > -0.25 where all of a correction went to -0.62.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from .pseudo_inverse import pseudo_inverse

PAD = 2
COARSEST = 128  # cells; so few are solved at once, by the inverse of their matrix
STRETCHED = 1.9  # a direction this much wider than the narrowest is left as it is
NARROW = 0.1  # quantile of the sizes that speaks for a direction: slivers and odd last cells do not
ONE = np.float32(1.0)
TAKEN = 0.9  # of the correction that a coarser grid finds
# Eigenvalues of the operator over its diagonal that smoothing is to damp: rough modes of a cube's cells and up.
ROUGH = (0.33, 2.0)


@dataclass
class Level:
    """One grid of the hierarchy: padded sizes, face coefficients [m], and its own phi, rhs, residual.

    The finest one may have `open` for its coefficients, as `finest` takes it: then it stores none.
    """

    size: tuple[int, int, int]  # padded nx, ny, nz
    c: tuple[Any, ...]
    inverse: Any
    through: tuple[Any, ...]  # those of `c` across which a correction is smooth, 0 for others
    planes: Any  # of each z plane: 1 in a hall, 0 between halls that are stacked
    open: tuple[Any, ...] = ()  # lx, ly, lz, dx, dy, dz, rx, ry, rz
    factors: tuple[int, int, int] = (1, 1, 1)  # to the next coarser grid, x y z
    offsets: tuple[int, int, int] = (0, 0, 0)  # 1: the first cell of that grid has one child along x, y, z
    phi: Any = None
    rhs: Any = None
    residual: Any = None
    weights: tuple[Any, Any] = (ONE, ONE)  # of the two sweeps that smooth
    inside: Any = None  # coarsest grid only: its cells, and the inverse of its matrix
    direct: Any = None

    @property
    def joining(self) -> tuple[int, ...]:
        """How the next coarser grid joins these cells: factors, offsets."""
        return (*self.factors, *self.offsets)

    def operator(self) -> list[Any]:
        """The arrays that follow the face coefficients."""
        own = [] if self.open else [*self.c, self.inverse, *self.through]
        return own + ([] if self.direct is None else [self.direct])


def pairs(n: int, offset: int) -> np.ndarray:
    """First cell of each pair of n cells, and n; with offset 1 the first cell stands alone."""
    return np.append(np.maximum(np.arange(0, n + offset, 2) - offset, 0), n)


def _coarse_faces(face: np.ndarray, axis: int, offset: int, jumps: bool) -> np.ndarray:
    """Coefficients (n + 1 faces along `axis`) of the grid with cells joined in `_pairs` along that axis.

    Resistances in series; where corrections jump, at least half of the fine face's. Less would make corrections that
    are constant in each cell overshoot by more than they mend, and the cycle diverge (Braess 1995, Computing 55:379).
    """
    f = np.moveaxis(face, axis, 0)
    at = pairs(f.shape[0] - 1, offset)
    with np.errstate(divide="ignore", over="ignore"):
        resistance = np.where(f > 0, 1.0 / np.where(f > 0, f, 1.0), np.inf)
        half = np.where(f > 0, 0.5 / np.where(f > 0, f, 1.0), 0.0)
    total = resistance[at]
    joined = np.flatnonzero(np.diff(at) == 2)
    for side in (
        0,
        1,
    ):  # half the resistance between the two cells of a pair counts at its faces below and above
        total[joined + side] += half[at[joined] + 1]
    least = 0.5 * f[at] if jumps else 0.0
    return np.moveaxis(np.maximum(1.0 / total, least), 0, axis)


def _joined(face: np.ndarray, axis: int, offset: int) -> np.ndarray:
    """Sum of face coefficients of the columns of a pair along `axis` (n cells)."""
    return np.add.reduceat(face, pairs(face.shape[axis], offset)[:-1], axis=axis)


def _coarser(
    faces: list[np.ndarray], factors: list[int], offsets: list[int], jumps: bool
) -> list[np.ndarray]:
    """Face coefficients of the grid with cells joined.

    Columns in parallel first, then resistances in series: air spreads on its way from a gap to the next. The other way
    round a gap resists over the length of its coarse cells, and what passes it is overdone (by 0.8 from one cycle to
    the next, with gaps of one cell over racks).
    """
    coarse = []
    for d, face in enumerate(faces):
        for other in {0, 1, 2} - {d}:
            if factors[other] == 2:
                face = _joined(face, 2 - other, offsets[other])
        coarse.append(_coarse_faces(face, 2 - d, offsets[d], jumps) if factors[d] == 2 else face)
    return coarse


def _offsets(faces: list[np.ndarray], factors: list[int]) -> list[int]:
    """Where pairs begin, so that few closed faces lie inside of them: there a correction is one, but errors are two."""
    offsets = []
    air = _diagonal(faces) > 0
    for d, (face, factor) in enumerate(zip(faces, factors, strict=True)):
        f, a = np.moveaxis(face, 2 - d, 0), np.moveaxis(air, 2 - d, 0)
        shut = np.count_nonzero((f[1:-1] == 0) & a[1:] & a[:-1], axis=(1, 2))
        offsets.append(int(factor == 2 and shut[1::2].sum() < shut[::2].sum()))
    return offsets


def _weights(dtype: Any) -> tuple[Any, Any]:
    """Of two Jacobi sweeps that together damp `ROUGH` best (Chebyshev; Varga 1962, chapter 5): by 0.34."""
    middle, reach = 0.5 * (ROUGH[1] + ROUGH[0]), 0.5 * (ROUGH[1] - ROUGH[0])
    return dtype(1.0 / (middle + reach * np.sqrt(0.5))), dtype(1.0 / (middle - reach * np.sqrt(0.5)))


def _padded(face: np.ndarray, shape: tuple[int, int, int], dtype: Any) -> np.ndarray:
    out = np.zeros([s + 2 * PAD for s in shape], dtype)
    out[tuple(slice(PAD, PAD + s) for s in face.shape)] = face
    return out


def _diagonal(faces: list[np.ndarray]) -> np.ndarray:
    fx, fy, fz = faces
    return fx[:, :, 1:] + fx[:, :, :-1] + fy[:, 1:] + fy[:, :-1] + fz[1:] + fz[:-1]


def _level(faces: list[np.ndarray], dtype: Any) -> Level:
    fx, fy, fz = faces
    shape = (fz.shape[0] - 1, fy.shape[1] - 1, fx.shape[2] - 1)
    diagonal = _diagonal(faces)
    inverse = np.where(diagonal > 0, 1.0 / np.where(diagonal > 0, diagonal, 1.0), 0.0)
    c = tuple(_padded(f, shape, dtype).ravel() for f in faces)
    size = (shape[2] + 2 * PAD, shape[1] + 2 * PAD, shape[0] + 2 * PAD)
    faces_of = (c[0], c[1], c[2])
    planes = np.ones(size[2], np.uint8)
    return Level(size, faces_of, _padded(inverse, shape, dtype).ravel(), faces_of, planes)


def _formed(open_: tuple[Any, ...]) -> Level:
    """A grid that stores no coefficients."""
    dx, dy, dz = open_[3:6]
    return Level((dx.size, dy.size, dz.size), (), None, (), np.ones(dz.size, np.uint8), open_)


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


def _coarsening(widths: list[np.ndarray]) -> list[int]:
    """Factor 2 or 1 for x, y, z: only directions near the narrowest spacing are joined."""
    size = [float(np.quantile(w, NARROW)) for w in widths]
    long = [w.size > 2 for w in widths]
    narrow = min((m for m, ok in zip(size, long, strict=True) if ok), default=0.0)
    return [2 if ok and m < STRETCHED * narrow else 1 for m, ok in zip(size, long, strict=True)]


def build(
    faces: list[np.ndarray],
    widths: list[np.ndarray],
    dtype: Any,
    like: list[Level] | None = None,
    open_: tuple[Any, ...] = (),
) -> list[Level]:
    """All grids, finest first.

    faces: coefficients A / h [m] on x, y and z faces, shapes (nz, ny, nx + 1), (nz, ny + 1, nx),
    (nz + 1, ny, nx), zero where closed. widths: cell sizes along x, y, z [m]. like: the hierarchy of the same
    grid, where some of these faces resist more and corrections will be made to jump there by `weaken`. open_: of the
    finest grid, which then stores no coefficients.
    """
    levels: list[Level] = []
    faces, widths = [np.asarray(f, np.float64) for f in faces], list(widths)
    while True:
        factors = _coarsening(widths)
        last = np.prod([w.size for w in widths]) <= COARSEST or factors == [1, 1, 1]
        level = _level(faces, dtype) if last or levels or not open_ else _formed(open_)
        level.phi, level.rhs, level.residual = (np.zeros(np.prod(level.size), dtype) for _ in range(3))
        level.weights = _weights(np.dtype(dtype).type)
        levels.append(level)
        if last:
            _solve_directly(level)
            return levels
        offsets = list(like[len(levels) - 1].offsets) if like else _offsets(faces, factors)
        level.factors = (factors[0], factors[1], factors[2])
        level.offsets = (offsets[0], offsets[1], offsets[2])
        faces = [face / TAKEN for face in _coarser(faces, factors, offsets, bool(like))]
        for d in range(3):
            if factors[d] == 2:
                widths[d] = np.add.reduceat(widths[d], pairs(widths[d].size, offsets[d])[:-1])


def weaken(levels: list[Level], plain: list[Level]) -> None:
    """Let corrections jump at faces that resist: those with less than half the coefficient of `plain`.

    Interpolated across a screen that hardly lets through, a correction would be wrong on both its sides.
    """
    for level, geometric in zip(levels, plain, strict=True):
        both = zip(level.c, geometric.c, strict=True)
        level.through = tuple(np.where(2 * c > g, c, c.dtype.type(0)) for c, g in both)


def v_cycle(ops: Any, levels: list[Level], depth: int = 0, *, fresh: bool = False) -> None:
    """One V-cycle on `levels[depth]`, in place on its phi, smoothed before and after; fresh: as `finest` has it."""
    level = levels[depth]
    nx, ny, nz = level.size
    ops.concurrency(nx * ny * nz)
    if depth == len(levels) - 1:
        ops.solve_directly(level.phi, level.rhs, level.inside, level.direct)
        return
    below = levels[depth + 1]
    mx, my, mz = below.size
    own = (level.phi, level.residual, level.rhs)
    rest, down = (*level.joining, *level.weights), (below.phi, below.rhs)
    if level.open:
        own = (*own, *level.open, level.planes)
        ops.descend_finest(*own, *down, mx, my, mz, *rest, fresh)
    else:
        own = (*own, *level.c, level.inverse, level.planes)
        ops.descend(*own, *down, nx, ny, nz, mx, my, mz, *rest)
    v_cycle(ops, levels, depth + 1)
    ops.concurrency(nx * ny * nz)
    if level.open:
        ops.ascend_finest(*own, below.phi, *below.through, mx, my, *rest)
    else:
        ops.ascend(*own, below.phi, *below.through, nx, ny, nz, mx, my, *rest)
