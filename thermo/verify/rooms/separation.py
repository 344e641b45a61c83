"""Backward-facing step at Reynolds number 5000: where the flow comes back to the wall (Jovic & Driver 1994)."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ...result import Result
from ..finding import Finding
from . import room

NAME, TITLE = "step", "backward-facing step, Re 5000"
STEP, SPEED, EDGE = 9.8e-3, 7.72, 499.8e-3  # height [m], speed [m/s] and place of the step's edge [m]
SIZES = (1.96, 1.4, 0.98)  # cells [mm]
LEVELS = tuple((f"grid.cell={size} mm",) for size in SIZES)
STATIONS = (-3, 4, 6, 10)  # [steps] downstream of the edge
KNOWN = (
    "standard k-epsilon with wall functions falls short by 10 to 25 % (range from memory; Thangam & Speziale, "
    "AIAA J. 30:1314, 1992, name coarse grids and the isotropic eddy viscosity as the causes); direct simulation "
    "6.28 (Le, Moin & Kim, J. Fluid Mech. 330:349, 1997)"
)
LENGTH = room.Band(0.25, "standard k-epsilon falls short by 10 to 25 % in print", KNOWN)
LAYER = room.Band(0.10, "the inlet channel is made for it; to half a station of the measured profile", "")
PROFILE = room.Band(
    0.10, "a zone a tenth too short moves the shear layer by about a tenth of its speed", KNOWN, scale=1.0
)


def findings() -> Iterator[Finding]:
    """On three grids."""
    found = room.solved(NAME, LEVELS)
    source = room.source(NAME, "jovic_driver_Re5000").split(";")[0]
    cells = f"{np.prod(found[-1].grid.shape)} cells"
    lengths = [reattachment(r) for r in found]
    quantity = f"reattachment over step height, {cells}"
    yield room.finding(TITLE, quantity, 6.0, lengths, LENGTH, source, sizes=SIZES)
    known = _thickness(*measured(-3))
    layers = [_thickness(*profile(r, -3)) for r in found]
    quantity = "momentum thickness Reynolds number at -3"
    yield room.finding(TITLE, quantity, known, layers, LAYER, source, sizes=SIZES)
    for station in STATIONS:
        rest = [room.root_mean_square(_rest(r, station)) for r in found]
        quantity = f"u / U0 at {station} steps, root mean square"
        yield room.finding(TITLE, quantity, 0.0, rest, PROFILE, source)


def _speed(result: Result) -> np.ndarray:
    return result.field("U")[..., 2] / SPEED


def reattachment(result: Result) -> float:
    """Where the air beside the wall turns, in steps from the edge: the last change from back to forth."""
    z = (result.grid.centres[2] - EDGE) / STEP
    beside = _speed(result)[:, 0, 0]
    turns = np.flatnonzero((beside[:-1] < 0) & (beside[1:] >= 0) & (z[:-1] > 0.5))
    if not turns.size:
        return float("nan")
    n = int(turns[-1])
    return float(z[n] - beside[n] * (z[n + 1] - z[n]) / (beside[n + 1] - beside[n]))


def profile(result: Result, station: float) -> tuple[np.ndarray, np.ndarray]:
    """(distance from the wall [m], u / U0) across the tunnel, from the wall of the step or behind it."""
    x, u = room.along(result, _speed(result), 0, (0, 0, EDGE + station * STEP))
    wall = STEP if station < 0 else 0.0
    return np.append(0.0, x[x > wall] - wall), np.append(0.0, u[x > wall])


def measured(station: int) -> tuple[np.ndarray, np.ndarray]:
    """(distance from the wall [m], u / U0) as measured."""
    known = room.table(NAME, "jovic_driver_Re5000")
    y, u = known[f"z {station}"], known[f"U {station}"] / SPEED
    return y[np.isfinite(y)] / 1e3, u[np.isfinite(y)]


def _rest(result: Result, station: int) -> np.ndarray:
    y, known = measured(station)
    return np.interp(y, *profile(result, station)) - known


def _thickness(y: np.ndarray, u: np.ndarray) -> float:
    """Momentum thickness Reynolds number of a profile."""
    wall = np.append(0.0, u) if y[0] > 0 else u
    share = wall / wall.max()
    return float(np.trapezoid(share * (1 - share), np.append(0.0, y) if y[0] > 0 else y) / STEP * 5000.0)


def draw(axes: Any) -> None:
    """Profiles of the finest grid and the measured points, each station moved aside."""
    result = room.solved(NAME, LEVELS)[-1]
    for n, station in enumerate(STATIONS):
        y, u = profile(result, station)
        axes.plot(u + 1.3 * n, y / STEP, color="#14304d")
        y, u = measured(station)
        axes.plot(u + 1.3 * n, y / STEP, "o", color="#c2592f", ms=3)
        axes.text(1.3 * n + 0.15, 3.75, f"{station:+d} h", fontsize=8)
    axes.set(xlabel="u / U0, moved by 1.3 a station", ylabel="y / h", ylim=(0, 4))
    axes.set_title("Step; points: Jovic & Driver (1994)")
