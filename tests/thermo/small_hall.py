"""A hall small enough to reckon by hand: one transformer, board, feeder, busway, and racks along it."""

from __future__ import annotations

from typing import Any

import numpy as np

from thermo.case import Case
from thermo.plan import Plan, Unit

TRANSFORMER = {
    "source": "made up for this test",
    "rated_power": "500 kVA",
    "primary_voltage": "10 kV",
    "secondary_voltage": "400 V",
    "impedance": "4 %",
    "no_load_loss": "600 W",
    "load_loss": "5 kW",
}
BUSWAY = {
    "source": "made up for this test",
    "rated_current": "400 A",
    "resistance": "0.1 mohm/m",
    "reactance": "0.05 mohm/m",
    "frequency": "50 Hz",
}
CABLE = {
    "source": "made up for this test",
    "area": "100 mm2",
    "ampacity": "300 A",
    "reactance": "0.08 mohm/m",
}
CORD = {"source": "made up for this test", "area": "10 mm2", "ampacity": "60 A"}
PATH = [["0 m", "1 m", "3 m"], ["9 m", "1 m", "3 m"]]
ELEMENTS: dict[str, dict[str, Any]] = {
    "tx": {"type": "transformer", "kind": "tx_500", "from": "source", "place": "outside"},
    "board": {"type": "board", "from": "tx", "breaker": {"rating": "800 A"}, "rating": "1000 A"},
    "feeder": {"type": "cable", "kind": "cu_100", "from": "board", "runs": 2, "length": "20 m"},
    "bus": {"type": "busway", "kind": "bus_400", "from": "feeder", "path": PATH},
}  # fmt: skip


def case(power: dict[str, Any] | None = None, **elements: dict[str, Any] | None) -> Case:
    """The hall's case; `elements` adds to, replaces (or with None removes) those of its network."""
    network = {name: e for name, e in (ELEMENTS | elements).items() if e is not None}
    return Case.model_validate(
        {
            "site": {"dry_bulb": "20 degC", "wet_bulb": "15 degC"},
            "hall": {"size": ["10 m", "5 m", "4 m"]},
            "equipment": {
                "transformers": {"tx_500": TRANSFORMER},
                "busways": {"bus_400": BUSWAY},
                "cables": {"cu_100": CABLE, "cord_60": CORD},
            },
            "power": {
                "source": {"voltage": "10 kV"},
                "frequency": "50 Hz",
                "elements": network,
                "whips": {"racks": {"kind": "cord_60", "length": "3 m"}},
            }
            | (power or {}),
        }
    )


def rack(name: str = "R0", x: float = 3.0, **changes: Any) -> Unit:
    """A rack of 20 kW whose top's middle is at (x, 1, 2)."""
    fields: dict[str, Any] = {
        "name": name,
        "path": ("racks", "row"),
        "role": "rack",
        "kind": "made_up",
        "box": (x - 0.3, x + 0.3, 0.4, 1.6, 0.0, 2.0),
        "facing": "+y",
        "airflow": 1.0,
        "power": 20e3,
        "power_factor": 1.0,
        "feeds": (("bus", 1.0),),
    }
    return Unit(**(fields | changes))


def plan(*racks: Unit) -> Plan:
    """A plan of these racks."""
    return Plan((10.0, 5.0, 4.0), racks, ())


def powers(laid_out: Plan) -> np.ndarray:
    """[W] at the cords, in the plan's order."""
    return np.array([unit.power for unit in laid_out.units])
