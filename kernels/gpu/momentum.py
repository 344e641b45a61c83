"""Momentum coefficients, a thread a velocity face; see `kernels.momentum`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from ..momentum import ONE, momentum_at
from ..slices import cyclic
from .launch import kernel, launch


@kernel
def momentum_faces(
    lo, hi, lo1, hi1, lo2, hi2, b, u, flux, u0, v, w, p, nue, open1, open2, act, wall, force,
    d, e1, e2, r1, r2, rdt, sd, s1, s2, nx, ny, nz, axis,
):  # fmt: skip
    """Outputs and fields as `momentum_on_cpu`; sizes d, e1, e2 and strides cyclic from `axis`."""
    i, j, k = cuda.grid(3)
    if 2 <= i < nx - 1 and 2 <= j < ny - 1 and 2 <= k < nz - 1:
        n = i if axis == 0 else (j if axis == 1 else k)
        n1 = j if axis == 0 else (k if axis == 1 else i)
        n2 = k if axis == 0 else (i if axis == 1 else j)
        c = np.uint64((k * ny + j) * nx + i)
        lo[c], hi[c], lo1[c], hi1[c], lo2[c], hi2[c], b[c] = momentum_at(
            u, flux, u0, v, w, p, nue, open1, open2, act, wall, force[c], c, sd, s1, s2, d[n - 1], d[n],
            ONE / d[n - 1], ONE / d[n], e1[n1], r1[n1], r1[n1 + 1], e2[n2], r2[n2], r2[n2 + 1], rdt[k],
        )  # fmt: skip


def momentum_on_cuda(
    lo, hi, lo1, hi1, lo2, hi2, b, u, flux, u0, v, w, p, nue, open1, open2, act, wall, force,
    dx, dy, dz, rx, ry, rz, rdt, axis,
):  # fmt: skip
    """See `momentum_on_cpu`."""
    nz, ny, nx = dz.size, dy.size, dx.size
    d, e1, e2 = cyclic(axis, dx, dy, dz)
    _, r1, r2 = cyclic(axis, rx, ry, rz)
    strides = cyclic(axis, np.uint64(1), np.uint64(nx), np.uint64(nx * ny))
    launch(
        momentum_faces, (nx, ny, nz), lo, hi, lo1, hi1, lo2, hi2, b, u, flux, u0, v, w, p, nue, open1, open2,
        act, wall, force, d, e1, e2, r1, r2, rdt, *strides, nx, ny, nz, axis,
    )  # fmt: skip
