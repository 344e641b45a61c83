"""Jacobi sweeps, a thread a cell; see `kernels.jacobi`."""

from __future__ import annotations

import numpy as np

from ..jacobi import swept
from ..jit import cuda
from .launch import kernel, launch


@kernel
def jacobi_sweep(new, q, xl, xh, yl, yh, zl, zh, b, nx, ny, nz):
    """new = one sweep of q; ghosts are copied, so that new can be swept in turn."""
    i, j, k = cuda.grid(3)
    if 0 <= i < nx and 0 <= j < ny and 0 <= k < nz:
        c = np.uint64((k * ny + j) * nx + i)
        if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
            new[c] = swept(q, xl, xh, yl, yh, zl, zh, b, c, np.uint64(nx), np.uint64(nx * ny))
        else:
            new[c] = q[c]


def jacobi_on_cuda(q, spare, xl, xh, yl, yh, zl, zh, b, nx, ny, nz, sweeps):
    """See `jacobi_on_cpu`."""
    for _ in range(0, sweeps, 2):
        for new, old in ((spare, q), (q, spare)):
            launch(jacobi_sweep, (nx, ny, nz), new, old, xl, xh, yl, yh, zl, zh, b, nx, ny, nz)
