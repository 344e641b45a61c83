"""Every limit of a run as a utilisation: 1 is the limit, the largest binds."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

import numpy as np

from ..couple import Solution
from ..power.flow import Limit
from ..power.tables import limits_table


def limit_rows(solution: Solution, racks: dict[str, Any], electrical: Sequence[Limit]) -> dict[str, Any]:
    """The `limits` table: rack inlets, airflow, fans, pads, coolers, and all that is electrical."""
    air = [*_inlets(racks), *_airflow(solution), *_streams(solution), *_coolers(racks, solution)]
    return limits_table([*air, *electrical])


def _inlets(racks: dict[str, Any]) -> Iterator[Limit]:
    """Worst tier's mean inlet against the rack's own limit."""
    columns = ("name", "utilisation", "inlet_worst_tier_degC", "limit_degC")
    for name, used, inlet, limit in zip(*(racks[c] for c in columns), strict=True):
        if not np.isnan(limit):
            yield Limit("rack inlet", str(name), float(used), float(inlet), float(limit), "degC")


def _airflow(solution: Solution) -> Iterator[Limit]:
    """What racks and shelves draw against what the hall is given; more drawn than given comes back as exhaust."""
    roles = np.array([u.role for u in solution.plan.units])
    moved = solution.solver.exchange.flow  # at the reference density, as the openings' flows
    drawn = float(moved[roles != "cooler"].sum())
    flow, _ = solution.solver.exchange.opening_fluxes(solution.solver.state)
    given = float(flow[flow > 0].sum() + moved[roles == "cooler"].sum())
    if drawn > 0 and given > 0:
        yield Limit("rack airflow", "hall", drawn / given, drawn, given, "m3/s")


def _streams(solution: Solution) -> Iterator[Limit]:
    """Fans against the highest pressure of their curve, pads against the highest velocity of their figures."""
    for name, group in solution.point.groups.items():
        if group.kind == "fan" and group.utilisation > 0:
            yield Limit(
                "fans", name, group.utilisation, group.pressure, group.pressure / group.utilisation, "Pa"
            )
        elif group.kind == "intake" and group.utilisation > 0:
            highest = group.face_velocity / group.utilisation
            yield Limit("pads", name, group.utilisation, group.face_velocity, highest, "m/s")


def _coolers(racks: dict[str, Any], solution: Solution) -> Iterator[Limit]:
    """Heat taken up against capacity."""
    for unit, heat in zip(solution.plan.units, racks["air_heat_kW"], strict=True):
        if unit.role == "cooler" and unit.capacity > 0:
            taken = -float(heat)
            yield Limit("cooler", unit.name, taken * 1e3 / unit.capacity, taken, unit.capacity / 1e3, "kW")
