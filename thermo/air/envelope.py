"""Heat between the air and the hall's sides, where those are not adiabatic."""

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

    def __init__(
        self, ops: SimpleNamespace, mesh: Mesh, scene: Scene, air: AirProperties, constants: np.ndarray
    ):
        self.ops, self.mesh, self.capacity, self.constants = ops, mesh, air.heat_capacity, constants
        self.names = [wall.wall for wall, _ in scene.walls]
        self.thermal = thermal_law(air.prandtl, constants).astype(mesh.dtype)
        gain = np.zeros(mesh.size)  # [K m3/s] of each cell
        self.fluxes = np.zeros(len(scene.walls))  # [W] that do not depend on the air's temperature
        columns: list[list[np.ndarray]] = [[np.zeros(0)] for _ in range(6)]
        for n, (wall, patch) in enumerate(scene.walls):
            np.add.at(gain, patch.air, wall.flux * patch.area / self.capacity)
            self.fluxes[n] = wall.flux * patch.area.sum()
            if wall.temperature is None:
                continue
            one = np.ones(patch.air.size)
            half = 0.5 * mesh.d[patch.axis][self._place(patch.air, patch.axis)]
            outside = wall.temperature - air.reference_temperature
            known = np.nan if wall.u_value is None else wall.u_value / self.capacity
            entries = (patch.air, half, patch.area, known * patch.area, outside * one, n * one)
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
        self.cells = np.union1d(self.beside, np.flatnonzero(gain)).astype(np.int64)
        self.start = np.searchsorted(self.beside, np.append(self.cells, self.mesh.size)).astype(np.int64)
        self.gain = gain[self.cells].astype(dtype)
        self.film = np.flatnonzero(np.isnan(self.conductance))  # faces whose conductance is the air's film
        self.film_faces = self.beside[self.film], distance[self.film], area[self.film]
        self.film_conductance = np.zeros(self.film.size, dtype)

    def follow(self, s: State) -> None:
        """Take the film's conductance from the turbulence beside the walls."""
        self.ops.wall_heat(self.film_conductance, s.k, *self.film_faces, self.constants, self.thermal)
        self.conductance[self.film] = self.film_conductance

    def sweep(self, *arguments: Any) -> None:
        """The sweep of `scalar` again in the cells beside walls; the same arguments without the mask of air."""
        self.ops.scalar_beside_walls(
            *arguments, self.cells, self.start, self.conductance, self.outside, self.gain
        )

    def heat(self, t: np.ndarray) -> np.ndarray:
        """Heat each wall gives to the air [W], for the temperature field `t`."""
        rise = (self.outside - t[self.beside]).astype(np.float64)
        conducted = np.bincount(self.wall, self.conductance * rise, len(self.names)) * self.capacity
        return conducted + self.fluxes


def thermal_law(prandtl: float, constants: np.ndarray) -> np.ndarray:
    """Pr, Pr_t, Jayatilleke's P, and the y+ where Pr y+ meets Pr_t (ln(E y+) / kappa + P)."""
    ratio = prandtl / PRANDTL_TURBULENT
    resistance = 9.24 * (ratio**0.75 - 1.0) * (1.0 + 0.28 * np.exp(-0.007 * ratio))
    foot = 11.0
    for _ in range(40):  # a fixed point: each round leaves a fifth of the error
        foot = (np.log(float(constants[E_LOG]) * foot) / float(constants[KAPPA]) + resistance) / ratio
    return np.array([prandtl, PRANDTL_TURBULENT, resistance, foot])
