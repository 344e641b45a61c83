"""Phase balance: what each phase of every shared element carries, and what its imbalance strands."""

from __future__ import annotations

from pathlib import Path

import numpy as np

from ..result import Result
from .plots import INK, SERIES, page, save

MOST = 24  # elements on one page, the worst first


def draw(result: Result, path: str | Path) -> Path:
    """Three bars an element to `.png` or `.svg`. Raises KeyError when the result has no such table."""
    table = result.table("power/phases")
    order = np.argsort(-table["stranded_kW"], kind="stable")[:MOST][::-1]
    figure, axes = page((9.0, 1.1 + 0.34 * max(len(order), 1)))
    axes.set_axisbelow(True)
    rows = np.arange(len(order))
    for p, phase in enumerate("abc"):
        axes.barh(
            rows + 0.27 * (1 - p),
            table[f"phase_{phase}_kW"][order],
            0.25,
            color=SERIES[p],
            label=f"phase {phase}",
        )
    for at, row in zip(rows, order, strict=True):
        most = max(table[f"phase_{phase}_kW"][row] for phase in "abc")
        words = f" {table['stranded_kW'][row]:.1f} kW stranded"
        if table["after_moves_kW"][row] < table["stranded_kW"][row] - 0.05:
            words += f", {table['after_moves_kW'][row]:.1f} after the moves"
        axes.text(most, at, words, va="center", fontsize=8, color=INK)
    axes.set_yticks(rows, table["name"][order], fontsize=8)
    axes.margins(x=0.3)
    axes.set_xlabel("load by phase [kW]")
    axes.legend(frameon=False, fontsize=9, ncols=3, loc="lower left", bbox_to_anchor=(0, 1.0))
    return save(figure, path)
