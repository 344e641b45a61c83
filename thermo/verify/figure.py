"""The picture of verification: lid cavity profiles on Ghia's points, errors of the made-up solution against cells."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np

from . import box, cavity, manufactured


def draw(path: Path) -> None:
    """Solve what is shown and write the picture; takes about ten seconds."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg
    from matplotlib.figure import Figure

    figure = Figure(figsize=(11.0, 3.6), layout="constrained")
    FigureCanvasAgg(figure)
    left, middle, right = figure.subplots(1, 3)
    _lid(left, middle)
    _errors(right)
    figure.savefig(path, dpi=110)


def _lid(left: Any, right: Any) -> None:
    shades = ("#7aa6c2", "#3d6f96", "#14304d")
    for shade, (reynolds, cells) in zip(shades, cavity.GRIDS.items(), strict=True):
        z, u, x, w = cavity.profiles(cavity.solved(reynolds, cells, "second"))
        known = box.table("ghia_u").columns, box.table("ghia_v").columns
        left.plot(u, z, color=shade, label=f"Re {reynolds}, {cells} x {cells}")
        left.plot(known[0][f"u_Re{reynolds}"], known[0]["y"], "o", color=shade, ms=3.5)
        right.plot(x, w, color=shade)
        right.plot(known[1]["x"], known[1][f"v_Re{reynolds}"], "o", color=shade, ms=3.5)
    left.set(xlabel="u / U on x = 1/2", ylabel="z", title="Lid-driven cavity; points: Ghia (1982)")
    left.legend(frameon=False, fontsize=8)
    right.set(xlabel="x", ylabel="w / U on z = 1/2", title="Lid-driven cavity")


def _errors(axes: Any) -> None:
    cells = np.array(manufactured.GRIDS)
    styles = (("central", 0.0, "-", "even"), ("central", 1.5, "--", "graded"))
    for scheme, stretch, line, name in styles:
        errors = np.array(
            [manufactured.errors_of(manufactured.solved((0, 2), int(n), stretch, scheme)) for n in cells]
        )
        for what, column, shade in zip(
            manufactured.WHAT, errors.T, ("#14304d", "#c2592f", "#5b8c5a"), strict=True
        ):
            axes.loglog(cells, column, line, marker="o", ms=3.5, color=shade, label=f"{what}, {name}")
    axes.loglog(cells, 3.0 / cells**2, ":", color="#888888", label="order 2")
    axes.set_xticks(cells, [str(n) for n in cells])
    axes.minorticks_off()
    axes.set(xlabel="cells a side", ylabel="root mean square error", title="Manufactured solution")
    axes.set_ylim(bottom=1e-5)
    axes.legend(frameon=False, fontsize=8, loc="lower left")
