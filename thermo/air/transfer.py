"""Start one grid from the fields of another: cells by injection, velocities linear along their axis."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from ..grid import Grid
from ..scene import PAD, Scene
from .mesh import Mesh
from .state import State

CELLS = ("p", "t", "k", "eps", "nue")


@dataclass(frozen=True)
class Snapshot:
    """Fields to start from: padded (nz + 4, ny + 4, nx + 4), temperatures above `reference` [K]."""

    grid: Grid
    cells: np.ndarray  # kind of cell
    fields: dict[str, np.ndarray]
    reference: float


def snapshot(scene: Scene, mesh: Mesh, state: State, reference: float) -> Snapshot:
    """A copy of the state with the grid it lives on."""
    fields = {name: value.reshape(mesh.shape).copy() for name, value in vars(state).items()}
    return Snapshot(scene.grid, scene.cells, fields, reference)


def begin(state: State, mesh: Mesh, scene: Scene, source: Snapshot, reference: float) -> None:
    """Fill `state` from `source`; where the source has no air the state keeps what it has."""
    own = scene.grid
    cell = [
        np.clip(np.searchsorted(f, c) - 1, 0, f.size - 2)
        for f, c in zip(source.grid.faces, own.centres, strict=True)
    ]
    known = (scene.cells == 0) & (source.cells[np.ix_(cell[2], cell[1], cell[0])] == 0)
    for name in CELLS:
        values = source.fields[name][np.ix_(cell[2] + PAD, cell[1] + PAD, cell[0] + PAD)]
        if name == "t":
            values = values + (source.reference - reference)
        np.copyto(mesh.core(getattr(state, name)), values.astype(mesh.dtype), where=known)
    for axis, name in enumerate("uvw"):
        _faces(getattr(state, name), mesh, own, source, (axis, cell))


def _faces(velocity: np.ndarray, mesh: Mesh, own: Grid, source: Snapshot, where: tuple) -> None:
    """One component at the faces whose velocity is an unknown."""
    axis, cell = where
    faces = source.grid.faces[axis]
    lower = np.clip(np.searchsorted(faces, own.faces[axis], side="right") - 1, 0, faces.size - 2)
    weight = (own.faces[axis] - faces[lower]) / (faces[lower + 1] - faces[lower])
    shape = [1, 1, 1]
    shape[2 - axis] = -1
    index = [cell[2] + PAD, cell[1] + PAD, cell[0] + PAD]
    index[2 - axis] = lower + PAD
    low = source.fields["uvw"[axis]][np.ix_(*index)]
    index[2 - axis] = lower + PAD + 1
    high = source.fields["uvw"[axis]][np.ix_(*index)]
    share = weight.reshape(shape)
    values = (1.0 - share) * low + share * high
    box = tuple(slice(PAD, PAD + n) for n in values.shape)
    unknown = mesh.act[axis].reshape(mesh.shape)[box] > 0
    np.copyto(velocity.reshape(mesh.shape)[box], values.astype(mesh.dtype), where=unknown)
