"""Transport of a scalar and buoyancy, a thread a cell; see `kernels.scalar`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..scalar import HALF, lifted, scalar_at
from .launch import kernel, launch


@kernel
def scalar_cells(
    xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, fluid,
    dx, dy, dz, rx, ry, rz, g0, g1, rdt, nx, ny, nz,
):  # fmt: skip
    """Arguments as `scalar_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        xl[c], xh[c], yl[c], yh[c], zl[c], zh[c], b[c] = scalar_at(
            t, t0, u, v, w, nue, ox, oy, oz, source, fluid, c, np.uint64(nx), np.uint64(nx * ny),
            dx[i], rx[i], rx[i + 1], dy[j], ry[j], ry[j + 1], dz[k], rz[k], rz[k + 1], g0, g1, rdt[k],
        )  # fmt: skip


@kernel
def buoyancy_faces(force, t, act_z, dz, hz, lift, rise, row, nz):
    """Arguments as `buoyancy_on_cpu`; row: cells of a plane, nz: planes."""
    i, k = cuda.grid(2)
    if 0 <= i < row and 2 <= k < nz - 1:
        c = np.uint64(k * row + i)
        force[c] += lifted(t, act_z, HALF * dz[k] / hz[k], lift, rise, c, np.uint64(row))


def scalar_on_cuda(
    xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, fluid, dx,
    dy, dz, rx, ry, rz, g0, g1, rdt,
):  # fmt: skip
    """See `scalar_on_cpu`."""
    size, real = (dx.size, dy.size, dz.size), t.dtype.type
    launch(
        scalar_cells, size, xl, xh, yl, yh, zl, zh, b, t, t0, u, v, w, nue, ox, oy, oz, source, fluid,
        dx, dy, dz, rx, ry, rz, real(g0), real(g1), rdt, *size,
    )  # fmt: skip


def buoyancy_on_cuda(force, t, act_z, dz, hz, lift, rise, row):
    """See `buoyancy_on_cpu`."""
    real = t.dtype.type
    launch(buoyancy_faces, (row, dz.size), force, t, act_z, dz, hz, real(lift), real(rise), row, dz.size)
