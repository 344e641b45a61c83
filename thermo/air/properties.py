"""Properties of the air in one run: constant, from the case or from the site."""

from __future__ import annotations

from dataclasses import dataclass

from .. import moist_air
from ..case import Case

PRANDTL = 0.71  # air near 300 K (Incropera & DeWitt, table A.4)
PRANDTL_TURBULENT = 0.85
SPECIFIC_HEAT = 1006.0  # dry air near 300 K [J/(kg K)]
GRAVITY = 9.80665


@dataclass(frozen=True)
class AirProperties:
    """SI units; temperatures in K."""

    density: float
    specific_heat: float
    viscosity: float  # kinematic [m2/s]
    prandtl: float
    expansion: float  # [1/K]
    reference_temperature: float

    @property
    def heat_capacity(self) -> float:
        """Of a cubic metre [J/(m3 K)]"""
        return self.density * self.specific_heat


def from_case(case: Case, intake_temperature: float) -> AirProperties:
    """What the case states; the rest at the site's pressure and the temperature of the air that comes in [K]."""
    stated = case.site.air

    def pick(value: float | None, otherwise: float) -> float:
        return otherwise if value is None else value

    reference = pick(stated.reference_temperature, intake_temperature)
    density = pick(stated.density, moist_air.density(reference, 0.0, moist_air.standard_pressure(case.site.altitude)))
    return AirProperties(
        density,
        pick(stated.specific_heat, SPECIFIC_HEAT),
        pick(stated.viscosity, moist_air.dynamic_viscosity(reference) / density),
        pick(stated.prandtl, PRANDTL),
        pick(stated.expansion, 1.0 / reference),
        reference,
    )
