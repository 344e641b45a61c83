"""Units: every table entry against pint, messages that show the cure, the pydantic types."""

from __future__ import annotations

import re
from math import isclose

import pint
import pytest
from pydantic import BaseModel, ValidationError
from pydantic_core import PydanticCustomError

from thermo import units

# Ours -> pint's text, where pint reads something else (or nothing) under our spelling.
PINT = {
    "C": "degC",
    "F": "degF",
    "U": "1.75 * inch",
    "in": "inch",
    "sqft": "ft^2",
    "kcmil": "1000 * pi / 4 * thou^2",
    "fpm": "ft/min",
    "cfm": "ft^3/min",
    "gpm": "gallon/min",
    "Btu/h": "Btu_it/h",
    "kBtu/h": "1000 * Btu_it/h",
    "MBH": "1000 * Btu_it/h",
    "ton": "12000 * Btu_it/h",
    "tons": "12000 * Btu_it/h",
    "TR": "12000 * Btu_it/h",
    "kVA": "kV*A",
    "VA": "V*A",
    "MVA": "MV*A",
    "inH2O": "inch_H2O_conventional",
    "in. w.g.": "inch_H2O_conventional",
    "in w.g.": "inch_H2O_conventional",
    "inwg": "inch_H2O_conventional",
    "in. w.c.": "inch_H2O_conventional",
    "inwc": "inch_H2O_conventional",
    "mmH2O": "inch_H2O_conventional / 25.4",
    "inHg": "inch_Hg",
    "ohm/kft": "ohm/(1000 ft)",
    "ohm/1000ft": "ohm/(1000 ft)",
    "cfm/kW": "ft^3/min/kW",
    "cfm/ton": "ft^3/min/(12000 * Btu_it/h)",
    "m3/(s kW)": "m^3/s/kW",
    "m3/(h kW)": "m^3/h/kW",
    "J/(kg K)": "J/kg/K",
    "J/kgK": "J/kg/K",
    "kJ/(kg K)": "kJ/kg/K",
    "kJ/kgK": "kJ/kg/K",
    "Btu/(lb F)": "Btu_it/lb/delta_degF",
    "W/(m2 K)": "W/m^2/K",
    "W/m2/K": "W/m^2/K",
    "W/m2K": "W/m^2/K",
    "Btu/(h ft2 F)": "Btu_it/h/ft^2/delta_degF",
    "Btu/(h ft2)": "Btu_it/h/ft^2",
    "W/m2": "W/m^2",
    "kW/m2": "kW/m^2",
    "/K": "1/K",
    "%": "percent",
    "%/K": "percent/K",
    "rpm": "1/min",
}
SI = {
    "length": "m",
    "area": "m^2",
    "speed": "m/s",
    "flow": "m^3/s",
    "power": "W",
    "apparent power": "W",
    "energy": "J",
    "voltage": "V",
    "current": "A",
    "temperature": "K",
    "temperature difference": "K",
    "pressure": "Pa",
    "time": "s",
    "fraction": "",
    "percentage": "",
    "resistance": "ohm",
    "resistance per length": "ohm/m",
    "flow per power": "m^3/s/W",
    "density": "kg/m^3",
    "specific heat": "J/kg/K",
    "viscosity": "m^2/s",
    "heat transmittance": "W/m^2/K",
    "heat flux": "W/m^2",
    "per kelvin": "1/K",
    "frequency": "1/s",
    "rotation speed": "1/s",
}
ENTRIES = [(d.name, unit) for d in units.DIMENSIONS.values() for unit in d.factors]


@pytest.fixture(scope="module")
def registry() -> pint.UnitRegistry:
    registry = pint.UnitRegistry(autoconvert_offset_to_baseunit=True)
    registry.define("inch_H2O_conventional = 1000 * kg/m^3 * standard_gravity * inch")
    return registry


@pytest.mark.parametrize(("dimension", "unit"), ENTRIES, ids=lambda text: text)
def test_every_unit_means_what_pint_computes(registry: pint.UnitRegistry, dimension: str, unit: str) -> None:
    number = 37.5 if dimension != "fraction" else 0.375  # neither 0 nor 1, so offsets and factors both show
    ours = units.to_si(f"{number} {unit}", dimension).value
    text = re.sub(r"\b(c?m|mm|ft|inch|in)([23])\b", r"\1^\2", PINT.get(unit, unit))
    if dimension == "temperature":
        theirs = registry.Quantity(number, text).to("K").magnitude
    else:
        text = re.sub(r"^(°|deg)?([CF])$", r"delta_deg\2", unit) if "temp" in dimension else text
        theirs = (number * registry.parse_expression(text)).to(SI[dimension]).magnitude
    # 1e-12: both compute in double precision; the definitions are exact or agree digit by digit
    assert isclose(ours, theirs, rel_tol=1e-12)


def test_the_oracle_knows_every_dimension() -> None:
    assert set(SI) == set(units.DIMENSIONS)


@pytest.mark.parametrize(
    ("text", "dimension", "value"),
    [
        ("1200 cfm", "flow", 0.566337),  # 1200 * 0.3048**3 / 60
        ("1200CFM", "flow", 0.566337),
        ("10 tons", "power", 35168.5),  # refrigeration, not mass
        ("24 C", "temperature", 297.15),  # Celsius, not coulomb
        ("50 degF", "temperature", 283.15),
        ("50 degF", "temperature difference", 27.7778),
        ("0.2 in. w.g.", "pressure", 49.8178),
        ("1006 J/(kg·K)", "specific heat", 1006),
        ("1006 J/kg/K", "specific heat", 1006),
        ("2.5 m²", "area", 2.5),
        ("3 m^3/s", "flow", 3),
        ("5 Ω", "resistance", 5),
        ("5 mΩ", "resistance", 0.005),
        ("42 U", "length", 1.8669),
        (".5 %", "fraction", 0.005),
        ("-3e-1 m", "length", -0.3),
    ],
)
def test_units_mean_what_the_trade_means(text: str, dimension: str, value: float) -> None:
    # 1e-5: the expected values above are written with six digits
    assert isclose(units.to_si(text, dimension).value, value, rel_tol=1e-5)


@pytest.mark.parametrize(
    ("text", "dimensions", "message"),
    [
        (40, ["power"], '40 has no unit; write for example "40 kW"'),
        ("40", ["power"], '40 has no unit; write for example "40 kW"'),
        ("40 m3/s", ["power"], "'m3/s' is not a unit of power (it measures flow); use one of kW, W, MW"),
        ("40 kWW", ["power"], "did you mean 'kW'?"),
        ("40 mw", ["power"], "did you mean 'MW'?"),
        ("1,200 cfm", ["flow"], "write the number without commas"),
        ("much", ["flow"], "'much' is not a flow; write a number and a unit"),
        (True, ["flow"], "a flow with its unit is required"),
        (None, ["flow"], "a flow with its unit is required"),
        ("-1 kW", ["power"], "a power of -1 kW is negative"),
        ("-300 degC", ["temperature"], "below absolute zero"),
        ("101 %", ["fraction"], "101 % is more than 100 %"),
        ("1e999 m", ["length"], "too large"),
        ("3 kg", ["flow", "flow per power"], "not a unit of flow or flow per power"),
    ],
)
def test_messages_show_the_cure(text: object, dimensions: list[str], message: str) -> None:
    with pytest.raises(PydanticCustomError) as caught:
        units.to_si(text, *dimensions)
    assert message in str(caught.value)


def test_mega_and_milli_are_never_confused() -> None:
    assert units.find_unit("mV", "voltage") == "mV"
    assert units.find_unit("MV", "voltage") is None
    assert units.find_unit("mw", "power") is None
    assert units.find_unit("MW", "power") == "MW"
    assert units.find_unit("KW", "power") == "kW"


class Sample(BaseModel):
    width: units.Width = 1.0
    airflow: units.Airflow | None = None
    number: units.Number = 1.0


def test_types_validate_and_keep_what_was_meant() -> None:
    sample = Sample.model_validate({"width": "2 ft", "airflow": "15 K", "number": 3})
    assert sample.width == 0.3048 * 2
    assert sample.airflow == units.Measured(15.0, "temperature difference")
    assert sample.number == 3.0
    with pytest.raises(ValidationError) as caught:
        Sample.model_validate({"width": "0 m", "number": "3"})
    messages = [error["msg"] for error in caught.value.errors()]
    assert messages == ["must be more than 0", "a plain number is required, for example 1.3, not '3'"]


def test_the_schema_accepts_its_own_examples() -> None:
    for dimension in units.DIMENSIONS.values():
        annotation = units.Quantity(dimension.name)
        schema = annotation.__get_pydantic_json_schema__(None, None)  # type: ignore[arg-type]
        for unit in dimension.factors:
            assert re.search(schema["pattern"], f"1.5e3 {unit}"), unit
        assert not re.search(schema["pattern"], "15")
        assert re.search(schema["pattern"], schema["examples"][0])
