"""A moving load in time: racks, miners, the utility, and the lowest voltage."""

from __future__ import annotations

from pathlib import Path

from ..result import Result
from .plots import INK, SERIES, page, save


def draw(result: Result, path: str | Path) -> Path:
    """Powers and voltage against time, to `.png` or `.svg`. Raises KeyError when the result has no such table."""
    table = result.table("power/course")
    figure, axes = page((9.0, 3.6))
    for colour, (column, name) in zip(
        SERIES, {"utility_kW": "utility", "racks_kW": "AI racks", "miners_kW": "miners"}.items(), strict=False
    ):
        axes.plot(table["time_s"], table[column], color=colour, lw=1.0, label=name)
    axes.set_xlabel("time [s]")
    axes.set_ylabel("power [kW]")
    axes.set_ylim(bottom=0)
    volts = axes.twinx()
    volts.plot(table["time_s"], table["voltage_min_pu"], color=INK, lw=0.7, alpha=0.6)
    volts.set_ylabel("lowest voltage [p.u.]", color=INK)
    volts.spines["top"].set_visible(False)
    axes.legend(frameon=False, fontsize=9, ncols=3, loc="lower left", bbox_to_anchor=(0, 1.0))
    return save(figure, path)
