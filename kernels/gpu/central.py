"""Central differences, a thread a cell; see `kernels.central`."""

from __future__ import annotations

import numpy as np

from ..central import central_momentum_at, central_scalar_at
from ..jit import cuda
from ..slices import cyclic
from .launch import kernel, launch


@kernel
def central_scalar_cells(out, q, u, v, w, open_x, open_y, open_z, source, dx, dy, dz, nx, ny, nz):
    """Arguments as `central_scalar_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2:
        c = np.uint64((k * ny + j) * nx + i)
        out[c] = source[c] - central_scalar_at(
            q, u, v, w, open_x, open_y, open_z, dx, dy, dz, c, i, j, k, np.uint64(nx), np.uint64(nx * ny)
        )


@kernel
def central_momentum_faces(out, q, u, v, w, act, open1, open2, d, e1, e2, sd, s1, s2, nx, ny, nz, axis):
    """Fields as `central_momentum_on_cpu`; sizes d, e1, e2 and strides cyclic from `axis`."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2:
        n = i if axis == 0 else (j if axis == 1 else k)
        n1 = j if axis == 0 else (k if axis == 1 else i)
        n2 = k if axis == 0 else (i if axis == 1 else j)
        c = np.uint64((k * ny + j) * nx + i)
        out[c] = central_momentum_at(
            q, u, v, w, act, open1, open2, c, sd, s1, s2, d[n - 1], d[n],
            e1[n1 - 1], e1[n1], e1[n1 + 1], e2[n2 - 1], e2[n2], e2[n2 + 1],
        )  # fmt: skip


def central_scalar_on_cuda(out, q, u, v, w, open_x, open_y, open_z, source, dx, dy, dz):
    """See `central_scalar_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(central_scalar_cells, size, out, q, u, v, w, open_x, open_y, open_z, source, dx, dy, dz, *size)


def central_momentum_on_cuda(out, q, u, v, w, act, open1, open2, dx, dy, dz, axis):
    """See `central_momentum_on_cpu`."""
    nx, ny, nz = dx.size, dy.size, dz.size
    strides = cyclic(axis, np.uint64(1), np.uint64(nx), np.uint64(nx * ny))
    launch(
        central_momentum_faces, (nx, ny, nz), out, q, u, v, w, act, open1, open2,
        *cyclic(axis, dx, dy, dz), *strides, nx, ny, nz, axis,
    )  # fmt: skip
