"""Several Jacobi sweeps in one pass over the memory, their coefficients made on the way.

A block marches upwards through a tile of columns, a thread a column. At each step it makes the coefficients of one
plane, by the cell function that `passing` is given, and one plane of each sweep, that of sweep n lying n - 1 planes
behind: a plane's neighbours along x and y come through shared memory, those along z stay with the thread, and so do
the coefficients until the last sweep has used them. The tile's outermost columns are only read: each sweep is right
on a column less a side.
"""

from __future__ import annotations

from typing import Any

import numpy as np

from ..jacobi import joined
from ..jit import cuda
from .launch import Kernel, Three, launch_blocks

WIDE, HIGH = 32, 21  # threads of a block along x and y: so many can have 96 registers each
PLANES = 16  # a block makes at least so many: each end costs as many more as there are sweeps
BLOCKS = 132  # wanted, one for each multiprocessor of a large card
BESIDE, ROW = np.uint64(1), np.uint64(WIDE + 2)  # of the shared planes, with a rim that nobody fills
PLANE = (HIGH + 2) * (WIDE + 2)
ZERO = np.float32(0.0)


@cuda.jit(device=True)
def value_of(q, i, j, k, nx, ny, nz):
    """q there, 0 outside."""
    if 0 <= i < nx and 0 <= j < ny and 0 <= k < nz:
        return q[np.uint64((k * ny + j) * nx + i)]
    return ZERO


@cuda.jit(device=True)
def stage(a, plane, after, n, at, above):
    """What sweep n makes of the plane before the one that is `above`, which takes the place of the one below."""
    here = plane[n]
    below = after[n, at]
    after[n, at] = above
    return joined(a, here[at - BESIDE], here[at + BESIDE], here[at - ROW], here[at + ROW], below, above)


@cuda.jit(device=True)
def clear(tile, sweeps, x, y):
    """Something finite in every column of the tile and in the rim about it, before anything is read."""
    for n in range(y * WIDE + x, PLANE, WIDE * HIGH):
        for sweep in range(sweeps):
            tile[0, sweep, np.uint64(n)] = tile[1, sweep, np.uint64(n)] = ZERO
    cuda.syncthreads()


def six_sweeps(coefficients, keeps=False):
    """A device function: new = six sweeps of q, ghosts copied; a block makes so many planes.

    coefficients: of a cell, seven in the order of `joined`; keeps: the last of them goes to `rest`.
    """

    @cuda.jit(device=True)
    def march(new, rest, q, given, nx, ny, nz, planes):
        tile = cuda.shared.array((2, 6, PLANE), np.float32)
        x, y = cuda.threadIdx.x, cuda.threadIdx.y
        at = np.uint64((y + 1) * (WIDE + 2) + x + 1)
        i, j = cuda.blockIdx.x * (WIDE - 12) + x - 6, cuda.blockIdx.y * (HIGH - 12) + y - 6
        mine = 6 <= x < WIDE - 6 and 6 <= y < HIGH - 6 and i < nx and j < ny
        inner = 2 <= i < nx - 1 and 2 <= j < ny - 1
        first = cuda.blockIdx.z * planes
        end = min(first + planes, nz)
        clear(tile, 6, x, y)
        tile[1, 0, at] = value_of(q, i, j, first - 6, nx, ny, nz)
        tile[0, 0, at] = value_of(q, i, j, first - 5, nx, ny, nz)
        a_1 = a_2 = a_3 = a_4 = a_5 = (ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO)
        now = 0
        cuda.syncthreads()
        for k in range(first - 5, end + 5):
            plane, after = tile[now], tile[1 - now]
            a = (ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, plane[0, at])
            if inner and 2 <= k < nz - 1:
                c = np.uint64((k * ny + j) * nx + i)
                a = coefficients(given, c, i, j, k, nx, ny)
                if keeps and mine and first <= k < end:
                    rest[c] = a[6]
            value = stage(a, plane, after, 0, at, value_of(q, i, j, k + 1, nx, ny, nz))
            value = stage(a_1, plane, after, 1, at, value)
            value = stage(a_2, plane, after, 2, at, value)
            value = stage(a_3, plane, after, 3, at, value)
            value = stage(a_4, plane, after, 4, at, value)
            value = stage(a_5, plane, after, 5, at, value)
            if mine and first <= k - 5:
                new[np.uint64(((k - 5) * ny + j) * nx + i)] = value
            a_5, a_4, a_3, a_2, a_1 = a_4, a_3, a_2, a_1, a
            now = 1 - now
            cuda.syncthreads()

    return march


def four_sweeps(coefficients):
    """The same with four sweeps."""

    @cuda.jit(device=True)
    def march(new, q, given, nx, ny, nz, planes):
        tile = cuda.shared.array((2, 4, PLANE), np.float32)
        x, y = cuda.threadIdx.x, cuda.threadIdx.y
        at = np.uint64((y + 1) * (WIDE + 2) + x + 1)
        i, j = cuda.blockIdx.x * (WIDE - 8) + x - 4, cuda.blockIdx.y * (HIGH - 8) + y - 4
        mine = 4 <= x < WIDE - 4 and 4 <= y < HIGH - 4 and i < nx and j < ny
        inner = 2 <= i < nx - 1 and 2 <= j < ny - 1
        first = cuda.blockIdx.z * planes
        end = min(first + planes, nz)
        clear(tile, 4, x, y)
        tile[1, 0, at] = value_of(q, i, j, first - 4, nx, ny, nz)
        tile[0, 0, at] = value_of(q, i, j, first - 3, nx, ny, nz)
        a_1 = a_2 = a_3 = (ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, ZERO)
        now = 0
        cuda.syncthreads()
        for k in range(first - 3, end + 3):
            plane, after = tile[now], tile[1 - now]
            a = (ZERO, ZERO, ZERO, ZERO, ZERO, ZERO, plane[0, at])
            if inner and 2 <= k < nz - 1:
                a = coefficients(given, np.uint64((k * ny + j) * nx + i), i, j, k, nx, ny)
            value = stage(a, plane, after, 0, at, value_of(q, i, j, k + 1, nx, ny, nz))
            value = stage(a_1, plane, after, 1, at, value)
            value = stage(a_2, plane, after, 2, at, value)
            value = stage(a_3, plane, after, 3, at, value)
            if mine and first <= k - 3:
                new[np.uint64(((k - 3) * ny + j) * nx + i)] = value
            a_3, a_2, a_1 = a_2, a_1, a
            now = 1 - now
            cuda.syncthreads()

    return march


def marched(what: Kernel, sweeps: int, size: Three, *arguments: Any) -> None:
    """Launch a kernel of so many sweeps; it takes the sizes and the planes of a block after `arguments`."""
    nx, ny, nz = size
    across, along = -(-nx // (WIDE - 2 * sweeps)), -(-ny // (HIGH - 2 * sweeps))
    stacked = min(-(-BLOCKS // (across * along)), -(-nz // PLANES))
    planes = -(-nz // stacked)
    blocks = (across, along, -(-nz // planes))
    launch_blocks(what, blocks, (WIDE, HIGH, 1), *arguments, nx, ny, nz, planes)
