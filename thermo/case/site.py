"""Where the hall stands: altitude, outdoor air, and the properties of its air."""

from __future__ import annotations

from ..units import Density, Fraction, Length, Number, PerKelvin, SpecificHeat, Temperature, Viscosity
from .entry import Entry


class Air(Entry):
    """Fixed properties of the air; each one left out follows from the site's pressure and temperature."""

    density: Density | None = None
    specific_heat: SpecificHeat | None = None
    viscosity: Viscosity | None = None
    prandtl: Number | None = None
    expansion: PerKelvin | None = None
    reference_temperature: Temperature | None = None


class Site(Entry):
    """Outdoor conditions. Humidity comes from the wet bulb or the relative humidity, not both."""

    dry_bulb: Temperature
    wet_bulb: Temperature | None = None
    relative_humidity: Fraction | None = None
    altitude: Length = 0.0
    air: Air = Air()
