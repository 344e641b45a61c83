"""The small hall with electronics in it: kinds made up for tests, with losses that are easy to reckon."""

from __future__ import annotations

from typing import Any

from small_hall import BUSWAY, CABLE, CORD, ELEMENTS, TRANSFORMER

from thermo.case import Case
from thermo.plan import PowerShelf

MADE_UP = {"source": "made up for this test"}
UPS = MADE_UP | {
    "rated_power": "100 kW",
    "rated_voltage": "400 V",
    "no_load_loss": "1 %",
    "proportional_loss": "2 %",
    "square_loss": "1 %",
    "bypass_no_load_loss": "0.2 %",
    "bypass_proportional_loss": "0.4 %",
    "bypass_square_loss": "0.4 %",
    "battery_energy": "10 kWh",
}
RECTIFIER = MADE_UP | {
    "modules": 5,
    "spare": 1,
    "module_power": "20 kW",
    "input_voltage": "400 V",
    "output_voltage": "800 V",
    "no_load_loss": "0.5 %",
    "proportional_loss": "1 %",
    "square_loss": "1 %",
}
SWITCH = MADE_UP | {"rated_current": "400 A", "proportional_loss": "0.5 %", "transfer_time": "4 ms"}
GENERATOR = MADE_UP | {"rated_apparent_power": "200 kVA", "rated_voltage": "400 V", "start_time": "20 s"}
BATTERY = MADE_UP | {
    "energy": "200 kWh",
    "rated_power": "50 kW",
    "efficiency": "90 %",
    "standby_loss": "100 W",
}
SHELF = MADE_UP | {"rectifiers": 6, "spare": 1, "rectifier_power": "5 kW", "psu": "made_up"}
PSU = MADE_UP | {"no_load_loss": "1 %", "proportional_loss": "1 %", "square_loss": "2 %"}
EQUIPMENT = {
    "transformers": {"tx_500": TRANSFORMER},
    "busways": {"bus_400": BUSWAY},
    "cables": {"cu_100": CABLE, "cord_60": CORD},
    "ups": {"ups_100": UPS},
    "rectifiers": {"rect_100": RECTIFIER},
    "transfer_switches": {"sts_400": SWITCH},
    "generators": {"gen_200": GENERATOR},
    "batteries": {"bess_50": BATTERY},
    "power_shelves": {"shelf_30": SHELF},
    "psus": {"made_up": PSU},
}


def hall(power: dict[str, Any] | None = None, **elements: dict[str, Any] | None) -> Case:
    """The small hall's case, its elements replaced, added to or (None) removed."""
    network = {name: e for name, e in (ELEMENTS | elements).items() if e is not None}
    whips = {"racks": {"kind": "cord_60", "length": "3 m"}}
    return Case.model_validate(
        {
            "site": {"dry_bulb": "20 degC", "wet_bulb": "15 degC"},
            "hall": {"size": ["10 m", "5 m", "4 m"]},
            "equipment": EQUIPMENT,
            "power": {
                "source": {"voltage": "10 kV"},
                "frequency": "50 Hz",
                "elements": network,
                "whips": whips,
            }
            | (power or {}),
        }
    )


def ups(above: str = "board", **more: Any) -> dict[str, Any]:
    """A UPS of 100 kW."""
    return {"type": "ups", "kind": "ups_100", "from": above} | more


def below(above: str) -> dict[str, Any]:
    """The feeder of the busway, hung elsewhere."""
    return ELEMENTS["feeder"] | {"from": above}


def shelf(count: int = 1, direct: bool = False) -> PowerShelf:
    """Shelves of six rectifiers of 5 kW, one of each spare."""
    return PowerShelf("shelf_30", "made_up", direct, count * 30e3, count * 25e3, 50.0)
