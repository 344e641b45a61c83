"""Developed turbulent flow between two plates: wall functions for shear and heat against correlations."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..air.solver import AirSolver
from ..plan import Plan
from . import box
from .finding import Finding

HALF = 0.5  # [m] half the gap, to a mirror; the hydraulic diameter is four times that
LENGTH, STATIONS = 60.0, 60
VISCOSITY, PRANDTL = 1.5e-5, 0.71
WHY = "scatter of the correlation between pipes and plates (Kays & Crawford 1993)"


def channel() -> Iterator[Finding]:
    """Friction factor and Nusselt number at Reynolds number 2e5, first cell at y+ about 50 and 100."""
    for cells in (10, 20):
        found = _solved(1.5, cells)
        reynolds = 1.5 * 4 * HALF / VISCOSITY
        friction = (0.79 * np.log(reynolds) - 1.64) ** -2
        nusselt = _gnielinski(reynolds, friction)
        yield Finding(
            "turbulent channel, Re 2e5", f"Darcy friction factor, {cells} cells", friction, _friction(found, 1.5),
            0.1, WHY, "Petukhov (1970)",
        )  # fmt: skip
        yield Finding(
            "turbulent channel, Re 2e5", f"Nusselt number, {cells} cells", nusselt, _nusselt(found), 0.1, WHY,
            "Gnielinski (1976)",
        )  # fmt: skip


def _gnielinski(reynolds: float, friction: float) -> float:
    more = 1.0 + 12.7 * np.sqrt(friction / 8) * (PRANDTL ** (2 / 3) - 1.0)
    return float(friction / 8 * (reynolds - 1000.0) * PRANDTL / more)


def _solved(speed: float, cells: int) -> AirSolver:
    """From a uniform inlet, 30 hydraulic diameters long, the floor 10 K warmer than the air that comes in."""
    size = (LENGTH, 1.0, HALF)
    inlet = box.end("x_min", 0.0, size, kind="supply", flow=speed * HALF, intensity=0.05, length_scale=0.1)
    plan = Plan(
        size, (), (inlet, box.end("x_max", LENGTH, size)), symmetry=("y_min", "y_max", "ceiling"),
        walls=(box.wall("floor", 10.0),),
    )  # fmt: skip
    faces = (box.even(LENGTH, STATIONS), box.even(1, 1), box.even(HALF, cells))
    found = box.solver(
        plan, faces, box.fluid(VISCOSITY, PRANDTL), 0.5, turbulence="k-epsilon", scheme="second", buoyancy=False
    )  # fmt: skip
    found.exchange.impose(found.state)
    box.settle(found, AirSolver.advance, 1e-5, 6000, every=100)
    return found


def _station(found: AirSolver, name: str) -> np.ndarray:
    """A field across the channel, three quarters down."""
    field = box.faces_of(found, name) if name in "uvw" else box.cells_of(found, name)
    column: np.ndarray = field[:, 0, 3 * STATIONS // 4]
    return column


def _friction(found: AirSolver, speed: float) -> float:
    """8 tau / (rho U^2) from the pressure gradient about the station."""
    p = box.cells_of(found, "p")[:, 0].mean(axis=0)
    at, step = 3 * STATIONS // 4, LENGTH / STATIONS
    gradient = (p[at - 5] - p[at + 5]) / (10 * step)
    return float(8 * gradient * HALF / speed**2)


def _nusselt(found: AirSolver) -> float:
    """q Dh / (lambda (T_wall - T_bulk)) of the floor at the station."""
    envelope = found.envelope
    assert envelope is not None
    t, u = _station(found, "t"), _station(found, "u")
    flux = float(envelope.conductance[3 * STATIONS // 4]) * (10.0 - t[0]) / (LENGTH / STATIONS)
    bulk = float(np.sum(u * t) / np.sum(u))
    return flux * 4 * HALF / (VISCOSITY / PRANDTL * (10.0 - bulk))
