"""The coarsest grid of the multigrid solved at once, by the inverse of its matrix: of every hall on it its own."""

from __future__ import annotations


def solve_directly_in_numpy(phi, rhs, inside, direct):
    """phi = direct @ rhs in the cells `inside`, hall by hall; direct: (halls x cells, cells), symmetric for each."""
    cells = direct.shape[1]
    found = direct.reshape(-1, cells, cells) @ rhs[inside].reshape(-1, cells, 1)
    phi[inside] = found.ravel()


solve_directly_on_cpu = solve_directly_in_numpy  # a product of BLAS
