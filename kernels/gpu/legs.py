"""Legs of a V-cycle; see `kernels.legs`. On a small grid one block does a whole leg, with barriers between."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..multigrid import ZERO, brought, relaxed
from .launch import kernel, launch, launch_blocks
from .multigrid import interpolated, prolong_on_cuda, relax_on_cuda

THREADS = 512  # of the block that does a leg alone
ALONE = 6000  # padded cells: on more, one multiprocessor takes longer than a launch for each step


@cuda.jit(device=True)
def residual_below(phi, rhs, cx, cy, cz, planes, i, j, k, nx, ny, nz, fx, fy, fz, ox, oy, oz):
    """Residual summed over the children of coarse cell i, j, k."""
    total = ZERO
    for ck in range(max(2, 2 + (k - 2) * fz - oz), min(2 + (k - 1) * fz - oz, nz - 2)):
        if planes[ck] == 0:
            continue
        for cj in range(max(2, 2 + (j - 2) * fy - oy), min(2 + (j - 1) * fy - oy, ny - 2)):
            for ci in range(max(2, 2 + (i - 2) * fx - ox), min(2 + (i - 1) * fx - ox, nx - 2)):
                c = np.uint64((ck * ny + cj) * nx + ci)
                total += rhs[c] - brought(phi, cx, cy, cz, c, np.uint64(nx), np.uint64(nx * ny))
    return total


@cuda.jit(device=True)
def whereabouts(n, nx, ny):
    """i, j, k in padded sizes nx, ny, nz of the n-th cell without ghosts."""
    wide, high = np.uint32(nx - 4), np.uint32(ny - 4)
    line = np.uint32(n) // wide
    return np.int64(np.uint32(n) % wide) + 2, np.int64(line % high) + 2, np.int64(line // high) + 2


@cuda.jit(device=True)
def swept_by_one_block(new, phi, rhs, cx, cy, cz, inverse, nx, ny, nz, weight):
    """new = one weighted Jacobi sweep of phi, and a barrier."""
    for n in range(cuda.threadIdx.x, (nx - 4) * (ny - 4) * (nz - 4), THREADS):
        i, j, k = whereabouts(n, nx, ny)
        c = np.uint64((k * ny + j) * nx + i)
        new[c] = relaxed(phi, rhs, cx, cy, cz, inverse, c, np.uint64(nx), np.uint64(nx * ny), weight)
    cuda.syncthreads()


@kernel
def restrict_residuals(
    below_phi, below_rhs, phi, rhs, cx, cy, cz, planes, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz
):
    """below_rhs = residual of phi summed over the children, below_phi = 0; a thread a coarse cell."""
    i, j, k = cuda.grid(3)
    if 2 <= i < mx - 2 and 2 <= j < my - 2 and 2 <= k < mz - 2:
        c = np.uint64((k * my + j) * mx + i)
        below_rhs[c] = residual_below(
            phi, rhs, cx, cy, cz, planes, i, j, k, nx, ny, nz, fx, fy, fz, ox, oy, oz
        )
        below_phi[c] = ZERO


@kernel
def descend_alone(
    phi, spare, rhs, cx, cy, cz, inverse, planes, below_phi, below_rhs, nx, ny, nz, mx, my, mz,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """Arguments as `descend_on_cpu`; one block."""
    swept_by_one_block(spare, phi, rhs, cx, cy, cz, inverse, nx, ny, nz, first)
    swept_by_one_block(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, second)
    for n in range(cuda.threadIdx.x, (mx - 4) * (my - 4) * (mz - 4), THREADS):
        i, j, k = whereabouts(n, mx, my)
        c = np.uint64((k * my + j) * mx + i)
        below_rhs[c] = residual_below(
            phi, rhs, cx, cy, cz, planes, i, j, k, nx, ny, nz, fx, fy, fz, ox, oy, oz
        )
        below_phi[c] = ZERO


@kernel
def ascend_alone(
    phi, spare, rhs, cx, cy, cz, inverse, planes, below_phi, tx, ty, tz, nx, ny, nz, mx, my,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """Arguments as `ascend_on_cpu`; one block."""
    for n in range(cuda.threadIdx.x, (nx - 4) * (ny - 4) * (nz - 4), THREADS):
        i, j, k = whereabouts(n, nx, ny)
        if planes[k] != 0:
            phi[np.uint64((k * ny + j) * nx + i)] += interpolated(
                below_phi, tx, ty, tz, i, j, k, mx, my, fx, fy, fz, ox, oy, oz
            )
    cuda.syncthreads()
    swept_by_one_block(spare, phi, rhs, cx, cy, cz, inverse, nx, ny, nz, first)
    swept_by_one_block(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, second)


def descend_on_cuda(
    phi, spare, rhs, cx, cy, cz, inverse, planes, below_phi, below_rhs, nx, ny, nz, mx, my, mz,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """See `descend_on_cpu`."""
    real, coarser = phi.dtype.type, (mx, my, mz, fx, fy, fz, ox, oy, oz)
    if nx * ny * nz <= ALONE:
        launch_blocks(
            descend_alone, (1, 1, 1), (THREADS, 1, 1), phi, spare, rhs, cx, cy, cz, inverse, planes,
            below_phi, below_rhs, nx, ny, nz, *coarser, real(first), real(second),
        )  # fmt: skip
        return
    relax_on_cuda(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second)
    launch(
        restrict_residuals, (mx, my, mz), below_phi, below_rhs, phi, rhs, cx, cy, cz, planes, nx, ny, nz, *coarser
    )  # fmt: skip


def ascend_on_cuda(
    phi, spare, rhs, cx, cy, cz, inverse, planes, below_phi, tx, ty, tz, nx, ny, nz, mx, my,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """See `ascend_on_cpu`."""
    real = phi.dtype.type
    if nx * ny * nz <= ALONE:
        launch_blocks(
            ascend_alone, (1, 1, 1), (THREADS, 1, 1), phi, spare, rhs, cx, cy, cz, inverse, planes,
            below_phi, tx, ty, tz, nx, ny, nz, mx, my, fx, fy, fz, ox, oy, oz, real(first), real(second),
        )  # fmt: skip
        return
    prolong_on_cuda(phi, below_phi, tx, ty, tz, planes, nx, ny, nz, mx, my, fx, fy, fz, ox, oy, oz)
    relax_on_cuda(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second)
