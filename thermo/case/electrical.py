"""Kinds of electrical equipment: what a nameplate or a catalogue page says, in SI units."""

from __future__ import annotations

from math import sqrt
from typing import Annotated, Literal

from pydantic import model_validator
from pydantic_core import PydanticCustomError

from ..units import (
    ApparentPower,
    Area,
    Bound,
    Current,
    Fraction,
    Frequency,
    Power,
    ResistancePerLength,
    Temperature,
    TemperatureDifference,
    Time,
    Voltage,
)
from .entry import Kind

Rating = Annotated[Current, Bound()]
RatedVoltage = Annotated[Voltage, Bound()]

# conductor: resistivity at 20 degC [ohm m] (IEC 60228, IEC 60889), temperature coefficient [1/K]
CONDUCTORS = {"copper": (17.24e-9, 0.00393), "aluminium": (28.26e-9, 0.00403)}
TWENTY_CELSIUS = 293.15


class TransformerKind(Kind):
    """A three-phase two-winding transformer, delta on the high side, earthed star on the low side.

    Thermal figures left out are those of IEC 60076-7 table 4 for distribution transformers, and of IEC 60076-12 for
    dry ones: 27.6 K, 125 K; 4 min, 30 min; 120 degC (normal cyclic loading), the class's temperature (dry).
    """

    rated_power: Annotated[ApparentPower, Bound()]
    primary_voltage: RatedVoltage  # line to line
    secondary_voltage: RatedVoltage  # line to line
    connection: Literal["Dyn1", "Dyn11"] = "Dyn1"
    impedance: Annotated[Fraction, Bound()]  # short-circuit voltage
    no_load_loss: Power  # at rated voltage
    load_loss: Power  # at rated current
    cooling: Literal["oil", "dry"] = "oil"
    oil_rise: Annotated[TemperatureDifference, Bound()] = 60.0  # of the top oil above the air at rated load
    hot_spot_rise: Annotated[TemperatureDifference, Bound()] | None = (
        None  # above the top oil; dry: above the air
    )
    oil_time_constant: Annotated[Time, Bound()] = 10800.0
    winding_time_constant: Annotated[Time, Bound()] | None = None
    paper: Literal["kraft", "upgraded"] = "upgraded"  # of oil transformers: 98 degC or 110 degC age at rate 1
    insulation: Literal["A", "E", "B", "F", "H", "200", "220"] = "F"  # system of dry transformers
    hot_spot_limit: Temperature | None = None
    eddy_loss: Fraction = (
        0.1  # rated eddy-current loss over ohmic loss in the windings, IEEE C57.110's P_EC-R
    )

    @model_validator(mode="after")
    def _resistance_within_impedance(self) -> TransformerKind:
        if self.load_loss >= self.impedance * self.rated_power:
            raise PydanticCustomError(
                "transformer",
                "load loss {loss} is more than the impedance {impedance} allows: at most {most}",
                {
                    "loss": f"{self.load_loss / 1e3:g} kW",
                    "impedance": f"{self.impedance:.3%}",
                    "most": f"{self.impedance * self.rated_power / 1e3:g} kW",
                },
            )
        return self


class BuswayKind(Kind):
    """A busway: resistance [ohm/m] of a phase conductor at rated temperature, reactance at its frequency."""

    rated_current: Rating
    rated_voltage: RatedVoltage = 1000.0
    resistance: ResistancePerLength
    reactance: ResistancePerLength
    frequency: Annotated[Frequency, Bound()] = 50.0  # at which the reactance is stated
    neutral: Annotated[Fraction, Bound()] = 1.0  # section of the neutral / of a phase conductor
    conductor_temperature: Temperature = 343.15  # at which the resistance is stated
    reference_temperature: Temperature = 308.15  # of the air at its rated current, IEC 61439-1
    limit_temperature: Temperature = 378.15  # of its hottest joint: a rise of 70 K, IEC 61439-1 table 6
    time_constant: Annotated[Time, Bound()] = 1800.0  # weak: usual for busways of 1000 A, from memory


class CableKind(Kind):
    """A cable, cord or whip: conductors of one section; ampacity in its stated installation."""

    area: Annotated[Area, Bound()]  # of one phase conductor
    ampacity: Rating
    rated_voltage: RatedVoltage = 1000.0  # line to line
    material: Literal["copper", "aluminium"] = "copper"
    conductor_temperature: Temperature = 343.15  # at which the resistance is taken
    reactance: ResistancePerLength = 0.08e-3
    frequency: Annotated[Frequency, Bound()] = 50.0  # at which the reactance is stated
    neutral: Annotated[Fraction, Bound()] = 1.0  # section of the neutral / of a phase conductor
    reference_temperature: Temperature = 303.15  # of the air that the ampacity is for
    limit_temperature: Temperature = 363.15  # of the conductor: cross-linked polyethylene
    time_constant: Annotated[Time, Bound()] = 1200.0  # weak: usual for 100 mm2 in free air, from memory

    @property
    def rated_current(self) -> float:
        """[A], the name that busways use."""
        return self.ampacity

    @property
    def resistance(self) -> float:
        """[ohm/m] of one phase conductor at the conductor temperature."""
        resistivity, coefficient = CONDUCTORS[self.material]
        return resistivity / self.area * (1 + coefficient * (self.conductor_temperature - TWENTY_CELSIUS))


class PsuKind(Kind):
    """A class of power supply by three loss coefficients, fractions of its rated output: a0 + a1 x + a2 x^2.

    x is output / rated output. No-load, proportional and square-law losses are the usual split that keeps
    part load right (Rasmussen, APC white paper 113).
    """

    no_load_loss: Fraction
    proportional_loss: Fraction
    square_loss: Fraction

    def loss(self, x: float) -> float:
        """Loss / rated output at a load x = output / rated output."""
        return self.no_load_loss + x * (self.proportional_loss + x * self.square_loss)

    def load(self, drawn: float) -> float:
        """x at which a supply draws `drawn` / rated output at its cord: the inverse of x + loss(x)."""
        linear = 1 + self.proportional_loss
        excess = drawn - self.no_load_loss
        return 2 * excess / (linear + sqrt(linear**2 + 4 * self.square_loss * excess))
