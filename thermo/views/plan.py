"""The hall from above: every rack with its name and inlet temperature, or, before a run, with its power."""

from __future__ import annotations

from math import isfinite
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ..result import Result
from . import colours
from .layers import slice_height
from .sheet import Row, Sheet, draw_sheet
from .wording import doubt, inlet_words, name_of, totals_line

if TYPE_CHECKING:
    from ..plan import Plan

ROLE_COLOURS = {"rack": "#a6c8e8", "shelf": "#d9d2c5", "cooler": colours.COOLER}


def draw(result: Result, path: str | Path) -> Path:
    """Plan of a result over the air temperature at the worst tier's height; `.png` or `.svg`."""
    loading = {e["name"]: e["loading_percent"] for e in result.rows("power/elements")}
    height = slice_height(result)
    sheet = Sheet(
        size=result.grid.size,
        title=f"{name_of(result)}: plan",
        subtitle=totals_line(result),
        units=[
            row | {"text": _inlet(row), "colour": colours.unit_colour(row)} for row in result.rows("racks")
        ],
        openings=result.rows("openings"),
        partitions=result.rows("partitions"),
        screens=result.rows("screens"),
        busways=[
            row | _loaded(row["element"], loading.get(row["element"], float("nan")))
            for row in result.rows("power/path")
        ],
        legend={f"inlet {c.name}": c.colour for c in reversed(colours.MARGINS)},
        note=f"Worst tier's mean inlet in °C. Heavy edge: front (air in). Air temperature at {height:.1f} m. "
        + f"Uncertainty: {doubt(result)}." * bool(doubt(result)),
    )
    return draw_sheet(sheet, path, result)


def draw_plan(plan: Plan, path: str | Path, title: str = "") -> Path:
    """Plan of a hall before any run: names and powers; `.png` or `.svg`."""
    units = [
        _boxed(u.box)
        | {
            "name": u.name,
            "facing": u.facing,
            "text": _power(u),
            "colour": ROLE_COLOURS.get(u.role, "#dddddd"),
        }
        for u in plan.units
    ]
    present = {u.role for u in plan.units}
    sheet = Sheet(
        size=plan.size,
        title=f"{title}: plan" if title else "Plan",
        subtitle=_totals(plan),
        units=units,
        openings=[_boxed(o.box) | {"group": o.group, "kind": o.kind, "wall": o.wall} for o in plan.openings],
        solids=[_boxed(s.box) for s in plan.solids],
        partitions=[_boxed(p.box) for p in plan.partitions],
        screens=[_boxed(s.box) for s in plan.screens],
        legend={role: colour for role, colour in ROLE_COLOURS.items() if role in present},
        note="Power at the cords. Heavy edge: front (air in).",
    )
    return draw_sheet(sheet, path)


def _totals(plan: Plan) -> str:
    """Racks, shelf bays and coolers, and what they draw."""
    parts = []
    for role, word in {"rack": "racks", "shelf": "shelf bays", "cooler": "coolers"}.items():
        powers = [u.power for u in plan.units if u.role == role]
        if powers:
            parts.append(f"{len(powers)} {word}" + (f" {sum(powers) / 1000:.0f} kW" if sum(powers) else ""))
    return "  ·  ".join(parts)


def _boxed(box: tuple[float, ...]) -> Row:
    return dict(zip(("x0", "x1", "y0", "y1", "z0", "z1"), box, strict=True))


def _inlet(row: Row) -> list[str]:
    return [row["name"], inlet_words(row)] if isfinite(row["inlet_worst_tier_degC"]) else [row["name"]]


def _loaded(name: str, percent: float) -> Row:
    return {"colour": colours.loading_colour(percent), "label": f"{name} {percent:.0f} %"}


def _power(unit: Any) -> list[str]:
    return [unit.name, f"{unit.power / 1000:.0f} kW"] if unit.power else [unit.name]
