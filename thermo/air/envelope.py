"""Heat between the air and the hall's sides, where those are not adiabatic, and through partitions that conduct."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from ..scene import Scene
from .mesh import Mesh
from .properties import PRANDTL_TURBULENT, AirProperties
from .state import State

KAPPA, E_LOG = 5, 6  # places in the vector of turbulence constants


class Envelope:
    """Lists of the walls' faces in the form `scalar_beside_walls` takes; temperatures above the reference."""

    ON_HOST = ("mesh", "fluxes")

    def __init__(
        self, ops: SimpleNamespace, mesh: Mesh, scene: Scene, air: AirProperties, constants: np.ndarray
    ):
        self.ops, self.mesh, self.capacity, self.constants = ops, mesh, air.heat_capacity, constants
        self.names = [wall.wall for wall, _ in scene.walls]
        self.thermal = thermal_law(air.prandtl, constants).astype(mesh.dtype)
        gain = np.zeros(mesh.size)  # [K m3/s] of each cell
        self.fluxes = np.zeros(len(scene.walls))  # [W] that do not depend on the air's temperature
        columns: list[list[np.ndarray]] = [[np.zeros(0)] for _ in range(7)]
        for n, (wall, patch) in enumerate(scene.walls):
            np.add.at(gain, patch.air, wall.flux * patch.area / self.capacity)
            self.fluxes[n] = wall.flux * patch.area.sum()
            if wall.temperature is None:
                continue
            one = np.ones(patch.air.size)
            half = 0.5 * mesh.d[patch.axis][self._place(patch.air, patch.axis)]
            outside = wall.temperature - air.reference_temperature
            known = np.nan if wall.u_value is None else wall.u_value / self.capacity
            entries = (patch.air, half, patch.area, known * patch.area, outside * one, n * one, -one)
            for column, values in zip(columns, entries, strict=True):
                column.append(values)
        self.sides = len(scene.walls)
        self.within = len(scene.conducting)
        for n, (partition, patch) in enumerate(scene.conducting):
            conductance = (partition.u_value or 0.0) / self.capacity * patch.area
            zero = np.zeros(patch.air.size)
            for side, (here, beyond) in enumerate(((patch.behind, patch.air), (patch.air, patch.behind))):
                place = zero + self.sides + 2 * n + side
                entries = (here, zero, patch.area, conductance, zero, place, beyond)
                for column, values in zip(columns, entries, strict=True):
                    column.append(values)
        self._in_rows([np.concatenate(c) for c in columns], gain)

    def _place(self, cells: np.ndarray, axis: int) -> np.ndarray:
        """Index of flat cells along an axis."""
        return cells // self.mesh.strides[axis] % self.mesh.shape[2 - axis]

    def _in_rows(self, columns: list[np.ndarray], gain: np.ndarray) -> None:
        dtype: Any = self.mesh.dtype
        cell = columns[0].astype(np.int64)
        order = np.argsort(cell, kind="stable")
        self.beside = cell[order]
        distance, area, self.conductance, self.outside = (c[order].astype(dtype) for c in columns[1:5])
        self.wall = columns[5][order].astype(np.int64)
        beyond = columns[6][order].astype(np.int64)
        self.inner = np.flatnonzero(beyond >= 0)  # entries with air of the hall on the other side
        self.beyond = beyond[self.inner]
        self.cells = np.union1d(self.beside, np.flatnonzero(gain)).astype(np.int64)
        self.start = np.searchsorted(self.beside, np.append(self.cells, self.mesh.size)).astype(np.int64)
        self.gain = gain[self.cells].astype(dtype)
        self.film = np.flatnonzero(np.isnan(self.conductance))  # faces whose conductance is the air's film
        self.film_faces = self.beside[self.film], distance[self.film], area[self.film]
        self.film_conductance = np.zeros(self.film.size, dtype)
        self.film_order = np.arange(self.film.size)

    def follow(self, s: State) -> None:
        """Take the film's conductance from the turbulence beside the walls, and the air behind partitions."""
        self.ops.carry(self.outside, self.inner, s.t, self.beyond, 0)
        self.ops.wall_heat(self.film_conductance, s.k, *self.film_faces, self.constants, self.thermal)
        self.ops.carry(self.conductance, self.film, self.film_conductance, self.film_order, 0)

    def conduct(self, *arguments: Any) -> None:
        """The coefficients of `scalar` again in the cells beside walls; the same arguments without the mask of air."""
        self.ops.scalar_beside_walls(
            *arguments, self.cells, self.start, self.conductance, self.outside, self.gain
        )

    def heat(self, t: np.ndarray) -> np.ndarray:
        """Heat each wall gives to the air [W], for the temperature field `t`."""
        return self._conducted(t)[: self.sides] + self.fluxes

    def through(self, t: np.ndarray) -> np.ndarray:
        """Heat that passes each conducting partition towards its axis [W]."""
        return self._conducted(t)[self.sides + 1 :: 2]

    def _conducted(self, t: np.ndarray) -> np.ndarray:
        outside = self.outside.copy()
        outside[self.inner] = t[self.beyond]
        rise = (outside - t[self.beside]).astype(np.float64)
        places = self.sides + 2 * self.within
        return np.bincount(self.wall, self.conductance * rise, places) * self.capacity


def thermal_law(prandtl: float, constants: np.ndarray) -> np.ndarray:
    """Pr, Pr_t, Jayatilleke's P, and the y+ where Pr y+ meets Pr_t (ln(E y+) / kappa + P)."""
    ratio = prandtl / PRANDTL_TURBULENT
    resistance = 9.24 * (ratio**0.75 - 1.0) * (1.0 + 0.28 * np.exp(-0.007 * ratio))
    foot = 11.0
    for _ in range(40):  # a fixed point: each round leaves a fifth of the error
        foot = (np.log(float(constants[E_LOG]) * foot) / float(constants[KAPPA]) + resistance) / ratio
    return np.array([prandtl, PRANDTL_TURBULENT, resistance, foot])
