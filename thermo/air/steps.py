"""One iteration of the air: momentum and mass, heat, turbulence. Each step is an object over operators."""

from __future__ import annotations

from collections.abc import Callable
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
from .workspace import Workspace, cyclic

# standard k-epsilon (Launder & Spalding 1974); wall: kappa, E, foot of the log law
K_EPSILON = (0.09, 1.44, 1.92, 1.0, 1.3, 0.41, 9.8, 11.53)
NU = 8  # place of the viscosity in the vector of turbulence constants
NUT_RATIO, K_MIN, EPS_MIN = 1e5, 1e-7, 1e-9
FLOW_SWEEPS, HEAT_SWEEPS, TURBULENCE_SWEEPS = 6, 16, 4  # Jacobi sweeps an iteration, of each equation


class FlowStep:
    """Momentum by Jacobi sweeps, one V-cycle for the mass balance, correction (SIMPLEC, uniform time step)."""

    ON_HOST: tuple[str, ...] = ("widths", "plain")

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
        self.density = [mesh.field(1.0) for _ in range(3)] if rise else []
        # of a constant density w needs none: the others are solved by then
        self.velocity = [mesh.field() for _ in range(3 if rise else 2)]
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
        velocity = self.velocities(s)
        for axis in range(3):
            self._force(s, velocity, lift, axis)
            self._resistance(rdt, axis)
            if self.screens:
                self.screens.resist(axis, work.sink, work.source, (s.u, s.v, s.w)[axis], velocity[axis])
                self.screens.turn(axis, work.source, (s.u, s.v, s.w), velocity[axis])
            self._sweep(s, (old.u, old.v, old.w)[axis], velocity, rdt, axis)
        self._take_velocities(s)
        self._project(s, rdt)
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
        levels = device.pressure_levels(coefficients, self.widths, self.mesh.dtype, self.plain)
        levels[0].phi, levels[0].rhs, levels[0].residual = self.work.coefficients[:3]
        return levels

    def velocities(self, s: State) -> list[np.ndarray]:
        """u, v, w as velocities [m/s]: the state's own where the density is constant."""
        if not self.rise:
            return [s.u, s.v, s.w]
        self.ops.face_density(*self.density, s.t, s.u, s.v, s.w, *self.mesh.open, *self.mesh.d, self.rise)
        for vel, flux, density in zip(self.velocity, (s.u, s.v, s.w), self.density, strict=True):
            self.ops.velocity(vel, flux, density)
        return self.velocity

    def _force(self, s: State, velocity: list[np.ndarray], lift: float, axis: int) -> None:
        """What acts on a component besides pressure and shear, second-order convection included [m/s2]."""
        mesh, force = self.mesh, self.work.source
        self.ops.fill(force, 0)  # added to below, also on faces that the limiter leaves alone
        if self.scheme != "upwind":
            b, c = (axis + 1) % 3, (axis + 2) % 3
            flux = (s.u, s.v, s.w)
            carried = (force, velocity[axis], flux[axis], flux[b], flux[c])
            if self.scheme == "central":
                opens = (mesh.open[axis], mesh.open[b], mesh.open[c])
                self.ops.central_momentum(*carried, *opens, *mesh.d, axis)
            else:
                self.ops.limited_momentum(
                    *carried, self.stencils[axis], *mesh.d, axis, self.scheme == "second"
                )
        if self.push:
            self.ops.add(force, self.push[axis])
        if lift and axis == 2:
            self.ops.buoyancy(
                force, s.t, mesh.act[2], mesh.d[2], mesh.h[2], mesh.dtype(lift), self.rise, mesh.strides[2]
            )

    def _resistance(self, rdt: np.ndarray, axis: int) -> None:
        """Shear of walls beside a component, and what its density stores more than the reference's [m3/s]."""
        w, wall = self.mesh.wall_faces[axis], self.work.sink
        self.ops.fill(wall, 0)
        self.ops.wall_shear(wall, w.face, w.start, w.entry, w.area, self.work.conductance)
        if self.rise:
            self.ops.inertia(wall, self.density[axis], *self.mesh.d, rdt, axis)

    def _sweep(
        self, s: State, before: np.ndarray, velocity: list[np.ndarray], rdt: np.ndarray, axis: int
    ) -> None:
        """The component along `axis` into self.velocity, the last one of a constant density in place."""
        mesh, work = self.mesh, self.work
        b, c = (axis + 1) % 3, (axis + 2) % 3
        flux = (s.u, s.v, s.w)
        self.ops.momentum(
            *cyclic(work.coefficients, axis), work.rest, velocity[axis],
            flux[axis], before, flux[b], flux[c], s.p, s.nue, mesh.open[b], mesh.open[c], mesh.act[axis],
            work.sink, work.source, *mesh.d, *mesh.r, rdt, axis,
        )  # fmt: skip
        found = self.velocity[axis] if axis < len(self.velocity) else velocity[axis]
        if found is not velocity[axis]:  # the fluxes stay as they are for the other components
            self.ops.copy(found, velocity[axis])
        work.sweep(self.ops, mesh, found, self.sweeps)

    def _take_velocities(self, s: State) -> None:
        """What the sweeps gave becomes the state's flux."""
        if self.rise:
            for axis, flux in enumerate((s.u, s.v, s.w)):
                self.ops.mass_flux(flux, self.velocity[axis], self.density[axis], self.mesh.act[axis])
        elif self.ops.home.replays:  # what is replayed finds its fields where they were
            for flux, velocity in zip((s.u, s.v), self.velocity, strict=True):
                self.ops.copy(flux, velocity)
        else:
            was = [s.u, s.v]
            (s.u, s.v), self.velocity = self.velocity, was

    def _project(self, s: State, rdt: np.ndarray) -> None:
        ops, mesh, fine = self.ops, self.mesh, self.levels[0]
        for field in (fine.phi, fine.rhs, fine.residual):
            ops.fill(field, 0)  # in ghosts too, where coefficients were
        ops.divergence(fine.rhs, s.u, s.v, s.w, mesh.fluid, *mesh.d)
        ops.imbalance(self.imbalance, fine.rhs, self.share)
        if self.screens:
            self.screens.parts.level(ops, fine.phi, fine.rhs)
        device.v_cycle(ops, self.levels)
        ops.correct(s.u, s.v, s.w, s.p, fine.phi, *self.response, *mesh.h, rdt)


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
        self.source = mesh.field()  # heat per cell over heat capacity [K m3/s]

    def __call__(self, s: State, old: State, way: Exchange | Passage, rdt: np.ndarray) -> None:
        """Advance t of `s` in place; way: the air's through the units."""
        ops, mesh, work = self.ops, self.mesh, self.work
        ops.concurrency(mesh.size)
        way.pass_through(ops, s.t)
        total = self.source
        if self.convection:
            total = work.source
            self.convection(total, s.t, s.u, s.v, s.w, *self.where, self.source, *mesh.d)
        shared = (*work.coefficients, work.rest, s.t, old.t, s.u, s.v, s.w, s.nue, *mesh.open, total)
        sizes = (*mesh.d, *mesh.r, self.g0, self.g1, rdt)
        ops.scalar(*shared, mesh.fluid, *sizes)
        if self.envelope:
            self.envelope.follow(s)
            self.envelope.conduct(*shared, *sizes)
        work.sweep(ops, mesh, s.t, HEAT_SWEEPS)


class TurbulenceStep:
    """k and epsilon by Jacobi sweeps with wall functions, then the effective viscosity."""

    ON_HOST = ()

    def __init__(self, ops: SimpleNamespace, mesh: Mesh, constants: np.ndarray, work: Workspace):
        self.ops, self.mesh, self.constants, self.work = ops, mesh, constants, work
        self.viscosity = constants[NU]

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
        outs = (*work.coefficients, work.rest)
        flow = (s.u, s.v, s.w, s.nue, *mesh.open, strain)
        sizes = (mesh.fluid, *mesh.d, *mesh.r, self.constants, rdt)
        # k first, its sink from the pair of before: with epsilon first a sealed room alternated between two states
        ops.turbulent_energy(*outs, s.k, s.eps, old.k, *flow, lift, *sizes)
        work.sweep(ops, mesh, s.k, TURBULENCE_SWEEPS)
        ops.epsilon(*outs, s.k, s.eps, old.eps, *flow, *sizes)
        ops.wall_dissipation(*outs, walls.cells, walls.start, walls.distance, s.k, self.constants)
        work.sweep(ops, mesh, s.eps, TURBULENCE_SWEEPS)
        ops.viscosity(s.nue, s.k, s.eps, mesh.fluid, self.constants)

    def _mirror(self, s: State, components: list[np.ndarray]) -> None:
        """Tangential velocities and temperature behind symmetry planes as before them."""
        carry = self.ops.carry
        for plane in self.mesh.mirrors:
            carry(s.t, plane.ghost, s.t, plane.inner, 0)
            for axis, velocity in enumerate(components):
                if axis == plane.axis:
                    continue
                for step in (0, self.mesh.strides[axis]):
                    carry(velocity, plane.ghost, velocity, plane.inner, step)


def turbulence_constants(air: AirProperties, dtype: Any) -> np.ndarray:
    """The vector `kernels.turbulence` describes."""
    return np.array([*K_EPSILON, air.viscosity, NUT_RATIO, K_MIN, EPS_MIN], dtype)


def lift_coefficient(air: AirProperties, *, ideal_gas: bool) -> float:
    """Lift of a kelvin at the reference [m/(s2 K)]: g / T_ref of an ideal gas, else g beta (Boussinesq)."""
    return GRAVITY / air.reference_temperature if ideal_gas else GRAVITY * air.expansion
