"""The hall's own airflow: exhaust fans on their curves against louvres, wet pads and the hall's pressure.

One balance for the whole hall, one stream a group of openings. The hall's gauge pressure is where the mass that
intakes and supplies let in equals what the fans throw out. Air between pressure openings and the hall is left to
the air solver: where there are any, the hall is at outside pressure.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from ..plan import Opening
from .streams import Fans, FansTooWeak, GroupFlow, Intake, Lookup, NoOperatingPoint, SiteAir, root, supply

__all__ = [
    "FansTooWeak",
    "GroupFlow",
    "NoOperatingPoint",
    "OperatingPoint",
    "SiteAir",
    "opening_flow",
    "operating_point",
]


@dataclass(frozen=True)
class OperatingPoint:
    """The hall's balance. `pressure` [Pa] gauge: negative where fans draw."""

    pressure: float
    groups: Mapping[str, GroupFlow]
    supply_temperature: float  # [K] of what enters, mixed by mass
    supply_humidity_ratio: float  # [kg/kg] mixed by mass
    mass_flow: float  # [kg/s] entering through intakes and supplies
    fan_power: float  # [W]
    water: float  # [kg/s]

    @property
    def exhaust_flow(self) -> float:
        """[m3/s] that the fans move, at their own densities."""
        return sum(g.flow for g in self.groups.values() if g.kind == "fan")

    @property
    def intake_flow(self) -> float:
        """[m3/s] that enters, at the densities it has inside."""
        return sum(g.flow for g in self.groups.values() if g.kind != "fan")


def operating_point(
    openings: Sequence[Opening],
    lookup: Lookup,
    site: SiteAir,
    exhaust_temperature: float | Mapping[str, float],
) -> OperatingPoint:
    """Hall pressure and the flow of every group at which mass balances.

    `exhaust_temperature` [K] is of the air at the fans, one for all or by group. Pressure openings take no part
    beyond holding the hall at outside pressure. Raises NoOperatingPoint.
    """
    groups = _grouped(openings)
    intakes = [Intake(name, members, lookup, site) for name, members in groups["intake"].items()]
    supplies = [supply(name, members, site) for name, members in groups["supply"].items()]
    fans = [
        Fans(name, members, lookup, site.pressure, _of(exhaust_temperature, name))
        for name, members in groups["fan"].items()
    ]
    vented = bool(groups["pressure"])
    pressure = 0.0 if vented or not (intakes or fans) else _balance(intakes, fans, supplies)
    entering = [*(intake.at(pressure) for intake in intakes), *supplies]
    mass, temperature, humidity = _mixed(entering, site)
    leaving = [fan.at(pressure, humidity) for fan in fans]
    return OperatingPoint(
        pressure=pressure,
        groups={g.group: g for g in (*entering, *leaving)},
        supply_temperature=temperature,
        supply_humidity_ratio=humidity,
        mass_flow=mass,
        fan_power=sum(g.power for g in leaving),
        water=sum(g.water for g in entering),
    )


def opening_flow(point: OperatingPoint, opening: Opening) -> float:
    """[m3/s] through one opening, positive into the hall; its group's flow shared by area. 0: no part in it."""
    group = point.groups.get(opening.group)
    if group is None or opening.name not in group.openings:
        return 0.0
    share = group.flow * opening.area / group.area
    return -share if group.kind == "fan" else share


def _grouped(openings: Sequence[Opening]) -> dict[str, dict[str, list[Opening]]]:
    groups: dict[str, dict[str, list[Opening]]] = {"intake": {}, "supply": {}, "fan": {}, "pressure": {}}
    for opening in openings:
        if opening.kind != "fan" or opening.running:
            groups[opening.kind].setdefault(opening.group, []).append(opening)
    return groups


def _of(temperature: float | Mapping[str, float], group: str) -> float:
    return temperature[group] if isinstance(temperature, Mapping) else temperature


def _balance(intakes: Sequence[Intake], fans: Sequence[Fans], supplies: Sequence[GroupFlow]) -> float:
    """Gauge pressure [Pa] at which what enters equals what the fans move."""
    if not fans:
        raise NoOperatingPoint("no exhaust fan runs, so no air is drawn through the intakes")
    if not intakes:
        raise NoOperatingPoint("exhaust fans run but there is no intake for the air they move")
    site = intakes[0].site
    weakest = min(fans, key=lambda fan: fan.limit(site.humidity_ratio))
    lowest = -weakest.limit(site.humidity_ratio)

    def surplus(pressure: float) -> float:
        entering = [*(intake.at(pressure) for intake in intakes), *supplies]
        mass, _, humidity = _mixed(entering, site)
        return mass - sum(fan.at(pressure, humidity).mass_flow for fan in fans)

    if surplus(0.0) > 0.0:
        raise NoOperatingPoint(
            "the supplies bring more air than the fans move, so it would leave through the intakes"
        )
    if surplus(lowest) < 0.0:
        raise FansTooWeak(
            f"the fans are too weak for the intakes: at {-lowest:.0f} Pa, the end of a fan's curve, less air comes in "
            "than they move; enlarge the intakes or run fewer fans",
            weakest.name,
        )
    return root(surplus, lowest, 0.0)


def _mixed(entering: Sequence[GroupFlow], site: SiteAir) -> tuple[float, float, float]:
    """Mass flow [kg/s], temperature [K] and humidity ratio of the streams together; outdoor air when none flows."""
    mass = sum(group.mass_flow for group in entering)
    if mass <= 0.0:
        return 0.0, site.dry_bulb, site.humidity_ratio
    temperature = sum(group.mass_flow * group.temperature for group in entering) / mass
    dry = sum(group.mass_flow / (1.0 + group.humidity_ratio) for group in entering)
    return mass, temperature, mass / dry - 1.0
