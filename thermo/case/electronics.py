"""Kinds of power electronics, stores and generators: what a data sheet says, in SI units.

Losses are fractions of rated output, a0 + a1 x + a2 x^2 with x = output / rated output, as those of power supplies.
"""

from __future__ import annotations

from itertools import pairwise
from typing import Annotated, Literal

from pydantic import AfterValidator, Field, model_validator
from pydantic_core import PydanticCustomError

from ..units import ApparentPower, Bound, Current, Energy, Fraction, Number, Percentage, Power, Time, Voltage
from .entry import Count, Kind

SomePower = Annotated[Power, Bound()]
Volts = Annotated[Voltage, Bound()]
PowerFactor = Annotated[Number, Bound(0.0, 1.0)]
Efficiency = Annotated[Fraction, Bound()]


def _spares(spare: int, count: int, what: str) -> None:
    if spare >= count:
        raise PydanticCustomError(
            "spare",
            "{spare} of {count} {what} cannot be spare; at most {most}",
            {"spare": spare, "count": count, "what": what, "most": count - 1},
        )


def _falling(points: tuple[tuple[float, float], ...]) -> tuple[tuple[float, float], ...]:
    for (low, long), (high, short) in pairwise(points):
        if high <= low or short >= long:
            raise PydanticCustomError(
                "overload", "a larger overload must follow a smaller one and last less long"
            )
    return points


AboveRated = Annotated[Percentage, Bound(1.0)]
Overload = Annotated[tuple[tuple[AboveRated, Annotated[Time, Bound()]], ...], AfterValidator(_falling)]


class UpsKind(Kind):
    """A UPS: double conversion, and a static bypass that eco mode and a failed inverter use.

    The first three losses are of double conversion, the `bypass` ones of the closed static switch with the inverter
    standing by.
    """

    rated_power: SomePower  # active, at its output
    rated_apparent_power: Annotated[ApparentPower, Bound()] | None = None  # as many VA as W where not said
    rated_voltage: Volts  # line to line, of input and output
    no_load_loss: Fraction
    proportional_loss: Fraction
    square_loss: Fraction
    bypass_no_load_loss: Fraction
    bypass_proportional_loss: Fraction
    bypass_square_loss: Fraction
    power_factor: PowerFactor = 0.99  # of what it draws in double conversion
    eco_window: Annotated[Fraction, Bound()] = 0.1  # change of the input's voltage at which eco mode is left
    battery_energy: Energy = 0.0  # that its battery gives at rated power, new
    battery_efficiency: Efficiency = 0.95  # one way
    overload: Overload = ()  # over rated power and how long; not said: 125 % 5 min, 150 % 30 s; beyond, a moment


class RectifierKind(Kind):
    """A rectifier of equal modules that makes a DC bus."""

    modules: Count = 1
    spare: Annotated[int, Field(strict=True, ge=0, le=1000)] = 0  # modules that may fail: N+1 is 1
    module_power: SomePower  # DC output of one
    input_voltage: Volts  # line to line
    output_voltage: Volts  # pole to pole
    no_load_loss: Fraction
    proportional_loss: Fraction
    square_loss: Fraction
    power_factor: PowerFactor = 0.99

    @property
    def rated_power(self) -> float:
        """[W] of all modules."""
        return self.modules * self.module_power

    @model_validator(mode="after")
    def _some_work(self) -> RectifierKind:
        _spares(self.spare, self.modules, "modules")
        return self


class TransferSwitchKind(Kind):
    """A switch between two sources, static (thyristors) or moved by a motor."""

    rated_current: Annotated[Current, Bound()]
    rated_voltage: Volts = 1000.0  # line to line
    proportional_loss: Fraction = 0.0  # of what passes; its thyristors' forward voltage
    window: Efficiency = 0.1  # change of the preferred source's voltage at which it turns
    transfer_time: Time = 0.0  # from the loss of one source until the other feeds


class GeneratorKind(Kind):
    """A generator set."""

    rated_apparent_power: Annotated[ApparentPower, Bound()]
    power_factor: PowerFactor = 0.8  # rated: active power is so much of the apparent
    rated_voltage: Volts  # line to line
    subtransient_reactance: Efficiency = 0.15  # of its own rating
    start_time: Time = 10.0  # from the loss of voltage until it takes load


class BatteryKind(Kind):
    """A battery with its converter."""

    energy: Annotated[Energy, Bound()]  # between full and empty
    rated_power: SomePower  # at its terminals, charging or discharging
    efficiency: Efficiency  # one way, of cells and converter
    standby_loss: Power = 0.0


def _names_a_class(psu: str) -> str:
    if not psu:
        raise PydanticCustomError("psu", "name the class of its rectifiers, for example shelf_54v")
    return psu


class PowerShelfKind(Kind):
    """A shelf of rectifiers in a rack; `input: DC` is a shelf of DC-DC converters on an 800 V bus."""

    input: Literal["AC", "DC"] = "AC"
    rectifiers: Count
    spare: Annotated[int, Field(strict=True, ge=0, le=1000)] = 0  # of them, that may fail: N+1 is 1
    rectifier_power: SomePower  # DC output of one
    output_voltage: Volts = 54.0
    psu: Annotated[str, AfterValidator(_names_a_class)]  # class of its rectifiers, whose losses they have

    @model_validator(mode="after")
    def _some_work(self) -> PowerShelfKind:
        _spares(self.spare, self.rectifiers, "rectifiers")
        return self
