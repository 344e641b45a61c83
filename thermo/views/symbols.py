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


def _box(axes: Any, at: tuple[float, float], colour: str, text: str) -> None:
    """A square with a word: what a converter is."""
    from matplotlib.patches import Rectangle

    axes.add_patch(Rectangle((at[0] - 0.15, at[1] - 0.15), 0.3, 0.3, fc="white", ec=colour, lw=2.4, zorder=3))
    axes.text(*at, text, fontsize=6.4, ha="center", va="center", zorder=4, color=INK)


def _ups(axes: Any, x: float, y: float, colour: str) -> None:
    _box(axes, (x, y), colour, "UPS")


def _rectifier(axes: Any, x: float, y: float, colour: str) -> None:
    _box(axes, (x, y), colour, "~\n=")


def _transfer_switch(axes: Any, x: float, y: float, colour: str) -> None:
    for off in (-0.12, 0.12):
        axes.plot([x + off], [y + 0.14], marker="o", ms=4, mfc="white", mec=INK, zorder=4)
    axes.plot([x, x - 0.12], [y - 0.16, y + 0.12], color=colour, lw=3.5, zorder=3)
    axes.plot([x], [y - 0.16], marker="o", ms=4, color=INK, zorder=4)


def _generator(axes: Any, x: float, y: float, colour: str) -> None:
    from matplotlib.patches import Circle

    axes.add_patch(Circle((x, y), 0.16, fc="white", ec=colour, lw=1.8, zorder=3))
    axes.text(x, y - 0.01, "G", fontsize=10, ha="center", va="center", zorder=4, color=INK)


def _battery(axes: Any, x: float, y: float, colour: str) -> None:
    for half, off, width in ((0.16, 0.09, 2.0), (0.08, 0.03, 4.5), (0.16, -0.03, 2.0), (0.08, -0.09, 4.5)):
        axes.plot(
            [x - half, x + half], [y + off] * 2, color=colour, lw=width, solid_capstyle="butt", zorder=3
        )


SYMBOLS = {
    "ups": _ups,
    "rectifier": _rectifier,
    "transfer_switch": _transfer_switch,
    "generator": _generator,
    "battery": _battery,
    "source": _source,
    "transformer": _transformer,
    "board": _board,
    "cable": _cable,
    "busway": _busway,
    "load": _load,
}
