"""One self-contained HTML page about a result: verdict, assumptions, limits, racks, electrical, balances, pictures."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable
from math import isfinite
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any
from zlib import crc32

from ..doctor.gl import NoGL
from ..metrics import INTAKE_DEPTH, worst_by_limit
from ..result import Result
from . import colours, course, electrical, oneline, phases, plan, plots, scene3d
from .wording import (
    UNSURE,
    by_group,
    doubt,
    figures,
    flow_of,
    inlet_words,
    is_over,
    name_of,
    number,
    state_of_solution,
    totals,
    totals_line,
    verdict,
    worst_units,
)

NEAR = 0.9  # utilisation from which a number is marked
MASS_GOAL, HEAT_GOAL = 0.1, 0.5  # [%] a run's balances should close to this
MEANINGS = {
    "shi": "supply heat index: share of the heat already in the intake air; 0 is best",
    "rhi": "return heat index: 1 is best",
    "rti": "return temperature index, %: above 100 exhaust recirculates, below 100 supply bypasses",
    "rci_hi": "rack cooling index, %: 100 when no rack breathes above the recommended range",
    "pue_partial": "(IT + distribution losses + fans) / IT, as far as modelled",
}


def write(result: Result, path: str | Path) -> list[str]:
    """Write the page; the warnings that stand in it, such as a picture this machine cannot draw."""
    warnings: list[str] = []
    with TemporaryDirectory() as folder:
        page = context(result, Path(folder), warnings)
    return publish(fill("report.html", page), path, warnings)


def publish(text: str, path: str | Path, warnings: list[str]) -> list[str]:
    """Write a page; the warnings again, for the command to repeat."""
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")
    return warnings


def fill(template: str, page: dict[str, Any]) -> str:
    """The template of this package filled in; text is escaped."""
    from jinja2 import Environment, PackageLoader

    loader = PackageLoader(__package__, ".")
    environment = Environment(loader=loader, autoescape=True, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template(template).render(page)


def context(result: Result, folder: Path, warnings: list[str]) -> dict[str, Any]:
    """Everything the page shows, as text ready to print. Pictures are made in `folder`."""
    if result.summary.get("converged") is False:
        warnings.append("The run did not converge: the numbers below are those of its last iteration.")
    power = result.summary.get("power") or {}
    return {
        "title": name_of(result),
        "totals": totals_line(result),
        "verdict": verdict(result),
        "mood": "over" if is_over(result) else "unsure" if result.summary.get("converged") is False else "",
        "warnings": warnings,
        "scene": scene(result, folder, warnings),
        "tiles": _tiles(result),
        "limits": _limits(result),
        "assumptions": [row["text"] for row in result.rows("assumptions")],
        "racks": [_rack(row) for row in worst_units(result, 12)],
        "hotspots": [_hotspot(row) for row in result.rows("hotspots")],
        "depth": number(INTAKE_DEPTH),
        "plan": svg(plan.draw, result, folder),
        "oneline": svg(oneline.draw, result, folder) if result.has_table("power/elements") else "",
        "voltage": number(power.get("voltage_min_pu"), 3),
        "loss": number(power.get("loss_kW")),
        "elements": _elements(result),
        "electrical": electrical.context(result),
        "course": svg(course.draw, result, folder) if result.has_table("power/course") else "",
        "phases": svg(phases.draw, result, folder) if result.has_table("power/phases") else "",
        "openings": _openings(result),
        "screens": _screens(result),
        "metrics": _metrics(result),
        "ledger": _ledger(result),
        "trust": _trust(result),
        "curves": _curves(result, folder),
        "provenance": [*result.attributes.items(), ("grid", _grid(result))],
        "case_text": result.case_text,
    }


# -------------------------------------------------------------------------------------------- pictures


def scene(result: Result, folder: Path, warnings: list[str]) -> str:
    """The 3D picture as a URI; "" and a warning when this machine cannot draw it."""
    try:
        return png_uri(scene3d.draw(result, folder / "scene.png"))
    except NoGL as reason:
        warnings.append(f"The 3D picture is missing: {reason}")
        return ""


def png_uri(path: Path) -> str:
    return "data:image/png;base64," + base64.b64encode(path.read_bytes()).decode("ascii")


def svg(drawing: Callable[..., Path], result: Any, folder: Path) -> str:
    """The drawing as an <svg> element that takes the page's width at most.

    matplotlib's id of each element is made unique, since several drawings share one page.
    """
    import matplotlib

    with matplotlib.rc_context({"svg.hashsalt": "minehall"}):  # the same result gives the same page
        path = drawing(result, folder / f"{drawing.__module__.rsplit('.', 1)[-1]}-{drawing.__name__}.svg")
    text = path.read_text(encoding="utf-8")
    text = re.sub(r"<metadata>.*?</metadata>", "", text[text.index("<svg") :], flags=re.DOTALL)
    mark = f"{crc32(f'{path.relative_to(folder)} {text}'.encode()):x}"
    text = re.sub(r'\bid="', f'id="{mark}-', text)
    return re.sub(r'(href="#|url\(#)', rf"\g<1>{mark}-", text)


def _curves(result: Result, folder: Path) -> list[str]:
    drawings = {"residuals": plots.residuals, "monitor": plots.monitor}
    return [svg(draw, result, folder) for table, draw in drawings.items() if result.has_table(table)]


# -------------------------------------------------------------------------------------------- tables


def mark(utilisation: float | None) -> str:
    """CSS class of a utilisation."""
    if utilisation is None or not isfinite(utilisation):
        return ""
    return "over" if utilisation >= 1.0 else "near" if utilisation >= NEAR else ""


def _tiles(result: Result) -> list[dict[str, str]]:
    t = totals(result)
    inlet = [inlet_words(r) for r in worst_units(result, 1)]
    power = result.summary.get("power") or {}
    tiles = [
        (f"{(t['rack_kW'] + t['shelf_kW']) / 1000:.2f} MW", "IT at the cords"),
        (f"{t['racks']:.0f}", "racks"),
        (f"{t['machines']:.0f}", "miners on shelves"),
        (f"{t['inflow_m3_s']:.0f} m³/s", "air through the hall"),
        (f"{inlet[0] if inlet else '-'} °C", "inlet of the worst unit"),
        (f"{len(result.rows('hotspots'))}", "hot spots"),
        (f"{number(power.get('loss_kW'), 0)} kW", "distribution losses"),
        (f"{number(power.get('voltage_min_pu'), 3)}", "lowest voltage, p.u."),
    ]
    return [
        {"value": value, "name": name} for value, name in tiles if not value.startswith("- ") and value != "-"
    ]


def _limits(result: Result) -> list[dict[str, Any]]:
    rows = worst_by_limit(result).values()
    full = max(1.0, *(row["utilisation"] for row in rows)) if rows else 1.0
    return [
        row
        | {
            "value": figures(row["value"]),
            "at_limit": figures(row["at_limit"]),
            "percent": number(100 * row["utilisation"], 1),
            "width": number(min(100 * max(row["utilisation"], 0.0), 135 if full > 1 else 100), 1),
            "colour": colours.loading_colour(100 * row["utilisation"]),
            "mark": mark(row["utilisation"]),
        }
        for row in rows
    ]


def _rack(row: dict[str, Any]) -> dict[str, Any]:
    return {
        "name": row["name"],
        "kind": row["kind"],
        "power": number(row["power_kW"]),
        "airflow": number(row["airflow_m3_s"], 2),
        "inlet": number(row["inlet_degC"]),
        "numerical": number(row.get("inlet_numerical_K")),
        "model": number(row.get("inlet_model_K"), missing="?"),
        "peak": number(row.get("inlet_peak_degC")),
        "judged": "within uncertainty" if row.get("judged") == UNSURE else "",
        "worst": number(row["inlet_worst_tier_degC"]),
        "highest": number(row["inlet_max_degC"]),
        "swing": number(row["inlet_swing_K"]),
        "limit": number(row["limit_degC"]),
        "limit_name": row["limit_name"],
        "percent": number(100 * row["utilisation"], 0),
        "mark": mark(row["utilisation"]),
        "colour": colours.unit_colour(row),
    }


def _hotspot(row: dict[str, Any]) -> dict[str, str]:
    return {
        "peak": number(row["peak_degC"]),
        "limit": number(row["limit_degC"]),
        "place": ", ".join(number(row[axis]) for axis in "xyz"),
        "volume": number(row["volume_m3"], 2),
        "racks": row["racks"],
    }


def _elements(result: Result) -> list[dict[str, Any]]:
    rows = result.rows("power/elements")
    rows.sort(key=lambda r: -r["loading_percent"] if isfinite(r["loading_percent"]) else 0.0)
    return [
        row
        | {
            "percent": number(row["loading_percent"]),
            "current": number(row["current_A"], 0),
            "rating": number(row["rating_A"], 0) if row["rating_A"] else "-",
            "power": number(row["power_kW"]),
            "loss": number(row["loss_kW"], 2),
            "voltage": number(row["voltage_pu"], 4),
            "mark": mark(row["loading_percent"] / 100),
        }
        for row in rows
    ]


def _openings(result: Result) -> list[dict[str, Any]]:
    lines = []
    for (group, wall), rows in by_group(result.rows("openings")).items():
        flow, mean = flow_of(rows)
        name = f"{group} ({len(rows)})" if len(rows) > 1 else group
        kind = f"{rows[0]['kind']}, {wall}"
        lines.append({"group": name, "kind": kind, "flow": number(flow, 2), "temperature": number(mean)})
    return lines


def _screens(result: Result) -> list[dict[str, str]]:
    """One line for each entry of screens; flow and loss are positive towards +axis."""
    groups: dict[str, list[dict[str, Any]]] = {}
    for row in result.rows("screens"):
        groups.setdefault(row["group"], []).append(row)
    lines = []
    for name, rows in groups.items():
        flow, mean = flow_of(rows)
        area = sum(row["area_m2"] for row in rows)
        loss = sum(row["area_m2"] * row["pressure_loss_Pa"] for row in rows) / area
        figures_of = {"flow": number(flow, 2), "temperature": number(mean), "loss": number(loss, 2)}
        group = f"{name} ({len(rows)})" if len(rows) > 1 else name
        lines.append({"group": group, "axis": rows[0]["axis"], "area": number(area, 2), **figures_of})
    return lines


def _ledger(result: Result) -> list[dict[str, str]]:
    """Every entry of the heat ledger after the sum of its place."""
    places: dict[str, list[dict[str, Any]]] = {}
    for row in result.rows("heat_ledger"):
        places.setdefault(row["place"], []).append(row)
    lines = []
    for place, rows in places.items():
        lines.append(
            {"place": place, "item": "in all", "kW": number(sum(r["watts"] for r in rows) / 1000, 2)}
        )
        lines += [{"place": "", "item": r["item"], "kW": number(r["watts"] / 1000, 2)} for r in rows]
    return lines


def _metrics(result: Result) -> list[dict[str, str]]:
    return [
        {
            "name": row["name"].upper(),
            "value": figures(row["value"]),
            "meaning": MEANINGS.get(row["name"], ""),
        }
        for row in result.rows("metrics")
    ]


def _trust(result: Result) -> list[str]:
    """Convergence, balances and swing in sentences."""
    balance = result.summary.get("balance") or {}
    reason = result.summary.get("reason")
    steps = result.summary.get("iterations", "-")
    said = [
        f"Solution: {state_of_solution(result)} after {steps} iterations"
        + (f" ({reason})." if reason else ".")
    ]
    said += [*_flapping(result), *_steadiness(result)]
    if doubt(result):
        said.append(f"Uncertainty of inlets: {doubt(result)}.")
    for name, goal in (("mass", MASS_GOAL), ("heat", HEAT_GOAL)):
        off = balance.get(f"{name}_percent")
        if off is not None:
            verb = "closes to" if abs(off) <= goal else "IS OPEN BY"
            said.append(f"The {name} balance {verb} {abs(off):.3f} % (aim: {goal:g} %).")
    swing = [r["inlet_swing_K"] for r in result.rows("racks") if isfinite(r["inlet_swing_K"])]
    if swing:
        said.append(f"Rack inlets swing by up to {max(swing):.1f} K over the window they were watched.")
    if not result.has_table("gci"):
        said.append(
            "Temperatures near row ends depend most on the grid; run with `--gci` before acting on 1 K."
        )
    return said


def _flapping(result: Result) -> list[str]:
    """What an unsteady hall's means are means of."""
    found = result.summary.get("unsteady") or {}
    if not found:
        return []
    period, error = number(found.get("period_s"), 0), number(found.get("mean_band_K"), 2)
    span = number(found.get("span_s"), 0)
    return [
        f"The air does not stand still: period {period} s. Means over {span} s, uncertain by {error} K at most (95 %)."
    ]


def _steadiness(result: Result) -> list[str]:
    """Whether a steady answer was disturbed to see if it lasts."""
    found = result.summary.get("steadiness") or {}
    if found.get("proven") is None:
        return []
    grid = "its own grid" if found["whole_grid"] else f"a coarser grid ({found['cells']} cells)"
    verdict = "Proven steady" if found["proven"] else "A steady answer was found not to last"
    apart, span = number(found["apart_K"], 2), number(found["followed_s"], 0)
    return [f"{verdict}: disturbed by 0.5 K on {grid}, the air was {apart} K apart after {span} s."]


def _grid(result: Result) -> str:
    nz, ny, nx = result.grid.shape
    smallest = min(float((f[1:] - f[:-1]).min()) for f in result.grid)
    largest = max(float((f[1:] - f[:-1]).max()) for f in result.grid)
    return f"{nx} x {ny} x {nz} cells, {smallest:.3f} to {largest:.3f} m"
