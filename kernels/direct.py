"""The coarsest grid of the multigrid solved at once, by the inverse of its matrix."""

from __future__ import annotations


def solve_directly_in_numpy(phi, rhs, inside, direct):
    """phi = direct @ rhs in the cells `inside`; direct: (cells, cells), symmetric."""
    phi[inside] = direct @ rhs[inside]


solve_directly_on_cpu = solve_directly_in_numpy  # a product of BLAS
