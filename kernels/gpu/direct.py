"""The coarsest grid, a thread a cell; see `kernels.direct`."""

from __future__ import annotations

import numpy as np

from ..jit import cuda
from .launch import kernel, launch


@kernel
def direct_rows(phi, rhs, inside, direct):
    """phi = direct @ rhs, hall by hall; read by columns, so that neighbours read neighbours: it is symmetric."""
    row = cuda.grid(1)
    if 0 <= row < inside.size:
        column = np.int64(np.uint32(row) % np.uint32(direct.shape[1]))
        first = row - column  # of this hall's rows
        total = direct[first, column] * rhs[inside[first]]
        for n in range(1, direct.shape[1]):
            total += direct[first + n, column] * rhs[inside[first + n]]
        phi[inside[row]] = total


def solve_directly_on_cuda(phi, rhs, inside, direct):
    """See `solve_directly_in_numpy`."""
    launch(direct_rows, (inside.size,), phi, rhs, inside, direct)
