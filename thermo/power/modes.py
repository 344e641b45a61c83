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


def lost_eco(network: HallNetwork, voltage: np.ndarray) -> HallNetwork | None:
    """The network with every UPS in double conversion that eco mode leaves at its input's voltages (n, 3) [V].

    None where all may stay as they are.
    """
    leaving = {}
    for number, ups in enumerate(network.electronics.ups):
        if ups.mode == ECO and network.converters[ups.index].mode == PASSES:
            at = network.parent[ups.double.node]
            change = np.abs(np.abs(voltage[at]) / ups.double.volts - 1).max()
            if change > ups.window:
                leaving[number] = HOLDS
    return with_ups(network, leaving) if leaving else None


__all__ = ["BATTERY", "HOLDS", "OFF", "PASSES", "in_mode", "lost_eco", "switched", "with_ups"]
