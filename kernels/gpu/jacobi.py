"""Jacobi sweeps, several in one pass over the memory; see `kernels.jacobi`.

A block marches upwards through a tile of columns, a thread a column. At each step it reads one plane and its
coefficients and makes one plane of each sweep, that of sweep n lying n - 1 planes behind: a plane's neighbours
along x and y come through shared memory, those along z stay with the thread, and so do its coefficients until the
last sweep has used them. The tile's outermost columns are only read: each sweep is right on a column less a side.
"""

from __future__ import annotations

import numpy as np

from ..jacobi import joined, passes
from ..jit import cuda
from .fields import copy_on_cuda
from .launch import Three, kernel, launch_blocks

WIDE, HIGH = 32, 16  # threads of a block along x and y
PLANES = 16  # a block makes at least so many: each end costs as many more as there are sweeps
BLOCKS = 264  # wanted, two for each multiprocessor of a large card
ZERO = np.float32(0.0)


@cuda.jit(device=True)
def value_of(q, i, j, k, nx, ny, nz):
    """q there, 0 outside."""
    if 0 <= i < nx and 0 <= j < ny and 0 <= k < nz:
        return q[np.uint64((k * ny + j) * nx + i)]
    return q.dtype.type(ZERO)


@cuda.jit(device=True)
def coefficients_of(xl, xh, yl, yh, zl, zh, b, here, i, j, k, nx, ny, nz):
    """Coefficients and rest there; a ghost keeps its value `here`."""
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        return xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c]
    none = b.dtype.type(ZERO)
    return none, none, none, none, none, none, here


@cuda.jit(device=True)
def made(a, plane, x, y, z_low, z_high):
    """A sweep's value of column x, y of the tile; at its edge something finite that nobody uses."""
    left, right, front, back = max(x - 1, 0), min(x + 1, WIDE - 1), max(y - 1, 0), min(y + 1, HIGH - 1)
    return joined(a, plane[y, left], plane[y, right], plane[front, x], plane[back, x], z_low, z_high)


@kernel
def jacobi_two_sweeps(new, q, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, planes):
    """new = two sweeps of q, ghosts copied; a block makes so many planes."""
    tile = cuda.shared.array((2, 2, HIGH, WIDE), q.dtype)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    i, j = cuda.blockIdx.x * (WIDE - 4) + x - 2, cuda.blockIdx.y * (HIGH - 4) + y - 2
    mine = 2 <= x < WIDE - 2 and 2 <= y < HIGH - 2 and i < nx and j < ny
    first = cuda.blockIdx.z * planes
    end = min(first + planes, nz)
    below = value_of(q, i, j, first - 2, nx, ny, nz)
    here = value_of(q, i, j, first - 1, nx, ny, nz)
    below_1 = here_1 = q.dtype.type(ZERO)
    a_1 = coefficients_of(xl, xh, yl, yh, zl, zh, b, here_1, -1, j, first, nx, ny, nz)
    now = 0
    tile[0, 0, y, x], tile[0, 1, y, x] = here, here_1
    cuda.syncthreads()
    for k in range(first - 1, end + 1):
        above = value_of(q, i, j, k + 1, nx, ny, nz)
        a = coefficients_of(xl, xh, yl, yh, zl, zh, b, here, i, j, k, nx, ny, nz)
        above_1 = made(a, tile[now, 0], x, y, below, above)
        last = made(a_1, tile[now, 1], x, y, below_1, above_1)
        if mine and first <= k - 1:
            new[np.uint64(((k - 1) * ny + j) * nx + i)] = last
        now = 1 - now
        tile[now, 0, y, x], tile[now, 1, y, x] = above, above_1
        below, here, below_1, here_1, a_1 = here, above, here_1, above_1, a
        cuda.syncthreads()


@kernel
def jacobi_four_sweeps(new, q, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, planes):
    """new = four sweeps of q, ghosts copied; a block makes so many planes."""
    tile = cuda.shared.array((2, 4, HIGH, WIDE), q.dtype)
    x, y = cuda.threadIdx.x, cuda.threadIdx.y
    i, j = cuda.blockIdx.x * (WIDE - 8) + x - 4, cuda.blockIdx.y * (HIGH - 8) + y - 4
    mine = 4 <= x < WIDE - 4 and 4 <= y < HIGH - 4 and i < nx and j < ny
    first = cuda.blockIdx.z * planes
    end = min(first + planes, nz)
    below = value_of(q, i, j, first - 4, nx, ny, nz)
    here = value_of(q, i, j, first - 3, nx, ny, nz)
    below_1 = here_1 = below_2 = here_2 = below_3 = here_3 = q.dtype.type(ZERO)
    a_1 = coefficients_of(xl, xh, yl, yh, zl, zh, b, here_1, -1, j, first, nx, ny, nz)
    a_2 = a_3 = a_1
    now = 0
    tile[0, 0, y, x] = here
    tile[0, 1, y, x] = tile[0, 2, y, x] = tile[0, 3, y, x] = here_1
    cuda.syncthreads()
    for k in range(first - 3, end + 3):
        above = value_of(q, i, j, k + 1, nx, ny, nz)
        a = coefficients_of(xl, xh, yl, yh, zl, zh, b, here, i, j, k, nx, ny, nz)
        above_1 = made(a, tile[now, 0], x, y, below, above)
        above_2 = made(a_1, tile[now, 1], x, y, below_1, above_1)
        above_3 = made(a_2, tile[now, 2], x, y, below_2, above_2)
        last = made(a_3, tile[now, 3], x, y, below_3, above_3)
        if mine and first <= k - 3:
            new[np.uint64(((k - 3) * ny + j) * nx + i)] = last
        now = 1 - now
        tile[now, 0, y, x], tile[now, 1, y, x] = above, above_1
        tile[now, 2, y, x], tile[now, 3, y, x] = above_2, above_3
        below, here, below_1, here_1 = here, above, here_1, above_1
        below_2, here_2, below_3, here_3 = here_2, above_2, here_3, above_3
        a_3, a_2, a_1 = a_2, a_1, a
        cuda.syncthreads()


MARCHES = {2: jacobi_two_sweeps, 4: jacobi_four_sweeps}


def shares(together: int, nx: int, ny: int, nz: int) -> tuple[Three, int]:
    """(blocks, planes of a block) of a pass with so many sweeps together."""
    across, along = -(-nx // (WIDE - 2 * together)), -(-ny // (HIGH - 2 * together))
    stacked = min(-(-BLOCKS // (across * along)), -(-nz // PLANES))
    planes = -(-nz // stacked)
    return (across, along, -(-nz // planes)), planes


def jacobi_on_cuda(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, sweeps):
    """See `jacobi_on_cpu`."""
    for together in passes(sweeps):
        if together:
            blocks, planes = shares(together, nx, ny, nz)
            a = (spare, q, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, planes)
            launch_blocks(MARCHES[together], blocks, (WIDE, HIGH, 1), *a)
        else:
            copy_on_cuda(spare, q)
        q, spare = spare, q
