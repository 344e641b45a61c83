"""IEA Annex 20, two-dimensional isothermal case: a jet along the ceiling and the room it stirs (Restivo 1979)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...result import Result
from ..finding import Finding
from . import room

NAME, TITLE = "annex20", "room with a ceiling jet (Annex 20)"
SPEED, HEIGHT, JET = 0.455, 3.0, 2.916  # of the slot [m/s]; of the room and of the slot's axis [m]
CORNER = 6.6  # [m] from where the far wall's corner is felt
SIZES = (0.1, 0.05, 0.025)  # cells [m]
LEVELS = tuple((f"grid.cell={size} m",) for size in SIZES)
KNOWN = (
    "standard k-epsilon: within 10 % along the jet, the far corner missed; good agreement of four k-epsilon and "
    "k-omega models, poor of SST (Voigt 2000, DTU)"
)
JET_BAND = room.Band(0.10, "standard k-epsilon follows the jet within 10 % in print", KNOWN, scale=1.0)
ROOM_BAND = room.Band(
    0.10, "a tenth of the slot's speed, as for the jet; hot wires fail below a fifth of it", KNOWN, scale=1.0
)


def findings() -> Iterator[Finding]:
    """On three grids."""
    yield from _judged(room.solved(NAME, LEVELS))


def coarse() -> Iterator[Finding]:
    """On the coarsest alone."""
    yield from _judged(room.solved(NAME, LEVELS[:1]))


def _judged(found: tuple[Result, ...]) -> Iterator[Finding]:
    cells = f"{np.prod(found[-1].grid.shape)} cells"
    jets, across = [along_jet(r) for r in found], [across_room(r) for r in found]
    source = room.source(NAME, "restivo_ceiling_z2916")
    jet = [float(np.mean((u - known)[x < CORNER] / known[x < CORNER])) for x, u, known in jets]
    worst = [float(np.max(np.abs((u - known)[x < CORNER] / known[x < CORNER]))) for x, u, known in jets]
    rms = [room.root_mean_square(u - known) for _, u, known in across]
    least = [float(u.min()) for _, u, _ in across]
    yield room.finding(TITLE, f"jet to x = 6.6 m, mean difference, {cells}", 0.0, jet, JET_BAND, source)
    yield room.finding(TITLE, f"jet to x = 6.6 m, largest difference, {cells}", 0.0, worst, JET_BAND, source)
    source = room.source(NAME, "restivo_x_eq_H")
    yield room.finding(TITLE, f"u / U0 at x = H, root mean square, {cells}", 0.0, rms, ROOM_BAND, source)
    slowest = float(across[-1][2].min())
    yield room.finding(
        TITLE,
        f"fastest return at x = H, u / U0, {cells}",
        slowest,
        least,
        ROOM_BAND,
        source,
        sizes=SIZES[: len(found)],
    )


def _speed(result: Result) -> np.ndarray:
    return result.field("U")[..., 0] / SPEED


def along_jet(result: Result) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(x [m], u / U0 there, as measured) at the height of the slot's axis."""
    known = room.table(NAME, "restivo_ceiling_z2916")
    return (
        known["x_m"],
        np.interp(known["x_m"], *room.along(result, _speed(result), 0, (0, 0, JET))),
        known["u/U0"],
    )


def across_room(result: Result) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(z [m], u / U0 there, as measured) one height from the slot."""
    known = room.table(NAME, "restivo_x_eq_H")
    found = np.interp(known["z_m"], *room.along(result, _speed(result), 2, (HEIGHT, 0, 0)))
    return known["z_m"], found, known["u/U0"]


def draw(axes: Any) -> None:
    """Both profiles of the finest grid and the measured points."""
    result = room.solved(NAME, LEVELS)[-1]
    x, u, known = along_jet(result)
    axes.plot(x / HEIGHT, u, color="#14304d", label="along the jet, over x / H")
    axes.plot(x / HEIGHT, known, "o", color="#14304d", ms=3)
    z, u, known = across_room(result)
    axes.plot(z, u, color="#c2592f", label="at x = H, over z in m")
    axes.plot(z, known, "o", color="#c2592f", ms=3)
    axes.axhline(0.0, color="#bbbbbb", lw=0.6)
    axes.set(ylabel="u / U0", title="Annex 20; points: Restivo (1979)")
    axes.legend(frameon=False, fontsize=8)
