"""How a run of the air begins: the time step that follows the air, and a disturbance that no symmetry survives."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .solver import AirSolver

COURANT = 2.3  # cells in a step
STILL = 0.05  # [m/s] that air moves at in any hall
PSEUDO = 4.0  # the way to a steady state goes in steps this much longer than those that follow the air
STRETCHED = 4.0  # times these at most
HASTY = 0.5  # mass error before the correction over incoming air: above it steps are too long for what the air does,
EASY = 0.1  # below it they may be longer
WORTHWHILE = 1.4  # times the step: less is not worth a change
STANDS = 0.9  # of the mass error some looks before: it no longer falls,
LOOKS = 10  # each, and the same before them
CLOSED = 0.02  # a mass error below which it matters to nothing
SHORTEST = 1 / 8  # of the step that follows the air: what still does not settle is unsteady
GENTLE = 2.0  # and with unbounded schemes in steps this much longer: in larger ones they circle the answer


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
    warmest, coldest = _wall_range(solver)
    if solver.lift and warmest > coldest:  # free convection along a wall: (g beta dT H)^1/2
        height = scene.grid.zf[-1]
        step = min(step, COURANT * cell / np.sqrt(solver.lift * (warmest - coldest) * height))
    return float(min(step, _layering(solver)))


def _layering(solver: AirSolver) -> float:
    """1 / (10 N) of the air's layering [s]; infinite without buoyancy."""
    exchange = solver.exchange
    rise = exchange.heat.sum() / (exchange.heat_capacity * max(solver.air_passing(), 1e-6))
    warmest, coldest = _wall_range(solver)
    rise = max(rise, warmest - coldest)
    if not solver.lift or rise <= 0:
        return float("inf")
    return float(0.1 / np.sqrt(solver.lift * rise / solver.scene.grid.zf[-1]))


def on_the_way(solver: AirSolver) -> tuple[float, float]:
    """Time steps [s] on the way to a steady state: to begin with, and the longest where the mass balance keeps up.

    On fine grids their cells set the first, and the air's layering may bear longer ones.
    """
    if solver.numerics.time_step:
        return solver.numerics.time_step, solver.numerics.time_step
    if solver.numerics.scheme in ("linear-upwind", "central"):
        return GENTLE * following(solver), GENTLE * following(solver)
    first = PSEUDO * following(solver)
    return first, max(first, min(PSEUDO * _layering(solver), STRETCHED * first))


def too_long(solver: AirSolver, mass: float, steps: int) -> bool:
    """True when after so many steps, longer than those that follow the air, the mass balance has not caught up."""
    taken = len(solver.monitor.inlets) - solver.monitor.first
    return mass > HASTY and taken >= steps and solver.step_size > solver.suggest_time_step()


def circling(solver: AirSolver, *, still: bool) -> bool:
    """True where the mass error stands although nothing else is left to wait for: in a room without units at any step.

    What carries momentum in a step of one iteration is the flow of the step before, and waves on a free shear layer
    live on that: on the edge of Annex 20's jet from 1.2 to 1.8 cells a step on, the finer the grid the sooner, where
    the same step in two iterations lets them die. In a hall inlets tell whether it matters; a room has none.
    """
    step = solver.step_size
    waited = (still and step <= solver.suggest_time_step()) if solver.exchange.units else True
    if step <= shortest(solver) or not waited:
        return False
    seen = [mass for at, _, mass, _, _ in solver.monitor.residuals if at > solver.monitor.first]
    if len(seen) < 2 * LOOKS:
        return False
    now, before = (float(np.mean(part)) for part in (seen[-LOOKS:], seen[-2 * LOOKS : -LOOKS]))
    return now > max(CLOSED, STANDS * before)


def shortest(solver: AirSolver) -> float:
    """Time step [s] below which none is tried on the way to a steady state."""
    return (1.0 if solver.numerics.time_step else SHORTEST) * solver.suggest_time_step()


def shorter(solver: AirSolver) -> float:
    """Half the time step [s], with a stop at the one that follows the air."""
    step, follows = solver.step_size, solver.suggest_time_step()
    return 0.5 * step if step <= follows else max(0.5 * step, follows)


def adapt(solver: AirSolver, mass: float, *, still: bool) -> None:
    """Double the time step, up to the longest, where the mass balance keeps up; halve it where that alone is left.

    still: inlets, heat and equipment have settled. In long steps the velocities of a hall may go on circling.
    """
    step = solver.step_size
    if mass < EASY and WORTHWHILE * step < solver.longest:
        solver.set_time_step(min(2.0 * step, solver.longest))
    elif still and step > solver.suggest_time_step():
        solver.longest = shorter(solver)
        solver.set_time_step(solver.longest)


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
