"""Sentences that decide the answer, for `check` and the report: what the case states and what it left open."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import groupby

from .. import library
from ..case import Case
from ..plan import Opening, Plan, Unit
from .desk import Desk, heat_capacity
from .partitions import DISCHARGE

ZERO_CELSIUS = 273.15
FAMILY = {"rack": "racks", "shelf": "shelves", "cooler": "coolers"}


def assumptions(desk: Desk, plan: Plan) -> tuple[str, ...]:
    """All sentences, the air first."""
    case = desk.case
    return (
        _weather(case),
        _air(case),
        *_rows(desk, plan),
        *_streams(plan),
        *_screens(plan),
        *desk.notes,
        *_symmetry(plan),
        *_walls(plan),
        *(f"{p.name} conducts {p.u_value:g} W/(m2 K) from air to air." for p in plan.partitions if p.u_value),
        *_weak_figures(case, plan),
    )


def celsius(kelvin: float) -> str:
    """A temperature as it is shown."""
    return f"{kelvin - ZERO_CELSIUS:.1f} degC"


def _weather(case: Case) -> str:
    site = case.site
    humidity = "dry air"
    if site.wet_bulb is not None:
        humidity = f"wet bulb {celsius(site.wet_bulb)}"
    elif site.relative_humidity is not None:
        humidity = f"relative humidity {site.relative_humidity:.0%}"
    return (
        f"Outdoor air is at {celsius(site.dry_bulb)}, {humidity}; the site lies {site.altitude:.0f} m high."
    )


def _air(case: Case) -> str:
    stated = [name.replace("_", " ") for name, value in case.site.air if value is not None]
    origin = f"stated by the case: {', '.join(stated)}" if stated else "from the site's altitude and dry bulb"
    return f"A cubic metre of outdoor air takes up {heat_capacity(case):.0f} J/K ({origin})."


def _rows(desk: Desk, plan: Plan) -> Iterator[str]:
    """One sentence for each run of equal units of a row."""
    capacity = desk.heat_capacity
    for (path, _), members in groupby(plan.units, key=lambda u: (u.path, _alike(u))):
        units = list(members)
        yield f"{path[-1]}: {_row(units, capacity)}"


def _alike(unit: Unit) -> tuple[object, ...]:
    return (unit.kind, unit.power, unit.airflow, unit.limit, unit.machines)


def _row(units: list[Unit], capacity: float) -> str:
    first = units[0]
    named = first.name if len(units) == 1 else f"{first.name} to {units[-1].name}"
    if first.role == "cooler":
        supply = celsius(first.supply_temperature)
        return f"{named} ({first.kind}): {first.airflow:.2f} m3/s each at {supply}, to {first.capacity / 1e3:.0f} kW."
    heat = first.power * first.air_fraction
    rise = heat / (capacity * first.airflow) if first.airflow > 0 else float("inf")
    machines = f" of {first.machines} machines" if first.role == "shelf" else ""
    liquid = f", {1 - first.air_fraction:.0%} of it leaves in liquid" if first.air_fraction < 1 else ""
    return (
        f"{named} ({first.kind}{machines}): {first.power / 1e3:.4g} kW each{liquid}, {first.airflow:.3g} m3/s of air "
        f"each, {rise:.1f} K warmer behind; inlets up to {celsius(first.limit)} ({first.limit_name})."
    )


def _streams(plan: Plan) -> Iterator[str]:
    for group, members in groupby(plan.openings, key=lambda o: o.group):
        openings = list(members)
        yield f"{group}: {_stream(openings)}"


def _stream(openings: list[Opening]) -> str:
    first, area = openings[0], sum(o.area for o in openings)
    where = f"{area:.1f} m2 in {first.wall}"
    if first.kind == "supply":
        flow = sum(o.flow for o in openings)
        return f"{flow:.2f} m3/s at {celsius(first.temperature)} through {where}."
    if first.kind == "fan":
        return f"{len(openings)} x {first.fan} in {first.wall}; their flow follows from the hall's pressure."
    if first.kind == "intake":
        parts = " and ".join(part for part in (first.louvre, first.pad) if part) or "a bare opening"
        return f"outdoor air through {parts}, {where}; its flow follows from the hall's pressure."
    return f"open to outside pressure, {where}; air that comes back in has {celsius(first.temperature)}."


def _screens(plan: Plan) -> Iterator[str]:
    for path, members in groupby(plan.screens, key=lambda s: s.path):
        screens = list(members)
        area, loss = sum(s.area for s in screens), screens[0].loss
        if path[0] == "racks":
            yield f"{path[-1]}: no blanking panels over {area:.3g} m2 of its fronts; air passes there either way."
            continue
        if screens[0].leaks:
            gaps = area / loss**0.5 / DISCHARGE * 1e4
            yield f"{path[-1]} leaks through {gaps:.4g} cm2 of gaps, spread over its {area:.3g} m2."
            continue
        jets = (
            f"; jets from {screens[0].jet_area:.0%} of it push the air behind" if screens[0].jet_area else ""
        )
        yield f"{path[-1]}: air loses {loss:.3g} velocity heads in {area:.3g} m2 across {screens[0].axis}{jets}."


def _symmetry(plan: Plan) -> Iterator[str]:
    for wall in plan.symmetry:
        yield f"The hall goes on as in a mirror beyond {wall}; totals are of the part that is modelled."


def _walls(plan: Plan) -> Iterator[str]:
    for wall in plan.walls:
        if wall.temperature is None:
            yield f"Heat comes in by the {wall.wall}: {wall.flux:.1f} W/m2."
        elif wall.u_value is None:
            yield f"The surface of the {wall.wall} is at {celsius(wall.temperature)}; it does not radiate."
        else:
            conducts = f"{wall.u_value:.2f} W/(m2 K) from air to air"
            yield f"The {wall.wall} conducts to {celsius(wall.temperature)} outside (sun included), {conducts}."


def _weak_figures(case: Case, plan: Plan) -> Iterator[str]:
    """Kinds whose source says that their figures are weak."""
    used = [(FAMILY[unit.role], unit.kind) for unit in plan.units]
    used += [("fans", o.fan) for o in plan.openings if o.fan]
    used += [("pads", o.pad) for o in plan.openings if o.pad]
    used += [("louvres", o.louvre) for o in plan.openings if o.louvre]
    weak = [kind for family, kind in dict.fromkeys(used) if "weak" in _source(case, family, kind)]
    if weak:
        yield f"Weak figures, as their `source` in the library says: {', '.join(weak)}."


def _source(case: Case, family: str, kind: str) -> str:
    try:
        return str(library.find(case, family, kind).source).lower()
    except library.UnknownKind:
        return ""
