"""Batches of loads on a hall's network, reduced to what outages need."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..network import HallNetwork
from ..solution import Solution, Sweep, swept


@dataclass(frozen=True)
class Reduced:
    """Of scenarios S; NaN where there is no solution."""

    current: np.ndarray  # (S, E) [A] largest of every element
    voltage: np.ndarray  # (S) [pu] lowest at a loaded phase
    utility: np.ndarray  # (S) [W] at the point of connection
    solved: np.ndarray  # (S)
    output: np.ndarray  # (S, K) [W] of every converter; (S, 0) where there is none
    sources: np.ndarray  # (S, X) [W] of the network's further sources


def reduced(
    network: HallNetwork, p: np.ndarray, sweep: Sweep, tolerance: float = 1e-8, limit: int = 200
) -> Reduced:
    """Solve powers (S, L, 3) [W] at the loads' own power factors. `tolerance` as in `thermo.power.solve`."""
    q = p * network.tan_phi[:, None]
    return reduction(network, swept(network, p, q, sweep, tolerance=tolerance, limit=limit))


def reduction(network: HallNetwork, found: Solution) -> Reduced:
    """What outages and moving loads need of a solution with voltages and currents."""
    order = np.argsort(network.element, kind="stable")
    order = order[network.element[order] >= 0]
    starts = np.searchsorted(network.element[order], np.arange(len(network.elements)))
    assert found.branch_current is not None
    assert found.voltage is not None
    sizes = np.abs(found.branch_current).max(axis=2)
    with np.errstate(invalid="ignore"):  # NaN past the nose goes through
        current = np.maximum.reduceat(sizes[:, order], starts, axis=1)
    utility = (found.voltage[:, 1] * found.branch_current[:, 1].conj()).real.sum(axis=1)
    output = np.zeros((len(found.status), 0)) if found.converter_w is None else found.converter_w[:, :, 0]
    heads = [source.node for source in found.network.sources]
    sources = (found.voltage[:, heads] * found.branch_current[:, heads].conj()).real.sum(axis=2)
    return Reduced(current, found.voltage_min_pu, utility, found.solved, output, sources)


@dataclass(frozen=True)
class HallSolver:
    """`reduced` as outages want it."""

    network: HallNetwork
    sweep: Sweep
    tolerance: float = 1e-8

    def __call__(self, p: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Largest currents of elements [A] (S, E), lowest voltage [pu] (S) and solved (S) at powers (S, L, 3) [W]."""
        found = self.of(self.network, p)
        return found.current, found.voltage, found.solved

    def of(self, network: HallNetwork, p: np.ndarray) -> Reduced:
        """Powers (S, L, 3) [W] on the network in another state."""
        return reduced(network, p, self.sweep, self.tolerance)


solver = HallSolver
