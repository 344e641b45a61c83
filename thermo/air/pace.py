"""How a run of the air begins: the time step that follows the air, and a disturbance that no symmetry survives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .solver import AirSolver

COURANT = 2.3  # cells in a step
STILL = 0.05  # [m/s] that air moves at in any hall


def following(solver: AirSolver) -> float:
    """Time step [s]: 2.3 cells of the fastest incoming air, 1 / (10 N) of its layering."""
    scene, exchange = solver.scene, solver.exchange
    cell = float(np.median(np.concatenate(scene.grid.widths)))
    speeds = [STILL]
    for patch, flow in zip(scene.openings, exchange.opening_flow, strict=True):
        if flow > 0:
            speeds.append(flow / patch.area.sum())
    rears = [(f, f / r.area.sum()) for f, r in zip(exchange.flow, scene.rears, strict=True) if f > 0]
    if rears:
        speeds.append(sum(f * v for f, v in rears) / sum(f for f, _ in rears))
    step = COURANT * cell / max(speeds)
    rise = exchange.heat.sum() / (exchange.heat_capacity * max(solver.air_passing(), 1e-6))
    warmest, coldest = _wall_range(solver)
    if solver.lift and warmest > coldest:  # free convection along a wall: (g beta dT H)^1/2
        height = scene.grid.zf[-1]
        step = min(step, COURANT * cell / np.sqrt(solver.lift * (warmest - coldest) * height))
        rise = max(rise, warmest - coldest)
    if solver.lift and rise > 0:
        step = min(step, 0.1 / np.sqrt(solver.lift * rise / scene.grid.zf[-1]))
    return float(step)


def _wall_range(solver: AirSolver) -> tuple[float, float]:
    """Highest and lowest temperature of the openings' air and of walls with a temperature [K]."""
    fixed = [w.temperature for w, _ in solver.scene.walls if w.temperature and w.u_value is None]
    if not fixed:
        return 0.0, 0.0
    found = [*(np.array(fixed) - solver.air.reference_temperature), *solver.exchange.opening_temperature]
    return max(found), min(found)


def stir(shape: tuple[int, int, int], most: float) -> np.ndarray:
    """Temperatures within +-most [K] (nz, ny, nx), in patches of four cells each way."""
    rng = np.random.default_rng(20261122)
    patches = rng.uniform(-most, most, [n // 4 + 1 for n in shape])
    for axis in range(3):
        patches = np.repeat(patches, 4, axis=axis)
    z, y, x = shape
    return patches[:z, :y, :x]
