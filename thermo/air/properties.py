"""Properties of the air in one run: constant, from the case or from the site."""

from __future__ import annotations

from dataclasses import dataclass

from .. import moist_air
from ..case import Case
from ..layout import heat_capacity
from ..layout.desk import SPECIFIC_HEAT

PRANDTL = 0.71  # air near 300 K (Incropera & DeWitt, table A.4)
PRANDTL_TURBULENT = 0.85
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


def from_case(case: Case) -> AirProperties:
    """What the case states; the rest at the site's pressure and its outdoor dry bulb."""
    stated = case.site.air

    def pick(value: float | None, otherwise: float) -> float:
        return otherwise if value is None else value

    reference = pick(stated.reference_temperature, case.site.dry_bulb)
    specific_heat = pick(stated.specific_heat, SPECIFIC_HEAT)
    density = heat_capacity(case) / specific_heat
    return AirProperties(
        density,
        specific_heat,
        pick(stated.viscosity, moist_air.dynamic_viscosity(reference) / density),
        pick(stated.prandtl, PRANDTL),
        pick(stated.expansion, 1.0 / reference),
        reference,
    )
