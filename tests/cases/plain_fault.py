"""Fault currents at the boards in plain arithmetic, from the YAML files alone: IEC 60909-0's largest, cold.

Breakers that begin at a board see the utility and one transformer. Those of whips begin further down, where less flows;
no case that ships judges them fuller than their board.
"""

from __future__ import annotations

from math import exp, sqrt
from typing import Any

from plain_arithmetic import Rung, library, number

C_MAX = 1.1  # voltage factor where voltage stays within 10 %
MAKES = 2.2  # making over breaking capacity above 50 kA: IEC 60947-2, table 2
KILOAMPERES = 1e3


def interrupting(element: dict[str, Any]) -> float:
    """[A]; 0 where the case states none."""
    text = element.get("breaker", {}).get("interrupting", "0 kA")
    value, unit = text.split()
    return float(value) * (KILOAMPERES if unit == "kA" else 1.0)


def behind(rung: Rung, transformer: str) -> tuple[complex, complex]:
    """Impedance [ohm] of utility and transformer, and of the transformer alone, on its low side."""
    kind = library("transformers", rung.elements[transformer]["kind"])
    volts, size = number(kind["secondary_voltage"]), number(kind["rated_power"])
    r = number(kind["load_loss"]) / size
    x = sqrt(number(kind["impedance"]) ** 2 - r**2)
    own = complex(r, x) * volts**2 / size * 0.95 * C_MAX / (1 + 0.6 * x)  # corrected by K_T
    utility = rung.case["power"]["source"]
    grid = C_MAX * volts**2 / number(utility["fault_level"])
    ratio = utility["x_over_r"]
    return own + complex(grid, grid * ratio) / sqrt(1 + ratio**2), own


def fault_used(rung: Rung) -> dict[str, float]:
    """The larger of current over interrupting rating and peak over making capacity, of breakers at boards."""
    found = {}
    for name, element in rung.elements.items():
        breaks, above = interrupting(element), element["from"]
        if not breaks or element["type"] == "busway":
            continue
        assert breaks > 50 * KILOAMPERES  # or MAKES would be another
        while rung.elements[above]["type"] == "board":
            above = rung.elements[above]["from"]
        assert rung.elements[above]["type"] == "transformer"
        whole, own = behind(rung, above)
        volts = rung.secondary(name)
        three = C_MAX * volts / sqrt(3) / abs(whole)
        single = sqrt(3) * C_MAX * volts / abs(2 * whole + own)
        peak = (1.02 + 0.98 * exp(-3 * whole.real / whole.imag)) * sqrt(2) * three
        found[name] = max(max(three, single) / breaks, peak / (MAKES * breaks))
    return found
