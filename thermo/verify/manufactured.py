"""A made-up solution: errors of velocity, pressure and temperature against cell size.

Method of manufactured solutions (Roache 2002, J. Fluids Eng. 124:4).

In a unit square of each pair of axes, with x and z for the first and second of them:
psi = sin^2(pi x) sin^2(pi z) / pi, p = cos(pi x) cos(pi z), T = sin(pi x) sin(pi z); walls at rest and at T = 0.
The forces and the heat source that make it steady are given to the solver at faces and cells.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np

from ..air.solver import AirSolver
from ..plan import Plan
from ..scene import PAD
from . import box
from .finding import Finding

PI = np.pi
VISCOSITY, PRANDTL = 0.05, 0.71
GRIDS = (12, 24, 48)
FINER = 96  # with the limiter, whose order is a mean over all refinements
WALLS = (("x_min", "x_max"), ("y_min", "y_max"), ("floor", "ceiling"))
WHAT = ("velocity", "pressure", "temperature")
WHY = {
    "central": "formal order 2 less 0.2",
    "second": "with the limiter at least 1.5, over three refinements",
}
Planes = tuple[tuple[int, int], ...]


def quick() -> Iterator[Finding]:
    """x and z, even and graded grids, without limiter."""
    yield from _orders(((0, 2),), "central", 1.8)


def thorough() -> Iterator[Finding]:
    """The other pairs of axes, and the limiter."""
    yield from _orders(((0, 1), (1, 2)), "central", 1.8)
    yield from _orders(((0, 2),), "second", 1.5)


def _orders(planes: Planes, scheme: str, least: float) -> Iterator[Finding]:
    for axes in planes:
        named = "".join("xyz"[a] for a in axes)
        for name, stretch in (("even", 0.0), ("graded", 1.5)):
            grids = GRIDS[1:] if scheme == "central" else (GRIDS[0], FINER)
            errors = np.array([errors_of(solved(axes, cells, stretch, scheme)) for cells in grids])
            source = f"exact; root mean square, {grids[0]} to {grids[-1]} cells a side"
            for what, column in zip(WHAT, errors.T, strict=True):
                yield Finding(
                    f"manufactured solution, {named}", f"order of {what}, {name}, {scheme}", 2.0,
                    box.order(list(column), grids[-1] / grids[0]), 2.0 - least, WHY[scheme], source,
                    scale=1.0, sense="at least",
                )  # fmt: skip


def velocity(x: Any, z: Any) -> tuple[Any, Any]:
    """(u, w) at a point."""
    return np.sin(PI * x) ** 2 * np.sin(2 * PI * z), -np.sin(2 * PI * x) * np.sin(PI * z) ** 2


def force_u(x: Any, z: Any) -> Any:
    """Force along the first axis: u u_x + w u_z + p_x - nu (u_xx + u_zz)."""
    u, w = velocity(x, z)
    u_x = PI * np.sin(2 * PI * x) * np.sin(2 * PI * z)
    u_z = 2 * PI * np.sin(PI * x) ** 2 * np.cos(2 * PI * z)
    spread = 2 * PI**2 * np.sin(2 * PI * z) * (np.cos(2 * PI * x) - 2 * np.sin(PI * x) ** 2)
    return u * u_x + w * u_z - PI * np.sin(PI * x) * np.cos(PI * z) - VISCOSITY * spread


def force_w(x: Any, z: Any) -> Any:
    """Force along the second axis: u w_x + w w_z + p_z - nu (w_xx + w_zz)."""
    u, w = velocity(x, z)
    w_x = -2 * PI * np.cos(2 * PI * x) * np.sin(PI * z) ** 2
    w_z = -PI * np.sin(2 * PI * x) * np.sin(2 * PI * z)
    spread = 2 * PI**2 * np.sin(2 * PI * x) * (2 * np.sin(PI * z) ** 2 - np.cos(2 * PI * z))
    return u * w_x + w * w_z - PI * np.cos(PI * x) * np.sin(PI * z) - VISCOSITY * spread


def source_t(x: Any, z: Any) -> Any:
    """Heat source over heat capacity: u T_x + w T_z - alpha (T_xx + T_zz)."""
    u, w = velocity(x, z)
    carried = PI * (u * np.cos(PI * x) * np.sin(PI * z) + w * np.sin(PI * x) * np.cos(PI * z))
    return carried + VISCOSITY / PRANDTL * 2 * PI**2 * np.sin(PI * x) * np.sin(PI * z)


def solved(axes: tuple[int, int], cells: int, stretch: float, scheme: str) -> AirSolver:
    """The steady state under the made-up forces and source."""
    third = 3 - sum(axes)
    walls = tuple(box.wall(name, 0.0) for a in axes for name in WALLS[a])
    plan = Plan((1.0, 1.0, 1.0), (), (), symmetry=WALLS[third], walls=walls)
    line = box.graded(1, cells, stretch) if stretch else box.even(1, cells)
    lines = [box.even(1, 1) if a == third else line for a in range(3)]
    found = box.solver(
        plan, (lines[0], lines[1], lines[2]), box.fluid(VISCOSITY, PRANDTL), 3.0 / cells, buoyancy=False, scheme=scheme
    )  # fmt: skip
    for axis, force in zip(axes, (force_u, force_w), strict=True):
        _push(found, axis, force(*_at(found, axes, axis)))
    x, z = _at(found, axes, None)
    found.warm(source_t(x, z) * found.scene.grid.volumes())
    found.flow.sweeps = 8
    box.settle(found, box.flow_only, 1e-8, 20_000)
    box.settle(found, box.heat_only, 1e-9, 20_000)
    return found


def _push(found: AirSolver, axis: int, values: np.ndarray) -> None:
    field = found.mesh.field().reshape(found.mesh.shape)
    window = [slice(PAD, -PAD)] * 3
    window[2 - axis] = slice(PAD, 1 - PAD)
    field[tuple(window)] = values
    box.push(found, axis, field.ravel())


def _at(found: AirSolver, axes: tuple[int, int], face: int | None) -> tuple[np.ndarray, np.ndarray]:
    """Coordinates along both axes of the cells, or of the faces along axis `face`."""
    grid, out = found.scene.grid, []
    for a in axes:
        shape = [1, 1, 1]
        shape[2 - a] = -1
        out.append((grid.faces[a] if a == face else grid.centres[a]).reshape(shape))
    return out[0], out[1]


def errors_of(found: AirSolver) -> tuple[float, float, float]:
    """Root mean square errors of velocity, pressure (less its mean) and temperature."""
    axes = _axes(found)
    volume = found.scene.grid.volumes()
    squares = 0.0
    for n, axis in enumerate(axes):
        error = box.faces_of(found, "uvw"[axis]) - velocity(*_at(found, axes, axis))[n]
        high = np.moveaxis(error, 2 - axis, 0)
        mean = 0.5 * (high[1:] ** 2 + high[:-1] ** 2)
        squares += float(np.sum(np.moveaxis(mean, 0, 2 - axis) * volume))
    x, z = _at(found, axes, None)
    p = box.cells_of(found, "p") - np.cos(PI * x) * np.cos(PI * z)
    p = p - np.sum(p * volume)
    t = box.cells_of(found, "t") - np.sin(PI * x) * np.sin(PI * z)
    return float(np.sqrt(squares)), _rms(p, volume), _rms(t, volume)


def _rms(error: np.ndarray, volume: np.ndarray) -> float:
    return float(np.sqrt(np.sum(error**2 * volume)))


def _axes(found: AirSolver) -> tuple[int, int]:
    """The two axes with more than one cell."""
    first, second = (a for a in range(3) if found.scene.grid.widths[a].size > 1)
    return first, second
