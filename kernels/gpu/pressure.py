"""Mass balance and correction, a thread a cell; see `kernels.pressure`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..pressure import ZERO, corrected, divergence_at
from .launch import kernel, launch


@kernel
def divergence_cells(out, u, v, w, fluid, dx, dy, dz, nx, ny, nz):
    """Arguments as `divergence_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2:
        c = np.uint64((k * ny + j) * nx + i)
        out[c] = divergence_at(u, v, w, fluid, dx[i], dy[j], dz[k], c, np.uint64(nx), np.uint64(nx * ny))
    elif 0 <= i < nx and 0 <= j < ny and 0 <= k < nz:
        out[np.uint64((k * ny + j) * nx + i)] = ZERO


@kernel
def correct_cells(
    u, v, w, p, solved_u, solved_v, solved_w, phi, act_x, act_y, act_z, hx, hy, hz, rdt, nx, ny, nz
):
    """Arguments as `correct_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        c = np.uint64((k * ny + j) * nx + i)
        u[c] = corrected(solved_u, act_x, phi, hx[i], c, np.uint64(1))
        v[c] = corrected(solved_v, act_y, phi, hy[j], c, np.uint64(nx))
        w[c] = corrected(solved_w, act_z, phi, hz[k], c, np.uint64(nx * ny))
        p[c] += phi[c] * rdt[k]


def divergence_on_cuda(out, u, v, w, fluid, dx, dy, dz):
    """See `divergence_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(divergence_cells, size, out, u, v, w, fluid, dx, dy, dz, *size)


def correct_on_cuda(u, v, w, p, solved_u, solved_v, solved_w, phi, act_x, act_y, act_z, hx, hy, hz, rdt):
    """See `correct_on_cpu`."""
    size, solved = (hx.size, hy.size, hz.size), (solved_u, solved_v, solved_w)
    launch(correct_cells, size, u, v, w, p, *solved, phi, act_x, act_y, act_z, hx, hy, hz, rdt, *size)
