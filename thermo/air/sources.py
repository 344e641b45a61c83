"""Heat given off along lines (busways, cables, whips) into the air cells they pass."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import pairwise

import numpy as np

from ..scene import AIR, Scene

Point = tuple[float, float, float]


def line_heat(scene: Scene, lines: Iterable[tuple[tuple[Point, ...], float]]) -> np.ndarray:
    """Watts in each cell (nz, ny, nx) from (path, watts) pairs; a path of no points heats all the air evenly.

    What falls inside a rack or a wall goes to the nearest air above it, so that nothing is lost.
    """
    heat = np.zeros(scene.grid.shape)
    spread = 0.0
    for path, watts in lines:
        if path:
            _along(heat, scene, path, watts)
        else:
            spread += watts
    if spread:
        volumes = np.where(scene.cells == AIR, scene.grid.volumes(), 0.0)
        heat += spread * volumes / volumes.sum()
    return heat


def _along(heat: np.ndarray, scene: Scene, path: tuple[Point, ...], watts: float) -> None:
    """Share `watts` over points spaced a fraction of a cell along the path."""
    cells = _cells_along(scene, path)
    for cell in cells:
        heat[cell] += watts / len(cells)


def cells_along(scene: Scene, path: tuple[Point, ...]) -> tuple[np.ndarray, ...]:
    """Index arrays (k, j, i) of the air that a path passes; of a path of no points, of all the air."""
    if not path:
        return tuple(np.nonzero(scene.cells == AIR))
    return tuple(np.array(sorted(set(_cells_along(scene, path)))).T)


def _cells_along(scene: Scene, path: tuple[Point, ...]) -> list[tuple[int, int, int]]:
    """Air cells (k, j, i) at points spaced half the smallest cell along the path."""
    step = 0.5 * min(float(w.min()) for w in scene.grid.widths)
    points = [np.array([path[0]])] if len(path) == 1 else []
    for a, b in pairwise(path):
        count = max(1, int(np.ceil(np.linalg.norm(np.subtract(b, a)) / step)))
        points.append(np.asarray(a) + (np.arange(count)[:, None] + 0.5) / count * np.subtract(b, a))
    where = np.concatenate(points)
    i, j, k = (
        np.clip(np.searchsorted(f, where[:, d]) - 1, 0, f.size - 2) for d, f in enumerate(scene.grid.faces)
    )
    return [_air_near(scene, (int(k[n]), int(j[n]), int(i[n]))) for n in range(len(where))]


def _air_near(scene: Scene, cell: tuple[int, int, int]) -> tuple[int, int, int]:
    """The first air cell at or above `cell`, else below it, else the nearest there is."""
    k, j, i = cell
    column = np.flatnonzero(scene.cells[:, j, i] == AIR)
    if column.size:
        above = column[column >= k]
        return int(above[0] if above.size else column[-1]), j, i
    air = np.argwhere(scene.cells == AIR)
    centres = scene.grid.centres
    away = sum((centres[2 - a][air[:, a]] - centres[2 - a][cell[a]]) ** 2 for a in range(3))
    k, j, i = air[np.argmin(away)]
    return int(k), int(j), int(i)
