"""Fully developed laminar heat transfer between two plates."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..air.solver import AirSolver
from ..plan import Plan, WallHeat
from . import box
from .finding import Finding

CELLS = 48  # across
LENGTH, STATIONS = 4.0, 24  # of the channel in units of U H^2 / alpha, and its cells
SOURCE = "Shah & London (1978); exact 140/17 and 70/13, the others from the Graetz problem"


def channel() -> Iterator[Finding]:
    """Nusselt numbers on twice the gap, for walls of given temperature or flux."""
    hot, given = box.wall("floor", 1.0), box.wall("floor", flux=1.0)
    cases = (
        ("both walls isothermal", 7.5407, (hot, box.wall("ceiling", 1.0))),
        ("one isothermal, one adiabatic", 4.8607, (hot,)),
        ("both of uniform flux", 140 / 17, (given, box.wall("ceiling", flux=1.0))),
        ("one of uniform flux, one adiabatic", 70 / 13, (given,)),
    )
    for name, wanted, walls in cases:
        found = _solved(walls)
        yield Finding(
            "laminar channel", f"Nusselt number, {name}", wanted, _nusselt(found, walls[0]), 0.005,
            f"second order on {CELLS} cells", SOURCE,
        )  # fmt: skip


def _solved(walls: tuple[WallHeat, ...]) -> AirSolver:
    """Heat in the parabola, so long a channel that nothing is conducted along it."""
    diffusivity, long = 1e-3, LENGTH * 1e3
    size = (long, 1.0, 1.0)
    plan = Plan(size, (), box.ends(size), symmetry=("y_min", "y_max"), walls=walls)
    faces = (box.even(long, STATIONS), box.even(1, 1), box.even(1, CELLS))
    found = box.solver(plan, faces, box.fluid(diffusivity, 1.0), 1e6, buoyancy=False, scheme="upwind")
    zf = found.scene.grid.zf
    mean = np.diff(3 * zf**2 - 2 * zf**3) / np.diff(zf)  # of 6 z (1 - z) over each cell
    box.faces_of(found, "u")[...] = mean[:, None, None]
    box.settle(found, box.heat_only, 1e-9, 4000, every=100)
    return found


def _nusselt(found: AirSolver, wall: WallHeat) -> float:
    """q 2 H / (lambda (T_wall - T_bulk)) at the floor, three quarters down the channel."""
    station = 3 * STATIONS // 4
    t = box.cells_of(found, "t")[:, 0, station]
    u = box.faces_of(found, "u")[:, 0, station]
    half = 0.5 * found.scene.grid.widths[2][0]
    conductivity = found.air.viscosity / found.air.prandtl
    bulk = float(np.sum(u * t) / np.sum(u))
    if wall.temperature is None:
        flux = wall.flux
        surface = float(t[0]) + flux * half / conductivity
    else:
        surface = wall.temperature - box.REFERENCE
        flux = conductivity * (surface - float(t[0])) / half
    return flux * 2.0 / (conductivity * (surface - bulk))
