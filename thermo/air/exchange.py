"""What racks, shelves, coolers and openings impose on the air: velocities, temperatures, turbulence."""

from __future__ import annotations

from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import numpy as np

from ..plan import Unit
from ..scene import Patch, Scene
from .mesh import Mesh
from .state import State

C_MU = 0.09


def inlet_turbulence(speed: Any, intensity: float, length: float) -> tuple[Any, Any]:
    """(k, epsilon) of air that comes in: k = 3/2 (I U)^2, epsilon = C_mu^3/4 k^3/2 / L."""
    k = 1.5 * (intensity * speed) ** 2
    return k, C_MU**0.75 * k**1.5 / length


@dataclass(frozen=True)
class Tiers:
    """How fronts map to tiers and tiers to rears, for all units in one compressed list."""

    unit: np.ndarray  # of each tier
    flow_share: np.ndarray  # of its unit's airflow
    low: np.ndarray  # [m]
    high: np.ndarray  # [m]
    start: np.ndarray  # rows of front cells
    cells: np.ndarray
    weight: np.ndarray
    rear_cells: np.ndarray  # cells behind the rears
    rear_start: np.ndarray
    rear_tier: np.ndarray
    rear_weight: np.ndarray


def _overlap(low: np.ndarray, high: np.ndarray, edges: np.ndarray) -> np.ndarray:
    """Share of each layer (low, high) that lies in each tier: (layers, tiers)."""
    top = np.minimum(high[:, None], edges[None, 1:])
    bottom = np.maximum(low[:, None], edges[None, :-1])
    return np.clip(top - bottom, 0.0, None) / (high - low)[:, None]


def _unit_tiers(
    unit: Unit, front: Patch, rear: Patch, zf: np.ndarray
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(low and high end of each tier, front area of each face in each tier, rear likewise)."""
    layers = np.concatenate([front.layer, rear.layer])
    edges = np.linspace(zf[layers.min()], zf[layers.max() + 1], unit.tiers + 1)
    if unit.mixed_exhaust:
        edges = edges[[0, -1]]
    areas = [p.area[:, None] * _overlap(zf[p.layer], zf[p.layer + 1], edges) for p in (front, rear)]
    shares = [a.sum(axis=0) / a.sum() for a in areas]
    if not np.allclose(shares[0], shares[1], atol=1e-6):  # part of one face is blocked: the air mixes inside
        edges = edges[[0, -1]]
        areas = [a.sum(axis=1, keepdims=True) for a in areas]
    open_ = (
        areas[0].sum(axis=0) > 1e-9 * areas[0].sum()
    )  # a tier blocked at front and rear has no air to judge
    ends = np.stack([edges[:-1], edges[1:]], axis=1)[open_]
    return ends, areas[0][:, open_], areas[1][:, open_]


def build_tiers(units: tuple[Unit, ...], scene: Scene) -> Tiers:
    """Lists for `tier_inlets` and `place`."""
    rows: dict[str, list] = {name: [] for name in Tiers.__dataclass_fields__}
    start, rear_start, first = [0], [0], 0
    for n, (unit, front, rear) in enumerate(zip(units, scene.fronts, scene.rears, strict=True)):
        ends, before, behind = _unit_tiers(unit, front, rear, scene.grid.zf)
        count = len(ends)
        rows["unit"] += [n] * count
        rows["flow_share"] += list(before.sum(axis=0) / before.sum())
        rows["low"] += list(ends[:, 0])
        rows["high"] += list(ends[:, 1])
        for tier in range(count):
            inside = before[:, tier] > 0
            rows["cells"] += list(front.air[inside])
            rows["weight"] += list(before[inside, tier] / before[inside, tier].sum())
            start.append(len(rows["cells"]))
        share = behind / behind.sum(axis=1, keepdims=True)
        for face in range(rear.face.size):
            tiers = np.flatnonzero(share[face] > 0)
            rows["rear_tier"] += list(first + tiers)
            rows["rear_weight"] += list(share[face, tiers])
            rear_start.append(len(rows["rear_tier"]))
        rows["rear_cells"] += list(rear.behind)
        first += count
    rows["start"], rows["rear_start"] = start, rear_start
    whole = {"unit", "cells", "rear_cells", "rear_tier", "start", "rear_start"}
    return Tiers(**{n: np.array(v, np.int64 if n in whole else np.float64) for n, v in rows.items()})


@dataclass(frozen=True)
class Passage:
    """The air's way through the units, tier by tier, as an iteration takes it; temperatures above the reference [K]."""

    tiers: Tiers
    inlet: np.ndarray
    outlet: np.ndarray
    rise: np.ndarray  # of what warms the air
    wanted: np.ndarray  # set point of what cools it, nan for others
    fall: np.ndarray  # the most it can cool

    def pass_through(self, ops: SimpleNamespace, t: np.ndarray) -> None:
        """Take the inlet means from `t` and put the exhaust temperatures behind the rears."""
        rows = self.tiers
        ops.tier_inlets(self.inlet, t, rows.start, rows.cells, rows.weight)
        ops.exhaust(self.outlet, self.inlet, self.rise, self.wanted, self.fall)
        ops.place(t, rows.rear_cells, rows.rear_start, rows.rear_tier, rows.rear_weight, self.outlet)


@dataclass
class Exchange:
    """Imposes the units and openings on a State; flows in m3/s, heat in W, temperatures above the reference in K.

    Changing `flow`, `heat` or an opening's values and calling `impose` again is how the coupling acts.
    """

    mesh: Mesh
    scene: Scene
    units: tuple[Unit, ...]
    heat_capacity: float  # [J/(m3 K)]
    flow: np.ndarray  # of each unit
    heat: np.ndarray  # each unit gives to the air that passes
    supply: np.ndarray  # set point of coolers, nan for others
    capacity: np.ndarray  # most heat a cooler removes
    opening_flow: np.ndarray  # into the hall positive, nan at pressure openings
    opening_temperature: np.ndarray
    opening_turbulence: tuple[tuple[float, float], ...]  # intensity, length
    passage: Passage = field(init=False)
    front_cells: np.ndarray = field(init=False)  # before the fronts, unit by unit
    front_start: np.ndarray = field(init=False)
    ghosts: np.ndarray = field(init=False)  # cells outside the hall whose values the openings let in

    def __post_init__(self) -> None:
        tiers = build_tiers(self.units, self.scene)
        self.passage = Passage(tiers, *np.zeros((5, tiers.unit.size)))
        fronts = [patch.air for patch in self.scene.fronts]
        self.front_cells = np.concatenate(fronts) if fronts else np.zeros(0, np.int64)
        self.front_start = np.cumsum([0, *(cells.size for cells in fronts[:-1])])
        behind = [patch.behind for patch in self.scene.openings]
        self.ghosts = np.concatenate(behind) if behind else np.zeros(0, np.int64)

    def impose(self, state: State) -> None:
        """Set velocities and turbulence at fronts, rears and openings."""
        velocity = (state.u, state.v, state.w)
        for n, unit in enumerate(self.units):
            front, rear = self.scene.fronts[n], self.scene.rears[n]
            velocity[front.axis][front.face] = -front.sign * self.flow[n] / front.area.sum()
            speed = self.flow[n] / rear.area.sum()
            velocity[rear.axis][rear.face] = rear.sign * speed
            self._turbulence(state, rear, speed, (unit.intensity, unit.length_scale))
        for n, patch in enumerate(self.scene.openings):
            state.t[patch.behind] = self.opening_temperature[n]
            if np.isnan(self.opening_flow[n]):  # air comes back in at what speed it has found
                inward = np.maximum(patch.sign * velocity[patch.axis][patch.face], 0.0)
                self._turbulence(state, patch, inward, self.opening_turbulence[n])
                continue
            speed = self.opening_flow[n] / patch.area.sum()
            velocity[patch.axis][patch.face] = patch.sign * speed
            if speed > 0:
                self._turbulence(state, patch, speed, self.opening_turbulence[n])

    def _turbulence(
        self, state: State, patch: Patch, speed: float | np.ndarray, scale: tuple[float, float]
    ) -> None:
        k, eps = inlet_turbulence(speed, *scale)
        state.k[patch.behind] = np.maximum(k, 1e-7)
        state.eps[patch.behind] = np.maximum(eps, 1e-9)

    @property
    def tiers(self) -> Tiers:
        return self.passage.tiers

    @property
    def inlet(self) -> np.ndarray:
        """Mean before the front of each tier."""
        return self.passage.inlet

    @property
    def outlet(self) -> np.ndarray:
        """Behind the rear of each tier."""
        return self.passage.outlet

    def respond(self) -> None:
        """Let the passage follow what flow, heat, set points and capacities are now."""
        unit, way = self.tiers.unit, self.passage
        capacity = self.heat_capacity * np.maximum(self.flow, 1e-9)
        way.rise[:], way.wanted[:] = (self.heat / capacity)[unit], self.supply[unit]
        way.fall[:] = (self.capacity / capacity)[unit]

    def pass_through(self, ops: SimpleNamespace, t: np.ndarray) -> None:
        """Take the inlet means from `t` and put the exhaust temperatures behind the rears."""
        self.respond()
        self.passage.pass_through(ops, t)

    def unit_means(self, tier_values: np.ndarray) -> np.ndarray:
        """Flow-weighted mean over each unit's tiers."""
        return np.bincount(self.tiers.unit, self.tiers.flow_share * tier_values, len(self.units))

    def unit_worst(self, tier_values: np.ndarray) -> np.ndarray:
        """Largest over each unit's tiers."""
        worst = np.full(len(self.units), -np.inf)
        np.maximum.at(worst, self.tiers.unit, tier_values)
        return worst

    def warmest(self, t: np.ndarray) -> np.ndarray:
        """Of the cells before each unit's front."""
        return np.maximum.reduceat(t[self.front_cells], self.front_start) if self.units else np.zeros(0)

    def heat_given(self) -> float:
        """Heat all units hand to the air now [W]."""
        rows = self.tiers
        return float(
            np.sum(self.flow[rows.unit] * rows.flow_share * (self.outlet - self.inlet)) * self.heat_capacity
        )

    def opening_fluxes(self, state: State) -> tuple[np.ndarray, np.ndarray]:
        """(volume flow in [m3/s], heat in above the reference [W]) of each opening, from the fields."""
        velocity = (state.u, state.v, state.w)
        flow, heat = [], []
        for patch in self.scene.openings:
            inward = patch.sign * velocity[patch.axis][patch.face].astype(np.float64) * patch.area
            carried = np.where(inward > 0, state.t[patch.behind], state.t[patch.air])
            flow.append(inward.sum())
            heat.append(np.sum(inward * carried) * self.heat_capacity)
        return np.array(flow), np.array(heat)
