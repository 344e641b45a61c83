"""The flow with every conductor's resistance at its own temperature."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...case.electrical import BuswayKind, CableKind
from ..flow import PowerResult, solve
from ..network import HallNetwork
from ..solution import Sweep
from .conductors import resistance_factor
from .equipment import Device

PASSES = (
    2  # losses then move by less than 1e-4 of themselves: temperatures follow currents, which hardly follow R
)
MOST = 1.5  # a conductor that runs away has no temperature; its limits say so


def solve_warm(
    network: HallNetwork, devices: Sequence[Device], unit_power: np.ndarray, sweep: Sweep
) -> PowerResult:
    """Solve one state, `unit_power` (units) [W]; resistances at the temperature that an element's largest current
    settles at in its own air. Past the nose: the solution, which is none, at the stated resistances; these also where
    the case keeps them."""
    result = solve(network, unit_power, sweep)
    for _ in range(PASSES if network.warms else 0):
        if not result.converged:
            return result
        result = solve(warmed(network, devices, result.table["current_A"]), unit_power, sweep)
    return result


def warmed(network: HallNetwork, devices: Sequence[Device], current: np.ndarray) -> HallNetwork:
    """The network with the resistances of cables and busways at the largest current of each element (E) [A]."""
    factor = np.ones(len(devices))
    for row, device in enumerate(devices):
        if isinstance(device.kind, BuswayKind | CableKind):
            found = resistance_factor(device.kind, device.runs, float(current[row]), device.air)
            factor[row] = min(found, MOST)
    scale = np.where(network.element >= 0, factor[network.element], 1.0)[:, None, None]
    warm = network.with_impedance(network.impedance.real * scale + 1j * network.impedance.imag)
    assert isinstance(warm, HallNetwork)
    return warm
