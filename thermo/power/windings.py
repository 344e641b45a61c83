"""Transformers by vector group: the matrix that ties the low side's voltages to the high side's.

With the high side's currents its transpose times the low side's, ideal windings neither make nor lose power.
"""

from __future__ import annotations

import numpy as np

from .parts import ROOT3

ONE, NEXT = np.eye(3), np.roll(np.eye(3), 1, axis=1)  # NEXT v = (v_b, v_c, v_a): 120 degrees late
LAG = ONE - NEXT.T  # V_p - V_(p-1): sqrt(3) times as large, 30 degrees late
NO_ZERO = ONE - np.ones((3, 3)) / 3
FAMILIES = ("Dyn", "YNyn", "YNd", "Yd", "Dd")
SUPPORTED = "Dyn1, 3, 5, 7, 9, 11; YNyn0, 2, 4, 6, 8, 10; YNd and Yd (odd hours), Dd (even hours)"


class UnknownGroup(ValueError):
    """A vector group whose windings are not modelled; the message names those that are."""


def turns(group: str, primary: float, secondary: float, taps: tuple[float, float, float] = (1, 1, 1)):
    """Matrix A (3, 3) of E_low = A V_high for line-to-line voltages [V] at no load.

    `taps` multiply the secondary voltage phase by phase (YNyn only: single-phase regulators).
    Raises UnknownGroup for anything but SUPPORTED.
    """
    family, hour = parse(group)
    if family != "YNyn" and taps != (1, 1, 1):
        raise UnknownGroup(f"taps phase by phase are for YNyn; {group} has one ratio, put the tap into it")
    odd = family in ("Dyn", "YNd", "Yd")
    base = LAG if odd else (NO_ZERO if family == "Dd" else ONE)
    late = hour - 1 if odd else hour  # hours, 30 degrees each: even, so a shift of phases and a sign
    sign, shift = (1.0, late) if late % 4 == 0 else (-1.0, (late + 6) % 12)
    ratio = (ROOT3 if odd else 1.0) * primary / secondary
    return np.diag(taps) @ np.linalg.matrix_power(NEXT, shift // 4) @ base * sign / ratio


def grounding(group: str, z_low: complex, primary: float, secondary: float) -> np.ndarray:
    """Shunt (3, 3) [S] at the high side: an earthed star over a closed delta conducts zero sequence."""
    if parse(group)[0] != "YNd":
        return np.zeros((3, 3), complex)
    z_high = z_low * (primary / secondary) ** 2
    return np.full((3, 3), 1 / (3 * z_high))


def parse(group: str) -> tuple[str, int]:
    """("Dyn", 1) of "Dyn1". Raises UnknownGroup."""
    family = group.rstrip("0123456789")
    digits = group[len(family) :]
    if family == "YNyn" and not digits:
        digits = "0"
    hour = int(digits) if digits else -1
    parity = 0 if family in ("YNyn", "Dd") else 1
    if family not in FAMILIES or not 0 <= hour <= 11 or hour % 2 != parity:
        raise UnknownGroup(f"vector group '{group}' is not modelled; there are {SUPPORTED}")
    return family, hour
