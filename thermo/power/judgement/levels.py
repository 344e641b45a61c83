"""Fault levels of a case's network: cold conductors, corrected transformers, the strongest source."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from ...case.electrical import CONDUCTORS, TWENTY_CELSIUS, TransformerKind
from ..network import HallNetwork
from ..parts import ROOT3
from .equipment import Device
from .fault import FaultLevel, along, transformer_correction, voltage_factor


def fault_levels(network: HallNetwork, devices: Sequence[Device]) -> FaultLevel:
    """Prospective currents at every node (n)."""
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
    zm = scale * network.zm.real + 1j * network.zm.imag
    return along(network.parent, z1, z1 + 3 * zm, network.ratio, volts, c)


def _transformer(kind: TransformerKind, c: float) -> float:
    resistance = kind.load_loss / kind.rated_power
    return transformer_correction(float(np.sqrt(kind.impedance**2 - resistance**2)), c)


def _cold(kind: object) -> float:
    """Resistance at 20 degC over the resistance stated."""
    _, coefficient = CONDUCTORS[getattr(kind, "material", "copper")]
    return 1 / (1 + coefficient * (getattr(kind, "conductor_temperature", TWENTY_CELSIUS) - TWENTY_CELSIUS))
