"""The electrical judgement on the report's page: transformers, breakers, room, phases, as text ready to print."""

from __future__ import annotations

from math import inf, isfinite
from typing import Any

from ..result import Result
from .wording import figures, number

NEAR_KELVIN = 5.0  # below its limit, from where on a conductor is marked
SHOWN = 12  # breakers of cords on the page, the fullest first
Row = dict[str, Any]


def context(result: Result) -> dict[str, Any]:
    """What the page's electrical part shows; {} for a result without a judgement."""
    if not result.has_table("power/breakers"):
        return {}
    types = {row["name"]: row["type"] for row in result.rows("power/elements")}
    return {
        "transformers": [_transformer(row) for row in result.rows("power/transformers")],
        "breakers": _breakers(result, types),
        "room": [_room(row) for row in result.rows("power/headroom") if types[row["name"]] != "whip"],
        "quality": [_quality(row) for row in result.rows("power/quality") if types[row["name"]] != "whip"],
        "moves": result.rows("power/moves"),
        "stranded": _stranded(result),
        "conductors": [
            _conductor(row) for row in _rows(result, "power/conductors") if types[row["name"]] != "whip"
        ],
        "converters": [_converter(row) for row in _rows(result, "power/converters")],
        "shelves": _shelves(_rows(result, "power/shelves")),
        "batteries": [_battery(row) for row in _rows(result, "power/batteries")],
        "energy": _energy(result),
        "workload": [_finding(row) for row in _rows(result, "power/workload")],
        "outages": [_outage(row) for row in result.rows("power/contingency") if row["type"] != "whip"],
        "cords": _cords([row for row in result.rows("power/contingency") if row["type"] == "whip"]),
    }


def _energy(result: Result) -> Row | None:
    """Rows of the energy balance, and what it leaves open; None in results that have none."""
    rows = _rows(result, "power/energy")
    if not rows:
        return None
    given, left = rows[0], next(row for row in rows if row["term"] == "left open")
    shares = [abs(left[unit] / given[unit]) for unit in ("power_kW", "course_kWh") if isfinite(given[unit])]
    return {
        "rows": [_energy_term(row) for row in rows if row is not left and _is_some(row)],
        "course": isfinite(given["course_kWh"]),
        "closes": ((result.summary.get("power") or {}).get("closure") or {}).get("closes", True),
        "open": f"{max(shares):.0e}",
    }


def _is_some(row: Row) -> bool:
    return bool(row["power_kW"]) or (isfinite(row["course_kWh"]) and bool(row["course_kWh"]))


def _energy_term(row: Row) -> Row:
    return {
        "term": row["term"].replace("_", " "),
        "power": number(row["power_kW"], 2),
        "share": number(row["share_percent"], 2),
        "course": number(row["course_kWh"], 3, missing=""),
    }


def _transformer(row: Row) -> Row:
    share = (row["hot_spot_degC"] - row["air_degC"]) / max(row["limit_degC"] - row["air_degC"], 1.0)
    return {
        "name": row["name"],
        "load": number(row["load_percent"], 0),
        "air": number(row["air_degC"]),
        "oil": number(row["top_oil_degC"]),
        "hot_spot": number(row["hot_spot_degC"]),
        "limit": number(row["limit_degC"], 0),
        "ageing": figures(row["ageing_rate"]),
        "life": _life(row["ageing_rate"]),
        "most": number(row["load_at_limit_percent"], 0),
        "k_factor": number(row["k_factor"], 2),
        "harmonic": number(row["harmonic_load_percent"]),
        "mark": "over" if share >= 1 else "near" if share >= 0.9 else "",
    }


def _conductor(row: Row) -> Row:
    margin = row["limit_degC"] - row["hottest_degC"]
    return {
        "name": row["name"],
        "air": number(row["air_degC"]),
        "hottest": number(row["hottest_degC"], missing="runs away"),
        "limit": number(row["limit_degC"], 0),
        "mark": "over" if margin <= 0 else "near" if margin < NEAR_KELVIN else "",
        "loss": number(row["loss_kW"], 2),
        "factor": number(row["resistance_factor"], 3),
        "lasts": "for good" if row["time_to_limit_s"] == inf else _time(row["time_to_limit_s"]),
    }


def _converter(row: Row) -> Row:
    return {
        "name": row["name"],
        "mode": row["mode"],
        "input": number(row["input_kW"]),
        "output": number(row["output_kW"]),
        "loss": number(row["loss_kW"], 2),
        "efficiency": number(row["efficiency_percent"], 2),
        "load": number(row["load_percent"], 0),
        "mark": "over" if row["load_percent"] >= 100 else "near" if row["load_percent"] >= 90 else "",
        "minutes": number(row["ride_through_min"]),
    }


def _battery(row: Row) -> Row:
    doing = "charges" if row["power_kW"] > 0 else "gives" if row["power_kW"] < 0 else "stands by"
    return {
        "name": row["name"],
        "doing": f"{doing} {number(abs(row['power_kW']))} kW",
        "stored": number(row["stored_kW"]),
        "loss": number(row["loss_kW"], 2),
        "charge": number(row["state_of_charge_percent"], 0),
        "lasts": f"{row['lasts_h']:.1f} h" if isfinite(row["lasts_h"]) else "-",
    }


def _shelves(rows: list[Row]) -> list[Row]:
    """Racks of one kind of shelf and like load together."""
    groups: dict[tuple[str, str], list[Row]] = {}
    for row in rows:
        groups.setdefault((row["kind"], number(row["load_percent"], 0)), []).append(row)
    return [_shelf(kind, its) for (kind, _), its in groups.items()]


def _shelf(kind: str, rows: list[Row]) -> Row:
    worst = max(rows, key=lambda row: row["load_percent"])
    alone = worst["without_a_feed_percent"]
    return {
        "racks": f"{rows[0]['name']}" + (f" and {len(rows) - 1} like it" if len(rows) > 1 else ""),
        "kind": kind,
        "power": number(worst["dc_kW"]),
        "bus": number(worst["bus_A"], 0),
        "loss": number(sum(row["loss_kW"] for row in rows), 2),
        "efficiency": number(worst["efficiency_percent"], 2),
        "load": number(worst["load_percent"], 0),
        "mark": "over" if worst["load_percent"] >= 100 else "",
        "alone": number(alone, 0),
        "alone_mark": "over" if isfinite(alone) and alone >= 100 else "",
    }


def _life(rate: float) -> str:
    """Hours of life that a day costs."""
    return f"{24 * rate:.2g}" if isfinite(rate) else "-"


def _breakers(result: Result, types: dict[str, str]) -> list[Row]:
    """All breakers of elements and the fullest of cords, with the fault current they meet."""
    faults = {row["name"]: row for row in result.rows("power/faults")}
    rows = result.rows("power/breakers")
    rows.sort(key=lambda r: -r["current_A"] / max(r["carries_A"], 1e-9) if isfinite(r["current_A"]) else -inf)
    cords = [row for row in rows if types[row["name"]] == "whip"][:SHOWN]
    named = {row["name"] for row in cords}
    shown = [row for row in rows if types[row["name"]] != "whip" or row["name"] in named]
    return [_breaker(row, faults[row["name"]]) for row in shown]


def _breaker(row: Row, fault: Row) -> Row:
    used = row["current_A"] / row["carries_A"] if row["carries_A"] > 0 else 0.0
    breaks = fault["utilisation"]
    return {
        "name": row["name"],
        "standard": row["standard"],
        "rating": number(row["rating_A"], 0),
        "air": number(row["air_degC"]),
        "carries": number(row["carries_A"], 0),
        "current": number(row["current_A"], 0),
        "percent": number(100 * used, 0),
        "mark": "over" if used >= 1 else "near" if used >= 0.9 else "",
        "trips": _trips(row["trips_after_s"], row["trips_before_s"]),
        "fault": number(fault["three_phase_kA"]),
        "peak": number(fault["peak_kA"]),
        "interrupting": number(fault["interrupting_kA"], 0),
        "fault_mark": "over" if breaks >= 1 else "near" if breaks >= 0.9 else "",
        "selective": _selective(row),
        "room": number(row["headroom_kW"], 0),
    }


def _trips(after: float, before: float) -> str:
    """The band of times, in words."""
    if not isfinite(after):
        return "never"
    return f"{_time(after)} to {_time(before)}" if isfinite(before) else f"{_time(after)} at the earliest"


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.2g} s"
    return f"{seconds / 60:.0f} min" if seconds < 7200 else f"{seconds / 3600:.1f} h"


def _selective(row: Row) -> str:
    """Up to where it is sure to trip before the one above it."""
    if not row["above"]:
        return "-"
    kiloamperes = row["selective_to_kA"]
    return (
        f"all, above {row['above']}"
        if kiloamperes == inf
        else f"{kiloamperes:.1f} kA, then {row['above']} too"
    )


def _room(row: Row) -> Row:
    return {
        "name": row["name"],
        "binding": row["binding"] or "-",
        **{phase: number(row[f"phase_{phase}_kW"], 0) for phase in "abc"},
        "balanced": number(row["balanced_kW"], 0),
        "stranded": number(row["stranded_kW"]),
        "mark": "over" if row["balanced_kW"] < 0 else "",
    }


def _quality(row: Row) -> Row:
    return {
        "name": row["name"],
        "iec": number(row["negative_sequence_percent"], 2),
        "nema": number(row["nema_percent"], 2),
        **{phase: number(row[f"phase_{phase}_A"], 0) for phase in "abc"},
        "current": number(row["current_unbalance_percent"]),
        "neutral": number(row["neutral_A"], 0),
        "neutral_rating": number(row["neutral_rating_A"], 0),
    }


def _rows(result: Result, table: str) -> list[Row]:
    return result.rows(table) if result.has_table(table) else []


def _finding(row: Row) -> Row:
    unit = {"degC": "°C", "-": ""}.get(row["unit"], row["unit"])
    return {"quantity": row["quantity"], "where": row["where"], "value": f"{figures(row['value'])} {unit}"}


def _outage(row: Row) -> Row:
    trips = row["trips_first"]
    return {
        "lost": row["lost"],
        "dark": f"{row['dark_kW']:.0f} kW: {row['dark']}" if row["dark_units"] else "nobody",
        "takes": _takes_over(row),
        "worst": row["worst"],
        "percent": number(row["worst_percent"], 0),
        "mark": "over" if row["worst_percent"] >= 100 else "near" if row["worst_percent"] >= 90 else "",
        "voltage": number(row["voltage_min_pu"], 3),
        "trips": f"{trips}, {_trips(row['trips_after_s'], row['trips_before_s'])}" if trips else "none",
        "cap": "" if not trips else "in time" if row["cap_in_time"] else "TOO LATE",
        "cap_mark": "over" if trips and not row["cap_in_time"] else "",
        "after": _after(row),
        "after_mark": "over" if row["collapsed"] or row["dark_units_after"] > row["dark_units"] else "",
    }


def _takes_over(row: Row) -> str:
    """The element whose loading rises most, before and after."""
    if not row.get("takes_over"):
        return "-"
    return (
        f"{row['takes_over']}, {row['takes_over_from_percent']:.0f} to {row['takes_over_to_percent']:.0f} %"
    )


def _after(row: Row) -> str:
    """How it ends without a power cap."""
    if row["collapsed"]:
        return "no solution: the voltage collapses"
    acts = row.get("events") or row["cascade"]
    if not acts:
        return "holds"
    changed = row["trips_first"] or row["dark_after_kW"] != row["dark_kW"]
    return f"{acts}: {row['dark_after_kW']:.0f} kW dark" if changed else acts


def _cords(rows: list[Row]) -> str:
    """The outages of single cords in one sentence."""
    if not rows:
        return ""
    dark, over = sum(row["dark_units"] > 0 for row in rows), sum(row["worst_percent"] > 100 for row in rows)
    return f"Of {len(rows)} cords lost one at a time, {dark} leave a unit dark and {over} overload something for hours."


def _stranded(result: Result) -> str:
    """What imbalance strands where most, and what the moves leave of it."""
    rows = result.rows("power/phases")
    if not rows:
        return ""
    worst = max(rows, key=lambda row: row["stranded_kW"])
    count = len(result.rows("power/moves"))
    if not count:
        return f"{worst['name']}: {worst['stranded_kW']:.1f} kW stranded; no exchange of phases frees more."
    left = f"{count} moves leave {worst['after_moves_kW']:.1f} kW"
    return f"{worst['name']}: {worst['stranded_kW']:.1f} kW stranded; {left}."
