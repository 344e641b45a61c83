"""Parts of a hall that air reaches each other only through screens: their pressure levels, solved at once.

A multigrid cycle knows parts that its coarse grids tell apart; a plenum one coarse cell thick it does not. What
flows into a part and not out of it then needs one number a part: Galerkin's correction on piecewise constants.
"""

from __future__ import annotations

from types import SimpleNamespace

import numpy as np

from .. import device
from ..scene import AIR, OPEN, PRESSURE, Scene
from .mesh import Mesh


class Parts:
    """Number of the part of each cell, and the parts' own small pressure system."""

    ON_HOST = ("mesh", "scene", "part")

    def __init__(self, mesh: Mesh, scene: Scene):
        self.mesh, self.scene = mesh, scene
        self.part, self.count = _connected(scene)
        self.cells = np.flatnonzero(mesh.fluid)[np.argsort(self.part, kind="stable")]  # part by part
        self.start = np.append(0, np.cumsum(np.bincount(self.part, minlength=self.count)))
        self.sums = device.sums(self.count)  # what flows into each part [m3/s]
        self.inverse = np.zeros((self.count, self.count))

    def renew(self, coefficients: list[np.ndarray]) -> None:
        """Invert the parts' matrix; coefficients [m] on the faces as the pressure operator has them."""
        matrix = np.zeros((self.count, self.count))
        for axis, (kind, c) in enumerate(zip(self.scene.faces, coefficients, strict=True)):
            low, high = self._sides(axis)
            outside = (kind == PRESSURE) & (c > 0)
            part = np.maximum(low, high)[outside]
            np.add.at(matrix, (part, part), -c[outside])
            joined = (c > 0) & (low >= 0) & (high >= 0) & (low != high)
            a, b, between = low[joined], high[joined], c[joined]
            for here, there in ((a, b), (b, a)):
                np.add.at(matrix, (here, there), between)
                np.add.at(matrix, (here, here), -between)
        diagonal = -np.diag(matrix)
        scale = np.where(diagonal > 0, 1.0 / np.sqrt(np.where(diagonal > 0, diagonal, 1.0)), 0.0)
        both = scale[:, None] * scale[None, :]
        self.inverse = np.linalg.pinv(matrix * both, rcond=1e-12, hermitian=True) * both

    def _sides(self, axis: int) -> tuple[np.ndarray, np.ndarray]:
        """Part below and above every face along an axis, -1 outside the hall and in solids."""
        whole = np.full(self.scene.cells.shape, -1)
        whole[self.scene.cells == AIR] = self.part
        edge = [(0, 0)] * 3
        edge[2 - axis] = (1, 1)
        around = np.moveaxis(np.pad(whole, edge, constant_values=-1), 2 - axis, 0)
        return np.moveaxis(around[:-1], 0, 2 - axis), np.moveaxis(around[1:], 0, 2 - axis)

    def level(self, ops: SimpleNamespace, phi: np.ndarray, rhs: np.ndarray) -> None:
        """Set `phi` to the level of each part that carries off what flows into it."""
        ops.part_sums(self.sums, rhs, self.start, self.cells)
        ops.part_levels(phi, self.sums, self.inverse, self.start, self.cells)


def _connected(scene: Scene) -> tuple[np.ndarray, int]:
    """(part of each air cell in the order of the flat array, number of parts), by open faces."""
    from scipy.sparse import coo_matrix
    from scipy.sparse.csgraph import connected_components

    air = scene.cells == AIR
    number = np.full(air.shape, -1)
    number[air] = np.arange(np.count_nonzero(air))
    first, second = [], []
    for axis, kind in enumerate(scene.faces):
        inner = [slice(None)] * 3
        inner[2 - axis] = slice(1, -1)
        is_open = np.moveaxis(kind[tuple(inner)] == OPEN, 2 - axis, 0)
        along = np.moveaxis(number, 2 - axis, 0)
        first.append(along[:-1][is_open])
        second.append(along[1:][is_open])
    a, b = np.concatenate(first), np.concatenate(second)
    n = int(np.count_nonzero(air))
    count, part = connected_components(coo_matrix((np.ones(a.size), (a, b)), shape=(n, n)), directed=False)
    return part.astype(np.int64), int(count)
