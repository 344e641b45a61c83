"""Bytes that the sweep's kernels move for one scenario; see `kernels.gpu.sweep_kernels`.

Every pass over a scenario's scratch comes from memory: a card's threads at once hold more than its caches.
"""

from __future__ import annotations

from .. import device
from ..power import Network

THREE = 48  # bytes of three complex numbers


def scenario_bytes(network: Network, sweeps: float) -> float:
    """Bytes of one scenario in so many sweeps, reduced outputs; tables, read by all threads alike, are not counted."""
    leaves, chains = device.sweep_size(network)
    loads = len(network.load_node)
    taken = THREE * (loads + leaves)  # p and q read, leaves written
    begun = 3 * THREE * leaves + THREE * (chains + 1)  # powers twice: summed, then each leaf's guess
    a_sweep = 3 * THREE * leaves + THREE * (7 * chains - 4)  # current and power in, current out; chains below
    rows = len(network.groups) + len(network.places)
    tallies = 8 * (2 * network.size + 2 * int((network.group >= 0).sum()))
    reported = 2 * THREE * leaves + 3 * THREE * chains + tallies + 8 * (3 * rows + 2)
    return taken + begun + sweeps * a_sweep + reported
