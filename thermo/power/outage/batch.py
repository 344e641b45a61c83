"""Batches of loads on a hall's network, reduced to what outages need."""

from __future__ import annotations

import numpy as np

from ..network import HallNetwork
from ..solution import FULL, Sweep, swept
from .cascade import Solve


def solver(network: HallNetwork, sweep: Sweep, tolerance: float = 1e-8, limit: int = 200) -> Solve:
    """A function of powers (S, L, 3) [W]; see Solve. `tolerance` as in `thermo.power.solve`."""
    order = np.argsort(network.element, kind="stable")
    order = order[network.element[order] >= 0]
    starts = np.searchsorted(network.element[order], np.arange(len(network.elements)))

    def solve(p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        q = p * network.tan_phi[:, None]
        found = swept(network, p, q, sweep, tolerance=tolerance, limit=limit, outputs=FULL[1:])
        assert found.branch_current is not None
        sizes = np.abs(found.branch_current).max(axis=2)
        with np.errstate(invalid="ignore"):  # NaN past the nose goes through
            current = np.maximum.reduceat(sizes[:, order], starts, axis=1)
        return current, found.voltage_min_pu, found.solved

    return solve
