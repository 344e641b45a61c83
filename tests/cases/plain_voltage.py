"""Voltage at the cords of every unit in plain arithmetic, from the YAML files and the units' amperes.

Drops add up along the way from the utility, phase by phase: V_p = 1 - sum (Z I_p + Zn (I_a + I_b + I_c)), each
current behind the voltage at its own cord by the power factor. The delta winding passes the mean of the phases
on to the utility. Copper has the temperature that the amperes settle at. From the result file come the amperes'
voltage (see plain_arithmetic.py), the air along elements, and the corners of the units, for where they tap a busway.
"""

from __future__ import annotations

from cmath import exp, phase, pi
from math import sqrt
from typing import Any

from plain_arithmetic import Rung, Unit, library, number

TURN = [exp(-2j * pi * p / 3) for p in range(3)]
LAG = 0.99 - 1j * sqrt(1 - 0.99**2)  # of every load's current behind its voltage; all kinds have 0.99
WINDOW = 0.1  # largest change allowed, as in the case model where a case does not say
COPPER = 17.24e-9 * (1 + 0.00393 * 50)  # [ohm m] at 70 degC

# Most of the resistance stated, copper at 222 degC: past it no temperature is believed (docs/power.md)
HOTTEST = 1.5

Line = tuple[complex, complex]  # impedance of a phase, of the neutral [ohm]


def line(rung: Rung, kind: dict[str, Any], length: float, warmth: tuple[str, float]) -> Line:
    """A cable, cord or busway of a length [m] a run; warmth: element, its largest amperes over its rating."""
    r = number(kind["resistance"]) if "resistance" in kind else COPPER / number(kind["area"])
    r *= warmer("resistance" in kind, kind, rung.air[warmth[0]], warmth[1])
    stated = number(kind.get("frequency", "50 Hz"))
    x = number(kind.get("reactance", "0.08 mohm/m")) * number(rung.case["power"]["frequency"]) / stated
    return (r + 1j * x) * length, (r + 1j * x) * length


def warmer(busway: bool, kind: dict[str, Any], air: float, load: float) -> float:
    """Resistance of copper at the temperature that a load settles at, over that at 70 degC; by repetition."""
    rated = 70.0 if busway else 90.0  # [degC] of the conductor at its rating, in air of:
    reference = number(kind.get("reference_temperature", "35 degC" if busway else "30 degC"))
    celsius = air
    for _ in range(50):
        celsius = air + (rated - reference) * load**2 * (234.5 + celsius) / (234.5 + rated)
    return min((234.5 + celsius) / (234.5 + 70), HOTTEST)


def drop(z: Line, amps: list[complex]) -> list[complex]:
    """[V] in each phase, along that phase's own axis."""
    neutral = z[1] * sum(a * turn for a, turn in zip(amps, TURN, strict=True))
    return [z[0] * a + neutral / turn for a, turn in zip(amps, TURN, strict=True)]


def added(units: list[Unit], weights: list[float], angles: dict[str, float]) -> list[complex]:
    """Amperes of units, weighted, phase by phase, along the phases' own axes."""
    turned = [w * LAG * exp(1j * angles[u.name]) for u, w in zip(units, weights, strict=True)]
    return [sum(u.amps[p] * t for u, t in zip(units, turned, strict=True)) for p in range(3)]


def tap(rung: Rung, unit: Unit, path: list[list[str]]) -> float:
    """How far [m] along a straight busway the middle of a unit's top lies."""
    n = rung.racks["name"].index(unit.name)
    top = [(rung.racks[a + "0"][n] + rung.racks[a + "1"][n]) / 2 for a in "xy"] + [rung.racks["z1"][n]]
    start, end = ([number(x) for x in point] for point in path)
    way = [b - a for a, b in zip(start, end, strict=True)]
    length = sqrt(sum(w * w for w in way))
    along = sum((t - a) * w for t, a, w in zip(top, start, way, strict=True)) / length
    return min(max(along, 0.0), length)


def cord(rung: Rung, unit: Unit) -> Line:
    """The first of the whips that carries the unit behind its breaker at the lowest voltage allowed."""
    whip = rung.case["power"]["whips"][unit.section]
    kinds = [
        library("cables", k) for k in (whip["kind"] if isinstance(whip["kind"], list) else [whip["kind"]])
    ]
    most = unit.rated_amps / 0.9
    share = number(whip["breaker"].get("continuous", "80 %"))
    kind = next((k for k in kinds if most <= share * number(k["ampacity"])), kinds[-1])
    load = max(unit.amps) / number(kind["ampacity"])
    return line(rung, kind, number(whip["length"]), (f"{unit.name}.{unit.feed}", load))


def transformer(rung: Rung, name: str, amps: list[complex], everywhere: list[complex]) -> list[complex]:
    """[V] lost in each phase: in the transformer, whose impedance is on the low side, and by all in the utility."""
    kind = library("transformers", rung.elements[name]["kind"])
    volts, size = number(kind["secondary_voltage"]), number(kind["rated_power"])
    r = number(kind["load_loss"]) / size
    own = (r + 1j * sqrt(number(kind["impedance"]) ** 2 - r**2)) * volts**2 / size
    utility = rung.case["power"]["source"]
    grid = volts**2 / number(utility["fault_level"]) * (1 + 1j * utility["x_over_r"])
    grid /= sqrt(1 + utility["x_over_r"] ** 2)
    return [x + grid * sum(everywhere) / 3 for x in drop((own, 0j), amps)]


def lost(rung: Rung, unit: Unit, angles: dict[str, float]) -> list[complex]:
    """[pu] from the utility to a unit's cord, in each phase."""
    drops = [drop(cord(rung, unit), added([unit], [1.0], angles))]
    for name in rung.path(unit.feed):
        element = rung.elements[name]
        below = [u for u in rung.units if name in rung.path(u.feed)]
        whole = added(below, [1.0] * len(below), angles)
        fullest = max(sum(u.amps[p] for u in below) for p in range(3))
        if element["type"] == "transformer":
            everywhere = added(rung.units, [1.0] * len(rung.units), angles)
            drops.append(transformer(rung, name, whole, everywhere))
        elif element["type"] == "cable":
            runs = element.get("runs", 1)
            kind = library("cables", element["kind"])
            warmth = (name, fullest / runs / number(kind["ampacity"]))
            drops.append(drop(line(rung, kind, number(element["length"]) / runs, warmth), whole))
        elif element["type"] == "busway":
            here = tap(rung, unit, element["path"])
            shared = [min(here, tap(rung, other, element["path"])) for other in below]
            kind = library("busways", element["kind"])
            warmth = (name, fullest / number(kind["rated_current"]))
            drops.append(drop(line(rung, kind, 1.0, warmth), added(below, shared, angles)))
    base = rung.secondary(unit.feed) / sqrt(3)
    return [sum(one[p] for one in drops) / base for p in range(3)]


def voltage_used(rung: Rung) -> dict[str, float]:
    """Change of voltage over the window allowed, at every unit, in the lowest phase it loads."""
    angles = dict.fromkeys((u.name for u in rung.units), 0.0)
    for _ in range(3):
        found = {u.name: [1 - x for x in lost(rung, u, angles)] for u in rung.units}
        angles = {name: phase(sum(volts)) for name, volts in found.items()}
    lowest = {
        u.name: min(abs(v) for v, a in zip(found[u.name], u.amps, strict=True) if a > 0) for u in rung.units
    }
    return {name: (1 - volts) / WINDOW for name, volts in lowest.items()}
