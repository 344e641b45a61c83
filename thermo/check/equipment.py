"""Rows, their flows and heat, and the ladder: numbers that no equipment has, names that do not exist."""

from __future__ import annotations

import math
from collections.abc import Iterator
from itertools import groupby, pairwise

from .. import library
from ..case import Case
from ..case.fields import did_you_mean
from ..layout import heat_capacity
from ..plan import Plan, Problem, Unit
from .shapes import AXES, side

HOTTEST_RISE, COLDEST_RISE = 60.0, 2.0  # [K] across a rack; outside, power or flow is off by a factor
FASTEST = 15.0  # [m/s] through a front
MOST_GAP = 0.9  # share of a rack's height
USUAL_RISE = 15.0  # [K]
CFM = 0.3048**3 / 60


def problems(case: Case, plan: Plan) -> Iterator[Problem]:
    """Everything wrong with units as equipment, and with the ladder."""
    yield from _names(plan)
    capacity = heat_capacity(case)
    for _, members in groupby(plan.units, key=lambda u: (u.path, u.power, u.airflow, u.kind)):
        unit = next(members)  # the first of those alike speaks for all
        yield from _flow(unit, capacity)
        yield from _gap(case, unit)
    if not plan.units and not case.empty:
        cure = "add rows of racks or shelves, or write `racks: {}` for an empty room"
        yield Problem(("racks",), f"there is nothing in the hall; {cure}")
    yield from _ladder(case)


def _names(plan: Plan) -> Iterator[Problem]:
    seen: dict[str, Unit] = {}
    told: set[tuple[str, ...]] = set()
    for unit in plan.units:
        other = seen.setdefault(unit.name, unit)
        if other is not unit and unit.path not in told:
            told.add(unit.path)
            cure = 'give one row another `label`, such as "C{i}", or another `first`'
            yield Problem(
                unit.path, f"{unit.name} is the name of a unit of {'.'.join(other.path)} too; {cure}"
            )


def _flow(unit: Unit, capacity: float) -> Iterator[Problem]:
    key = (*unit.path, "airflow")
    area = math.prod(side(unit.box, a) for a in range(3) if a != AXES.index(unit.sides[0][1]))
    speed = unit.airflow / area
    if speed > FASTEST:
        cure = "lower the airflow or enlarge the unit"
        yield Problem(key, f"air would enter {unit.name} at {speed:.0f} m/s; {cure}")
    heat = unit.power * unit.air_fraction
    if heat <= 0:
        return
    usual = heat / (capacity * USUAL_RISE)
    cure = f"{heat / 1e3:.3g} kW to the air take about {usual:.2g} m3/s"
    if unit.airflow <= 0:
        yield Problem(key, f"{unit.name} has heat and no airflow; {cure}")
        return
    rise = heat / (capacity * unit.airflow)
    specific = unit.airflow / CFM / (heat / 1e3)
    if rise > HOTTEST_RISE:
        yield Problem(key, f"air would leave {unit.name} {rise:.0f} K hotter ({specific:.0f} cfm/kW); {cure}")
    if rise < COLDEST_RISE:
        yield Problem(key, f"{unit.name} would move {specific:.0f} cfm/kW, a rise of {rise:.2g} K; {cure}")


def _gap(case: Case, unit: Unit) -> Iterator[Problem]:
    """The part of a rack without servers and panels is neither all of it nor lost on the grid."""
    key = (*unit.path, "unblanked")
    if unit.gap > MOST_GAP * (unit.gap + side(unit.box, 2)):
        yield Problem(
            key, f"a rack has servers over a tenth of its height or more; leave {MOST_GAP:.0%} at most"
        )
    elif 0 < unit.gap <= max(case.grid.snap, 0.5) * case.grid.cell:
        found = f"a gap {unit.gap:.2g} m high is lost among cells of {case.grid.cell:g} m"
        yield Problem(key, f"{found}; refine grid.cell, or leave it out")


def _ladder(case: Case) -> Iterator[Problem]:
    if case.ladder is None:
        return
    for index, row in enumerate(case.ladder.rows):
        if row not in case.racks:
            complaint = did_you_mean(f"there is no row '{row}' in racks", row, case.racks)
            yield Problem(("ladder", "rows", str(index)), complaint)
    for index, rung in enumerate(case.ladder.kinds):
        try:
            library.find(case, "racks", rung.kind)
        except library.UnknownKind as unknown:
            yield Problem(("ladder", "kinds", str(index), "kind"), str(unknown))
    for index, (below, above) in enumerate(pairwise(case.ladder.kinds), 1):
        if above.up_to <= below.up_to:
            given = f"{above.up_to / 1e3:g} kW is not above the {below.up_to / 1e3:g} kW before it"
            yield Problem(("ladder", "kinds", str(index), "up_to"), f"{given}; put the kinds in rising order")
