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

from . import device, grid, library, moist_air, scene
from .air import properties, sources, transfer
from .air.exchange import Exchange
from .air.mesh import Mesh
from .air.properties import AirProperties
from .air.solver import AVERAGING, AirSolver, Diverged, Outcome
from .air.transfer import Snapshot
from .air.ventilation import OperatingPoint, SiteAir, opening_flow, operating_point
from .case import Case
from .plan import Curve, Plan
from .power import flow as power_flow
from .power.flow import PowerResult
from .power.network import HallNetwork
from .power.network import build as build_network
from .power.route import Route
from .scene import Scene

Watch = Callable[[dict], None]
NEST_ABOVE = 20_000  # cells; a bigger hall starts from its own coarser grid
NEST_TOLERANCE = 0.3  # [K] the coarse start need not be settled further,
NEST_ITERATIONS = 300  # nor for longer than this, also when it swings
NEST_GROWTH = 2.0  # from cell to cell: it is only a start


@dataclass(frozen=True)
class Held:
    """An interrupted run to go on with: on the case's grid (depth 0), or on one 2, 4, ... times as coarse before it."""

    depth: int
    checkpoint: dict[str, np.ndarray]


class _CutShort(Exception):
    """The start on a coarser grid was interrupted."""

    def __init__(self, held: Held, reached: Snapshot, iterations: int) -> None:
        super().__init__()
        self.held, self.reached, self.iterations = held, reached, iterations


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

    def swing(self) -> np.ndarray:
        """Peak to peak of each unit's inlet: over the time-accurate run, else the last window [K]; nan: no step."""
        if self.outcome.statistics is not None:
            return self.outcome.statistics.swing
        if not self.solver.monitor.inlets:
            return np.full(len(self.plan.units), np.nan)
        return np.ptp(self.solver.monitor.window(self.solver.window()), axis=0)

    def balance(self) -> dict[str, float]:
        """What the openings leave open: air in less out, and heat given less carried off, in percent."""
        flow, heat = self.solver.exchange.opening_fluxes(self.solver.state)
        incoming = float(flow[flow > 0].sum())
        mean = self.solver.mean_heat_error
        stored = self.solver.balances()[1] if mean is None else mean
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
        return sources.hottest_along(self.scene, core, path) + self.air.reference_temperature

    def snapshot(self) -> Snapshot:
        """The fields, for another run to start from."""
        return transfer.snapshot(
            self.scene, self.solver.mesh, self.solver.state, self.air.reference_temperature
        )


def site_air(case: Case) -> SiteAir:
    """Outdoor air; the wet bulb follows from the relative humidity, or is the dry bulb (no pad could cool)."""
    site = case.site
    pressure = moist_air.standard_pressure(site.altitude)
    wet = site.wet_bulb
    if wet is None and site.relative_humidity is not None:
        ratio = moist_air.ratio_from_relative_humidity(site.dry_bulb, site.relative_humidity, pressure)
        wet = moist_air.wet_bulb(site.dry_bulb, ratio, pressure)
    return SiteAir(site.dry_bulb, site.dry_bulb if wet is None else wet, pressure)


def factor(curve: Curve, temperature: float) -> float:
    """The curve's value at an inlet temperature [K]; 1 without a curve."""
    if not curve:
        return 1.0
    return float(np.interp(temperature, [t for t, _ in curve], [f for _, f in curve]))


class Coupling:
    """What follows the air: units on their curves, openings at their balance, the network and its losses."""

    def __init__(self, case: Case, plan: Plan, ops: SimpleNamespace, air: AirProperties):
        self.case, self.plan, self.ops, self.air = case, plan, ops, air
        self.site = site_air(case)
        self.network: HallNetwork | None = build_network(case, plan) if case.power else None
        self.lookup = partial(library.find, case)
        self.power: PowerResult | None = None
        self.unit_power = np.array([u.power for u in plan.units])
        self.unit_flow = np.array([u.airflow for u in plan.units])
        self.exhaust: dict[str, float] = {}
        self.seconds = 0.0
        self.balance(self._first_exhaust())

    def _first_exhaust(self) -> float:
        heat = sum(u.power * u.air_fraction for u in self.plan.units)
        flow = max(sum(u.airflow for u in self.plan.units), 1e-6)
        return self.site.dry_bulb + min(heat / (self.air.heat_capacity * flow), 40.0)

    def balance(self, exhaust: float | dict[str, float]) -> None:
        """Find the operating point of the openings for exhaust temperatures [K]."""
        self.point = operating_point(self.plan.openings, self.lookup, self.site, exhaust)

    def opening_flows(self) -> np.ndarray:
        """[m3/s] into the hall at the reference density; nan at pressure openings. What is fixed closes exactly."""
        flows = []
        for opening in self.plan.openings:
            group = self.point.groups.get(opening.group)
            if opening.kind == "pressure" or group is None:
                flows.append(np.nan if opening.kind == "pressure" else 0.0)
            elif opening.kind == "supply":
                flows.append(opening.flow * float(self.relative_density(np.array(opening.temperature))))
            else:
                flows.append(opening_flow(self.point, opening) * group.density / self.air.density)
        found = np.array(flows)
        if not np.isnan(found).any() and (found < 0).any():
            found[found < 0] *= -found[found > 0].sum() / found[found < 0].sum()
        return found

    def opening_temperatures(self) -> np.ndarray:
        """[K] of what each opening lets in."""
        groups = self.point.groups
        return np.array(
            [
                groups[o.group].temperature if o.kind == "intake" else (o.temperature or self.site.dry_bulb)
                for o in self.plan.openings
            ]
        )

    def supply_temperature(self) -> float:
        """[K] of the air the hall is given: mixed at the openings, else from coolers, else outdoors."""
        if self.point.mass_flow > 0:
            return self.point.supply_temperature
        coolers = [u.supply_temperature for u in self.plan.units if u.role == "cooler"]
        vents = [o.temperature for o in self.plan.openings if o.kind == "pressure" and o.temperature]
        return float(np.mean(coolers or vents or [self.site.dry_bulb]))

    def exchange(self, hall: Scene, mesh: Mesh) -> Exchange:
        """What units and openings impose on the air, as things stand."""
        units = self.plan.units
        cooler = [u.role == "cooler" for u in units]
        reference = self.air.reference_temperature
        return Exchange(
            mesh,
            hall,
            units,
            self.air.heat_capacity,
            self.unit_flow * self.relative_density(np.full(len(units), self.supply_temperature())),
            self.air_heat(),
            np.array(
                [
                    u.supply_temperature - reference if c else np.nan
                    for u, c in zip(units, cooler, strict=True)
                ]
            ),
            np.array([u.capacity for u in units]),
            self.opening_flows(),
            self.opening_temperatures() - reference,
            tuple((o.intensity, o.length_scale) for o in self.plan.openings),
        )

    def relative_density(self, temperature: np.ndarray) -> np.ndarray:
        """Density over the reference at temperatures [K]: a fan moves a volume, warmer air is less of it."""
        if self.case.numerics.density == "constant":
            return np.ones_like(temperature)
        return self.air.reference_temperature / temperature

    def air_heat(self) -> np.ndarray:
        """[W] each unit gives to the air."""
        return self.unit_power * np.array([u.air_fraction for u in self.plan.units])

    def follow(self, solver: AirSolver) -> float:
        """Let everything follow the air as it is now; returns the largest relative change."""
        started = perf_counter()
        ex, reference = solver.exchange, self.air.reference_temperature
        inlet = ex.unit_means(ex.inlet) + reference
        power = np.array(
            [u.power * factor(u.power_curve, t) for u, t in zip(self.plan.units, inlet, strict=True)]
        )
        flow = np.array(
            [u.airflow * factor(u.airflow_curve, t) for u, t in zip(self.plan.units, inlet, strict=True)]
        )
        moved = max(_change(power, self.unit_power), _change(flow, self.unit_flow))
        self.unit_power, self.unit_flow = power, flow
        ex.flow[:], ex.heat[:] = flow * self.relative_density(inlet), self.air_heat()
        moved = max(moved, self._openings_follow(solver))
        self._network_follows(solver)
        ex.impose(solver.state)
        self.seconds += perf_counter() - started
        return moved

    def _openings_follow(self, solver: AirSolver) -> float:
        fans = {o.group for o in self.plan.openings if o.kind == "fan"}
        if not fans:
            return 0.0
        ex = solver.exchange
        before = ex.opening_flow.copy()
        self.exhaust = {group: self._air_at(solver, group) for group in fans}
        self.balance(self.exhaust)
        ex.opening_flow[:] = self.opening_flows()
        ex.opening_temperature[:] = self.opening_temperatures() - self.air.reference_temperature
        return _change(ex.opening_flow, before)

    def _air_at(self, solver: AirSolver, group: str) -> float:
        """Mean temperature of the air at a group's openings [K]."""
        patches = zip(self.plan.openings, solver.scene.openings, strict=True)
        cells = np.concatenate([p.air for o, p in patches if o.group == group])
        return float(solver.state.t[cells].mean(dtype=np.float64)) + self.air.reference_temperature

    def _network_follows(self, solver: AirSolver) -> None:
        if self.network is None:
            return
        self.power = power_flow.solve(self.network, self.unit_power, self.ops.sweep)
        lines = [(h.path, h.watts) for h in self.power.heat if h.place == "hall"]
        heat = sources.line_heat(solver.scene, lines) / self.air.heat_capacity
        solver.mesh.core(solver.heat.source)[...] = heat


def _change(new: np.ndarray, old: np.ndarray) -> float:
    scale = np.nanmax(np.abs(old), initial=1e-12)
    return float(np.nanmax(np.abs(new - old), initial=0.0) / scale)


def solve(
    case: Case,
    plan: Plan,
    device_name: str,
    watch: Watch,
    start: Snapshot | Held | None = None,
    averaging: tuple[int, int] = AVERAGING,
) -> Solution:
    """Solve the case laid out as `plan` on a device; `start`: fields to begin from, or a run to go on with.

    averaging: of air that swings, windows (a minute at least) left for the swing to saturate and averaged over.
    An interrupt (Ctrl-C) or a divergence ends the run with the last good fields, and its outcome says so.
    Raises thermo.device.DeviceError, thermo.scene.SceneError, thermo.air.ventilation.NoOperatingPoint.
    """
    begun = perf_counter()
    ops = device.on(device_name)
    if device.must_compile(ops):
        watch({"phase": "compiling the kernels for this processor: a minute or two, the first time only"})
    air = properties.from_case(case)
    coupling = Coupling(case, plan, ops, air)
    held = start if isinstance(start, Held) else None
    cut = None
    try:
        if start is None or (held and held.depth):
            start = _coarse_start(case, coupling, watch, held)
    except _CutShort as short:
        cut, start = short, short.reached
    solver = _solver(case, coupling)
    solver.averaging = averaging
    watch({"phase": "air", "cells": solver.scene.fluid_cells, "time_step_s": solver.step_size})
    temperature = case.numerics.start_temperature or coupling.supply_temperature() + 3.0
    solver.start(temperature - air.reference_temperature)
    if isinstance(start, Snapshot):
        transfer.begin(solver.state, solver.mesh, solver.scene, start, air.reference_temperature)
        solver.exchange.impose(solver.state)
    if isinstance(start, Held):
        solver.record.resume(start.checkpoint)
    if not solver.record.repeating:
        coupling.follow(solver)
    coupling.seconds = 0.0  # what followed the start belongs to the set-up
    ready = perf_counter()
    outcome = _run(solver, coupling, watch) if cut is None else _cut_short(cut)
    done = perf_counter()
    seconds = {
        "setup": ready - begun,
        "air": done - ready - coupling.seconds,
        "power": coupling.seconds,
        "total": done - begun,
    }
    return Solution(
        case, plan, solver.scene, air, solver, outcome, coupling.point, coupling.power,
        coupling.unit_power, coupling.unit_flow, coupling.supply_temperature(), ops.device, seconds,
        _held(solver, outcome, cut),
    )  # fmt: skip


def _run(solver: AirSolver, coupling: Coupling, watch: Watch) -> Outcome:
    """The solver's outcome; an interrupt or a divergence is one too."""
    try:
        return solver.run(watch, lambda: coupling.follow(solver))
    except Diverged as error:
        return Outcome(False, solver.iterations, reason=str(error), ended="diverged")
    except KeyboardInterrupt:
        if solver.record.repeating:
            raise  # nothing was computed yet: the file stays as it is
        solver.go_back()
        coupling.follow(solver)
        reason = f"interrupted after {solver.iterations} iterations; `minehall resume` goes on"
        return Outcome(False, solver.iterations, reason=reason, ended="interrupted")


def _cut_short(cut: _CutShort) -> Outcome:
    reason = f"interrupted after {cut.iterations} iterations on a coarser grid; `minehall resume` goes on"
    return Outcome(False, cut.iterations, reason=reason, ended="interrupted")


def _held(solver: AirSolver, outcome: Outcome, cut: _CutShort | None) -> Held | None:
    if cut:
        return cut.held
    return Held(0, solver.record.checkpoint()) if outcome.ended == "interrupted" else None


def _solver(case: Case, coupling: Coupling) -> AirSolver:
    lines = grid.build(coupling.plan, case.grid)
    hall = scene.build(coupling.plan, lines)
    return AirSolver(
        coupling.ops, hall, lambda mesh: coupling.exchange(hall, mesh), coupling.air, case.numerics
    )


def _coarse_start(
    case: Case, coupling: Coupling, watch: Watch, held: Held | None, depth: int = 1
) -> Snapshot | None:
    """The same hall on cells twice as large, roughly settled; None for a small hall or one that cannot be coarser.

    held: a run that was interrupted at `depth` or on a grid coarser still. Raises _CutShort when this one is.
    """
    if np.prod(coupling.plan.size) / case.grid.cell**3 < NEST_ABOVE:
        return None
    numerics = case.numerics.model_copy(
        update={"tolerance": NEST_TOLERANCE, "time_step": None, "iterations": NEST_ITERATIONS}
    )
    cells = case.grid.model_copy(update={"cell": 2 * case.grid.cell, "growth": NEST_GROWTH})
    coarse = case.model_copy(update={"grid": cells, "numerics": numerics})
    reference = coupling.air.reference_temperature
    here = held if held and held.depth == depth else None
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
    try:
        solver.settle_roughly(watch, lambda: coupling.follow(solver))
    except KeyboardInterrupt:
        if solver.record.repeating or solver.record.kept is None:
            raise  # nothing was computed yet
        solver.go_back()
        reached = transfer.snapshot(
            solver.scene, solver.mesh, solver.state, coupling.air.reference_temperature
        )
        raise _CutShort(Held(depth, solver.record.checkpoint()), reached, solver.iterations) from None
