"""Multigrid, a thread a cell of the grid written to; see `kernels.multigrid`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..multigrid import ZERO, beside, brought, relaxed, towards
from .launch import kernel, launch


@kernel
def relax_cells(new, phi, rhs, cx, cy, cz, inverse, nx, ny, nz, weight):
    """new = one weighted Jacobi sweep of phi; the rest as `relax_on_cpu`."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2:
        c = np.uint64((k * ny + j) * nx + i)
        new[c] = relaxed(phi, rhs, cx, cy, cz, inverse, c, np.uint64(nx), np.uint64(nx * ny), weight)


@kernel
def residual_cells(out, phi, rhs, cx, cy, cz, planes, nx, ny, nz):
    """Arguments as `residual_on_cpu`."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2 and planes[k] != 0:
        c = np.uint64((k * ny + j) * nx + i)
        out[c] = rhs[c] - brought(phi, cx, cy, cz, c, np.uint64(nx), np.uint64(nx * ny))


@cuda.jit(device=True)
def of_children(fine, i, j, k, nx, ny, nz, fx, fy, fz, ox, oy, oz):
    """Sum over the children of coarse cell i, j, k."""
    total = ZERO
    for ck in range(max(2, 2 + (k - 2) * fz - oz), min(2 + (k - 1) * fz - oz, nz - 2)):
        for cj in range(max(2, 2 + (j - 2) * fy - oy), min(2 + (j - 1) * fy - oy, ny - 2)):
            for ci in range(max(2, 2 + (i - 2) * fx - ox), min(2 + (i - 1) * fx - ox, nx - 2)):
                total += fine[np.uint64((ck * ny + cj) * nx + ci)]
    return total


@kernel
def restrict_cells(out, fine, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz):
    """Arguments as `restrict_on_cpu`; a thread gathers the children of its coarse cell."""
    i, j, k = cuda.grid(3)
    if 2 <= i < mx - 2 and 2 <= j < my - 2 and 2 <= k < mz - 2:
        out[np.uint64((k * my + j) * mx + i)] = of_children(fine, i, j, k, nx, ny, nz, fx, fy, fz, ox, oy, oz)


@cuda.jit(device=True)
def interpolated(coarse, cx, cy, cz, i, j, k, mx, my, fx, fy, fz, ox, oy, oz):
    """The coarse field at the centre of fine cell i, j, k."""
    at_x = 2 + ((i - 2 + ox) >> 1) if fx == 2 else i
    at_y = 2 + ((j - 2 + oy) >> 1) if fy == 2 else j
    at_z = 2 + ((k - 2 + oz) >> 1) if fz == 2 else k
    at = (at_z * my + at_y) * mx + at_x
    # neighbours and the faces to them; without coarsening, the cell itself
    to_x = 0 if fx == 1 else (1 if (i + ox) & 1 else -1)
    to_y = 0 if fy == 1 else (mx if (j + oy) & 1 else -mx)
    to_z = 0 if fz == 1 else (mx * my if (k + oz) & 1 else -mx * my)
    c, y, z = np.uint64(at), np.uint64(at + to_y), np.uint64(at + to_z)
    face_y, face_z = np.uint64(at + max(to_y, 0)), np.uint64(at + max(to_z, 0))
    value = beside(coarse, cy, cz, c, y, face_y, z, face_z)
    return value + towards(coarse, cx, c, np.uint64(at + to_x), np.uint64(at + max(to_x, 0)))


@kernel
def prolong_cells(fine, coarse, cx, cy, cz, planes, nx, ny, nz, mx, my, fx, fy, fz, ox, oy, oz):
    """Arguments as `prolong_on_cpu`; a thread a fine cell."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2 and planes[k] != 0:
        c = np.uint64((k * ny + j) * nx + i)
        fine[c] += interpolated(coarse, cx, cy, cz, i, j, k, mx, my, fx, fy, fz, ox, oy, oz)


def relax_on_cuda(phi, spare, rhs, cx, cy, cz, inverse, nx, ny, nz, first, second):
    """See `relax_on_cpu`."""
    real = phi.dtype.type
    for new, old, weight in ((spare, phi, first), (phi, spare, second)):
        launch(relax_cells, (nx, ny, nz), new, old, rhs, cx, cy, cz, inverse, nx, ny, nz, real(weight))


def residual_on_cuda(out, phi, rhs, cx, cy, cz, planes, nx, ny, nz):
    """See `residual_on_cpu`."""
    launch(residual_cells, (nx, ny, nz), out, phi, rhs, cx, cy, cz, planes, nx, ny, nz)


def restrict_on_cuda(out, fine, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz):
    """See `restrict_on_cpu`."""
    launch(restrict_cells, (mx, my, mz), out, fine, nx, ny, nz, mx, my, mz, fx, fy, fz, ox, oy, oz)


def prolong_on_cuda(fine, coarse, cx, cy, cz, planes, nx, ny, nz, mx, my, fx, fy, fz, ox, oy, oz):
    """See `prolong_on_cpu`."""
    launch(
        prolong_cells,
        (nx, ny, nz),
        fine,
        coarse,
        cx,
        cy,
        cz,
        planes,
        nx,
        ny,
        nz,
        mx,
        my,
        fx,
        fy,
        fz,
        ox,
        oy,
        oz,
    )
