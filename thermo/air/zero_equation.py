"""The zero-equation model of room air as a turbulence step: for a quick look, without k and epsilon."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from ..scene import AIR, LEAK, WALL, Scene
from .mesh import Mesh
from .state import State
from .steps import TurbulenceStep

NU = 8  # place in the vector of turbulence constants
NEAREST = 12  # walls looked at exactly, nearest centres first


class ZeroEquationStep:
    """Effective viscosity from speed and distance to the nearest wall (Chen & Xu 1998)."""

    ON_HOST = ()

    def __init__(self, ops: SimpleNamespace, mesh: Mesh, scene: Scene, constants: np.ndarray):
        self.ops, self.mesh, self.constants = ops, mesh, constants
        self.viscosity = constants[NU]
        self.length = mesh.field()
        mesh.core(self.length)[...] = wall_distance(scene)

    def __call__(
        self,
        s: State,
        old: State,
        velocity: list[np.ndarray],
        rdt: np.ndarray,
        gbpr: float,
    ) -> None:
        """Set nue, and k beside walls, of `s` from its velocities; the rest is what `TurbulenceStep` takes."""
        mesh, walls = self.mesh, self.mesh.wall_cells
        _, sy, sz = mesh.strides
        self.ops.mixing_length(s.nue, *velocity, self.length, mesh.fluid, *mesh.d, self.viscosity)
        self.ops.wall_energy(s.k, walls.cells, walls.start, walls.distance, *velocity, self.constants, sy, sz)


Turbulence = TurbulenceStep | ZeroEquationStep | None


def turbulence_step(model: str, ops: SimpleNamespace, mesh: Mesh, scene: Scene, *rest: Any) -> Turbulence:
    """The step of a case's turbulence model, None for laminar air; rest: the constants and the workspace."""
    constants, work = rest
    if model == "k-epsilon":
        return TurbulenceStep(ops, mesh, constants, work)
    return ZeroEquationStep(ops, mesh, scene, constants) if model == "zero-equation" else None


def wall_distance(scene: Scene) -> np.ndarray:
    """From the centre of each air cell to the nearest wall (nz, ny, nx) [m]; the hall's height where none is.

    Walls are sides of the hall, solids, cabinets and partitions; openings, fronts, rears and screens are not.
    """
    from scipy.spatial import cKDTree

    low, high = _wall_pieces(scene)
    cells = np.argwhere(scene.cells == AIR)
    points = np.stack([scene.grid.centres[a][cells[:, 2 - a]] for a in range(3)], axis=1)
    out = np.zeros(scene.grid.shape)
    if not len(low):
        out[scene.cells == AIR] = scene.grid.zf[-1]
        return out
    near = min(NEAREST, len(low))
    _, which = cKDTree(0.5 * (low + high)).query(points, near)
    which = which.reshape(len(points), near)
    outside = np.maximum(np.maximum(low[which] - points[:, None], points[:, None] - high[which]), 0.0)
    out[scene.cells == AIR] = np.sqrt((outside**2).sum(axis=2).min(axis=1))
    return out


def _wall_pieces(scene: Scene) -> tuple[np.ndarray, np.ndarray]:
    """(low, high) corners of every wall face beside air, each (faces, 3) [m]."""
    air = np.pad(scene.cells == AIR, 1)
    ends: list[list[Any]] = [[np.zeros((0, 3))], [np.zeros((0, 3))]]
    for axis, kind in enumerate(scene.faces):
        inner = [slice(1, -1)] * 3
        below, above = inner.copy(), inner.copy()
        below[2 - axis], above[2 - axis] = slice(0, -1), slice(1, None)
        beside = air[tuple(below)] | air[tuple(above)]
        where = np.argwhere(beside & ((kind == WALL) | (kind == LEAK)))
        for end in (0, 1):
            step = [0 if a == axis else end for a in range(3)]
            ends[end].append(
                np.stack([scene.grid.faces[a][where[:, 2 - a] + step[a]] for a in range(3)], axis=1)
            )
    return np.concatenate(ends[0]), np.concatenate(ends[1])
