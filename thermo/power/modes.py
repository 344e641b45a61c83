"""The states that a network's electronics may take: what a UPS does, and where a transfer switch stands."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

import numpy as np

from .converters import BATTERY, HOLDS, OFF, PASSES, Converter
from .electronics import Ups

if TYPE_CHECKING:
    from .network import HallNetwork

ECO = "eco"


def with_ups(network: HallNetwork, modes: Mapping[int, str]) -> HallNetwork:
    """The network with some UPS (by their number) in other modes, of thermo.power.converters."""
    converters = list(network.converters)
    for number, mode in modes.items():
        ups = network.electronics.ups[number]
        converters[ups.index] = in_mode(ups, mode)
    return replace(network, converters=tuple(converters))


def in_mode(ups: Ups, mode: str) -> Converter:
    """What a UPS is in a mode."""
    return ups.bypass if mode == PASSES else replace(ups.double, mode=mode)


def switched(network: HallNetwork, ways: Sequence[int]) -> HallNetwork:
    """The network with its transfer switches on `ways`: 0 the preferred source, 1 the alternate."""
    parent = network.parent.copy()
    for switch, way in zip(network.electronics.switches, ways, strict=True):
        parent[switch.node] = switch.alternate if way else switch.preferred
    return replace(network, parent=parent)


def unsettled(network: HallNetwork, voltage: np.ndarray) -> HallNetwork | None:
    """The network after what its electronics do about its voltages (n, 3) [V]; None where all stays as it is.

    A UPS whose input is out of its window leaves eco mode; a transfer switch whose preferred source is out of its own
    turns to an alternate that is within it. No generator is started for a voltage, and no battery used up.
    """
    leaving = {}
    for number, ups in enumerate(network.electronics.ups):
        if ups.mode == ECO and network.converters[ups.index].mode == PASSES:
            at = network.parent[ups.double.node]
            if _change(voltage[at], ups.double.volts) > ups.window:
                leaving[number] = HOLDS
    turning, ways = 0, [standing(network, k) for k in range(len(network.electronics.switches))]
    for k, switch in enumerate(network.electronics.switches):
        volts = network.base[switch.node]
        low, other = (
            _change(voltage[at], volts) > switch.window for at in (switch.preferred, switch.alternate)
        )
        if not ways[k] and low and not other and not _on_generator(network, switch.alternate):
            ways[k] = turning = 1
    if not leaving and not turning:
        return None
    return switched(with_ups(network, leaving), ways)


def standing(network: HallNetwork, number: int) -> int:
    """Where a transfer switch stands: 0 on the preferred source, 1 on the alternate."""
    switch = network.electronics.switches[number]
    return int(network.parent[switch.node] != switch.preferred)


def _change(phases: np.ndarray, volts: float) -> float:
    """Largest change of a voltage from nominal [pu]."""
    return float(np.abs(np.abs(phases) / volts - 1).max())


def _on_generator(network: HallNetwork, node: int) -> bool:
    if any(battery.node == node for battery in network.electronics.forming):
        return True
    while network.parent[node] != node:
        node = int(network.parent[node])
    return any(generator.node == node for generator in network.electronics.generators)


__all__ = ["BATTERY", "HOLDS", "OFF", "PASSES", "in_mode", "standing", "switched", "unsettled", "with_ups"]
