"""Curves: how the solution settled, and how inlets moved in time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from ..result import Result
from .wording import worst_units

INK = "#1f2933"
FILLING = 900.0  # changes from here on say that the hall is not yet filled with new air
SERIES = ("#1f5fa8", "#c2410c", "#137a3f", "#7e3ba3", "#8a6d00", "#0f7b8a", "#b0245a", "#5b6470")


def residuals(result: Result, path: str | Path) -> Path:
    """Mass and heat imbalance and the change of the racks' inlets against iterations, to `.png` or `.svg`."""
    table = result.table("residuals")
    across = "iteration" if "iteration" in table else "time_s"
    figure, axes = page((9.0, 3.3))
    names = {"mass": "mass imbalance", "heat": "heat imbalance", "change_K": "change of rack inlets [K]"}
    for colour, (column, name) in zip(SERIES, names.items(), strict=False):
        if column in table:
            values = np.abs(table[column].astype(float))
            shown = np.where((values > 0) & (values < FILLING), values, np.nan)
            axes.semilogy(table[across], shown, color=colour, lw=1.4, label=name)
    axes.set_xlabel("iteration" if across == "iteration" else "time [s]")
    axes.legend(frameon=False, fontsize=9, loc="upper right")
    return save(figure, path)


def monitor(result: Result, path: str | Path, count: int = 6) -> Path:
    """Mean inlet temperature of the worst racks in time, to `.png` or `.svg`."""
    table = result.table("monitor")
    figure, axes = page((9.0, 3.3))
    names = [row["name"] for row in worst_units(result, 10**6) if f"{row['name']}_degC" in table][:count]
    for colour, name in zip(SERIES, names, strict=False):
        axes.plot(table["time_s"], table[f"{name}_degC"], color=colour, lw=1.4, label=name)
    axes.set_xlabel("time [s]")
    axes.set_ylabel("mean inlet [°C]")
    axes.legend(frameon=False, fontsize=9, ncols=count, loc="lower left", bbox_to_anchor=(0, 1.0))
    return save(figure, path)


def page(size: tuple[float, float]) -> tuple[Any, Any]:
    """A figure of that many inches with one plain pair of axes."""
    from matplotlib.figure import Figure

    figure = Figure(figsize=size, facecolor="white", layout="constrained")
    axes = figure.subplots()
    axes.grid(True, color="#e4e7eb", lw=0.8)
    axes.spines[["top", "right"]].set_visible(False)
    axes.tick_params(labelsize=9, colors=INK)
    return figure, axes


def save(figure: Any, path: str | Path) -> Path:
    path = Path(path)
    path.parent.mkdir(parents=True, exist_ok=True)
    figure.savefig(path, dpi=130)
    return path
