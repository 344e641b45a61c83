"""One iteration of the air: momentum and mass, heat, turbulence. Each step is an object over operators."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from types import SimpleNamespace
from typing import Any

import numpy as np

from .. import device
from ..scene import Scene
from .envelope import Envelope
from .exchange import Exchange, Passage
from .mesh import Mesh, pressure_coefficients
from .properties import GRAVITY, PRANDTL_TURBULENT, AirProperties
from .screens import Screens
from .state import State
from .warmth import Warmth
from .workspace import Workspace

# standard k-epsilon (Launder & Spalding 1974); wall: kappa, E, foot of the log law
K_EPSILON = (0.09, 1.44, 1.92, 1.0, 1.3, 0.41, 9.8, 11.53)
NU = 8  # place of the viscosity in the vector of turbulence constants
NUT_RATIO, K_MIN, EPS_MIN = 1e5, 1e-7, 1e-9
FLOW_SWEEPS, HEAT_SWEEPS, TURBULENCE_SWEEPS = 6, 16, 4  # Jacobi sweeps an iteration, of each equation


class FlowStep:
    """Momentum by Jacobi sweeps, one V-cycle for the mass balance, correction (SIMPLEC, uniform time step)."""

    ON_HOST: tuple[str, ...] = ("widths", "plain", "lent")
    lent = np.zeros(0)  # of the workspace to the coarser grids

    def __init__(
        self,
        ops: SimpleNamespace,
        mesh: Mesh,
        scene: Scene,
        work: Workspace,
        *,
        scheme: str = "second",
        rise: float = 0.0,
    ):
        self.ops, self.mesh, self.work, self.sweeps = ops, mesh, work, FLOW_SWEEPS
        self.scheme = scheme
        self.stencils = (
            [device.momentum_stencil(mesh.open, mesh.strides, axis) for axis in range(3)]
            if scheme in ("second", "linear-upwind")
            else []
        )
        # [m2/s2 / m] on the faces of each component, for moving walls and made-up solutions; halls have none
        self.push: tuple[Any, ...] = ()
        self.screens = Screens(ops, mesh, scene) if scene.screens else None
        self.response = self.screens.response if self.screens else list(mesh.act)
        self.widths = list(scene.grid.widths)
        self.plain: list[Any] | None = None  # the pressure's grids without what screens resist
        self.levels = self._grids(pressure_coefficients(scene))
        if self.screens:  # what resists has arrays of its own, to be changed
            self.plain = self.levels
            self.levels = self._grids(pressure_coefficients(scene))
        self.rise = mesh.dtype(rise)  # 1 / T_ref [1/K] of an ideal gas, 0 for a constant density
        # What sweeps give, since the other components take the fluxes as they were. The last of them needs no field of
        # its own: it is swept in place where velocities are the fluxes, else it has workspace; a card has room.
        self.solved = [mesh.field() for _ in range(3 if ops.home.replays else 2)]
        if rise and not ops.home.replays:
            self.solved.append(work.rest)
        # what sweeps are given on a card, which has no place for them, where velocities are not the fluxes
        self.given = mesh.field() if ops.home.replays and rise else None
        self.floating = not any(
            np.any(k == 3) for k in scene.faces
        )  # no pressure opening: p is free to drift
        beside = mesh.wall_cells.cells
        self.pinned = int(beside[0] if beside.size else np.flatnonzero(mesh.fluid)[0])
        self.level = np.zeros(1, mesh.dtype)  # of the pressure there, on the way
        self.share = mesh.size  # of a hall, where some are stacked
        self.imbalance = (
            device.sums()
        )  # mass error before correction of each hall [m3/s], in the first entries

    def __call__(self, s: State, old: State, rdt: np.ndarray, lift: float, constants: np.ndarray) -> None:
        """Advance u, v, w, p of `s` in place; leaves the mass error before correction in `imbalance` [m3/s, summed].

        u, v, w are mass flux over reference density: velocity itself where the density is constant.
        """
        mesh, work, walls = self.mesh, self.work, self.mesh.wall_cells
        self.ops.concurrency(mesh.size)
        self.ops.wall_conductance(work.conductance, s.k, walls.cells, walls.start, walls.distance, constants)
        for axis in range(3):
            velocity = self._velocity(s, axis)
            forced = self._force(s, velocity, axis)
            self._resistance(s, rdt, axis)
            if self.screens:
                self.screens.resist(axis, work.sink, work.source, (s.u, s.v, s.w)[axis], velocity)
                self.screens.turn(axis, work.source, (s.u, s.v, s.w), velocity)
            rising = (mesh.dtype(lift if axis == 2 else 0.0), self.rise, forced)
            self._sweep(s, (old.u, old.v, old.w)[axis], velocity, rdt, axis, rising)
        self._project(s, self._solved(s), rdt)
        if self.floating:
            self._hold_level(s)

    def _hold_level(self, s: State) -> None:
        """Keep the pressure of a hall without pressure openings from drifting."""
        self.ops.pin(s.p, self.level, self.pinned)

    def follow(self, seen: Callable[[], State], rdt: float) -> bool:
        """Let the pressure's grids follow what screens resist, before an iteration; True when they had to.

        seen: gives the fields at the screens. rdt: 1 / time step [1/s].
        """
        if not (self.screens and self.screens.follow(seen, rdt)):
            return False
        self.levels = self._grids(self.screens.coefficients())
        return True

    def resist_as(self, host: FlowStep) -> None:
        """Let screens resist as those of this step on the host, of which it was made."""
        if self is host or not (self.screens and host.screens):
            return
        self.ops.home.update(
            [level.operator() for level in self.levels], [level.operator() for level in host.levels]
        )
        self.ops.home.update(self.screens.yielding(), host.screens.yielding())

    def _grids(self, coefficients: list[np.ndarray]) -> list[Any]:
        """The pressure's multigrid; its finest fields are workspace, free while the mass balance is restored."""
        mesh, plain = self.mesh, self.plain
        open_ = (*self.response, *mesh.d, *mesh.r)
        levels = device.pressure_levels(coefficients, self.widths, mesh.dtype, plain, open_)
        levels[0].phi, levels[0].rhs, levels[0].residual = self.work.coefficients[:3]
        self.lent = self._lend(levels[1:])
        return levels

    def _lend(self, coarse: list[Any]) -> np.ndarray:
        """Let coarse grids work in coefficients' room too; what they have of it, to be cleared before."""
        room, taken = self.work.coefficients[3], 0
        for level in coarse:
            for name in ("phi", "rhs", "residual"):
                size = getattr(level, name).size
                if not self.ops.home.replays and taken + size <= room.size:
                    setattr(level, name, room[taken : taken + size])
                    taken += size
        return room[:taken]

    def velocities(self, s: State) -> list[np.ndarray]:
        """u, v, w as velocities [m/s]: the state's own where the density is constant, else good until next sweeps."""
        if not self.rise:
            return [s.u, s.v, s.w]
        for axis, velocity in enumerate(self.solved):
            self._of_flux(velocity, s, axis)
        return self.solved

    def _velocity(self, s: State, axis: int) -> np.ndarray:
        """The component as velocity where sweeps find it [m/s]: the state's own where the density is constant."""
        if not self.rise:
            return (s.u, s.v, s.w)[axis]
        out = self.solved[axis] if self.given is None else self.given
        self._of_flux(out, s, axis)
        return out

    def _of_flux(self, velocity: np.ndarray, s: State, axis: int) -> None:
        flux, mesh = (s.u, s.v, s.w)[axis], self.mesh
        self.ops.velocity(velocity, flux, s.t, mesh.open[axis], *mesh.d, self.rise, axis)

    def _force(self, s: State, velocity: np.ndarray, axis: int) -> bool:
        """What acts on a component besides pressure, shear and buoyancy, second-order convection included [m/s2].

        False where there is nothing, and the field holds nothing.
        """
        mesh, force = self.mesh, self.work.source
        if self.scheme == "upwind" and not self.push and not self.screens:
            return False
        self.ops.fill(force, 0)  # added to below, also on faces that the limiter leaves alone
        if self.scheme != "upwind":
            b, c = (axis + 1) % 3, (axis + 2) % 3
            flux = (s.u, s.v, s.w)
            carried = (force, velocity, flux[axis], flux[b], flux[c])
            if self.scheme == "central":
                opens = (mesh.open[axis], mesh.open[b], mesh.open[c])
                self.ops.central_momentum(*carried, *opens, *mesh.d, axis)
            else:
                self.ops.limited_momentum(
                    *carried, self.stencils[axis], *mesh.d, axis, self.scheme == "second"
                )
        if self.push:
            self.ops.add(force, self.push[axis])
        return True

    def _resistance(self, s: State, rdt: np.ndarray, axis: int) -> None:
        """What a component's density stores more than the reference's, and shear of walls beside it [m3/s]."""
        mesh, wall = self.mesh, self.work.sink
        if self.rise:
            flux = (s.u, s.v, s.w)[axis]
            self.ops.inertia(wall, flux, s.t, mesh.open[axis], *mesh.d, rdt, self.rise, axis)
        else:
            self.ops.fill(wall, 0)
        w = mesh.wall_faces[axis]
        self.ops.wall_shear(wall, w.face, w.start, w.entry, w.area, self.work.conductance)

    def _sweep(
        self,
        s: State,
        before: np.ndarray,
        velocity: np.ndarray,
        rdt: np.ndarray,
        axis: int,
        rising: tuple,
    ) -> None:
        """The component along `axis` into self.solved, where that has no field for it in place.

        rising: lift and rise of `buoyancy`, and whether there is another force.
        """
        mesh, work = self.mesh, self.work
        b, c = (axis + 1) % 3, (axis + 2) % 3
        flux = (s.u, s.v, s.w)
        found = self.solved[axis] if axis < len(self.solved) else velocity
        self.ops.momentum_sweeps(  # the fluxes stay as they are for the other components
            found, velocity, flux[axis], before, flux[b], flux[c], s.p, s.nue, s.t,
            mesh.open[b], mesh.open[c], mesh.act[axis], work.sink, work.source, *work.coefficients,
            *mesh.d, *mesh.r, mesh.h[2], rdt, *rising, axis, self.sweeps,
        )  # fmt: skip

    def _solved(self, s: State) -> Sequence[np.ndarray]:
        """Fluxes that the sweeps gave: the state's own, or on a card fields beside them."""
        if self.rise:
            mesh = self.mesh
            for axis, flux in enumerate((s.u, s.v, s.w)):
                masks = (mesh.open[axis], mesh.act[axis])
                self.ops.mass_flux(flux, self.solved[axis], s.t, *masks, *mesh.d, self.rise, axis)
        elif self.ops.home.replays:  # what is replayed finds its fields where they were
            return self.solved
        else:
            was = [s.u, s.v]
            (s.u, s.v), self.solved = self.solved, was
        return s.u, s.v, s.w

    def _project(self, s: State, solved: Sequence[np.ndarray], rdt: np.ndarray) -> None:
        ops, mesh, fine = self.ops, self.mesh, self.levels[0]
        ops.divergence(fine.rhs, *solved, mesh.fluid, *mesh.d)
        ops.imbalance(self.imbalance, fine.rhs, self.share)
        fresh = bool(fine.open) and not self.screens
        if not fresh:
            for field in (fine.phi, fine.residual):
                ops.fill(field, 0)  # in ghosts too, where coefficients were
        if self.lent.size:
            ops.fill(self.lent, 0)
        if self.screens:
            self.screens.parts.level(ops, fine.phi, fine.rhs)
        device.v_cycle(ops, self.levels, fresh=fresh)
        ops.correct(s.u, s.v, s.w, s.p, *solved, fine.phi, *self.response, *mesh.h, rdt)


class HeatStep:
    """Temperature by Jacobi sweeps, with the units' exhaust from their inlets."""

    ON_HOST = ()

    def __init__(
        self,
        ops: SimpleNamespace,
        mesh: Mesh,
        air: AirProperties,
        work: Workspace,
        *,
        scheme: str = "second",
        envelope: Envelope | None = None,
    ):
        self.ops, self.mesh, self.work, self.envelope = ops, mesh, work, envelope
        self.convection: Callable | None = None
        self.where: tuple[np.ndarray, ...] = ()  # second order may be used
        if scheme == "central":
            self.convection, self.where = ops.central_scalar, mesh.open
        elif scheme != "upwind":
            self.convection = ops.limited_scalar
            self.where = (device.scalar_stencil(mesh.open, mesh.strides),)
        turbulent = 1.0 / PRANDTL_TURBULENT
        self.g1 = mesh.dtype(turbulent)
        self.g0 = mesh.dtype(air.viscosity * (1.0 / air.prandtl - turbulent))
        self.warmth = Warmth(mesh)

    def __call__(self, s: State, old: State, way: Exchange | Passage, rdt: np.ndarray) -> None:
        """Advance t of `s` in place; way: the air's through the units."""
        ops, mesh, work = self.ops, self.mesh, self.work
        ops.concurrency(mesh.size)
        way.pass_through(ops, s.t)
        total = work.source
        warmed = work.sink if self.convection else total
        self.warmth.spread(ops, warmed)
        if self.convection:
            self.convection(total, s.t, s.u, s.v, s.w, *self.where, warmed, *mesh.d)
        room = (*work.coefficients, work.rest)
        given = (old.t, s.u, s.v, s.w, s.nue, *mesh.open, total)
        sizes = (*mesh.d, *mesh.r, self.g0, self.g1, rdt)
        if not self.envelope:
            ops.scalar_sweeps(s.t, work.sink, *given, mesh.fluid, *room, *sizes, HEAT_SWEEPS)
            return
        ops.scalar(*room, s.t, *given, mesh.fluid, *sizes)
        self.envelope.follow(s)
        self.envelope.conduct(*room, s.t, *given, *sizes)
        work.sweep(ops, mesh, s.t, HEAT_SWEEPS)


class TurbulenceStep:
    """k and epsilon by Jacobi sweeps with wall functions, then the effective viscosity."""

    ON_HOST = ()

    def __init__(self, ops: SimpleNamespace, mesh: Mesh, constants: np.ndarray, work: Workspace):
        self.ops, self.mesh, self.constants, self.work = ops, mesh, constants, work
        self.viscosity = constants[NU]
        # k and epsilon as solved for, on a card; the processor solves in place
        self.solved = [mesh.field() for _ in range(2)] if ops.home.replays else []

    def __call__(
        self, s: State, old: State, velocity: list[np.ndarray], rdt: np.ndarray, gbpr: float
    ) -> None:
        """Advance k, eps and nue of `s` in place; gbpr = g beta / Pr_t, 0 without buoyancy production.

        Takes the walls' conductance as the flow step left it: k has not changed since.
        """
        ops, mesh, walls, work = self.ops, self.mesh, self.mesh.wall_cells, self.work
        _, sy, sz = mesh.strides
        strain, lift = work.source, work.sink
        self._mirror(s, velocity)
        ops.production(
            strain, lift, *velocity, s.t, s.nue,
            *mesh.seen, mesh.fluid, *mesh.d, *mesh.h, self.viscosity, mesh.dtype(gbpr),
        )  # fmt: skip
        ops.wall_turbulence(
            strain, walls.cells, walls.start, walls.normal, walls.distance, work.conductance,
            *velocity, s.k, self.constants, sy, sz,
        )  # fmt: skip
        k, eps = self.solved or (s.k, s.eps)
        flow, room = (s.u, s.v, s.w, s.nue, *mesh.open, strain), (*work.coefficients, work.rest)
        last = (*mesh.d, *mesh.r, self.constants, rdt, TURBULENCE_SWEEPS)
        # k first, its sink from the pair of before: with epsilon first a sealed room alternated between two states
        ops.turbulent_energy_sweeps(k, s.k, s.eps, old.k, *flow, lift, mesh.fluid, *room, *last)
        ops.wall_dissipation(s.eps, walls.cells, walls.start, walls.distance, k, self.constants)
        ops.epsilon_sweeps(eps, k, s.eps, old.eps, *flow, mesh.free, *room, *last)
        ops.viscosity(s.nue, s.k, s.eps, k, eps, mesh.fluid, self.constants)

    def follow(self, nue: np.ndarray, s: State) -> None:
        """nue = what the state's k and epsilon make it, where those are solved in place."""
        self.ops.viscosity(nue, s.k, s.eps, s.k, s.eps, self.mesh.fluid, self.constants)

    def _mirror(self, s: State, components: list[np.ndarray]) -> None:
        """Tangential velocities and temperature behind symmetry planes as before them."""
        for field, places in zip((s.t, *components), self.mesh.mirrors, strict=True):
            if places.ghost.size:
                self.ops.carry(field, places.ghost, field, places.inner, 0)


def turbulence_constants(air: AirProperties, dtype: Any) -> np.ndarray:
    """The vector `kernels.turbulence` describes."""
    return np.array([*K_EPSILON, air.viscosity, NUT_RATIO, K_MIN, EPS_MIN], dtype)


def lift_coefficient(air: AirProperties, *, ideal_gas: bool) -> float:
    """Lift of a kelvin at the reference [m/(s2 K)]: g / T_ref of an ideal gas, else g beta (Boussinesq)."""
    return GRAVITY / air.reference_temperature if ideal_gas else GRAVITY * air.expansion
