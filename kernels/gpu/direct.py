"""The coarsest grid, a thread a cell; see `kernels.direct`."""

from __future__ import annotations

from ..jit import cuda
from .launch import kernel, launch


@kernel
def direct_rows(phi, rhs, inside, direct):
    """phi = direct @ rhs; read by columns, so that neighbours read neighbours: the matrix is symmetric."""
    row = cuda.grid(1)
    if 0 <= row < inside.size:
        total = direct[0, row] * rhs[inside[0]]
        for n in range(1, inside.size):
            total += direct[n, row] * rhs[inside[n]]
        phi[inside[row]] = total


def solve_directly_on_cuda(phi, rhs, inside, direct):
    """See `solve_directly_in_numpy`."""
    launch(direct_rows, (inside.size,), phi, rhs, inside, direct)
