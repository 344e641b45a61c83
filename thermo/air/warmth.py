"""Heat given off in single cells: along busways and cables, as a list of the few cells that have any."""

from __future__ import annotations

from collections.abc import Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..scene import PAD
from .mesh import PLACE, Mesh


class Warmth:
    """The cells, and the heat given off in each over heat capacity [K m3/s]."""

    ON_HOST = ("mesh",)

    def __init__(self, mesh: Mesh):
        self.mesh = mesh
        self.taken = 0  # times that the heat was given
        self._list(np.zeros(0, PLACE))

    def _list(self, cells: np.ndarray) -> None:
        self.cells, self.order = cells, np.arange(cells.size, dtype=PLACE)
        self.heat = np.zeros(cells.size, self.mesh.dtype)

    def take(self, heat: np.ndarray) -> bool:
        """Heat of all cells (nz, ny, nx) from now on; True when there are cells that had none before."""
        found = self.mesh.places(np.nonzero(heat)).astype(PLACE)
        more = np.setdiff1d(found, self.cells, assume_unique=True).size > 0
        if more:
            self._list(np.union1d(self.cells, found))
        self.heat[:] = np.pad(heat, PAD).ravel()[self.cells]
        self.taken += 1
        return more

    def join(self, halls: Sequence[Warmth], share: int) -> bool:
        """The heat of halls that are stacked, `share` cells each; True when there are other cells than before."""
        cells = np.concatenate([hall.cells + PLACE(n * share) for n, hall in enumerate(halls)])
        other = not np.array_equal(cells, self.cells)
        if other:
            self._list(cells)
        self.heat[:] = np.concatenate([hall.heat for hall in halls])
        return other

    def place(self) -> tuple[Any, ...]:
        """Where the lists are, for what is recorded on them."""
        return self.cells, self.heat, self.order, self.cells.size

    def total(self) -> float:
        """[K m3/s]"""
        return float(self.heat.sum(dtype=np.float64))

    def spread(self, ops: SimpleNamespace, field: np.ndarray) -> None:
        """field = the heat in its cells, 0 elsewhere."""
        ops.fill(field, 0)
        ops.carry(field, self.cells, self.heat, self.order, 0)
