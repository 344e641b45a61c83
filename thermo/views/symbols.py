"""Symbols of the one-line diagram, drawn about a point [inch]."""

from __future__ import annotations

from typing import Any

INK = "#1f2933"


def _source(axes: Any, x: float, y: float, colour: str) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), 0.16, fc="white", ec=colour, lw=1.8, zorder=3))
    axes.text(x, y - 0.015, "~", fontsize=15, ha="center", va="center", zorder=4, color=colour)


def _transformer(axes: Any, x: float, y: float, colour: str) -> None:
    from matplotlib.patches import Circle

    for off in (0.09, -0.09):
        axes.add_patch(
            Circle((x, y + off), 0.145, fc="white" if off > 0 else "none", ec=colour, lw=2.4, zorder=3)
        )


def _board(axes: Any, x: float, y: float, colour: str) -> None:
    axes.plot([x - 0.16, x + 0.16], [y, y], color=colour, lw=6, solid_capstyle="butt", zorder=3)


def _cable(axes: Any, x: float, y: float, colour: str) -> None:
    axes.plot([x, x], [y - 0.22, y + 0.22], color=colour, lw=4.5, solid_capstyle="round", zorder=3)


def _busway(axes: Any, x: float, y: float, colour: str) -> None:
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((x - 0.09, y - 0.22), 0.18, 0.44, fc=colour, ec=INK, lw=0.8, zorder=3))


def _load(axes: Any, x: float, y: float, colour: str) -> None:
    from matplotlib.patches import Polygon

    axes.add_patch(
        Polygon([(x - 0.11, y + 0.1), (x + 0.11, y + 0.1), (x, y - 0.1)], fc=colour, ec=colour, zorder=3)
    )


SYMBOLS = {
    "source": _source,
    "transformer": _transformer,
    "board": _board,
    "cable": _cable,
    "busway": _busway,
    "load": _load,
}
