"""Text with a unit -> SI: one table per dimension, and the pydantic types of a case's fields.

Units mean what HVAC and electrical people mean by them: `cfm` is cubic feet per minute, `tons` are tons of
refrigeration, `C` is Celsius. A temperature and a temperature difference are different dimensions: "50 degF"
is 283.15 K on a thermometer and 27.8 K as a rise. A number without a unit is refused, and the message shows
the cure.

To add a unit, add it to its table here and its pint text to tests/thermo/test_units.py. Lookup ignores
blanks, `^`, `*` and the middle dot, so "J/(kg K)", "J/(kg*K)" and "J/(kg·K)" are one entry; letter case
matters only where the first letter is m or M (milli, mega).
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from difflib import get_close_matches
from functools import cache
from math import isfinite
from typing import Annotated, Any, NamedTuple
from unicodedata import normalize

from pydantic import GetCoreSchemaHandler, GetJsonSchemaHandler
from pydantic_core import CoreSchema, PydanticCustomError, core_schema

FOOT, INCH, POUND = 0.3048, 0.0254, 0.45359237
GALLON = 231 * INCH**3
CFM = FOOT**3 / 60
BTU = 1055.05585262  # International Table
BTU_HOUR = BTU / 3600
TON = 12000 * BTU_HOUR
GRAVITY = 9.80665
INCH_WATER = 1000 * GRAVITY * INCH  # conventional: water at 1000 kg/m3
PSI = POUND * GRAVITY / INCH**2
INCH_MERCURY = 13595.1 * GRAVITY * INCH
CIRCULAR_MIL = 0.7853981633974483 * (INCH / 1000) ** 2
FAHRENHEIT = 5 / 9
ZERO_CELSIUS = 273.15

NUMBER = r"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?"
_QUANTITY = re.compile(rf"\s*({NUMBER})\s*(.*?)\s*", re.DOTALL)


class Measured(NamedTuple):
    """A value in SI together with its dimension, for fields that accept several."""

    value: float
    dimension: str


@dataclass(frozen=True)
class Dimension:
    """One physical quantity: SI = (number + offset) * factor for each unit, and its range in SI."""

    name: str
    example: str
    factors: dict[str, float]  # the first is the usual one
    offsets: dict[str, float] = field(default_factory=dict)
    lowest: float | None = None
    highest: float | None = None

    @property
    def usual(self) -> str:
        """The unit shown in suggestions."""
        return next(iter(self.factors))


def _alike(factor: float, *spellings: str) -> dict[str, float]:
    return dict.fromkeys(spellings, factor)


_KELVINS = _alike(1.0, "degC", "°C", "C", "K")
_FAHRENHEITS = _alike(FAHRENHEIT, "degF", "°F", "F")
_OFFSETS = {"degC": ZERO_CELSIUS, "°C": ZERO_CELSIUS, "C": ZERO_CELSIUS} | dict.fromkeys(_FAHRENHEITS, 459.67)

DIMENSIONS = {
    d.name: d
    for d in (
        Dimension(
            "length",
            "3 m",
            {"m": 1, "cm": 0.01, "mm": 0.001, "km": 1e3}
            | {
                "ft": FOOT,
                "foot": FOOT,
                "feet": FOOT,
                "in": INCH,
                "inch": INCH,
                "inches": INCH,
                "U": 1.75 * INCH,
            },
        ),
        Dimension(
            "area",
            "2.5 m2",
            {"m2": 1, "cm2": 1e-4, "mm2": 1e-6, "ft2": FOOT**2, "sqft": FOOT**2, "in2": INCH**2}
            | {"kcmil": 1000 * CIRCULAR_MIL},
            lowest=0,
        ),
        Dimension(
            "speed",
            "2 m/s",
            {"m/s": 1, "km/h": 1 / 3.6, "ft/min": FOOT / 60, "fpm": FOOT / 60, "ft/s": FOOT, "mph": 0.44704},
            lowest=0,
        ),
        Dimension(
            "flow",
            "1200 cfm",
            {"m3/s": 1, "m3/h": 1 / 3600, "m3/min": 1 / 60, "l/s": 1e-3, "l/min": 1e-3 / 60}
            | {"cfm": CFM, "gpm": GALLON / 60},
            lowest=0,
        ),
        Dimension(
            "power",
            "132 kW",
            {"kW": 1e3, "W": 1, "MW": 1e6, "Btu/h": BTU_HOUR, "kBtu/h": 1e3 * BTU_HOUR, "MBH": 1e3 * BTU_HOUR}
            | {"ton": TON, "tons": TON, "TR": TON, "hp": 550 * FOOT * POUND * GRAVITY},
            lowest=0,
        ),
        Dimension("apparent power", "2500 kVA", {"kVA": 1e3, "VA": 1, "MVA": 1e6}, lowest=0),
        Dimension(
            "energy",
            "100 kWh",
            {"kWh": 3.6e6, "Wh": 3.6e3, "MWh": 3.6e9, "J": 1, "kJ": 1e3, "MJ": 1e6},
            lowest=0,
        ),
        Dimension("voltage", "415 V", {"V": 1, "kV": 1e3, "mV": 1e-3}, lowest=0),
        Dimension("current", "1250 A", {"A": 1, "kA": 1e3, "mA": 1e-3}, lowest=0),
        Dimension("temperature", "34 degC", _KELVINS | _FAHRENHEITS, _OFFSETS, lowest=0),
        Dimension("temperature difference", "12 K", {"K": 1.0} | _KELVINS | _FAHRENHEITS),
        Dimension(
            "pressure",
            "50 Pa",
            {"Pa": 1, "kPa": 1e3, "hPa": 100, "mbar": 100, "bar": 1e5, "psi": PSI, "inHg": INCH_MERCURY}
            | dict.fromkeys(("inH2O", "in. w.g.", "in w.g.", "inwg", "in. w.c.", "inwc"), INCH_WATER)
            | {"mmH2O": INCH_WATER / 25.4},
        ),
        Dimension(
            "time", "10 s", {"s": 1, "ms": 1e-3, "min": 60, "h": 3600, "hours": 3600, "days": 86400}, lowest=0
        ),
        Dimension("fraction", "25 %", {"%": 0.01}, lowest=0, highest=1),
        Dimension("percentage", "5.75 %", {"%": 0.01}),
        Dimension("resistance", "0.5 mohm", {"ohm": 1, "mohm": 1e-3, "uohm": 1e-6, "kohm": 1e3}, lowest=0),
        Dimension(
            "resistance per length",
            "0.2 ohm/km",
            {"ohm/km": 1e-3, "ohm/m": 1, "mohm/m": 1e-3, "mohm/km": 1e-6, "uohm/m": 1e-6}
            | {"ohm/kft": 1e-3 / FOOT, "ohm/1000ft": 1e-3 / FOOT, "mohm/ft": 1e-3 / FOOT},
            lowest=0,
        ),
        Dimension(
            "flow per power",
            "111 cfm/kW",
            {
                "cfm/kW": CFM / 1e3,
                "m3/s/kW": 1e-3,
                "m3/(s kW)": 1e-3,
                "m3/h/kW": 1 / 3.6e6,
                "m3/(h kW)": 1 / 3.6e6,
            }
            | {"l/s/kW": 1e-6, "cfm/ton": CFM / TON},
            lowest=0,
        ),
        Dimension("density", "1.19 kg/m3", {"kg/m3": 1, "lb/ft3": POUND / FOOT**3}, lowest=0),
        Dimension(
            "specific heat",
            "1006 J/(kg K)",
            dict.fromkeys(("J/(kg K)", "J/kg/K", "J/kgK"), 1.0)
            | dict.fromkeys(("kJ/(kg K)", "kJ/kg/K", "kJ/kgK"), 1e3)
            | {"Btu/(lb F)": BTU / POUND / FAHRENHEIT},
            lowest=0,
        ),
        Dimension(
            "viscosity", "1.5e-5 m2/s", {"m2/s": 1, "mm2/s": 1e-6, "cSt": 1e-6, "ft2/s": FOOT**2}, lowest=0
        ),
        Dimension(
            "heat transmittance",
            "2.5 W/(m2 K)",
            dict.fromkeys(("W/(m2 K)", "W/m2/K", "W/m2K"), 1.0)
            | {"Btu/(h ft2 F)": BTU_HOUR / FOOT**2 / FAHRENHEIT},
            lowest=0,
        ),
        Dimension("heat flux", "500 W/m2", {"W/m2": 1, "kW/m2": 1e3, "Btu/(h ft2)": BTU_HOUR / FOOT**2}),
        Dimension("per kelvin", "0.00343 1/K", {"1/K": 1, "/K": 1, "%/K": 0.01}),
        Dimension("frequency", "60 Hz", {"Hz": 1, "kHz": 1e3}, lowest=0),
        Dimension("rotation speed", "1200 rpm", {"rpm": 1 / 60, "1/min": 1 / 60}, lowest=0),
    )
}


def squeeze(unit: str) -> str:
    """A unit's spelling without what does not matter: blanks, carets, multiplication signs, superscripts."""
    plain = normalize("NFKC", unit).translate({0x3A9: "ohm", 0x3BC: "u"})  # Greek Omega and mu
    return re.sub(r"[\s^*·⋅]", "", plain)


@cache
def _lookup(dimension: str) -> tuple[dict[str, str], dict[str, str]]:
    """Spelling in the table by squeezed unit, and by its lower-case form."""
    units = DIMENSIONS[dimension].factors
    exact = {squeeze(unit): unit for unit in units}
    folded = {squeezed.casefold(): unit for squeezed, unit in reversed(exact.items())}
    return exact, folded


def find_unit(unit: str, dimension: str) -> str | None:
    """The table's spelling of `unit`, or None when the dimension has no such unit."""
    exact, folded = _lookup(dimension)
    squeezed = squeeze(unit)
    if squeezed in exact:
        return exact[squeezed]
    spelling = folded.get(squeezed.casefold())
    mega_or_milli = squeezed[:1] in ("m", "M") and spelling is not None and spelling[0] != squeezed[0]
    return None if mega_or_milli else spelling


def to_si(text: Any, *dimensions: str) -> Measured:
    """`"1200 cfm"` -> 0.566 m3/s, for the first of the dimensions that has the unit.

    Raises PydanticCustomError with the cure: no unit, a unit of another dimension, no number, out of range.
    """
    number, unit = _split(text, dimensions)
    for name in dimensions:
        spelling = find_unit(unit, name)
        if spelling is not None:
            return Measured(_in_range(number, spelling, DIMENSIONS[name]), name)
    raise _error(_wrong_unit(unit, dimensions))


def _split(text: Any, dimensions: tuple[str, ...]) -> tuple[float, str]:
    """Number and unit of a quantity's text."""
    first = DIMENSIONS[dimensions[0]]
    examples = " or ".join(f'"{DIMENSIONS[d].example}"' for d in dimensions)
    if isinstance(text, bool) or not isinstance(text, int | float | str):
        raise _error(f"a {_names(dimensions)} with its unit is required, for example {examples}")
    match = _QUANTITY.fullmatch(str(text))
    if match is None:
        raise _error(
            f"'{text}' is not a {_names(dimensions)}; write a number and a unit, for example {examples}"
        )
    if not match[2]:
        raise _error(f'{match[1]} has no unit; write for example "{match[1]} {first.usual}"')
    if match[2].startswith(",") and match[2][1:2].isdigit():
        raise _error(f"'{text}': write the number without commas, with a point for decimals")
    return float(match[1]), match[2]


def _in_range(number: float, unit: str, dimension: Dimension) -> float:
    """The number in SI, when it is finite and within what the dimension allows."""
    value = (number + dimension.offsets.get(unit, 0.0)) * dimension.factors[unit]
    given = f"{number:g} {unit}"
    if not isfinite(value):
        raise _error(f"{given} is too large to be a {dimension.name}")
    if dimension.lowest is not None and value < dimension.lowest:
        floor = "below absolute zero" if dimension.name == "temperature" else "negative"
        raise _error(f"a {dimension.name} of {given} is {floor}; check the sign")
    if dimension.highest is not None and value > dimension.highest * (1 + 1e-12):
        raise _error(f"{given} is more than {dimension.highest / dimension.factors[unit]:g} {unit}")
    return value


def _wrong_unit(unit: str, dimensions: tuple[str, ...]) -> str:
    allowed = {spelling: None for d in dimensions for spelling in DIMENSIONS[d].factors}
    folded = {spelling.casefold(): spelling for spelling in allowed}
    close = [folded[match] for match in get_close_matches(unit.casefold(), folded, 1, 0.6)]
    owner = next((d.name for d in DIMENSIONS.values() if find_unit(unit, d.name)), None)
    hint = f" (it measures {owner})" if owner else f"; did you mean '{close[0]}'?" if close else ""
    return f"'{unit}' is not a unit of {_names(dimensions)}{hint}; use one of {', '.join(allowed)}"


def _names(dimensions: tuple[str, ...]) -> str:
    return ", ".join(dimensions[:-1]) + " or " * (len(dimensions) > 1) + dimensions[-1]


def _error(message: str) -> PydanticCustomError:
    return PydanticCustomError("unit", message)  # type: ignore[arg-type,unused-ignore]


class Quantity:
    """Pydantic annotation: a text with a unit of one of the dimensions, kept in SI.

    `measured=True` keeps the Measured pair, for a field that accepts several dimensions.
    """

    def __init__(self, *dimensions: str, measured: bool = False) -> None:
        self.dimensions = dimensions
        self.measured = measured

    def parse(self, text: Any) -> float | Measured:
        """SI value, or Measured; a Measured passes through."""
        if isinstance(text, Measured):
            return text
        quantity = to_si(text, *self.dimensions)
        return quantity if self.measured else quantity.value

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        units = [unit for d in self.dimensions for unit in DIMENSIONS[d].factors]
        choices = "|".join(re.escape(unit) for unit in sorted(set(units), key=len, reverse=True))
        return {
            "type": "string",
            "description": f"{_names(self.dimensions)} with a unit: {', '.join(dict.fromkeys(units))}",
            "pattern": rf"^\s*{NUMBER}\s*({choices})\s*$",
            "examples": [DIMENSIONS[d].example for d in self.dimensions],
        }


class PlainNumber:
    """Pydantic annotation: a number that has no unit, such as a Prandtl number."""

    def __get_pydantic_core_schema__(self, _source: Any, _handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_plain_validator_function(self.parse)

    def __get_pydantic_json_schema__(
        self, _schema: CoreSchema, _handler: GetJsonSchemaHandler
    ) -> dict[str, Any]:
        return {"type": "number", "description": "a plain number", "examples": [1.3]}

    @staticmethod
    def parse(number: Any) -> float:
        """The number as a float; texts and truth values are refused."""
        if isinstance(number, bool) or not isinstance(number, int | float) or not isfinite(number):
            raise _error(f"a plain number is required, for example 1.3, not '{number}'")
        return float(number)


@dataclass(frozen=True)
class Bound:
    """Pydantic annotation on any of the types below: more than `above`, at most `highest` (SI)."""

    above: float | None = 0.0
    highest: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_after_validator_function(self.check, handler(source))

    def check(self, value: float) -> float:
        """The value, when it lies within the bounds."""
        if self.above is not None and value <= self.above:
            raise _error(f"must be more than {self.above:g}")
        if self.highest is not None and value > self.highest:
            raise _error(f"must be at most {self.highest:g} in SI units")
        return value


Length = Annotated[float, Quantity("length")]
Area = Annotated[float, Quantity("area")]
Speed = Annotated[float, Quantity("speed")]
Flow = Annotated[float, Quantity("flow")]
Power = Annotated[float, Quantity("power")]
ApparentPower = Annotated[float, Quantity("apparent power")]
Energy = Annotated[float, Quantity("energy")]
Voltage = Annotated[float, Quantity("voltage")]
Current = Annotated[float, Quantity("current")]
Temperature = Annotated[float, Quantity("temperature")]
TemperatureDifference = Annotated[float, Quantity("temperature difference")]
Pressure = Annotated[float, Quantity("pressure")]
Time = Annotated[float, Quantity("time")]
Fraction = Annotated[float, Quantity("fraction")]  # 0 .. 100 %
Percentage = Annotated[float, Quantity("percentage")]  # any sign and size
Resistance = Annotated[float, Quantity("resistance")]
ResistancePerLength = Annotated[float, Quantity("resistance per length")]
FlowPerPower = Annotated[float, Quantity("flow per power")]
Density = Annotated[float, Quantity("density")]
SpecificHeat = Annotated[float, Quantity("specific heat")]
Viscosity = Annotated[float, Quantity("viscosity")]  # kinematic
HeatTransmittance = Annotated[float, Quantity("heat transmittance")]
HeatFlux = Annotated[float, Quantity("heat flux")]
PerKelvin = Annotated[float, Quantity("per kelvin")]
Frequency = Annotated[float, Quantity("frequency")]
RotationSpeed = Annotated[float, Quantity("rotation speed")]  # [1/s]
Number = Annotated[float, PlainNumber()]
Width = Annotated[Length, Bound()]  # a length that must be more than nothing
Airflow = Annotated[Measured, Quantity("flow", "flow per power", "temperature difference", measured=True)]
