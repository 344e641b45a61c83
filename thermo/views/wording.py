"""What every view says the same way: the verdict, the state of the solution, the worst racks."""

from __future__ import annotations

from math import isfinite, nan
from typing import Any

from ..metrics import close_inlets, it_rows
from ..result import Result

UNSURE = "within uncertainty"


def inlet_words(row: dict[str, Any]) -> str:
    """The worst tier's inlet of a rack, with its numerical uncertainty where the grid's part is in that.

    Time and balance alone often leave less than 0.05 K open: "± 0.0" would read as if nothing else did.
    """
    degC = number(row["inlet_worst_tier_degC"])
    return f"{degC} ± {number(row['inlet_numerical_K'])}" if _has_band(row) else degC


def inlet_note(result: Result) -> str:
    """What the figures beside the inlets hold, or what is left out, in one line; "" without racks and shelves."""
    rows = it_rows(result)
    if not rows:
        return ""
    if any(map(_has_band, rows)):
        return "±: numerical error of an inlet, of grid, time and heat balance"
    known = [row["inlet_numerical_K"] for row in rows if isfinite(row.get("inlet_numerical_K", nan))]
    rest = f"; time and heat balance leave up to {number(max(known), 2)} K open" if known else ""
    return f"Inlets: grid error not included, run with --gci{rest}"


def _has_band(row: dict[str, Any]) -> bool:
    """True where three grids were solved and the uncertainty of this inlet holds the grid's part."""
    return isfinite(row.get("inlet_gci_K", nan)) and isfinite(row.get("inlet_numerical_K", nan))


def doubt(result: Result) -> str:
    """What the uncertainty beside the inlets is, as the run states it; "" when it does not."""
    return str((result.summary.get("uncertainty") or {}).get("said") or "")


def name_of(result: Result) -> str:
    return str(result.summary.get("case") or "result")


def number(value: Any, digits: int = 1, missing: str = "-") -> str:
    """The number with so many digits after the point; a dash when there is none."""
    if value is None or not isfinite(value):
        return missing
    return f"{value:.{digits}f}"


def figures(value: Any) -> str:
    """The number to about three significant figures."""
    if value is None or not isfinite(value):
        return number(value)
    size = abs(value)
    return number(value, 0 if size >= 100 else 1 if size >= 10 else 2 if size >= 1 else 3)


def verdict(result: Result) -> str:
    """One sentence: what limits the hall, where, and by how much."""
    bound = result.summary.get("binding") or {}
    if bound.get("utilisation") is None:
        return "No limit was evaluated."
    at = f"{bound['limit']} at {bound['where']} (utilisation {100.0 * bound['utilisation']:.0f} %)"
    if bound.get("judged") == UNSURE:
        return f"WITHIN UNCERTAINTY of the limit, on neither side for certain: {at}"
    if bound["utilisation"] >= 1.0:
        return f"OVER THE LIMIT: {at}"
    close = len(close_inlets(result))
    unsure = f"; {close} inlets within uncertainty of theirs" if close else ""
    return f"Within every limit{unsure}. First to bind: {at}"


def is_over(result: Result) -> bool:
    return ((result.summary.get("binding") or {}).get("utilisation") or 0.0) >= 1.0


def state_of_solution(result: Result) -> str:
    """Converged, unsteady or not converged, in words."""
    words = {True: "converged", "unsteady": "unsteady: mean values with swing", False: "NOT CONVERGED"}
    state = result.summary.get("converged")
    return words.get(state, "state unknown")


def totals(result: Result) -> dict[str, float]:
    """rack_kW, shelf_kW, machines, racks, inflow_m3_s, cells of the hall."""
    rows = it_rows(result)
    racks = [r for r in rows if r["role"] == "rack"]
    shelves = [r for r in rows if r["role"] == "shelf"]
    return {
        "racks": len(racks),
        "rack_kW": sum(r["power_kW"] for r in racks),
        "shelves": len(shelves),
        "machines": sum(r.get("machines", 0) for r in shelves),
        "shelf_kW": sum(r["power_kW"] for r in shelves),
        "inflow_m3_s": sum(o["flow_m3_s"] for o in result.rows("openings") if o["flow_m3_s"] > 0),
        "cells": result.summary.get("cells", 0),
    }


def totals_line(result: Result) -> str:
    """The hall in one line."""
    t = totals(result)
    parts = []
    if t["racks"]:
        parts.append(f"{t['racks']} racks {t['rack_kW']:.0f} kW")
    if t["shelves"]:
        parts.append(f"{t['machines']:.0f} miners on {t['shelves']} shelf bays {t['shelf_kW']:.0f} kW")
    if t["inflow_m3_s"]:
        parts.append(f"{t['inflow_m3_s']:.0f} m³/s through the hall")
    parts.append(f"{t['cells']:,} cells".replace(",", " "))
    return "  ·  ".join([*parts, state_of_solution(result)])


def by_group(result_rows: list[dict[str, Any]]) -> dict[tuple[str, str], list[dict[str, Any]]]:
    """Openings by (group, wall)."""
    groups: dict[tuple[str, str], list[dict[str, Any]]] = {}
    for row in result_rows:
        groups.setdefault((row["group"], row["wall"]), []).append(row)
    return groups


def flow_of(rows: list[dict[str, Any]]) -> tuple[float, float]:
    """Flow in or out [m3/s, positive into the hall] and flow-weighted temperature [degC]; NaN where unknown."""
    known = [(r["flow_m3_s"], r["temperature_degC"]) for r in rows if isfinite(r.get("flow_m3_s", nan))]
    through = sum(abs(flow) for flow, _ in known)
    if not through:
        return (0.0 if known else nan), nan
    return sum(flow for flow, _ in known), sum(abs(flow) * degC for flow, degC in known) / through


def opening_words(group: str, rows: list[dict[str, Any]]) -> str:
    """Name, flow and temperature of a group of openings, as far as known."""
    flow, degC = flow_of(rows)
    if not isfinite(flow):
        return group
    return f"{group}: {abs(flow):.0f} m³/s, {degC:.1f} °C" if flow else f"{group}: no flow"


def worst_units(result: Result, count: int) -> list[dict[str, Any]]:
    """Racks and shelves of highest utilisation, worst first; those without a number last."""
    return sorted(it_rows(result), key=lambda r: -r["utilisation"] if isfinite(r["utilisation"]) else 1e9)[
        :count
    ]
