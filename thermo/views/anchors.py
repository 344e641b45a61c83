"""What is labelled in the 3D views, and where: the worst racks, groups of openings, busways."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from ..result import Result
from . import colours
from .wording import by_group, inlet_words, opening_words, worst_units

NEAR = 5.0  # [K] to the limit
ABOVE = 0.6  # [m] labels stand over what they name


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
        text = f"{row['name']}  {inlet_words(row)} °C\nlimit {row['limit_degC']:.0f}"
        anchors.append(Anchor((x, y, z), text, colours.unit_colour(row), "unit"))
    return anchors


def opening_anchors(result: Result) -> list[Anchor]:
    """One label for each group of openings: flow and temperature."""
    anchors = []
    for (group, wall), rows in by_group(result.rows("openings")).items():
        x, y, z = _middle(rows[len(rows) // 2])
        if len(rows) > 1 and wall not in ("floor", "ceiling"):
            z = rows[len(rows) // 2]["z1"] + ABOVE  # or it would hide one of them
        colour = colours.OPENINGS[rows[0]["kind"]][1]
        anchors.append(Anchor((x, y, z), opening_words(group, rows), colour, "opening"))
    return anchors


def busway_anchors(result: Result) -> list[Anchor]:
    """One label over the middle of each busway: its loading."""
    loading = {e["name"]: e["loading_percent"] for e in result.rows("power/elements")}
    pieces: dict[str, list[dict[str, Any]]] = {}
    for row in result.rows("power/path"):
        pieces.setdefault(row["element"], []).append(row)
    anchors = []
    for name, rows in pieces.items():
        percent = loading.get(name, float("nan"))
        x, y, z = _middle(rows[len(rows) // 2])
        anchors.append(
            Anchor((x, y, z + ABOVE), f"{name} {percent:.0f} %", colours.loading_colour(percent), "busway")
        )
    return anchors


def _middle(row: dict[str, Any]) -> tuple[float, float, float]:
    x, y, z = (0.5 * (row[f"{axis}0"] + row[f"{axis}1"]) for axis in "xyz")
    return x, y, z


def all_anchors(result: Result) -> list[Anchor]:
    return [*unit_anchors(result), *opening_anchors(result), *busway_anchors(result)]
