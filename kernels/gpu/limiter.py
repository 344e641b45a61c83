"""Second-order convection, limited or linear upwind, a thread a cell; see `kernels.limiter`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..limiter import limited_momentum_at, limited_scalar_at
from ..slices import cyclic
from .launch import kernel, launch


@kernel
def limited_scalar_cells(out, q, u, v, w, stencil, source, dx, dy, dz, nx, ny, nz):
    """Arguments as `limited_scalar_on_cpu`; nx, ny, nz: padded sizes."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2:
        c = np.uint64((k * ny + j) * nx + i)
        sx, sy, sz = np.uint64(1), np.uint64(nx), np.uint64(nx * ny)
        out[c] = limited_scalar_at(q, u, v, w, stencil, source, c, sx, sy, sz, dx[i], dy[j], dz[k])


@kernel
def limited_momentum_faces(out, q, u, v, w, stencil, d, e1, e2, sd, s1, s2, nx, ny, nz, axis, limited):
    """Fields as `limited_momentum_on_cpu`; sizes d, e1, e2 and strides cyclic from `axis`."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 2 and 2 <= j < ny - 2 and 2 <= k < nz - 2:
        n = i if axis == 0 else (j if axis == 1 else k)
        n1 = j if axis == 0 else (k if axis == 1 else i)
        n2 = k if axis == 0 else (i if axis == 1 else j)
        c = np.uint64((k * ny + j) * nx + i)
        out[c] = limited_momentum_at(
            q, u, v, w, stencil, c, sd, s1, s2, d[n - 1], d[n], e1[n1], e2[n2], limited
        )


def limited_scalar_on_cuda(out, q, u, v, w, stencil, source, dx, dy, dz):
    """See `limited_scalar_on_cpu`."""
    size = (dx.size, dy.size, dz.size)
    launch(limited_scalar_cells, size, out, q, u, v, w, stencil, source, dx, dy, dz, *size)


def limited_momentum_on_cuda(out, q, u, v, w, stencil, dx, dy, dz, axis, limited):
    """See `limited_momentum_on_cpu`."""
    nx, ny, nz = dx.size, dy.size, dz.size
    strides = cyclic(axis, np.uint64(1), np.uint64(nx), np.uint64(nx * ny))
    launch(
        limited_momentum_faces, (nx, ny, nz), out, q, u, v, w, stencil, *cyclic(axis, dx, dy, dz),
        *strides, nx, ny, nz, axis, limited,
    )  # fmt: skip
