"""Where the air's fields stop being numbers: the field, the place, and what stands next to it."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..plan import Unit
from ..scene import PAD, Patch, Scene
from .state import FIELDS, LIMITS, State


def first(state: State, scene: Scene, units: tuple[Unit, ...]) -> str:
    """The first value out of bounds in the order in which fields are solved; "" when all are numbers.

    Such as "u is nan at x 2.35, y 1.20, z 0.55 m, 0.30 m from A1".
    """
    for name in FIELDS:
        values = getattr(state, name)
        with np.errstate(invalid="ignore"):
            wrong = np.flatnonzero(~(np.abs(values) <= LIMITS.get(name, np.inf)) | ~np.isfinite(values))
        if wrong.size:
            place = _place(scene, int(wrong[0]), name)
            where = ", ".join(f"{axis} {metre:.2f}" for axis, metre in zip("xyz", place, strict=True))
            unit = FIELDS[name][1]
            return f"{name} is {values[wrong[0]]:.3g} {unit} at {where} m{_beside(place, scene, units)}"
    return ""


def _place(scene: Scene, cell: int, name: str) -> np.ndarray:
    """Coordinates [m] of a value of a field, by its flat padded index."""
    _, ny, nx = (n + 2 * PAD for n in scene.grid.shape)
    index = (cell % nx, cell // nx % ny, cell // (nx * ny))
    out = np.empty(3)
    for axis, (n, faces, centres) in enumerate(zip(index, scene.grid.faces, scene.grid.centres, strict=True)):
        along = faces if name == "uvw"[axis] and name in "uvw" else centres
        out[axis] = along[min(max(n - PAD, 0), along.size - 1)]
    return out


def _beside(place: np.ndarray, scene: Scene, units: tuple[Unit, ...]) -> str:
    """The nearest unit or opening and how far it is."""
    distances = [*_to_units(place, units), *_to_openings(place, scene)]
    if not distances:
        return ""
    metres, name = min(distances)
    return f", {metres:.2f} m from {name}"


def _to_units(place: np.ndarray, units: tuple[Unit, ...]) -> Iterator[tuple[float, str]]:
    for unit in units:
        low, high = np.array(unit.box[0::2]), np.array(unit.box[1::2])
        yield float(np.linalg.norm(np.maximum(np.maximum(low - place, place - high), 0.0))), unit.name


def _to_openings(place: np.ndarray, scene: Scene) -> Iterator[tuple[float, str]]:
    for patch in scene.openings:
        away = [np.linalg.norm(place - _face(scene, patch, int(face))) for face in patch.face]
        yield float(min(away)), patch.name


def _face(scene: Scene, patch: Patch, face: int) -> np.ndarray:
    return _place(scene, face, "uvw"[patch.axis])
