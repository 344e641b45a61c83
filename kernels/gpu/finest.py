"""Legs of a V-cycle on the finest grid, a thread a cell; see `kernels.finest`."""

from __future__ import annotations

import numpy as np

from ..finest import eased, gained, let_through
from ..jit import cuda
from ..multigrid import ZERO
from .launch import kernel, launch
from .multigrid import of_children, prolong_on_cuda


@cuda.jit(device=True)
def faces_at(lx, ly, lz, dx, dy, dz, rx, ry, rz, i, j, k):
    """Place of cell i, j, k, strides along y and z, and the coefficients of its faces."""
    ny, nx = dy.size, dx.size
    c, sy, sz = np.uint64((k * ny + j) * nx + i), np.uint64(nx), np.uint64(nx * ny)
    return c, sy, sz, let_through(
        lx, ly, lz, c, sy, sz, dx[i], rx[i], rx[i + 1], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1]
    )  # fmt: skip


@kernel
def start_cells(new, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, weight):
    """new = one weighted Jacobi sweep of 0, which leaves 0 in ghosts and between halls."""
    i, j, k = cuda.grid(3)
    nz, ny, nx = dz.size, dy.size, dx.size
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2 and planes[k] != 0:
        c, _, _, a = faces_at(lx, ly, lz, dx, dy, dz, rx, ry, rz, i, j, k)
        new[c] = -weight * rhs[c] * eased(a)
    elif 0 <= i < nx and 0 <= j < ny and 0 <= k < nz:
        new[np.uint64((k * ny + j) * nx + i)] = ZERO


@kernel
def smooth_cells(new, phi, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, weight):
    """new = one weighted Jacobi sweep of phi, whose ghosts are 0; so are new's then."""
    i, j, k = cuda.grid(3)
    nz, ny, nx = dz.size, dy.size, dx.size
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2 and planes[k] != 0:
        c, sy, sz, a = faces_at(lx, ly, lz, dx, dy, dz, rx, ry, rz, i, j, k)
        new[c] = phi[c] + weight * (gained(phi, a, c, sy, sz) - rhs[c]) * eased(a)
    elif 0 <= i < nx and 0 <= j < ny and 0 <= k < nz:
        new[np.uint64((k * ny + j) * nx + i)] = ZERO


@kernel
def residual_finest(out, phi, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes):
    """out = rhs - operator(phi)."""
    i, j, k = cuda.grid(3)
    nz, ny, nx = dz.size, dy.size, dx.size
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2 and planes[k] != 0:
        c, sy, sz, a = faces_at(lx, ly, lz, dx, dy, dz, rx, ry, rz, i, j, k)
        out[c] = rhs[c] - gained(phi, a, c, sy, sz)


@kernel
def gather_finest(below_phi, below_rhs, fine, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz):
    """below_rhs = sum of `fine` over the children, below_phi = 0; a thread a coarse cell."""
    i, j, k = cuda.grid(3)
    if 2 <= i < mx - 2 and 2 <= j < my - 2 and 2 <= k < mz - 2:
        to = np.uint64((k * my + j) * mx + i)
        below_rhs[to] = of_children(fine, i, j, k, nx, ny, nz, fx, fy, fz, ox, oy, oz)
        below_phi[to] = ZERO


def descend_finest_on_cuda(
    phi, spare, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, below_phi, below_rhs, mx, my, mz,
    fx, fy, fz, ox, oy, oz, first, second, fresh,
):  # fmt: skip
    """See `descend_finest_on_cpu`."""
    real, cells = phi.dtype.type, (dx.size, dy.size, dz.size)
    around = (rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes)
    if fresh:
        launch(start_cells, cells, spare, *around, real(first))
    else:
        launch(smooth_cells, cells, spare, phi, *around, real(first))
    launch(smooth_cells, cells, phi, spare, *around, real(second))
    launch(residual_finest, cells, spare, phi, *around)
    launch(
        gather_finest, (mx, my, mz), below_phi, below_rhs, spare, *cells, mx, my, mz, fx, fy, fz, ox, oy, oz
    )


def ascend_finest_on_cuda(
    phi, spare, rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes, below_phi, tx, ty, tz, mx, my,
    fx, fy, fz, ox, oy, oz, first, second,
):  # fmt: skip
    """See `ascend_finest_on_cpu`."""
    real, cells = phi.dtype.type, (dx.size, dy.size, dz.size)
    around = (rhs, lx, ly, lz, dx, dy, dz, rx, ry, rz, planes)
    prolong_on_cuda(phi, below_phi, tx, ty, tz, planes, *cells, mx, my, fx, fy, fz, ox, oy, oz)
    launch(smooth_cells, cells, spare, phi, *around, real(first))
    launch(smooth_cells, cells, phi, spare, *around, real(second))
