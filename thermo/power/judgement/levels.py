"""Fault levels of a case's network: cold conductors, corrected transformers, the strongest source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...case.electrical import CONDUCTORS, TWENTY_CELSIUS, TransformerKind
from ..modes import switched
from ..network import HallNetwork
from ..parts import ROOT3
from .equipment import Device
from .fault import FaultLevel, along, transformer_correction, voltage_factor


def fault_levels(network: HallNetwork, devices: Sequence[Device]) -> FaultLevel:
    """Prospective currents at every node (n), the largest of all ways that transfer switches may stand.

    A UPS passes a fault on through its static bypass; behind a rectifier it is limited by electronics: NaN.
    """
    ways = [switched(network, way) for way in _positions(len(network.electronics.switches))]
    levels = [_levels(one, devices) for one in ways]
    largest = np.stack([np.nan_to_num(level.three_phase) for level in levels]).argmax(axis=0)
    nodes = np.arange(network.size)
    columns = {
        name: np.stack([getattr(level, name) for level in levels])[largest, nodes]
        for name in ("three_phase", "peak", "phase_neutral", "x_over_r")
    }
    return FaultLevel(**{name: np.where(network.is_dc, np.nan, column) for name, column in columns.items()})


def _positions(switches: int) -> list[list[int]]:
    """All on their preferred source, and each alone on its alternate."""
    return [[0] * switches, *([int(k == n) for k in range(switches)] for n in range(switches))]


def _levels(network: HallNetwork, devices: Sequence[Device]) -> FaultLevel:
    volts = ROOT3 * network.base
    c = voltage_factor(volts, network.voltage_window)
    scale = np.ones(network.parent.size)  # on resistances: from their stated temperature to 20 degC
    correction = np.ones(network.parent.size)
    for node, row in enumerate(network.element):
        if row < 0:
            correction[node] = c[node]
        elif isinstance(devices[row].kind, TransformerKind):
            correction[node] = _transformer(devices[row].kind, float(c[node]))
        elif devices[row].kind is not None:
            scale[node] = _cold(devices[row].kind)
    z1 = correction * (scale * network.z1.real + 1j * network.z1.imag)
    for generator in network.electronics.generators:
        z1[generator.node] = 1j * generator.reactance
    zm = scale * network.zm.real + 1j * network.zm.imag
    return along(network.parent, z1, z1 + 3 * zm, network.ratio, volts, c)


def _transformer(kind: TransformerKind, c: float) -> float:
    resistance = kind.load_loss / kind.rated_power
    return transformer_correction(float(np.sqrt(kind.impedance**2 - resistance**2)), c)


def _cold(kind: object) -> float:
    """Resistance at 20 degC over the resistance stated."""
    _, coefficient = CONDUCTORS[getattr(kind, "material", "copper")]
    return 1 / (1 + coefficient * (getattr(kind, "conductor_temperature", TWENTY_CELSIUS) - TWENTY_CELSIUS))
