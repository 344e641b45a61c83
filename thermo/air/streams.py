"""Streams through the hall's openings at a given hall pressure: louvres and pads, fans on their curves, supplies.

    louvre   dp = rho_out / 2 K v^2                    on the face velocity v
    pad      dp = curve(v) rho_out / 1.2,  T = T_db - e(v) (T_db - T_wb)  along the line of constant wet bulb
    fan      Q = curve(dp 1.2 / rho)                   at the density rho of the air the fan moves

Fan laws: ASHRAE Handbook, HVAC Systems and Equipment (2020), chapter 21; pads: same, chapter 41.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from .. import moist_air
from ..plan import Opening

CATALOGUE_DENSITY = 1.2  # [kg/m3] of the air that fan and pad curves are stated for
Lookup = Callable[[str, str], Any]  # (family, name) -> kind, as thermo.library.find without its case
Points = Sequence[tuple[float, float]]


class NoOperatingPoint(ValueError):
    """The openings cannot balance: no fan runs, no way in, or the fans are too weak."""


class FansTooWeak(NoOperatingPoint):
    """The balance lies beyond the end of a fan's curve; `group` is that of the weakest fan."""

    def __init__(self, message: str, group: str) -> None:
        super().__init__(message)
        self.group = group


@dataclass(frozen=True)
class SiteAir:
    """Outdoor air: dry and wet bulb [K], barometric pressure [Pa]."""

    dry_bulb: float
    wet_bulb: float
    pressure: float

    @property
    def humidity_ratio(self) -> float:
        """[kg/kg]"""
        return moist_air.ratio_from_wet_bulb(self.dry_bulb, self.wet_bulb, self.pressure)

    @property
    def density(self) -> float:
        """[kg/m3]"""
        return moist_air.density(self.dry_bulb, self.humidity_ratio, self.pressure)


@dataclass(frozen=True)
class GroupFlow:
    """What passes through one group of openings. Flows are positive in their own direction: in, or out by fan."""

    group: str
    kind: str  # "intake" | "fan" | "supply"
    area: float  # [m2] of the openings through which air passes
    openings: tuple[str, ...]  # their names; stopped fans are left out
    flow: float  # [m3/s] of all of them, at `density`
    mass_flow: float  # [kg/s] moist air
    temperature: float  # [K] of the air that enters or leaves the hall
    humidity_ratio: float  # [kg/kg]
    density: float  # [kg/m3] of that air
    pressure: float  # [Pa] static rise of the fans, or loss of the intake
    utilisation: (
        float  # fan: pressure / highest of its curve; pad: face velocity / highest of its figures; else 0
    )
    face_velocity: float = 0.0  # [m/s] intake: on the face of the louvre or pad, outdoor air
    efficiency: float = 0.0  # pad's saturation efficiency
    power: float = 0.0  # [W] electrical, fans
    capacity: float = 0.0  # [m3/s] free delivery of the running fans
    water: float = 0.0  # [kg/s] evaporated in the pad


class Intake:
    """One group of louvres and pads: flow from the pressure inside."""

    def __init__(self, name: str, members: Sequence[Opening], lookup: Lookup, site: SiteAir) -> None:
        first = members[0]
        self.name, self.members, self.site = name, members, site
        self.area = sum(opening.area for opening in members)
        self.pad = lookup("pads", first.pad) if first.pad else None
        self.loss = lookup("louvres", first.louvre).face_loss if first.louvre else 0.0
        if self.pad is None and self.loss == 0.0:
            raise NoOperatingPoint(f"intake '{name}' has neither pad nor louvre, so nothing limits its flow")

    def drop(self, velocity: float) -> float:
        """[Pa] lost at a face velocity [m/s]."""
        louvre = 0.5 * self.site.density * self.loss * velocity**2
        if self.pad is None:
            return louvre
        return louvre + pad_drop(self.pad.pressure_drop, velocity) * self.site.density / CATALOGUE_DENSITY

    def velocity(self, pressure: float) -> float:
        """[m/s] on the face at a hall gauge pressure [Pa]."""
        if pressure >= 0.0:
            return 0.0
        highest = 1.0
        while self.drop(highest) < -pressure:
            highest *= 2.0
        return root(lambda v: self.drop(v) + pressure, 0.0, highest)

    def at(self, pressure: float) -> GroupFlow:
        """The stream at a hall gauge pressure [Pa]."""
        velocity, outside = self.velocity(pressure), self.site.humidity_ratio
        temperature, humidity, efficiency = self.site.dry_bulb, outside, 0.0
        if self.pad is not None:
            efficiency = interpolate(self.pad.saturation_efficiency, velocity)
            temperature, humidity = pad_outlet(self.site, efficiency)
        dry_mass = velocity * self.area * self.site.density / (1.0 + outside)
        mass = dry_mass * (1.0 + humidity)
        density = moist_air.density(temperature, humidity, self.site.pressure)
        return GroupFlow(
            group=self.name,
            kind="intake",
            area=self.area,
            openings=tuple(opening.name for opening in self.members),
            flow=mass / density,
            mass_flow=mass,
            temperature=temperature,
            humidity_ratio=humidity,
            density=density,
            pressure=self.drop(velocity),
            utilisation=velocity / self.pad.highest_velocity if self.pad else 0.0,
            face_velocity=velocity,
            efficiency=efficiency,
            water=dry_mass * (humidity - outside),
        )


class Fans:
    """One group of running fans: flow from the pressure inside."""

    def __init__(
        self, name: str, members: Sequence[Opening], lookup: Lookup, pressure: float, temperature: float
    ) -> None:
        self.name, self.members = name, members
        self.kind = lookup("fans", members[0].fan)
        self.outside, self.temperature = pressure, temperature

    def density(self, humidity: float) -> float:
        """[kg/m3] of the exhaust."""
        return moist_air.density(self.temperature, humidity, self.outside)

    def limit(self, humidity: float) -> float:
        """[Pa] of static pressure at the last point of the curve, in this air."""
        return self.kind.highest_pressure * self.density(humidity) / CATALOGUE_DENSITY

    def at(self, pressure: float, humidity: float) -> GroupFlow:
        """The stream at a hall gauge pressure [Pa], for exhaust of a given humidity ratio [kg/kg]."""
        density, count = self.density(humidity), len(self.members)
        rise = max(-pressure, 0.0)
        flow = count * interpolate(self.kind.curve, rise * CATALOGUE_DENSITY / density)
        return GroupFlow(
            group=self.name,
            kind="fan",
            area=sum(opening.area for opening in self.members),
            openings=tuple(opening.name for opening in self.members),
            flow=flow,
            mass_flow=flow * density,
            temperature=self.temperature,
            humidity_ratio=humidity,
            density=density,
            pressure=rise,
            utilisation=rise / self.limit(humidity),
            power=count * self.kind.motor_power,
            capacity=count * self.kind.free_flow,
        )


def supply(name: str, members: Sequence[Opening], site: SiteAir) -> GroupFlow:
    """A fixed flow, taken to have the outdoor humidity; it passes through untouched."""
    temperature, flow = members[0].temperature, sum(opening.flow for opening in members)
    humidity = min(site.humidity_ratio, moist_air.saturation_ratio(temperature, site.pressure))
    density = moist_air.density(temperature, humidity, site.pressure)
    return GroupFlow(
        group=name,
        kind="supply",
        area=sum(opening.area for opening in members),
        openings=tuple(opening.name for opening in members),
        flow=flow,
        mass_flow=flow * density,
        temperature=temperature,
        humidity_ratio=humidity,
        density=density,
        pressure=0.0,
        utilisation=0.0,
    )


def pad_outlet(site: SiteAir, efficiency: float) -> tuple[float, float]:
    """Temperature [K] and humidity ratio [kg/kg] behind a pad: along the line of constant wet bulb."""
    temperature = site.dry_bulb - efficiency * (site.dry_bulb - site.wet_bulb)
    return temperature, moist_air.ratio_from_wet_bulb(temperature, site.wet_bulb, site.pressure)


def pad_drop(points: Points, velocity: float) -> float:
    """[Pa] at a face velocity: straight between points, from nothing at rest, quadratic beyond the last."""
    last_velocity, last_drop = points[-1]
    if velocity > last_velocity:
        return last_drop * (velocity / last_velocity) ** 2
    return interpolate([(0.0, 0.0), *points], velocity)


def interpolate(points: Points, x: float) -> float:
    """Straight between points of rising x, flat outside."""
    if x <= points[0][0]:
        return points[0][1]
    for (x0, y0), (x1, y1) in pairwise(points):
        if x <= x1:
            return y0 + (y1 - y0) * (x - x0) / (x1 - x0)
    return points[-1][1]


def root(residual: Callable[[float], float], low: float, high: float) -> float:
    """Where a continuous function changes sign between `low` and `high`."""
    from scipy.optimize import brentq

    return float(brentq(residual, low, high, xtol=1e-10, rtol=1e-13))
