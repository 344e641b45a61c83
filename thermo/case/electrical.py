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
    Voltage,
)
from .entry import Kind

Rating = Annotated[Current, Bound()]
RatedVoltage = Annotated[Voltage, Bound()]

# conductor: resistivity at 20 degC [ohm m] (IEC 60228, IEC 60889), temperature coefficient [1/K]
CONDUCTORS = {"copper": (17.24e-9, 0.00393), "aluminium": (28.26e-9, 0.00403)}
TWENTY_CELSIUS = 293.15


class TransformerKind(Kind):
    """A three-phase two-winding transformer, delta on the high side, earthed star on the low side."""

    rated_power: Annotated[ApparentPower, Bound()]
    primary_voltage: RatedVoltage  # line to line
    secondary_voltage: RatedVoltage  # line to line
    connection: Literal["Dyn1", "Dyn11"] = "Dyn1"
    impedance: Annotated[Fraction, Bound()]  # short-circuit voltage
    no_load_loss: Power  # at rated voltage
    load_loss: Power  # at rated current
    cooling: Literal["oil", "dry"] = "oil"

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
