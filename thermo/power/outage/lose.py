"""Losing every element, with or without electronics that answer to it."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ..judgement.equipment import Device
from ..network import HallNetwork
from .batch import HallSolver
from .cascade import Losses, contingencies, trips_of
from .story import tell


def lose(
    network: HallNetwork, devices: Sequence[Device], unit_power: np.ndarray, solver: HallSolver
) -> Losses:
    """Lose every element, one at a time, under load cases `unit_power` (units, C) [W].

    Where UPS, transfer switches or generators may answer, the utility is lost too, and every loss is followed in time.
    """
    if network.electronics.changes:
        return tell(network, trips_of(devices), unit_power, solver)
    return contingencies(network, devices, unit_power, solver)
