"""Fields that hold something for part of an iteration only; all steps work in the same ones."""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from .mesh import Mesh


class Workspace:
    """One equation's coefficients, sources and sinks at a time."""

    ON_HOST = ()

    def __init__(self, mesh: Mesh):
        # of the neighbours below and above along x, y, z; divided by the diagonal [-]
        self.coefficients = tuple(mesh.field() for _ in range(6))
        self.rest = mesh.field()  # what the neighbours do not bring, over the diagonal; in the unknown's unit
        self.source, self.sink = mesh.field(), mesh.field()
        self.conductance = np.zeros(mesh.wall_cells.distance.size, mesh.dtype)  # of each wall face [m/s]

    def sweep(self, ops: SimpleNamespace, mesh: Mesh, q: np.ndarray, sweeps: int) -> None:
        """Jacobi sweeps of q, in place, with the coefficients as they stand; the sink is lost, which is in them."""
        nz, ny, nx = mesh.shape
        ops.jacobi(q, self.sink, *self.coefficients, self.rest, nx, ny, nz, sweeps)
