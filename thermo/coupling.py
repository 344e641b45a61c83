"""What follows the air: units on their curves, openings at their balance, the network and its losses."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from time import perf_counter
from types import SimpleNamespace

import numpy as np

from . import library, moist_air
from .air import sources
from .air.exchange import Exchange
from .air.mesh import Mesh
from .air.properties import AirProperties
from .air.solver import AirSolver
from .air.ventilation import SiteAir, opening_flow, operating_point
from .case import Case
from .plan import Curve, Plan
from .power.flow import PowerResult
from .power.judgement.equipment import devices
from .power.judgement.warm import solve_warm
from .power.network import HallNetwork
from .power.network import build as build_network
from .power.route import Route
from .scene import Scene


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

    def __init__(
        self,
        case: Case,
        plan: Plan,
        ops: SimpleNamespace,
        air: AirProperties,
        enlist: Callable[[AirSolver], None] = lambda solver: None,
    ):
        self.case, self.plan, self.ops, self.air, self.enlist = case, plan, ops, air, enlist
        self.site = site_air(case)
        self.network: HallNetwork | None = build_network(case, plan) if case.power else None
        self.lookup = partial(library.find, case)
        self.power: PowerResult | None = None
        self.unit_power = np.array([u.power for u in plan.units])
        self.unit_flow = np.array([u.airflow for u in plan.units])
        self.exhaust: dict[str, float] = {}
        self.seconds = 0.0
        self.cells: dict[Route, np.ndarray] = {}  # flat, of the air along routes
        self.cells_of: Scene | None = None
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
        self.network_follows(solver)
        ex.impose(solver.fields.border())
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
        return float(solver.fields.seen().t[cells].mean(dtype=np.float64)) + self.air.reference_temperature

    def network_follows(self, solver: AirSolver) -> None:
        """Solve the network for what the units draw; its losses in the hall heat the solver's air."""
        if self.network is None:
            return
        stood = devices(self.case, self.plan, self.network, partial(self._hottest, solver))
        self.power = solve_warm(self.network, stood, self.unit_power, self.ops.sweep)
        lines = [(h.path, h.watts) for h in self.power.heat if h.place == "hall"]
        heat = sources.line_heat(solver.scene, lines) / self.air.heat_capacity
        solver.warm(heat)

    def _hottest(self, solver: AirSolver, path: Route) -> float:
        """[K] of the air along a line in the hall."""
        if self.cells_of is not solver.scene:  # a coarse start has a grid of its own
            self.cells_of, self.cells = solver.scene, {}
        if path not in self.cells:
            self.cells[path] = solver.mesh.places(sources.cells_along(solver.scene, path))
        solver.fields.see("t", self.cells[path])
        return float(solver.fields.seen().t[self.cells[path]].max()) + self.air.reference_temperature


def _change(new: np.ndarray, old: np.ndarray) -> float:
    scale = np.nanmax(np.abs(old), initial=1e-12)
    return float(np.nanmax(np.abs(new - old), initial=0.0) / scale)
