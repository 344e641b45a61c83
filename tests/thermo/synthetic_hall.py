"""A made-up result of a 48 x 18 x 6 m hall, right in shape and scale, so that views and metrics have
something to show without a solver. Its numbers are invented and prove nothing about halls.
"""

from __future__ import annotations

import numpy as np

from thermo.result import Result

SUPPLY = 24.0  # degC
POWER = [  # name, kind, type, parent, place, loading, rating_A, loss_kW, voltage_pu, power_kW
    ("tx_1", "oil_2500kVA_34k5_415", "transformer", "source", "outside", 61.0, 3478.0, 15.2, 0.991, 1480.0),
    ("tx_2", "oil_2500kVA_34k5_415", "transformer", "source", "outside", 38.0, 3478.0, 8.1, 0.994, 910.0),
    ("board_1", "", "board", "tx_1", "switch_room", 66.0, 3200.0, 0.4, 0.990, 1470.0),
    ("board_2", "", "board", "tx_2", "switch_room", 41.0, 3200.0, 0.2, 0.993, 905.0),
    ("fdr_a", "cu_xlpe_300mm2", "cable", "board_1", "outside", 78.0, 1000.0, 2.4, 0.984, 480.0),
    ("fdr_b", "cu_xlpe_300mm2", "cable", "board_1", "outside", 39.0, 1000.0, 0.7, 0.987, 240.0),
    ("fdr_m1", "cu_xlpe_300mm2", "cable", "board_1", "outside", 71.0, 1200.0, 2.0, 0.985, 700.0),
    ("fdr_m2", "cu_xlpe_300mm2", "cable", "board_2", "outside", 71.0, 1200.0, 2.0, 0.988, 700.0),
    ("bus_a", "busway_800A", "busway", "fdr_a", "hall", 93.5, 800.0, 1.9, 0.979, 480.0),
    ("bus_b", "busway_800A", "busway", "fdr_b", "hall", 46.0, 800.0, 0.5, 0.985, 240.0),
    ("bus_m1", "busway_1250A", "busway", "fdr_m1", "hall", 81.0, 1250.0, 3.1, 0.978, 700.0),
    ("bus_m2", "busway_1250A", "busway", "fdr_m2", "hall", 81.0, 1250.0, 3.1, 0.981, 700.0),
]
WHIPS = [
    (
        f"{row}{i}.bus_{row.lower()}",
        "cu_16mm2",
        "whip",
        f"bus_{row.lower()}",
        "hall",
        52.0 + i,
        100.0,
        0.05,
        0.975,
        40.0,
    )
    for row in "AB"
    for i in range(12)
]
ASSUMPTIONS = [
    "Outdoor air 30 degC dry bulb, 20 degC wet bulb; pads at 70 % saturation efficiency give 23.0 degC.",
    "Miners draw the power their curve gives at their inlet temperature.",
    "Walls and roof exchange no heat.",
]


def units() -> list[dict]:
    """Two rows of 12 racks back to back over a hot aisle, two lines of 10 shelf bays."""
    rows = []
    for row, y, facing, power in (("A", 4.5, "-y", 40.0), ("B", 7.5, "+y", 20.0)):
        for i in range(12):
            box = (3 + 0.6 * i, 3.6 + 0.6 * i, y, y + 1.2, 0.0, 2.1)
            rows.append(_unit(f"{row}{i}", f"row_{row.lower()}", "rack", facing, box, power))
    for line, y in (("1", 5.0), ("2", 9.5)):
        for i in range(10):
            box = (16 + 2.4 * i, 18.4 + 2.4 * i, y, y + 0.6, 0.0, 3.0)
            rows.append(_unit(f"M{line}-{i}", f"wall_{line}", "shelf", "-y", box, 70.0))
    return rows


def _unit(name: str, row: str, role: str, facing: str, box: tuple, power: float) -> dict:
    limit = 32.0 if role == "rack" else 40.0
    return {
        "name": name,
        "row": row,
        "role": role,
        "kind": "air_rack_40kW" if role == "rack" else "shelf_s19_20",
        "facing": facing,
        **dict(zip(("x0", "x1", "y0", "y1", "z0", "z1"), box, strict=True)),
        "power_kW": power,
        "air_heat_kW": power,
        "liquid_kW": 0.0,
        "airflow_m3_s": power / (1.19 * 1.006 * 13),
        "limit_degC": limit,
        "limit_name": "ASHRAE A1 allowable" if role == "rack" else "miner 40 degC",
        "supply_degC": SUPPLY,
        "voltage_pu": 0.98,
        "machines": 4 if role == "rack" else 20,
        "feed": {"row_a": "bus_a", "row_b": "bus_b", "wall_1": "bus_m1", "wall_2": "bus_m2"}[row],
    }


def hall(cell: float = 0.6) -> Result:
    """The whole result on cubes of about `cell` [m]."""
    grid = [np.linspace(0, length, max(2, round(length / cell)) + 1) for length in (48.0, 18.0, 6.0)]
    rows = units()
    t, velocity, blocked = _fields(grid, rows)
    for row in rows:
        _judge(row, grid, t)
    tables = _tables(rows, grid)
    return Result(
        grid=grid,
        fields={"T": t + np.float32(273.15), "U": velocity, "p": np.zeros_like(t), "blocked": blocked},
        tables=tables,
        summary=_summary(rows, int((blocked == 0).sum()), tables["limits"]),
        case_text="name: synthetic\n",
        state={"u": np.zeros((4, 5, 6), np.float32)},
        attributes={"device": "none", "precision": "single", "commit": "0" * 7, "wall_time_s": 41.5},
    )


def _fields(grid: list, rows: list[dict]) -> tuple:
    xc, yc, zc = (0.5 * (f[1:] + f[:-1]) for f in grid)
    z, y, x = np.meshgrid(zc, yc, xc, indexing="ij")
    t = SUPPLY + 0.5 * z + 12 * np.exp(-(((y - 6.6) / 0.9) ** 2)) * (x > 3) * (x < 10.2)
    t += 11 / (1 + np.exp(-(y - 10.4) * 4)) + 6 * ((y > 5.6) & (y < 6.8) & (x > 16) & (x < 40))
    t += 12 * np.exp(-(((x - 10.4) / 1.6) ** 2) - ((y - 4.4) / 1.3) ** 2 - ((z - 1.9) / 1.1) ** 2)
    t += 5 * np.exp(-(((x - 2.6) / 1.0) ** 2) - ((y - 9.3) / 1.0) ** 2 - ((z - 2.0) / 1.0) ** 2)
    blocked = np.zeros(t.shape, np.uint8)
    for r in rows:
        blocked[(x > r["x0"]) & (x < r["x1"]) & (y > r["y0"]) & (y < r["y1"]) & (z < r["z1"])] = 1
    velocity = np.zeros((*t.shape, 3), np.float32)
    velocity[..., 1] = 1.0
    t[blocked > 0] = np.nan
    return t.astype(np.float32), velocity, blocked


def _judge(row: dict, grid: list, t: np.ndarray) -> None:
    xc, yc, zc = (0.5 * (f[1:] + f[:-1]) for f in grid)
    front = row["y0"] if row["facing"] == "-y" else row["y1"]
    near = np.flatnonzero((yc < front) if row["facing"] == "-y" else (yc > front))
    j = near[-1] if row["facing"] == "-y" else near[0]
    i = [np.argmin(abs(xc - x)) for x in np.linspace(row["x0"] + 0.1, row["x1"] - 0.1, 5)]
    k = [np.argmin(abs(zc - z)) for z in np.linspace(0.1, row["z1"] - 0.1, 6)]
    patch = t[np.ix_(k, [j], i)][:, 0, :]
    worst = float(np.nanmean(patch, axis=1).max())
    row["inlet_degC"] = float(np.nanmean(patch))
    row["inlet_worst_tier_degC"] = worst
    row["inlet_max_degC"] = float(np.nanmax(patch))
    row["inlet_swing_K"] = 0.0
    row["outlet_degC"] = row["inlet_degC"] + 13
    row["utilisation"] = (worst - SUPPLY) / (row["limit_degC"] - SUPPLY)
    row["ok"] = bool(row["utilisation"] <= 1)


def _tables(rows: list[dict], grid: list) -> dict:
    return {
        "racks": columns(rows),
        "tiers": columns(_tiers(rows)),
        "openings": columns(_openings()),
        "power/elements": _elements(),
        "power/path": _paths(),
        "heat_ledger": _ledger(rows),
        "limits": columns(_limits(rows)),
        "assumptions": {"text": ASSUMPTIONS},
        "residuals": {
            "iteration": np.arange(1, 301),
            "time_s": np.linspace(0, 40, 300),
            "mass": 10.0 ** -np.linspace(1, 5, 300),
            "heat": 10.0 ** -np.linspace(0.5, 4, 300),
            "change_K": 10.0 ** -np.linspace(0, 2, 300),
        },
        "monitor": {"time_s": np.arange(50.0)}
        | {f"{r['name']}_degC": r["inlet_degC"] + np.sin(np.arange(50) / 5) for r in rows},
    }


def _tiers(rows: list[dict]) -> list[dict]:
    edges = np.linspace(0, 1, 7)
    return [
        {
            "rack": r["name"],
            "tier": n,
            "z0": r["z1"] * edges[n],
            "z1": r["z1"] * edges[n + 1],
            "inlet_degC": r["inlet_degC"] + (n - 2.5) * (r["inlet_worst_tier_degC"] - r["inlet_degC"]) / 2.5,
            "outlet_degC": r["outlet_degC"],
        }
        for r in rows
        for n in range(6)
    ]


def _openings() -> list[dict]:
    pads = [
        _opening(f"pads{i}", "pads", "intake", "y_min", (2 + 15 * i, 16 + 15 * i, 0, 0, 0.5, 4), 56, 23.0)
        for i in range(3)
    ]
    xs = 2 + 4.0 * np.arange(11)
    fans = [
        _opening(f"fans{i}", "fans", "fan", "y_max", (x, x + 1.4, 18, 18, 3, 4.4), -15.2, 36.0)
        for i, x in enumerate(xs)
    ]
    return pads + fans


def _opening(name: str, group: str, kind: str, wall: str, box: tuple, flow: float, degC: float) -> dict:
    return {
        "name": name,
        "group": group,
        "kind": kind,
        "wall": wall,
        **dict(zip(("x0", "x1", "y0", "y1", "z0", "z1"), map(float, box), strict=True)),
        "area_m2": (box[1] - box[0]) * (box[5] - box[4]),
        "flow_m3_s": flow,
        "mass_flow_kg_s": flow * 1.17,
        "temperature_degC": degC,
        "pressure_Pa": -25.0,
        "capacity_m3_s": 18.0 if kind == "fan" else np.nan,
    }


def _elements() -> dict:
    names = (
        "name",
        "kind",
        "type",
        "parent",
        "place",
        "loading_percent",
        "rating_A",
        "loss_kW",
        "voltage_pu",
        "power_kW",
    )
    table = {n: list(c) for n, c in zip(names, zip(*POWER + WHIPS, strict=True), strict=True)}
    table["current_A"] = [
        a * b / 100 for a, b in zip(table["loading_percent"], table["rating_A"], strict=True)
    ]
    table["ok"] = [v < 100 for v in table["loading_percent"]]
    return table


def _paths() -> dict:
    lines = [
        ("bus_a", 3, 5.1, 10.2, 5.1),
        ("bus_b", 3, 8.1, 10.2, 8.1),
        ("bus_m1", 16, 5.3, 40, 5.3),
        ("bus_m2", 16, 9.8, 40, 9.8),
    ]
    names = ("element", "x0", "y0", "z0", "x1", "y1", "z1")
    return {
        n: list(c)
        for n, c in zip(
            names, zip(*[(e, a, b, 3.2, c, d, 3.2) for e, a, b, c, d in lines], strict=True), strict=True
        )
    }


def _ledger(rows: list[dict]) -> dict:
    it = 1000 * sum(r["power_kW"] for r in rows)
    return {
        "place": ["hall", "hall", "outside", "switch_room"],
        "item": ["racks and shelves", "busways", "transformers and cables", "boards"],
        "watts": [it, 8600.0, 30400.0, 600.0],
    }


def _limits(rows: list[dict]) -> list[dict]:
    racks = [
        _limit("rack inlet", r["name"], r["utilisation"], r["inlet_worst_tier_degC"], r["limit_degC"], "degC")
        for r in rows
    ]
    power = [_limit(p[2], p[0], p[5] / 100, p[5] * p[6] / 100, p[6], "A") for p in POWER]
    rest = [
        _limit("voltage", "M1-9", 0.44, 0.978, 0.95, "p.u."),
        _limit("rack airflow", "hall", 0.86, 144.0, 167.0, "m3/s"),
        _limit("fans", "fans", 0.84, 15.2, 18.0, "m3/s"),
        _limit("pads", "pads", 0.71, 1.07, 1.5, "m/s"),
    ]
    return racks + power + rest


def _limit(limit: str, where: str, utilisation: float, value: float, at_limit: float, unit: str) -> dict:
    return {
        "limit": limit,
        "where": where,
        "utilisation": utilisation,
        "value": value,
        "at_limit": at_limit,
        "unit": unit,
        "ok": utilisation <= 1,
    }


def _summary(rows: list[dict], cells: int, limits: dict) -> dict:
    worst = int(np.argmax(limits["utilisation"]))
    return {
        "case": "synthetic",
        "device": "cpu",
        "precision": "single",
        "cells": cells,
        "converged": True,
        "iterations": 300,
        "time_s": {"setup": 1.2, "air": 40.0, "power": 0.1, "total": 41.5},
        "balance": {"mass_percent": 0.002, "heat_percent": 0.21},
        "racks": rows,
        "hotspots": [],
        "assumptions": ASSUMPTIONS,
        "power": {"elements": [], "voltage_min_pu": 0.978, "loss_kW": 39.6},
        "metrics": {},
        "binding": {k: limits[k][worst] for k in ("limit", "where", "utilisation")},
    }


def columns(rows: list[dict]) -> dict:
    return {key: [r[key] for r in rows] for key in rows[0]}
