"""What is labelled in the 3D views, and where: the worst racks, groups of openings, busways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..result import Result
from . import colours
from .wording import worst_units

NEAR = 5.0  # [K] to the limit


@dataclass(frozen=True)
class Anchor:
    """A point of the scene and what to write beside it."""

    at: tuple[float, float, float]  # [m]
    text: str
    colour: str
    kind: str  # "unit" | "opening" | "busway"


def unit_anchors(result: Result, count: int = 6) -> list[Anchor]:
    """The worst racks and shelves, labelled with their worst tier's inlet and their own limit.

    Beyond the first three only those near their limit.
    """
    anchors = []
    worst = worst_units(result, count)
    for row in worst[:3] + [row for row in worst[3:] if colours.margin(row) < NEAR]:
        x, y, z = 0.5 * (row["x0"] + row["x1"]), 0.5 * (row["y0"] + row["y1"]), row["z1"]
        text = f"{row['name']}  {row['inlet_worst_tier_degC']:.1f} °C\nlimit {row['limit_degC']:.0f}"
        anchors.append(Anchor((x, y, z), text, colours.unit_colour(row), "unit"))
    return anchors


def opening_anchors(result: Result) -> list[Anchor]:
    """One label for each group of openings: flow and temperature."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in result.rows("openings"):
        groups.setdefault(row["group"], []).append(row)
    anchors = []
    for group, rows in groups.items():
        flow = sum(abs(r["flow_m3_s"]) for r in rows)
        mean = sum(abs(r["flow_m3_s"]) * r["temperature_degC"] for r in rows) / flow if flow else float("nan")
        middle = rows[len(rows) // 2]
        at = tuple(0.5 * (middle[f"{a}0"] + middle[f"{a}1"]) for a in "xyz")
        text = f"{group}: {flow:.0f} m³/s, {mean:.1f} °C" if flow else f"{group}: no flow"
        anchors.append(Anchor(at, text, colours.OPENINGS[rows[0]["kind"]][1], "opening"))
    return anchors


def busway_anchors(result: Result) -> list[Anchor]:
    """One label at the start of each busway: its loading."""
    loading = {e["name"]: e["loading_percent"] for e in result.rows("power/elements")}
    anchors: dict[str, Anchor] = {}
    for row in result.rows("power/path"):
        percent = loading.get(row["element"], float("nan"))
        at = (row["x1"], row["y1"], row["z1"])
        text = f"{row['element']} {percent:.0f} %"
        anchors[row["element"]] = Anchor(at, text, colours.loading_colour(percent), "busway")
    return list(anchors.values())


def all_anchors(result: Result) -> list[Anchor]:
    return [*unit_anchors(result), *opening_anchors(result), *busway_anchors(result)]
