"""Rows of racks, of shelf bays with miners, and of coolers that stand in the hall.

A row is written once: first position, count, pitch, kind, facing; `overrides` changes single ones by number.
What is left out comes from the library's kind.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from pydantic import BeforeValidator, Field

from ..units import Airflow, Fraction, Length, Power, Temperature, Width, to_si
from .entry import Count, Entry, Facing, Feed, FloorPoint, Size, Turbulence

LIMIT_CLASSES: dict[str, tuple[float, str]] = {
    # ASHRAE TC 9.9, Thermal Guidelines for Data Processing Environments, 5th ed. (2021): highest dry bulb [K]
    "recommended": (300.15, "ASHRAE recommended"),
    "A1": (305.15, "ASHRAE A1 allowable"),
    "A2": (308.15, "ASHRAE A2 allowable"),
    "A3": (313.15, "ASHRAE A3 allowable"),
    "A4": (318.15, "ASHRAE A4 allowable"),
    "H1": (298.15, "ASHRAE H1 allowable"),
}


def _limit(limit: Any) -> Any:
    """An ASHRAE class stays a name, a temperature becomes kelvin."""
    if isinstance(limit, str) and limit in LIMIT_CLASSES:
        return limit
    if isinstance(limit, str) and limit[:1].isalpha():
        raise ValueError(
            f"'{limit}' is not a limit; write a temperature or one of {', '.join(LIMIT_CLASSES)}"
        )
    return to_si(limit, "temperature").value


Phases = Literal["a", "b", "c", "ab", "bc", "ca", "abc"]  # a rack's cords share its load evenly over them
InletLimit = Annotated[str | float, BeforeValidator(_limit, json_schema_input_type=str)]  # class name, or [K]


class UnitChange(Entry):
    """What one unit of a row has different."""

    kind: str | None = None
    power: Power | None = None
    airflow: Airflow | None = None
    limit: InletLimit | None = None
    feed: Feed | None = None
    phases: Phases | None = None
    remove: bool = False


class Row(Entry):
    """What all rows share. `at` is the low corner of the first footprint; the front looks along `facing`."""

    kind: str
    at: FloorPoint
    facing: Facing
    along: Literal["x", "y"] = "x"
    count: Count = 1
    pitch: Width | None = None
    first: int = Field(default=0, ge=0, strict=True)
    label: str | None = None
    size: Size | None = None
    tiers: Annotated[int, Field(strict=True, ge=1, le=100)] | None = None
    airflow: Airflow | None = None
    exhaust: Literal["tiers", "mixed"] = "tiers"
    turbulence: Turbulence = Turbulence()
    overrides: dict[int, UnitChange] = Field(default_factory=dict)


class RackRow(Row):
    """A row of racks. `power` is AC at the cords of each rack."""

    power: Power | None = None
    unblanked: Fraction = 0.0  # share of each rack's height without servers and without blanking panels
    limit: InletLimit | None = None
    feed: Feed = Field(default_factory=dict)
    phases: Phases = "abc"
    power_shelf: str | None = None  # kind of its power shelves, that convert for the whole rack
    power_shelves: Count | None = None  # of them in each rack, shared evenly by its feeds


class ShelfRow(Row):
    """A row of shelf bays. `power` and `airflow` are of each bay; `machine` and `machines` refill it."""

    machine: str | None = None
    machines: Count | None = None
    power: Power | None = None
    limit: InletLimit | None = None
    feed: Feed = Field(default_factory=dict)


class CoolerOutlet(Entry):
    """The part of a cooler's rear that blows, midway across its width."""

    size: tuple[Width, Width]  # width and height
    sill: Length = 0.0  # of its lower edge above the cooler's foot


class CoolerRow(Row):
    """A row of coolers: air enters at the facing side, or the top, and leaves opposite the facing side, cooled."""

    supply_temperature: Temperature
    capacity: Power | None = None
    intake: Literal["front", "top"] = "front"
    outlet: CoolerOutlet | None = None  # default: the whole rear
