"""What a case adds up to before anything is solved: for `check`."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from .. import library
from ..case import Case
from ..plan import Opening, Plan, Unit

SECTIONS = {"racks": "rack", "shelves": "shelf", "coolers": "cooler"}


def totals(case: Case, plan: Plan) -> dict[str, Any]:
    """One JSON document: hall, units, openings, electrical capacity; keys carry units."""
    return {
        "case": case.name,
        "title": case.title,
        "hall": {"size_m": list(plan.size), "symmetry": list(plan.symmetry)},
        "units": {
            section: _units([unit for unit in plan.units if unit.role == role])
            for section, role in SECTIONS.items()
        },
        "openings": [_group(name, list(group)) for name, group in groupby(plan.openings, lambda o: o.group)],
        "grid": {"cell_m": case.grid.cell, "cells_about": _cells(case, plan)},
        "power": _power(case, plan),
    }


def _units(units: list[Unit]) -> dict[str, Any]:
    heat = sum(unit.power * unit.air_fraction for unit in units)
    power = sum(unit.power for unit in units)
    return {
        "count": len(units),
        "machines": sum(unit.machines for unit in units),
        "power_kW": power / 1e3,
        "air_heat_kW": heat / 1e3,
        "liquid_kW": (power - heat) / 1e3,
        "airflow_m3_s": sum(unit.airflow for unit in units),
        "cooling_capacity_kW": sum(unit.capacity for unit in units) / 1e3,
    }


def _group(name: str, openings: list[Opening]) -> dict[str, Any]:
    first = openings[0]
    return {
        "name": name,
        "kind": first.kind,
        "wall": first.wall,
        "count": len(openings),
        "area_m2": sum(opening.area for opening in openings),
        "flow_m3_s": sum(opening.flow for opening in openings) if first.kind == "supply" else None,
    }


def _cells(case: Case, plan: Plan) -> int:
    """Cells of the hall at the target size, units and solids included."""
    x, y, z = plan.size
    return round(x * y * z / case.grid.cell**3)


def _power(case: Case, plan: Plan) -> dict[str, Any] | None:
    if case.power is None:
        return None
    elements = case.power.elements
    kinds = dict.fromkeys(("transformer", "board", "cable", "busway"), 0)
    for element in elements.values():
        kinds[element.type] = kinds.get(element.type, 0) + 1
    return {
        "source_kV": case.power.source.voltage / 1e3,
        "elements": kinds,
        "transformers_kVA": _transformer_rating(case) / 1e3,
        "load_kW": sum(unit.power for unit in plan.units) / 1e3,
        "load_kVA": sum(unit.power / unit.power_factor for unit in plan.units) / 1e3,
    }


def _transformer_rating(case: Case) -> float:
    """Sum of the nameplates [VA] of the transformers on the source: those further down only pass it on."""
    elements = case.power.elements.values() if case.power else ()
    kinds = [e.kind for e in elements if e.type == "transformer" and e.from_ == "source"]
    return float(sum(library.find(case, "transformers", kind).rated_power for kind in kinds))
