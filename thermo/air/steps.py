"""One iteration of the air: momentum and mass, heat, turbulence. Each step is an object over operators."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from .. import device
from ..scene import Scene
from .envelope import Envelope
from .exchange import Exchange
from .mesh import Mesh, pressure_coefficients
from .properties import GRAVITY, PRANDTL_TURBULENT, AirProperties
from .screens import Screens
from .state import State

# standard k-epsilon (Launder & Spalding 1974); wall: kappa, E, foot of the log law
K_EPSILON = (0.09, 1.44, 1.92, 1.0, 1.3, 0.41, 9.8, 11.53)
NUT_RATIO, K_MIN, EPS_MIN = 1e5, 1e-7, 1e-9


class FlowStep:
    """Momentum by Jacobi sweeps, one V-cycle for the mass balance, correction (SIMPLEC, uniform time step)."""

    def __init__(
        self,
        ops: SimpleNamespace,
        mesh: Mesh,
        scene: Scene,
        *,
        scheme: str = "second",
        rise: float = 0.0,
        sweeps: int = 4,
    ):
        self.ops, self.mesh, self.sweeps = ops, mesh, sweeps
        self.convection = {"second": ops.limited_momentum, "central": ops.central_momentum}.get(scheme)
        # [m2/s2 / m] on the faces of each component, for moving walls and made-up solutions; halls have none
        self.push: tuple[Any, ...] = ()
        self.screens = Screens(ops, mesh, scene) if scene.screens else None
        self.response = self.screens.response if self.screens else list(mesh.act)
        self.widths = list(scene.grid.widths)
        self.levels = device.pressure_levels(pressure_coefficients(scene), self.widths, mesh.dtype)
        self.plain = self.levels if self.screens else None
        self.spare = [[mesh.field() for _ in range(3)] for _ in range(2)]
        self.wall = [mesh.field() for _ in range(3)]
        self.force = [mesh.field() for _ in range(3)]
        self.rise = mesh.dtype(rise)  # 1 / T_ref [1/K] of an ideal gas, 0 for a constant density
        self.density = [mesh.field(1.0) for _ in range(3)] if rise else []
        self.velocity = [mesh.field() for _ in range(3)] if rise else []
        self.diagonal = [mesh.field() for _ in range(3)] if rise else self.wall
        self.floating = not any(
            np.any(k == 3) for k in scene.faces
        )  # no pressure opening: p is free to drift
        beside = mesh.wall_cells.cells
        self.pinned = int(beside[0] if beside.size else np.flatnonzero(mesh.fluid)[0])

    def __call__(self, s: State, old: State, rdt: np.ndarray, lift: float, constants: np.ndarray) -> float:
        """Advance u, v, w, p of `s` in place; returns the mass error before correction [m3/s, summed].

        u, v, w are mass flux over reference density: velocity itself where the density is constant.
        """
        ops, mesh = self.ops, self.mesh
        ops.concurrency(mesh.size)
        if self.screens and self.screens.follow(s, rdt):
            self.levels = device.pressure_levels(
                self.screens.coefficients(), self.widths, mesh.dtype, self.plain
            )
        velocity = self.velocities(s)
        self._forces(s, velocity, lift)
        for axis in range(3):
            w = mesh.wall_faces[axis]
            ops.wall_shear(self.wall[axis], w.face, w.start, w.beside, w.distance, w.area, s.k, constants)
            if self.screens:
                self.screens.resist(
                    axis, self.wall[axis], self.force[axis], (s.u, s.v, s.w)[axis], velocity[axis]
                )
            if self.rise:
                ops.inertia(self.diagonal[axis], self.wall[axis], self.density[axis], *mesh.d, rdt, axis)
        self._sweep(s, old, velocity, rdt)
        error = self._project(s, rdt)
        if self.floating:
            s.p -= s.p[self.pinned]
        return error

    def velocities(self, s: State) -> list[np.ndarray]:
        """u, v, w as velocities [m/s]: the state's own where the density is constant."""
        if not self.rise:
            return [s.u, s.v, s.w]
        self.ops.face_density(*self.density, s.t, s.u, s.v, s.w, *self.mesh.open, *self.mesh.d, self.rise)
        for vel, flux, density in zip(self.velocity, (s.u, s.v, s.w), self.density, strict=True):
            self.ops.velocity(vel, flux, density)
        return list(self.velocity)

    def _forces(self, s: State, velocity: list[np.ndarray], lift: float) -> None:
        ops, mesh = self.ops, self.mesh
        flux = (s.u, s.v, s.w)
        for force in self.force if self.push or self.screens else self.force[2:]:
            force[:] = 0  # added to below, also on faces that the limiter leaves alone
        if self.convection:
            for axis in range(3):
                b, c = (axis + 1) % 3, (axis + 2) % 3
                self.convection(
                    self.force[axis], velocity[axis], flux[axis], flux[b], flux[c],
                    mesh.open[axis], mesh.open[b], mesh.open[c], *mesh.d, axis,
                )  # fmt: skip
        for force, more in zip(self.force, self.push, strict=False):
            force += more
        if lift:
            ops.buoyancy(
                self.force[2], s.t, self.force[2],
                mesh.act[2], mesh.d[2], mesh.h[2], mesh.dtype(lift), self.rise, mesh.strides[2],
            )  # fmt: skip

    def _sweep(self, s: State, old: State, velocity: list[np.ndarray], rdt: np.ndarray) -> None:
        mesh = self.mesh
        flux, before = [s.u, s.v, s.w], (old.u, old.v, old.w)
        read = velocity
        for n in range(self.sweeps):
            write = self.spare[n % 2]
            for axis in range(3):
                b, c = (axis + 1) % 3, (axis + 2) % 3
                self.ops.momentum(
                    write[axis], read[axis], flux[axis], before[axis], flux[b], flux[c], s.p, s.nue,
                    mesh.open[b], mesh.open[c], mesh.act[axis], self.diagonal[axis], self.force[axis],
                    *mesh.d, *mesh.h, rdt, axis,
                )  # fmt: skip
            read = write
        if self.rise:
            for axis in range(3):
                self.ops.mass_flux(flux[axis], read[axis], self.density[axis], mesh.act[axis])
        else:
            s.u, s.v, s.w = read
            self.spare[(self.sweeps - 1) % 2] = flux

    def _project(self, s: State, rdt: np.ndarray) -> float:
        ops, mesh, fine = self.ops, self.mesh, self.levels[0]
        ops.divergence(fine.rhs, s.u, s.v, s.w, mesh.fluid, *mesh.d)
        error = float(np.abs(fine.rhs).sum(dtype=np.float64))
        fine.phi[:] = 0
        if self.screens:
            self.screens.parts.level(fine.phi, fine.rhs)
        device.v_cycle(ops, self.levels)
        ops.correct(s.u, s.v, s.w, s.p, fine.phi, *self.response, *mesh.h, rdt)
        return error


class HeatStep:
    """Temperature by Jacobi sweeps, with the units' exhaust from their inlets."""

    def __init__(
        self,
        ops: SimpleNamespace,
        mesh: Mesh,
        air: AirProperties,
        *,
        scheme: str = "second",
        envelope: Envelope | None = None,
        sweeps: int = 10,
    ):
        self.ops, self.mesh, self.sweeps, self.envelope = ops, mesh, sweeps, envelope
        self.convection = {"second": ops.limited_scalar, "central": ops.central_scalar}.get(scheme)
        turbulent = 1.0 / PRANDTL_TURBULENT
        self.g1 = mesh.dtype(turbulent)
        self.g0 = mesh.dtype(air.viscosity * (1.0 / air.prandtl - turbulent))
        self.source = mesh.field()  # heat per cell over heat capacity [K m3/s]
        self.total = mesh.field() if self.convection else self.source
        self.spare = [mesh.field(), mesh.field()]

    def __call__(self, s: State, old: State, exchange: Exchange, rdt: np.ndarray) -> None:
        """Advance t of `s` in place."""
        ops, mesh = self.ops, self.mesh
        ops.concurrency(mesh.size)
        exchange.pass_through(ops, s.t)
        for a in self.spare:
            a[exchange.ghosts] = s.t[exchange.ghosts]
        if self.envelope:
            self.envelope.follow(s)
        if self.convection:
            self.convection(self.total, s.t, s.u, s.v, s.w, *mesh.open, self.source, *mesh.d)
        read = s.t
        for n in range(self.sweeps):
            write = self.spare[n % 2]
            shared = (write, read, old.t, s.u, s.v, s.w, s.nue, *mesh.open, self.total)
            sizes = (*mesh.d, *mesh.h, self.g0, self.g1, rdt)
            ops.scalar(*shared, mesh.fluid, *sizes)
            if self.envelope:
                self.envelope.sweep(*shared, *sizes)
            read = write
        s.t, self.spare[(self.sweeps - 1) % 2] = read, s.t


class TurbulenceStep:
    """k and epsilon by Jacobi sweeps with wall functions, then the effective viscosity."""

    def __init__(self, ops: SimpleNamespace, mesh: Mesh, constants: np.ndarray, *, sweeps: int = 2):
        self.ops, self.mesh, self.constants, self.sweeps = ops, mesh, constants, sweeps
        self.strain, self.lift = mesh.field(), mesh.field()
        self.spare = [(mesh.field(), mesh.field()) for _ in range(2)]

    def __call__(
        self,
        s: State,
        old: State,
        velocity: list[np.ndarray],
        exchange: Exchange,
        rdt: np.ndarray,
        gbpr: float,
    ) -> None:
        """Advance k, eps and nue of `s` in place; gbpr = g beta / Pr_t, 0 without buoyancy production."""
        ops, mesh, walls = self.ops, self.mesh, self.mesh.wall_cells
        _, sy, sz = mesh.strides
        nu = self.constants[8]
        self._mirror(s, velocity)
        ops.production(
            self.strain, self.lift, *velocity, s.t, s.nue,
            *mesh.seen, mesh.fluid, *mesh.d, *mesh.h, nu, mesh.dtype(gbpr),
        )  # fmt: skip
        ops.wall_turbulence(
            self.strain, walls.cells, walls.start, walls.normal, walls.distance,
            *velocity, s.k, self.constants, sy, sz,
        )  # fmt: skip
        k, eps = s.k, s.eps
        for a, b in self.spare:
            a[exchange.ghosts], b[exchange.ghosts] = s.k[exchange.ghosts], s.eps[exchange.ghosts]
        for n in range(self.sweeps):
            k_out, eps_out = self.spare[n % 2]
            ops.k_epsilon(
                k_out, eps_out, k, eps, old.k, old.eps, s.u, s.v, s.w, s.nue, *mesh.open, self.strain, self.lift,
                mesh.fluid, *mesh.d, *mesh.h, self.constants, rdt,
            )  # fmt: skip
            ops.wall_dissipation(eps_out, walls.cells, walls.start, walls.distance, k_out, self.constants)
            k, eps = k_out, eps_out
        self.spare[(self.sweeps - 1) % 2] = (s.k, s.eps)
        s.k, s.eps = k, eps
        ops.viscosity(s.nue, s.k, s.eps, mesh.fluid, self.constants)

    def _mirror(self, s: State, components: list[np.ndarray]) -> None:
        """Tangential velocities and temperature behind symmetry planes as before them."""
        for plane in self.mesh.mirrors:
            s.t[plane.ghost] = s.t[plane.inner]
            for axis, velocity in enumerate(components):
                if axis == plane.axis:
                    continue
                for step in (0, self.mesh.strides[axis]):
                    velocity[plane.ghost + step] = velocity[plane.inner + step]


def turbulence_constants(air: AirProperties, dtype: Any) -> np.ndarray:
    """The vector `kernels.turbulence` describes."""
    return np.array([*K_EPSILON, air.viscosity, NUT_RATIO, K_MIN, EPS_MIN], dtype)


def lift_coefficient(air: AirProperties, *, ideal_gas: bool) -> float:
    """Lift of a kelvin at the reference [m/(s2 K)]: g / T_ref of an ideal gas, else g beta (Boussinesq)."""
    return GRAVITY / air.reference_temperature if ideal_gas else GRAVITY * air.expansion
