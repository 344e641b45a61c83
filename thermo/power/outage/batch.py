"""Batches of loads on a hall's network, reduced to what outages need."""

from __future__ import annotations

import numpy as np

from ..flow import Sweep
from ..network import Network
from .cascade import Solve


def solver(network: Network, sweep: Sweep, tolerance: float = 1e-8, limit: int = 200) -> Solve:
    """A function of powers (S, L, 3) [W]; see Solve. `tolerance` [pu] is the largest voltage step at the end."""
    order = np.argsort(network.element, kind="stable")
    order = order[network.element[order] >= 0]
    starts = np.searchsorted(network.element[order], np.arange(len(network.elements)))

    def solve(p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        v, i, solved = _swept(network, p, sweep, tolerance, limit)
        sizes = np.abs(i).max(axis=2)
        with np.errstate(invalid="ignore"):  # NaN past the nose goes through
            current = np.maximum.reduceat(sizes[:, order], starts, axis=1)
        pu = np.abs(v[:, network.load_node]) / network.base[network.load_node][:, None]
        lowest = np.where(p > 0, pu, np.inf).min(axis=(1, 2))
        return current, np.where(solved & np.isfinite(lowest), lowest, np.nan), solved

    return solve


def _swept(
    network: Network, p: np.ndarray, sweep: Sweep, tolerance: float, limit: int
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Voltages and currents (S, n, 3), complex, and which scenarios have a solution."""
    count = len(p)
    p = np.ascontiguousarray(np.moveaxis(p, 0, 2))
    q = p * network.tan_phi[:, None, None]
    parts = [np.zeros((network.parent.size, 3, count)) for _ in range(4)]
    status, passes = np.zeros(count, np.int32), np.zeros(count, np.int32)
    tables = (network.parent, network.turn, network.ratio, network.z1, network.zm, network.y, network.base)
    sweep(*parts, status, passes, *tables, network.source, network.load_node, p, q, tolerance, limit)
    v, i = (np.moveaxis(re + 1j * im, 2, 0) for re, im in (parts[:2], parts[2:]))
    return v, i, status == 0
