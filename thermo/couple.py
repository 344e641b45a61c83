"""Air and power of one case until they agree.

Inlet temperatures move the power and the fans of miners and servers; power moves losses in the hall; exhaust
temperature moves the wall fans. The air is iterated, and at every look at its balances all of that follows.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import partial
from time import perf_counter
from types import SimpleNamespace

import numpy as np

from . import device, grid, rescue, scene
from .air import properties, sources, steadiness, transfer
from .air.properties import AirProperties
from .air.solver import AVERAGING, AirSolver, Diverged, Outcome
from .air.steadiness import Proof
from .air.transfer import Snapshot
from .air.ventilation import OperatingPoint
from .case import Case
from .coupling import Coupling
from .plan import Plan
from .power.flow import PowerResult
from .power.route import Route
from .scene import Scene

Watch = Callable[[dict], None]
NEST_ABOVE = 12_000  # cells; a bigger hall starts from its own coarser grid
PROVE_BELOW = (
    20_000  # cells; up to so many a hall proves its answer on its own grid where no coarser one resolves it
)
NEST_TOLERANCE = 0.3  # [K] the coarse start need not be settled further,
NEST_ITERATIONS = 300  # nor for longer than this, also when it swings
NEST_GROWTH = 2.0  # from cell to cell: it is only a start
AISLE_CELLS = 6  # across the narrowest aisle, for a grid to prove a steady answer on: 3 hide a hall's swing
WORTHWHILE = 1.25  # times the case's own cells: less is not worth another grid


@dataclass(frozen=True)
class Held:
    """An interrupted run to go on with: on the case's grid (depth 0), or on one 2, 4, ... times as coarse before it."""

    depth: int
    checkpoint: dict[str, np.ndarray]


class _CutShort(Exception):
    """The start on a coarser grid was interrupted, or its card failed."""

    def __init__(self, held: Held, reached: Snapshot, outcome: Outcome) -> None:
        super().__init__()
        self.held, self.reached, self.outcome = held, reached, outcome


@dataclass
class Solution:
    """All that a run found, still in solver terms (SI, K)."""

    case: Case
    plan: Plan
    scene: Scene
    air: AirProperties
    solver: AirSolver
    outcome: Outcome
    point: OperatingPoint
    power: PowerResult | None
    unit_power: np.ndarray  # [W]
    unit_flow: np.ndarray  # [m3/s]
    supply_temperature: float  # [K] of the air the hall is given
    device: str
    seconds: dict[str, float] = field(default_factory=dict)
    held: Held | None = None  # of an interrupted run

    def whole(self) -> Solution:
        """Itself. Raises thermo.device.DeviceError when its card failed on the way."""
        if self.outcome.ended == "failed":
            raise device.DeviceError(self.outcome.reason)
        return self

    def swing(self) -> np.ndarray:
        """Peak to peak of each unit's inlet: over the time-accurate run, else the last window [K]; nan: no step."""
        if self.outcome.followed is not None:
            return self.outcome.followed.units.swing
        if not self.solver.monitor.inlets:
            return np.full(len(self.plan.units), np.nan)
        return np.ptp(self.solver.monitor.window(self.solver.window()), axis=0)

    def unsettled(self) -> np.ndarray:
        """How far each unit's reported inlet may be from its mean in time [K].

        Of means over a time-accurate run their band; else how far the inlet was from what is reported in the last
        window; nan before any step.
        """
        if self.outcome.followed is not None:
            return self.outcome.followed.units.band
        window = self.solver.monitor.window(self.solver.window())
        if not window.size:
            return np.full(len(self.plan.units), np.nan)
        exchange = self.solver.exchange
        return np.abs(window - exchange.unit_means(exchange.inlet)).max(axis=0)

    def imbalance(self) -> float:
        """The heat that the balance leaves open, as a temperature of the air that passes [K]."""
        balance, air = self.balance(), self.solver.air_passing() * self.air.heat_capacity
        open_by = 10.0 * balance["heat_percent"] * balance["heat_given_kW"]  # W: a percent of a kW is 10 W
        return abs(open_by) / air if air > 0 else 0.0

    def balance(self) -> dict[str, float]:
        """What the openings leave open: air in less out, and heat given less carried off, in percent."""
        flow, heat = self.solver.exchange.opening_fluxes(self.solver.state)
        incoming = float(flow[flow > 0].sum())
        followed = self.outcome.followed
        stored = followed.stored if followed else self.solver.balances()[1]
        return {
            "mass_percent": 100.0 * float(flow.sum()) / incoming if incoming > 0 else 0.0,
            "heat_percent": 100.0 * stored,
            "heat_given_kW": self.solver.heat_given() / 1e3,
            "heat_carried_kW": -float(heat.sum()) / 1e3,
            "heat_walls_kW": float(self.solver.wall_heat().sum()) / 1e3,
        }

    def hottest_air(self, path: Route) -> float:
        """[K] along a line in the hall."""
        core = self.solver.mesh.core(self.solver.state.t)
        return float(core[sources.cells_along(self.scene, path)].max()) + self.air.reference_temperature

    def snapshot(self) -> Snapshot:
        """The fields, for another run to start from."""
        return transfer.snapshot(
            self.scene, self.solver.mesh, self.solver.state, self.air.reference_temperature
        )


def solve(
    case: Case,
    plan: Plan,
    device_name: str | SimpleNamespace,
    watch: Watch,
    start: Snapshot | Held | None = None,
    averaging: tuple[int, int] = AVERAGING,
    *,
    enlist: Callable[[AirSolver], None] = lambda solver: None,
) -> Solution:
    """Solve the case laid out as `plan` on a device, or by operators given; `start`: fields or a run to go on from.

    averaging: of air that swings, windows (a minute at least) left for the swing to saturate and averaged over.
    enlist: called with every solver of the air before its first step.
    An interrupt (Ctrl-C), a divergence, or a card that is full or lost on the way ends the run with the last good
    fields, and its outcome says so. Raises thermo.device.DeviceError where nothing was computed yet,
    thermo.scene.SceneError, thermo.air.ventilation.NoOperatingPoint.
    """
    begun = perf_counter()
    ops = device.on(device_name)
    coupling = Coupling(case, plan, ops, properties.from_case(case), enlist)
    given, cut = start, None
    try:
        if start is None or (isinstance(start, Held) and start.depth):
            start = _coarse_start(case, coupling, watch, start)
    except _CutShort as short:
        cut, start = short, short.reached
    solver = None
    try:
        with ops.home.told():
            solver = _begun(case, coupling, start, averaging, watch)
            ready = perf_counter()
            outcome = _run(solver, coupling, watch) if cut is None else cut.outcome
            done = perf_counter()
            held = cut.held if cut else _held(solver, outcome)
            rescue.land(solver)
    except device.DeviceError as error:
        ready = done = perf_counter()
        computed = start if isinstance(start, Snapshot) and start is not given else None
        solver, outcome, held = _rescued(case, coupling, solver, computed, error)
        if cut:
            outcome, held = cut.outcome, cut.held
    seconds = {
        "setup": ready - begun,
        "air": done - ready - coupling.seconds,
        "power": coupling.seconds,
        "total": done - begun,
    }
    return Solution(
        case, plan, solver.scene, coupling.air, solver, outcome, coupling.point, coupling.power,
        coupling.unit_power, coupling.unit_flow, coupling.supply_temperature(), ops.device, seconds, held,
    )  # fmt: skip


def _begun(
    case: Case, coupling: Coupling, start: Snapshot | Held | None, averaging: tuple[int, int], watch: Watch
) -> AirSolver:
    """A solver of the case's own grid at its start, equipment and network as they are there."""
    solver, reference = _solver(case, coupling), coupling.air.reference_temperature
    solver.averaging = averaging
    watch({"phase": "air", "cells": solver.scene.fluid_cells, "time_step_s": solver.step_size})
    temperature = case.numerics.start_temperature or coupling.supply_temperature() + 3.0
    solver.start(temperature - reference)
    if isinstance(start, Snapshot):
        transfer.begin(solver.state, solver.mesh, solver.scene, start, reference)
        solver.exchange.impose(solver.state)
    if isinstance(start, Held):
        solver.record.resume(start.checkpoint)
    if not solver.record.repeating:
        coupling.follow(solver)
    coupling.seconds = 0.0  # what followed the start belongs to the set-up
    return solver


def _run(solver: AirSolver, coupling: Coupling, watch: Watch) -> Outcome:
    """The solver's outcome; an interrupt or a divergence is one too."""
    try:
        prove = partial(_prove, coupling.case, coupling, solver, watch)
        return solver.run(watch, lambda: coupling.follow(solver), prove)
    except Diverged as error:
        return Outcome(False, solver.iterations, reason=str(error), ended="diverged")
    except KeyboardInterrupt:
        if solver.record.repeating:
            raise  # nothing was computed yet: the file stays as it is
        solver.record.go_back()
        coupling.follow(solver)
        reason = f"interrupted after {solver.iterations} iterations; `minehall resume` goes on"
        return Outcome(False, solver.iterations, reason=reason, ended="interrupted")


def _held(solver: AirSolver, outcome: Outcome) -> Held | None:
    return Held(0, solver.record.checkpoint()) if outcome.ended == "interrupted" else None


def _rescued(
    case: Case,
    coupling: Coupling,
    failed: AirSolver | None,
    computed: Snapshot | None,
    error: device.DeviceError,
) -> tuple[AirSolver, Outcome, Held | None]:
    """What a card's run has left, in a solver on the host: its last look, else the start computed for it.

    Raises the error where there is neither.
    """
    saved = failed.record.saved() if failed else {}
    if not saved and computed is None:
        raise error
    coupling.ops = device.on_host()
    averaging = failed.averaging if failed else AVERAGING
    solver = _begun(case, coupling, None if saved else computed, averaging, lambda news: None)
    if saved:
        rescue.return_to(solver, saved, coupling.follow)
    kept = f"the fields of iteration {solver.iterations}" if saved else "the start on a coarser grid"
    reason = f"{rescue.why(error, solver.scene.fluid_cells)}; kept are {kept}, `minehall resume` goes on from there"
    outcome = Outcome(False, solver.iterations, reason=reason, ended="failed")
    return solver, outcome, Held(0, saved) if saved else None


def _solver(case: Case, coupling: Coupling) -> AirSolver:
    lines = grid.build(coupling.plan, case.grid)
    hall = scene.build(coupling.plan, lines)
    solver = AirSolver(
        coupling.ops, hall, lambda mesh: coupling.exchange(hall, mesh), coupling.air, case.numerics
    )
    coupling.enlist(solver)
    return solver


def _coarser(case: Case, cell: float) -> Case:
    """The case on larger cells, to be settled roughly."""
    numerics = case.numerics.model_copy(
        update={"tolerance": NEST_TOLERANCE, "time_step": None, "iterations": NEST_ITERATIONS}
    )
    cells = case.grid.model_copy(update={"cell": cell, "growth": NEST_GROWTH})
    return case.model_copy(update={"grid": cells, "numerics": numerics})


def _prove(case: Case, coupling: Coupling, solver: AirSolver, watch: Watch) -> Proof | None:
    """Whether the solver's settled air is stable; None where only the whole grid could tell and was not asked to."""
    wanted, cell = case.numerics.prove_steady, case.grid.cell
    if wanted == "no" or not coupling.plan.units:
        return None
    coarse = min(2 * cell, steadiness.aisle(solver.scene) / AISLE_CELLS)
    judge: AirSolver | None = solver
    if wanted == "coarse" and coarse > WORTHWHILE * cell:
        judge = _on_coarser_grid(_coarser(case, coarse), coupling, solver)
    elif wanted == "coarse" and solver.scene.fluid_cells > PROVE_BELOW:
        judge = None
    if judge is None:
        return None
    watch({"phase": "disturbed, to see whether it lasts", "cells": judge.scene.fluid_cells})
    return steadiness.prove(judge, outer=1 if wanted == "coarse" else 2)


def _on_coarser_grid(case: Case, coupling: Coupling, solver: AirSolver) -> AirSolver | None:
    """The solver's air on the grid of `case`, units and openings as they are; None where that cannot be."""
    reference = coupling.air.reference_temperature
    try:
        coarse = _solver(case, coupling)
        fields = transfer.snapshot(solver.scene, solver.mesh, solver.state, reference)
        transfer.begin(coarse.state, coarse.mesh, coarse.scene, fields, reference)
        coarse.exchange.flow[:], coarse.exchange.heat[:] = solver.exchange.flow, solver.exchange.heat
        coarse.exchange.impose(coarse.state)
        coupling.network_follows(coarse)
        for _ in range(coarse.window()):
            coarse.advance()
    except (scene.SceneError, Diverged):
        return None
    return coarse


def _coarse_start(
    case: Case, coupling: Coupling, watch: Watch, held: Snapshot | Held | None, depth: int = 1
) -> Snapshot | None:
    """The same hall on cells twice as large, roughly settled; None for a small hall or one that cannot be coarser.

    held: a run that was interrupted at `depth` or on a grid coarser still. Raises _CutShort when this one is.
    """
    if np.prod(coupling.plan.size) / case.grid.cell**3 < NEST_ABOVE:
        return None
    coarse = _coarser(case, 2 * case.grid.cell)
    reference = coupling.air.reference_temperature
    here = held if isinstance(held, Held) and held.depth == depth else None
    try:
        solver = _solver(coarse, coupling)
        before = None if here else _coarse_start(coarse, coupling, watch, held, depth + 1)
        watch({"phase": "coarse start", "cells": solver.scene.fluid_cells, "time_step_s": solver.step_size})
        solver.start(coupling.supply_temperature() + 3.0 - reference)
        if before is not None:
            transfer.begin(solver.state, solver.mesh, solver.scene, before, reference)
            solver.exchange.impose(solver.state)
        if here:
            solver.record.resume(here.checkpoint)
        _settle(solver, coupling, watch, depth)
    except (scene.SceneError, Diverged):
        return None
    return transfer.snapshot(solver.scene, solver.mesh, solver.state, reference)


def _settle(solver: AirSolver, coupling: Coupling, watch: Watch, depth: int) -> None:
    """Settle roughly. Raises _CutShort when that is interrupted, or its card fails, with something computed."""
    record, reference = solver.record, coupling.air.reference_temperature
    try:
        with coupling.ops.home.told():
            solver.settle_roughly(watch, lambda: coupling.follow(solver))
    except KeyboardInterrupt:
        if record.repeating or record.kept is None:
            raise  # nothing was computed yet
        record.go_back()
        reason = (
            f"interrupted after {solver.iterations} iterations on a coarser grid; `minehall resume` goes on"
        )
        outcome = Outcome(False, solver.iterations, reason=reason, ended="interrupted")
        reached = transfer.snapshot(solver.scene, solver.mesh, solver.state, reference)
        raise _CutShort(Held(depth, record.checkpoint()), reached, outcome) from None
    except device.DeviceError as error:
        saved = {} if record.repeating else record.saved()
        if not saved:
            raise
        coupling.ops = device.on_host()
        why = rescue.why(error, solver.scene.fluid_cells)
        reason = f"{why}; kept are fields of a coarser grid, `minehall resume` goes on from there"
        outcome = Outcome(False, len(saved["inlets"]), reason=reason, ended="failed")
        reached = rescue.snapshot(solver, saved, reference)
        raise _CutShort(Held(depth, saved), reached, outcome) from None
