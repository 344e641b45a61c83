"""Several halls on one grid solved as one: stacked along z between solid planes, so that every operator does all of
them at once. A hall's fields are lent to the stack while it is stepped there, and given back after.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterable, Sequence
from functools import partial
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import device
from ..scene import Scene
from . import mesh as meshes
from .envelope import Envelope
from .exchange import Passage, Tiers
from .lent import Loan, Share
from .mesh import Mesh
from .stacked_scene import stacked_scene
from .state import State, at_rest
from .steps import FlowStep, HeatStep
from .workspace import Workspace
from .zero_equation import ZeroEquationStep, turbulence_step

if TYPE_CHECKING:
    from .solver import AirSolver


def alike(solver: AirSolver) -> Hashable:
    """Halls for which this is equal can be stacked: the same grid on every level, air, equations and device."""
    numbers = (*solver.scene.grid.widths, solver.ops.home.get(solver.constants))
    model = (solver.numerics.scheme, solver.numerics.turbulence, solver.flow_on_host.floating)
    parts = (bool(solver.scene.screens), solver.envelope is not None)
    given = (solver.air, solver.lift, solver.gbpr, float(solver.flow_on_host.rise), solver.mesh.dtype)
    joining = (level.joining for level in solver.flow_on_host.levels)
    return (*model, *parts, *given, *joining, *(array.tobytes() for array in numbers))


ITERATIONS_A_STEP = 2  # at most, of a run that is followed in time


class StackedFlow(FlowStep):
    """`FlowStep` of a stack: a multigrid that keeps the halls apart, a level of the pressure for each."""

    ON_HOST = ("widths", "plain", "flows")

    def __init__(self, flows: Sequence[FlowStep], mesh: Mesh, scene: Scene, work: Workspace, share: int):
        self.flows = flows
        first = flows[0]
        super().__init__(first.ops, mesh, scene, work, scheme=first.scheme, rise=float(first.rise))
        self.share, self.imbalance = share, device.sums(len(flows))
        self.levels_at = [np.zeros(1, mesh.dtype) for _ in flows]
        if self.screens:
            self.take_screens()

    def _grids(self, coefficients: list[np.ndarray]) -> list[Any]:
        return self._levels()

    def _levels(self) -> list[Any]:
        open_ = (*self.response, *self.mesh.d, *self.mesh.r)
        levels = device.stacked_levels([flow.levels for flow in self.flows], open_)
        levels[0].phi, levels[0].rhs, levels[0].residual = self.work.coefficients[:3]
        return levels

    def take_screens(self) -> None:
        """Let the stack's screens resist as those of its halls do."""
        assert self.screens
        halls = [flow.screens for flow in self.flows if flow.screens]
        plane, pitch = self.mesh.strides[2], self.share // self.mesh.strides[2]
        for axis, response in enumerate(self.screens.response):
            response[:] = device.stacked_field([hall.response[axis] for hall in halls], plane, pitch)
            self.screens.drags[axis].speed[:] = np.concatenate([hall.drags[axis].speed for hall in halls])
        self.screens.parts.renew(self.screens.coefficients())

    def _solved(self, s: State) -> Sequence[np.ndarray]:
        """The halls' fields stay where they are: nothing is exchanged."""
        return super()._solved(s) if self.rise else (*self.solved, s.w)[:3]

    def _hold_level(self, s: State) -> None:
        for n, (flow, level) in enumerate(zip(self.flows, self.levels_at, strict=True)):
            self.ops.pin(s.p[n * self.share : (n + 1) * self.share], level, flow.pinned)


def _tiers(ways: Sequence[Passage], share: int) -> Tiers:
    """The lists of all halls' units as one."""
    all_ = [way.tiers for way in ways]
    tiers = np.cumsum([0, *(rows.unit.size for rows in all_)])

    def cells(name: str) -> np.ndarray:
        return np.concatenate([getattr(rows, name) + n * share for n, rows in enumerate(all_)])

    def rows_of(name: str) -> np.ndarray:
        starts = [getattr(rows, name) for rows in all_]
        ends = np.cumsum([0, *(start[-1] for start in starts)])
        return np.concatenate([*(s[:-1] + e for s, e in zip(starts, ends, strict=False)), ends[-1:]])

    plain = {
        name: np.concatenate([getattr(rows, name) for rows in all_])
        for name in ("unit", "flow_share", "low", "high", "weight", "rear_weight")
    }
    behind = np.concatenate([rows.rear_tier + first for rows, first in zip(all_, tiers, strict=False)])
    return Tiers(
        **plain,
        start=rows_of("start"),
        cells=cells("cells"),
        rear_cells=cells("rear_cells"),
        rear_start=rows_of("rear_start"),
        rear_tier=behind,
    )


class Stack:
    """Steps halls that are `alike` as one. Those that take no part in a step have their fields for themselves."""

    def __init__(self, solvers: Sequence[AirSolver]):
        first = solvers[0]
        self.solvers, self.ops, self.home = solvers, first.ops, first.ops.home
        self.lift, self.gbpr = first.lift, first.gbpr
        pitch = device.stack_pitch(first.flow_on_host.levels)
        scene = stacked_scene([solver.scene for solver in solvers], pitch)
        mesh = meshes.build(scene, first.mesh.dtype)
        self.share = pitch * mesh.strides[2]
        self._build(mesh, scene)
        self.recorded: dict[Hashable, Any] = {}
        self.grids = [
            solver.flow_on_host.levels for solver in solvers
        ]  # of the pressure, as the stack has them
        tiers = [solver.exchange.inlet.size for solver in solvers]
        rows = ITERATIONS_A_STEP * len(first._inlets.own) if self.home.replays else 0
        # inlets of the last iterations, of all halls and of each, until they are read
        self.rows: list[Any] = self.home.moved([np.zeros(sum(tiers)) for _ in range(rows)])
        self.row_parts = [[row[self._entries(tiers, n)] for n in range(len(tiers))] for row in self.rows]
        self.iterations = 0
        self.shares = [self._share(n) for n in range(len(solvers))]
        self.warmed: list[int] = []

    def _build(self, mesh: Mesh, scene: Scene) -> None:
        first, solvers = self.solvers[0], self.solvers
        constants = self.home.get(first.constants)
        work = Workspace(mesh)
        flow = StackedFlow([s.flow_on_host for s in solvers], mesh, scene, work, self.share)
        envelope = Envelope(self.ops, mesh, scene, first.air, constants) if first.envelope else None
        heat = HeatStep(self.ops, mesh, first.air, work, scheme=first.numerics.scheme, envelope=envelope)
        model = first.numerics.turbulence
        turbulence = turbulence_step(model, self.ops, mesh, scene, constants, work)
        if isinstance(turbulence, ZeroEquationStep):
            turbulence.length[:] = self._field([s.turbulence.length for s in solvers])
        passage = self._passage()
        slots = [at_rest(mesh, 0.0, first.air.viscosity) for _ in range(2)]
        rdt = np.ones(mesh.shape[0], mesh.dtype)
        given = (flow, heat, turbulence, constants, passage, slots, rdt)
        self.home.reserve(device.size(given), scene.fluid_cells)
        self.flow_on_host, self.warmth = flow, heat.warmth
        moved = self.home.moved(given)
        self.flow, self.heat, self.turbulence, self.constants, self.passage, self.slots, self.rdt = moved

    def _field(self, arrays: Iterable[Any]) -> np.ndarray:
        """Fields of the halls as one, on the host."""
        plane = self.solvers[0].mesh.strides[2]
        found: np.ndarray = device.stacked_field(
            [self.home.get(a) for a in arrays], plane, self.share // plane
        )
        return found

    def _passage(self) -> Passage:
        ways = [solver.exchange.passage for solver in self.solvers]
        tiers = _tiers(ways, self.share)
        return Passage(tiers, *np.zeros((5, tiers.unit.size)))

    def _share(self, n: int) -> Share:
        solver = self.solvers[n]
        cells = slice(n * self.share, n * self.share + solver.mesh.size)
        slots = [{name: a[cells] for name, a in vars(slot).items()} for slot in self.slots]
        return Share(list(self._fixed(n, cells)), slots)

    def _fixed(self, n: int, cells: slice) -> Iterable[Loan]:
        solver, planes = self.solvers[n], self.solvers[n].mesh.shape[0]
        low = n * (self.share // solver.mesh.strides[2])
        yield Loan(solver, "rdt", self.rdt[low : low + planes])
        yield Loan(solver.flow, "imbalance", self.flow.imbalance[n : n + 1])
        tiers = self._entries([s.exchange.inlet.size for s in self.solvers], n)
        way = solver._inlets.passage
        for name in ("inlet", "outlet", "rise", "wanted", "fall"):
            yield Loan(way, name, getattr(self.passage, name)[tiers])
        if solver.envelope:
            sizes = [s.envelope.beside.size if s.envelope else 0 for s in self.solvers]
            walls = self._entries(sizes, n)
            for name in ("conductance", "outside"):
                yield Loan(solver.heat.envelope, name, getattr(self.heat.envelope, name)[walls])

    @staticmethod
    def _entries(sizes: list[int], n: int) -> slice:
        ends = np.cumsum([0, *sizes])
        return slice(int(ends[n]), int(ends[n + 1]))

    # --- stepping ---------------------------------------------------------------------------------

    def iterate(self, asked: dict[int, tuple[State, State]]) -> None:
        """One iteration of the halls `asked` for, by number: (fields, those of the time level before).

        The two are the same of all of them, or of none.
        """
        for n, share in enumerate(self.shares):
            if n in asked:
                s, old = asked[n]
                share.take([s] if old is s else [s, old])
                if not self.home.replays:
                    self.solvers[n].exchange.respond()
            else:
                self.release(n)
        if any(s.flow_on_host.levels is not g for s, g in zip(self.solvers, self.grids, strict=True)):
            self._resist()
        self._warm()
        s, old = next(iter(asked.values()))
        now, before = self.slots[0], self.slots[0 if old is s else 1]
        key = "stack", old is s, *self.heat.warmth.place()
        self.home.repeat(self.recorded, key, partial(self._iterate_fields, now, before))
        if self.rows:
            self._note(asked)

    def _note(self, asked: Iterable[int]) -> None:
        """Keep the inlets, all in one copy, for the halls to remember where they take a step."""
        turn = self.iterations % len(self.rows)
        self.iterations += 1
        self.ops.copy(self.rows[turn], self.passage.inlet)
        for n in asked:
            self.solvers[n]._inlets.noted = self.row_parts[turn][n]

    def _iterate_fields(self, s: State, old: State) -> None:
        """As the solver of one hall does it."""
        self.flow(s, old, self.rdt, self.lift, self.constants)
        self.heat(s, old, self.passage, self.rdt)
        if self.turbulence:
            self.turbulence(s, old, self.flow.velocities(s), self.rdt, self.gbpr)

    def _warm(self) -> None:
        """Follow the heat given off along lines in the halls."""
        each = [solver.warmth for solver in self.solvers]
        if self.warmed == [warmth.taken for warmth in each]:
            return
        self.warmed = [warmth.taken for warmth in each]
        own = self.warmth
        if own.join(each, self.share):
            self.heat.warmth = self.home.moved(own)
        self.home.update(self.heat.warmth.heat, own.heat)

    def release(self, n: int) -> None:
        """Let hall n have its fields for itself."""
        self.shares[n].give_back()
        if self.rows:
            self.solvers[n]._inlets.keep()

    def _resist(self) -> None:
        """Follow the screens of a hall, whose pressure grids have changed."""
        host, self.grids = self.flow_on_host, [solver.flow_on_host.levels for solver in self.solvers]
        host.take_screens()
        self.home.update(
            [level.operator() for level in self.flow.levels], [level.operator() for level in host._levels()]
        )
        if self.flow is not host:
            assert self.flow.screens
            assert host.screens
            self.home.update(self.flow.screens.yielding(), host.screens.yielding())
