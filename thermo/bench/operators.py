"""Time and bytes of every operator as the solver calls it, and of a whole iteration, on a real case."""

from __future__ import annotations

import resource
from collections.abc import Callable
from dataclasses import fields, is_dataclass
from typing import Any

import numpy as np

from .. import device, grid, scene
from ..air import properties
from ..air.solver import AirSolver
from ..case import Case
from ..coupling import Coupling
from ..plan import Plan
from . import machine
from .clocked import Clocked, Tally
from .compulsory import Extents

WARM_UP = 30  # iterations: compiled, and past the first transients
BLOCK = 20  # iterations timed in one go


def solver_of(case: Case, plan: Plan, ops: Any) -> AirSolver:
    """The case's air, as `couple.solve` would start it on its own grid."""
    air = properties.from_case(case)
    coupling = Coupling(case, plan, ops, air)
    hall = scene.build(plan, grid.build(plan, case.grid))
    solver = AirSolver(ops, hall, lambda mesh: coupling.exchange(hall, mesh), air, case.numerics)
    start = case.numerics.start_temperature or coupling.supply_temperature() + 3.0
    solver.start(start - air.reference_temperature)
    coupling.follow(solver)
    return solver


def measure(case: Case, plan: Plan, device_name: str, repeat: int, threads: int = 1) -> dict[str, Any]:
    """Table of one case on one device: every operator, and the iteration they make up.

    Times are the best of `repeat` blocks of BLOCK iterations; `add_shares` sets them against the triad.
    """
    clocked = Clocked(device.on(device_name), machine.clock(threads))
    solver = solver_of(case, plan, clocked.ops)
    levels = solver.flow.levels
    shapes = [solver.mesh.shape, *((nz, ny, nx) for nx, ny, nz in (level.size for level in levels))]
    for _ in range(WARM_UP):
        solver.advance()
    solver.record.keep()  # as a run does at every look
    clocked.extents = Extents(shapes)
    solver.advance()
    clocked.extents = None
    whole, times = _best(solver, clocked, repeat)
    cells = solver.scene.fluid_cells
    # others run now and then, or have no walls
    counted = [name for name in times if clocked.tallies[name].cells]
    rows = [_row(name, clocked.tallies[name], times[name], whole) for name in counted]
    moved = sum(tally.moved for tally in clocked.tallies.values())
    held = held_bytes(solver)
    return {
        "device": clocked.ops.device,
        "case": case.name,
        "scheme": case.numerics.scheme,
        "precision": case.numerics.precision,
        "cells": cells,
        "box_cells": int(np.prod(solver.scene.grid.shape)),
        "operators": sorted(rows, key=lambda row: -row["ms_per_iteration"]),
        "iteration": {
            "ms": whole / 1e6,
            "ns_per_cell": whole / cells,
            "bytes_per_cell": moved / cells,
            "outside_operators_percent": 100.0 * (1.0 - sum(times.values()) / whole),
        },
        "memory": {
            "held_bytes_per_cell": sum(held.values()) / cells,
            "held_bytes_per_padded_cell": sum(held.values()) / solver.mesh.size,
            "held_by_part": {name: size / cells for name, size in held.items()},
            "peak_resident_MiB": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
        },
    }


def _best(solver: AirSolver, clocked: Clocked, repeat: int) -> tuple[float, dict[str, float]]:
    """Best block: (ns an iteration without a clock in it, ns of each operator an iteration)."""
    whole, times, timed = np.inf, {}, np.inf
    for _ in range(repeat):
        whole = min(whole, _block(solver, clocked.clock))
        clocked.forget_times()
        clocked.timing = True
        now = _block(solver, clocked.clock)
        clocked.timing = False
        if now < timed:
            timed = now
            times = {name: tally.time / BLOCK for name, tally in clocked.tallies.items()}
    return whole, times


def _block(solver: AirSolver, clock: Callable[[], int]) -> float:
    begun = clock()
    for _ in range(BLOCK):
        solver.advance()
    return (clock() - begun) / BLOCK


def _row(name: str, tally: Tally, time: float, whole: float) -> dict[str, Any]:
    """One operator: `time` of all its calls in an iteration of `whole` [ns]."""
    return {
        "operator": name,
        "calls_per_iteration": tally.calls,
        "ms_per_iteration": time / 1e6,
        "share_of_iteration_percent": 100.0 * time / whole,
        "cells_per_call": tally.cells / tally.calls,
        "ns_per_cell": time / tally.cells,
        "bytes_per_cell": tally.moved / tally.cells,
    }


def add_shares(table: dict[str, Any], triad: float) -> None:
    """Bytes over time, as a share of the triad's [bytes/s], for every operator and the iteration."""
    for row in (*table["operators"], table["iteration"]):
        row["share_of_triad"] = row["bytes_per_cell"] / (row["ns_per_cell"] * 1e-9) / triad


def held_bytes(solver: AirSolver) -> dict[str, int]:
    """Bytes of the arrays that each part of a solver holds; one held by two parts counts for the first."""
    seen = {id(solver)}
    parts = {name: _arrays(part, seen) for name, part in vars(solver).items() if name != "ops"}
    return {name: size for name, size in parts.items() if size}


def _arrays(thing: Any, seen: set[int]) -> int:
    """Bytes of all arrays within reach of `thing` that are not in `seen` yet."""
    while isinstance(thing, np.ndarray) and isinstance(thing.base, np.ndarray):
        thing = thing.base
    if id(thing) in seen:
        return 0
    seen.add(id(thing))
    if isinstance(thing, np.ndarray):
        return int(thing.nbytes)
    return sum(_arrays(part, seen) for part in _parts(thing))


def _parts(thing: Any) -> list[Any]:
    if isinstance(thing, dict):
        return list(thing.values())
    if isinstance(thing, list | tuple):
        return list(thing)
    if is_dataclass(thing) and not isinstance(thing, type):
        return [getattr(thing, one.name) for one in fields(thing)]
    ours = type(thing).__module__.split(".")[0] == __name__.split(".")[0]
    return list(vars(thing).values()) if ours and hasattr(thing, "__dict__") else []
