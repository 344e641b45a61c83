"""What an engineer reads off a result: hot spots, supply heat and return indices, compliance, PUE.

Pure functions of a `Result`. Temperatures in degC as in its tables.

Sources: SHI, RHI: Sharma, Bash, Patel, AIAA 2002-3091. RCI: Herrlin, ASHRAE Transactions 111(2), 2005.
RTI: Herrlin, ASHRAE Transactions 114(1), 2008. Recommended and allowable ranges: ASHRAE TC 9.9, Thermal
Guidelines, fifth edition, 2021.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass
from math import inf, isfinite, nan
from typing import Any

import numpy as np

from .result import Faces, Result

INTAKE_DEPTH = 0.6  # [m] air this far in front of a rack is its intake air: one floor tile
RECOMMENDED = 27.0  # [degC] upper end for classes A1 to A4
RECOMMENDED_H1, ALLOWABLE_H1 = 22.0, 25.0  # [degC] high-density air class
ALLOWABLE_A1 = 32.0  # [degC]
ZERO_CELSIUS = 273.15
UNITS = {"shi": "1", "rhi": "1", "rti": "%", "rci_hi": "%", "pue_partial": "1"}


@dataclass(frozen=True)
class HotSpot:
    """A connected region of intake air above the limit that holds for the racks it feeds."""

    peak_degC: float
    at_m: tuple[float, float, float]  # where the peak is
    volume_m3: float
    racks: tuple[str, ...]  # racks and shelves whose front it touches, hottest first
    limit_degC: float


def add_metrics(result: Result) -> Result:
    """The result with its `hotspots` and `metrics` tables and the summary's hotspots, metrics and binding."""
    spots = hot_spots(result)
    numbers = indices(result)
    tables: dict[str, dict[str, Any]] = {"hotspots": hotspot_table(spots), "metrics": _metrics_table(numbers)}
    summary = {"hotspots": hotspot_rows(spots), "metrics": numbers, "binding": binding(result)}
    return result.extended(tables, summary)


def it_rows(result: Result) -> list[dict[str, Any]]:
    """Racks and shelf bays, without the coolers."""
    return [row for row in result.rows("racks") if row["role"] != "cooler"]


# -------------------------------------------------------------------------------------------- hot spots


def hot_spots(result: Result, limit_degC: float | None = None, depth: float = INTAKE_DEPTH) -> list[HotSpot]:
    """Connected regions of intake air above the limit, worst first.

    Intake air is the air within `depth` [m] of the front of a rack or shelf, over the front's width and
    height. Racks are taken together by their inlet limit: cells of their intake air above that limit are
    labelled (six-neighbour connectivity), and a region counts when it touches at least one of their fronts.
    So hot exhaust air is no hot spot until it reaches a front, and a miner good to 40 degC raises no alarm at
    28. With `limit_degC` that one limit is used for all.
    """
    rows = it_rows(result)
    for row in rows:
        row["limit_degC"] = row["limit_degC"] if limit_degC is None else limit_degC
    limits = sorted({row["limit_degC"] for row in rows if isfinite(row["limit_degC"])})
    spots = [spot for limit in limits for spot in _spots_above(result, limit, rows, depth)]
    return sorted(spots, key=lambda spot: spot.limit_degC - spot.peak_degC)


def intake_excess(result: Result, depth: float = INTAKE_DEPTH) -> np.ndarray:
    """Temperature less the limit [K] in the intake air of racks and shelves, -inf elsewhere: (nz,ny,nx).

    Where intakes overlap the strictest limit holds. Its zero surface bounds the hot spots.
    """
    excess = np.full(result.grid.shape, -inf, dtype=np.float32)
    celsius, blocked = _celsius(result), _blocked(result)
    for row in it_rows(result):
        cells = front_cells(result.grid, row, depth)
        excess[cells] = np.maximum(excess[cells], celsius[cells] - row["limit_degC"])
    excess[blocked] = -inf
    return excess


def front_cells(grid: Faces, row: dict[str, Any], depth: float) -> tuple[slice, slice, slice]:
    """Slices k, j, i of the cells in front of a rack, `depth` [m] deep, one layer at least."""
    axis, outward = "xyz".index(row["facing"][1]), row["facing"][0] == "+"
    slices = []
    for n, centres in enumerate(grid.centres):
        low, high = row[f"{'xyz'[n]}0"], row[f"{'xyz'[n]}1"]
        if n == axis:
            slices.append(_beyond(centres, high if outward else low, depth, outward))
        else:
            slices.append(slice(int(np.searchsorted(centres, low)), int(np.searchsorted(centres, high))))
    return slices[2], slices[1], slices[0]


def _beyond(centres: np.ndarray, face: float, depth: float, outward: bool) -> slice:
    at = int(np.searchsorted(centres, face))
    if outward:
        return slice(at, max(at + 1, int(np.searchsorted(centres, face + depth))))
    return slice(max(0, min(at - 1, int(np.searchsorted(centres, face - depth)))), at)


def _celsius(result: Result) -> np.ndarray:
    return result.field("T") - np.float32(ZERO_CELSIUS)


def _blocked(result: Result) -> np.ndarray:
    if "blocked" not in result.field_names:
        return np.zeros(result.grid.shape, bool)
    return result.field("blocked") > 0


def _spots_above(result: Result, limit: float, rows: list[dict[str, Any]], depth: float) -> list[HotSpot]:
    from scipy.ndimage import find_objects, label

    celsius = _celsius(result)
    intake = np.zeros(celsius.shape, bool)
    mine = [row for row in rows if row["limit_degC"] == limit]
    for row in mine:
        intake[front_cells(result.grid, row, depth)] = True
    with np.errstate(invalid="ignore"):
        hot = intake & ~_blocked(result) & (celsius > limit)
    labels, _ = label(hot)
    touching = _touching(result.grid, mine, labels, celsius)
    boxes = enumerate(find_objects(labels), start=1)
    return [
        _spot(result.grid, celsius, labels == n, limit, touching[n])
        for n, box in boxes
        if box and n in touching
    ]


def _touching(
    grid: Faces, rows: list[dict[str, Any]], labels: np.ndarray, celsius: np.ndarray
) -> dict[int, tuple[str, ...]]:
    """Region number -> names of the racks whose front layer it reaches, hottest first."""
    found: dict[int, list[tuple[float, str]]] = {}
    for row in rows:
        front = front_cells(grid, row, 0.0)
        for n in np.unique(labels[front]):
            if n > 0:
                hottest = float(celsius[front][labels[front] == n].max())
                found.setdefault(int(n), []).append((-hottest, row["name"]))
    return {n: tuple(name for _, name in sorted(racks)) for n, racks in found.items()}


def _spot(
    grid: Faces, celsius: np.ndarray, region: np.ndarray, limit: float, racks: tuple[str, ...]
) -> HotSpot:
    k, j, i = np.nonzero(region)
    dx, dy, dz = (np.diff(f) for f in grid)
    n = int(celsius[k, j, i].argmax())
    centres = grid.centres
    place = (float(centres.xf[i[n]]), float(centres.yf[j[n]]), float(centres.zf[k[n]]))
    return HotSpot(float(celsius[k, j, i][n]), place, float((dx[i] * dy[j] * dz[k]).sum()), racks, limit)


def hotspot_rows(spots: list[HotSpot]) -> list[dict[str, Any]]:
    """As the run document lists them."""
    return [asdict(spot) for spot in spots]


def hotspot_table(spots: list[HotSpot]) -> dict[str, Any]:
    """As the result file's table holds them."""
    table = {name: np.array([getattr(s, name) for s in spots], float) for name in ("peak_degC", "volume_m3")}
    table["limit_degC"] = np.array([s.limit_degC for s in spots], float)
    for n, axis in enumerate("xyz"):
        table[axis] = np.array([s.at_m[n] for s in spots], float)
    return table | {"racks": np.array([", ".join(s.racks) for s in spots], str)}


# -------------------------------------------------------------------------------------------- indices


def indices(result: Result) -> dict[str, float]:
    """shi, rhi [-], rti, rci_hi [%], pue_partial [-]; NaN where the result has nothing to form one from."""
    shi = supply_heat_index(result)
    return {
        "shi": shi,
        "rhi": 1.0 - shi,
        "rti": return_temperature_index(result),
        "rci_hi": rack_cooling_index_high(result),
        "pue_partial": partial_pue(result),
    }


def supply_heat_index(result: Result) -> float:
    """SHI = sum Q (T_in - T_supply) / sum Q (T_out - T_supply) [-] over racks and shelves, Q the airflow."""
    rows = it_rows(result)
    gained = sum(r["airflow_m3_s"] * (r["inlet_degC"] - r["supply_degC"]) for r in rows)
    total = sum(r["airflow_m3_s"] * (r["outlet_degC"] - r["supply_degC"]) for r in rows)
    return gained / total if total else nan


def return_temperature_index(result: Result) -> float:
    """RTI = (T_return - T_supply) / equipment rise [%]: above 100 air recirculates, below 100 it bypasses.

    Supply is what flows in at the openings and out of the coolers, return what flows out at the openings and
    into the coolers; all means weighted by flow. The rise is the racks' and shelves' own.
    """
    openings = result.rows("openings")
    coolers = [r for r in result.rows("racks") if r["role"] == "cooler"]
    into = [(o["flow_m3_s"], o["temperature_degC"]) for o in openings if o["flow_m3_s"] > 0]
    out = [(-o["flow_m3_s"], o["temperature_degC"]) for o in openings if o["flow_m3_s"] < 0]
    into += [(r["airflow_m3_s"], r["outlet_degC"]) for r in coolers]
    out += [(r["airflow_m3_s"], r["inlet_degC"]) for r in coolers]
    rise = _mean([(r["airflow_m3_s"], r["outlet_degC"] - r["inlet_degC"]) for r in it_rows(result)])
    return 100.0 * (_mean(out) - _mean(into)) / rise if rise else nan


def _mean(weighted: list[tuple[float, float]]) -> float:
    total = sum(weight for weight, _ in weighted)
    return sum(weight * value for weight, value in weighted) / total if total else nan


def rack_cooling_index_high(result: Result) -> float:
    """RCI_HI [%] over the intakes (tiers) of the racks: 100 = none above the recommended range.

    Each rack brings its own allowable maximum (its limit; class A1's when its limit is no higher than the
    recommended one) and its own recommended maximum (class H1: 22 degC, else 27). Shelves of miners have no
    ASHRAE class and are left out. NaN without racks.
    """
    bounds = {r["name"]: _bounds(r) for r in result.rows("racks") if r["role"] == "rack"}
    intakes = [(t["rack"], t["inlet_degC"]) for t in result.rows("tiers") if t["rack"] in bounds]
    if not intakes:
        intakes = [(r["name"], r["inlet_degC"]) for r in result.rows("racks") if r["name"] in bounds]
    above = sum(max(0.0, degC - bounds[name][0]) for name, degC in intakes)
    allowed = sum(bounds[name][1] - bounds[name][0] for name, _ in intakes)
    return 100.0 * (1.0 - above / allowed) if allowed else nan


def _bounds(row: dict[str, Any]) -> tuple[float, float]:
    """Recommended and allowable maximum of one rack [degC]."""
    if "H1" in row["limit_name"]:
        return RECOMMENDED_H1, ALLOWABLE_H1
    return RECOMMENDED, row["limit_degC"] if row["limit_degC"] > RECOMMENDED else ALLOWABLE_A1


def partial_pue(result: Result) -> float:
    """(IT + distribution loss + fans) / IT [-]. IT is AC at the cords, so PSU loss counts as IT.

    Fans count where the openings table has a `power_kW` column. Partial: what stands outside the model
    (medium-voltage lines, pad pumps, lighting, offices) is missing.
    """
    it = sum(r["power_kW"] for r in it_rows(result))
    loss = sum(r["loss_kW"] for r in result.rows("power/elements"))
    fans = sum(r.get("power_kW", 0.0) for r in result.rows("openings"))
    return (it + loss + fans) / it if it else nan


def _metrics_table(numbers: dict[str, float]) -> dict[str, list[Any]]:
    return {"name": list(numbers), "value": list(numbers.values()), "unit": [UNITS[name] for name in numbers]}


# -------------------------------------------------------------------------------------------- limits


def binding(result: Result) -> dict[str, Any]:
    """The limit that binds first: the row of the limits table with the largest utilisation.

    judged: what can be said of it, "ok", "over" or, of a rack's inlet, "within uncertainty" of the limit.
    """
    worst = worst_by_limit(result)
    if not worst:
        return {"limit": None, "where": None, "utilisation": None, "judged": None}
    row = max(worst.values(), key=lambda r: r["utilisation"])
    return {key: row[key] for key in ("limit", "where", "utilisation")} | {"judged": _judged(result, row)}


def _judged(result: Result, limit: dict[str, Any]) -> str:
    if limit["limit"] == "rack inlet":
        racks = {rack["name"]: rack for rack in result.rows("racks")}
        found = racks.get(limit["where"], {}).get("judged")
        if found:
            return str(found)
    return "over" if limit["utilisation"] >= 1.0 else "ok"


def close_inlets(result: Result) -> list[str]:
    """Racks and shelves whose limit lies within the uncertainty of their inlet."""
    return [row["name"] for row in it_rows(result) if row.get("judged") == "within uncertainty"]


def worst_by_limit(result: Result) -> dict[str, dict[str, Any]]:
    """Limit -> its row of largest utilisation, largest first. Rows without a number are left out."""
    rows = [row for row in result.rows("limits") if isfinite(row["utilisation"])]
    rows.sort(key=lambda row: -row["utilisation"])
    worst: dict[str, dict[str, Any]] = {}
    for row in rows:
        worst.setdefault(row["limit"], row)
    return worst
