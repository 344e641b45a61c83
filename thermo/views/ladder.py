"""As density rises: every limit's utilisation rung by rung, the one that binds, and where the hot spots are.

A ladder's folder holds `ladder.json` (what `minehall ladder --json` prints) and one result a rung,
`rung_<density>kW/<case>.vtkhdf`.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from math import isfinite, nan
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from ..doctor.gl import NoGL
from ..metrics import worst_by_limit
from ..result import Result, open_result
from . import oneline, plan, plots, report, scene3d
from .wording import inlet_words, number, totals_line, verdict

RUNG_FOLDER = re.compile(r"rung_([0-9.]+)kW$")
COLUMNS = 3  # pictures in a line of the strip
HIGHEST = 300.0  # [%] of the curves' axis; what lies above is written at its top
LABEL_GAP = 5.0  # [%] between names at the right end of the curves


class NotALadder(ValueError):
    """The folder is not that of a ladder."""


@dataclass(frozen=True)
class Ladder:
    """The ladder's document and the result of each rung found beside it, by density [kW]."""

    document: dict[str, Any]
    results: dict[float, Result]

    @property
    def rungs(self) -> list[dict[str, Any]]:
        """Rungs of the document by rising density."""
        return sorted(self.document.get("rungs", []), key=lambda rung: rung["density_kW"])


def open_ladder(folder: str | Path) -> Ladder:
    """Read a ladder's folder; results stay on disk until looked at. Raises NotALadder."""
    folder = Path(folder)
    index = folder / "ladder.json"
    if not index.is_file():
        raise NotALadder(
            f"{folder} holds no ladder.json; make one with `minehall ladder CASE --out {folder}`"
        )
    try:
        document = json.loads(index.read_text(encoding="utf-8"))
    except json.JSONDecodeError as error:
        raise NotALadder(f"{index}:{error.lineno}:{error.colno}: not JSON: {error.msg}") from error
    results = {}
    for rung in sorted(folder.iterdir()):
        found = RUNG_FOLDER.search(rung.name)
        files = sorted(rung.glob(f"{document.get('case', '*')}.vtkhdf")) if found else []
        if found and files:
            results[float(found.group(1))] = open_result(files[0])
    return Ladder(document, results)


def write(ladder: Ladder, path: str | Path) -> list[str]:
    """Write the ladder's page; the warnings that stand in it."""
    warnings: list[str] = []
    with TemporaryDirectory() as folder:
        page = context(ladder, Path(folder), warnings)
    return report.publish(report.fill("ladder.html", page), path, warnings)


def context(ladder: Ladder, folder: Path, warnings: list[str]) -> dict[str, Any]:
    """Everything the page shows."""
    limit = ladder.document.get("limit_kW")
    names = limit_names(ladder)
    first = next(iter(ladder.results.values()), None)
    return {
        "title": f"{ladder.document.get('case') or (first and first.summary.get('case')) or 'Ladder'}: density ladder",
        "subtitle": f"{len(ladder.rungs)} rungs from {_span(ladder)} kW a rack",
        "verdict": headline(ladder),
        "mood": "over" if limit is not None else "",
        "warnings": warnings,
        "limits": names,
        "rungs": [_rung(rung, names, ladder, folder) for rung in ladder.rungs],
        "plot": report.svg(plot, ladder, folder),
        "strip": _strip_uri(ladder, folder, warnings),
        "assumptions": ladder.document.get("assumptions")
        or ([row["text"] for row in first.rows("assumptions")] if first else []),
    }


def headline(ladder: Ladder) -> str:
    """The highest density that holds and what stops the next."""
    limit, rungs = ladder.document.get("limit_kW"), ladder.rungs
    if limit is None:
        return f"No limit is reached up to {rungs[-1]['density_kW']:g} kW a rack." if rungs else "No rungs."
    over = (rung["binding"] for rung in rungs if (rung["binding"].get("utilisation") or 0.0) >= 1.0)
    first = ladder.document.get("limit") or next(over, None)
    by = f": {first['limit']} at {first['where']} binds first" if first else ""
    return f"The hall's limit is {limit:.1f} kW a rack{by}."


def _span(ladder: Ladder) -> str:
    densities = [rung["density_kW"] for rung in ladder.rungs]
    return f"{min(densities):g} to {max(densities):g}" if densities else "-"


def utilisations(rung: dict[str, Any]) -> dict[str, float]:
    """Limit -> its highest utilisation in the rung; NaN where it has none."""
    found = {}
    for name, value in (rung.get("utilisations") or {}).items():
        value = value.get("utilisation") if isinstance(value, dict) else value
        found[name] = nan if value is None else float(value)
    return found


def limit_names(ladder: Ladder) -> list[str]:
    """Every limit of any rung, the one that climbs highest first."""
    highest: dict[str, float] = {}
    for rung in ladder.rungs:
        for name, value in utilisations(rung).items():
            highest[name] = max(highest.get(name, -1.0), value if isfinite(value) else -1.0)
    return sorted(highest, key=lambda name: -highest[name])


def result_of(rung: dict[str, Any], ladder: Ladder) -> Result | None:
    """The rung's stored result, if it is there."""
    density = rung["density_kW"]
    return next(
        (r for at, r in ladder.results.items() if abs(at - density) <= 1e-6 * max(1.0, density)), None
    )


def _rung(rung: dict[str, Any], names: list[str], ladder: Ladder, folder: Path) -> dict[str, Any]:
    used = utilisations(rung)
    result = result_of(rung, ladder)
    binding = rung.get("binding") or {}
    row: dict[str, Any] = {
        "density": f"{rung['density_kW']:g}",
        "limit": binding.get("limit") or "-",
        "where": binding.get("where") or rung.get("reason") or "-",
        "cells": [_cell(used.get(name, nan)) for name in names],
    }
    if result is None:
        return row
    here = folder / row["density"]
    powered = result.has_table("power/elements")
    return row | {
        "verdict": verdict(result),
        "totals": totals_line(result),
        "plan": report.svg(plan.draw, result, here),
        "oneline": report.svg(oneline.draw, result, here) if powered else "",
    }


def _cell(value: float) -> dict[str, str]:
    return {"text": number(100 * value, 0), "mark": report.mark(value)}


# -------------------------------------------------------------------------------------------- pictures


def plot(ladder: Ladder, path: str | Path) -> Path:
    """Utilisation of every limit against density, to `.png` or `.svg`."""
    figure, axes = plots.page((11.5, 5.2))
    density = [rung["density_kW"] for rung in ladder.rungs]
    names = limit_names(ladder)
    ends, peaks = [], []
    for n, name in enumerate(names):
        colour = plots.SERIES[n % len(plots.SERIES)]
        values = [100 * utilisations(rung).get(name, nan) for rung in ladder.rungs]
        style = "-" if n < len(plots.SERIES) else "--"
        axes.plot(density, values, style, marker="o", ms=4, lw=1.8, color=colour)
        last = [(x, y) for x, y in zip(density, values, strict=True) if isfinite(y)]
        if last:
            ends.append((last[-1], name, colour))
        peaks += [(x, y, colour) for x, y in last]
    top = min(HIGHEST, max(130.0, 1.08 * max((y for _, y, _ in peaks), default=100.0)))
    _name_curves(axes, ends, top)
    _write_peaks(axes, peaks, top)
    axes.axhspan(100, top, color="#c81e1e", alpha=0.06, lw=0)
    axes.axhline(100, color="#c81e1e", lw=1.6)
    axes.set_ylim(0, top)
    _mark_limit(axes, ladder)
    axes.set_xlabel("density [kW a rack]")
    axes.set_ylabel("utilisation [%], limit = 100")
    axes.set_xticks(density, [f"{x:g}" for x in density])
    return plots.save(figure, path)


def _write_peaks(axes: Any, peaks: list[Any], top: float) -> None:
    """The height of points that lie above the axis, at its top."""
    for x, y, colour in peaks:
        if y > top:
            axes.annotate(
                f"{y:.0f} % ↑", (x, top), (0, -4), textcoords="offset points", color=colour, va="top"
            )


def _name_curves(axes: Any, ends: list[Any], top: float) -> None:
    """Names at the right ends, pushed apart where they would overlap."""
    gap = max(LABEL_GAP, 0.05 * top)
    below = -1e9
    for (x, y), name, colour in sorted(ends, key=lambda end: end[0][1]):
        below = max(min(y, top), below + gap)
        axes.annotate(
            f"{name} {y:.0f} %",
            xy=(x, y),
            xytext=(1.015, below),
            textcoords=axes.get_yaxis_transform(),
            va="center",
            fontsize=9,
            color=colour,
            annotation_clip=False,
        )


def _mark_limit(axes: Any, ladder: Ladder) -> None:
    limit = ladder.document.get("limit_kW")
    if limit is None:
        return
    axes.axvline(limit, color=plots.INK, lw=1.2, ls=(0, (4, 3)))
    text = f"limit {limit:.1f} kW"
    box = {"facecolor": "white", "edgecolor": "none", "alpha": 0.85, "pad": 1.5}
    at = {"xytext": (5, -22), "textcoords": "offset points", "va": "top", "bbox": box}
    axes.annotate(text, (limit, axes.get_ylim()[1]), fontsize=10, weight="bold", **at)


def strip(ladder: Ladder, path: str | Path) -> Path:
    """One small 3D picture a rung, with its binding limit. Raises NoGL when the machine cannot draw."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    rungs = [rung for rung in ladder.rungs if result_of(rung, ladder) is not None]
    images = scene3d.snapshots([result_of(rung, ladder) for rung in rungs])  # type: ignore[misc]
    lines = -(-len(rungs) // COLUMNS)
    figure = Figure(figsize=(15, 3.6 * lines), facecolor="white", layout="constrained")
    FigureCanvasAgg(figure)
    panels = figure.subplots(lines, COLUMNS, squeeze=False).ravel()
    for axes in panels:
        axes.set_axis_off()
    for axes, rung, image in zip(panels, rungs, images, strict=False):
        axes.imshow(image)
        axes.set_title(_caption(rung, ladder), fontsize=11, loc="left", color=_caption_colour(rung))
    return plots.save(figure, path)


def _caption(rung: dict[str, Any], ladder: Ladder) -> str:
    binding = rung["binding"]
    result = result_of(rung, ladder)
    worst = worst_by_limit(result).get("rack inlet") if result else None
    racks = {row["name"]: row for row in result.rows("racks")} if result else {}
    inlet = f", worst inlet {inlet_words(racks[worst['where']])} °C" if worst else ""
    used = number(100 * (binding["utilisation"] if binding["utilisation"] is not None else nan), 0)
    return f"{rung['density_kW']:g} kW{inlet}\n{binding['limit']} at {binding['where']}: {used} %"


def _caption_colour(rung: dict[str, Any]) -> str:
    return "#c81e1e" if (rung["binding"].get("utilisation") or 0.0) >= 1.0 else plots.INK


def _strip_uri(ladder: Ladder, folder: Path, warnings: list[str]) -> str:
    if not ladder.results:
        warnings.append("No results of the rungs lie beside ladder.json: pictures are missing.")
        return ""
    try:
        return report.png_uri(strip(ladder, folder / "strip.png"))
    except NoGL as reason:
        warnings.append(f"The 3D pictures are missing: {reason}")
        return ""
