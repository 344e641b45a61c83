"""Eddy viscosity without equations of its own, a thread a cell or a row; see `kernels.zero_equation`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..zero_equation import CHEN_XU, energy_beside, speed_at
from .launch import kernel, launch


@kernel
def mixing_length_cells(nue, u, v, w, length, fluid, nu, nx, ny, nz):
    """Arguments as `mixing_length_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2:
        c = np.uint64((k * ny + j) * nx + i)
        speed = speed_at(u, v, w, c, np.uint64(nx), np.uint64(nx * ny))
        nue[c] = fluid[c] * (nu + CHEN_XU * speed * length[c])


@kernel
def wall_energy_rows(k, cells, start, distance, u, v, w, constants, sy, sz, rows):
    """Arguments as `wall_energy_on_cpu`."""
    n = cuda.grid(1)
    if 0 <= n < rows:
        c = np.uint64(cells[n])
        k[c] = energy_beside(start, distance, u, v, w, constants, c, n, sy, sz)


def mixing_length_on_cuda(nue, u, v, w, length, fluid, dx, dy, dz, nu):
    """See `mixing_length_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(mixing_length_cells, size, nue, u, v, w, length, fluid, nue.dtype.type(nu), *size)


def wall_energy_on_cuda(k, cells, start, distance, u, v, w, constants, sy, sz):
    """See `wall_energy_on_cpu`."""
    launch(wall_energy_rows, (cells.size,), k, cells, start, distance, u, v, w, constants, sy, sz, cells.size)
