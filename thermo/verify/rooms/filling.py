"""An emptying filling box: the two layers that a plume makes in a room with vents (Linden, Lane-Serff & Smeed 1990)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...result import Result
from ..finding import Finding
from . import room
from .rising import BELOW, BUOYANCY

NAME, TITLE = "filling_box", "emptying filling box over 500 W"
HEIGHT = 3.0  # [m]
# [m2] of the upper vent at its loss coefficient and the velocity head that the air gains; the lower ones are wide
VENT = 0.5 * np.sqrt(2.0 / (15.5 + 1.0))
FLUX_AT, HEAT = 3.05, 500.0 / (1.2 * 1005.0)  # [m] in the vent's plenum; [K m3/s] of the case file's source
CORNER = 0.7  # [m] from both mirrors: clear of the plume
SIZES = (0.1, 0.07, 0.05)  # cells [m]
LEVELS = tuple((f"grid.cell={size} m",) for size in SIZES)
SOURCE = (
    "Linden, Lane-Serff & Smeed (1990), J. Fluid Mech. 212:309: C^3 (h + h0)^5 = A*^2 (H - h), entrainment 0.1; "
    "origin of the plume as in the room before"
)
KNOWN = "in the room before the plume's flux is above the theory's by as much as lowers the interface to what is found"
WHY = "entrainment coefficients in print run from 0.09 to 0.16, which makes 0.54 to 0.32 of the room's height"
FIRST, LAST = 0.1, 0.9  # of the upper layer's warmth: between them lies the interface


def flux_constant(entrainment: float) -> float:
    """Q over F^1/3 z^5/3 of a top-hat plume (Morton, Taylor & Turner 1956)."""
    return 1.2 * entrainment * (0.9 * entrainment) ** (1 / 3) * np.pi ** (2 / 3)


def interface(constant: float) -> float:
    """Height of the interface [m] for a plume of this flux over F^1/3 z^5/3, by bisection."""
    low, high = 0.0, HEIGHT
    for _ in range(60):
        middle = 0.5 * (low + high)
        passed = constant**3 * (middle + BELOW) ** 5 < VENT**2 * (HEIGHT - middle)
        low, high = (middle, high) if passed else (low, middle)
    return low


def flow(height: float) -> float:
    """Air through the vents [m3/s] under an interface there."""
    return float(np.cbrt(VENT**2 * BUOYANCY * (HEIGHT - height)))


def findings() -> Iterator[Finding]:
    """On three grids: the interface, the upper layer's warmth, the flow, how sharp the interface is."""
    yield from _judged(room.solved(NAME, LEVELS))


def _judged(found: tuple[Result, ...]) -> Iterator[Finding]:
    cells = f"{np.prod(found[-1].grid.shape)} cells"
    wanted, far = interface(flux_constant(0.1)), interface(flux_constant(0.16))
    widest = abs(wanted - far) / HEIGHT
    band = room.Band(widest, WHY, KNOWN, scale=1.0)
    levels = [layers(result) for result in found]
    shares = [height / HEIGHT for height, _, _ in levels]
    quantity = f"interface over the room's height, {cells}"
    yield room.finding(TITLE, quantity, wanted / HEIGHT, shares, band, SOURCE, sizes=SIZES)
    passing = flow(wanted)
    band = room.Band(flow(far) / passing - 1.0, WHY, KNOWN)
    through = [outflow(result) for result in found]
    warmth = [warm for _, warm, _ in levels]
    yield room.finding(TITLE, f"flow, {cells} [m3/s]", passing, through, band, SOURCE, sizes=SIZES)
    quantity = f"warmth of the upper layer, {cells} [K]"
    yield room.finding(TITLE, quantity, HEAT / passing, warmth, band, SOURCE, sizes=SIZES)
    sharp = room.Band(0.1, "thicker, and two layers no longer tell what the room is like", "", scale=1.0)
    thick = [thickness / HEIGHT for _, _, thickness in levels]
    quantity = f"thickness of the interface (10 to 90 %) over the height, {cells}"
    yield room.finding(TITLE, quantity, 0.0, thick, sharp, SOURCE, sizes=SIZES)


def profile(result: Result) -> tuple[np.ndarray, np.ndarray]:
    """(heights [m], mean temperature above the outdoors' [K]) of the corner away from the plume, below the ceiling."""
    x, y, z = result.grid.centres
    warm = result.field("T")[:, y > CORNER][:, :, x > CORNER].astype(float) - 293.15
    return z[z < HEIGHT], warm.mean(axis=(1, 2))[z < HEIGHT]


def layers(result: Result) -> tuple[float, float, float]:
    """Height of the interface [m], warmth of the upper layer [K], thickness of the interface [m]."""
    z, warm = profile(result)
    upper = float(np.median(warm[z > 0.7 * HEIGHT]))
    low, middle, high = (np.interp(share * upper, warm, z) for share in (FIRST, 0.5, LAST))
    return float(middle), upper, float(high - low)


def outflow(result: Result) -> float:
    """Air that rises through the vent [m3/s]."""
    layer = int(np.searchsorted(result.grid[2], FLUX_AT)) - 1
    x, y = (np.diff(faces) for faces in result.grid[:2])
    return 4.0 * float(np.sum(result.field("U")[layer, :, :, 2] * (y[:, None] * x)))  # a quarter is modelled


def draw(axes: Any) -> None:
    """The profile on every grid, and the theory's two layers."""
    for size, result, width in zip(SIZES, room.solved(NAME, LEVELS), (0.6, 1.0, 1.6), strict=True):
        z, warm = profile(result)
        axes.plot(warm, z, color="#14304d", lw=width, label=f"cells of {size:g} m")
    for entrainment, shade in ((0.1, "#c2592f"), (0.16, "#e0b49c")):
        height = interface(flux_constant(entrainment))
        upper = HEAT / flow(height)
        label = f"theory, entrainment {entrainment:g}"
        axes.plot([0, 0, upper, upper], [0, height, height, HEIGHT], ":", color=shade, label=label)
    axes.set(xlabel="above the air outside [K]", ylabel="z [m]", title="Emptying filling box")
    axes.legend(frameon=False, fontsize=8, loc="lower right")
