"""Several halls on the same grid as one, a hall's planes above another's along z: every operator then does all at once.

A hall keeps its padded array whole, ghosts included, and has room up to the next multiple of what its coarsest cells
join: so that no coarse cell joins two halls, and one plane at least lies between them on every grid. What is solved in
a hall of a stack is what is solved in it alone, operation by operation.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np

from .hierarchy import PAD, Level


def pitches(levels: Sequence[Level]) -> list[int]:
    """Planes from a hall to the next, on each grid of its hierarchy."""
    joined = int(np.prod([level.factors[2] for level in levels[:-1]]))  # planes of a coarsest cell
    planes = [level.size[2] for level in levels]
    pitch = joined * max(planes[-1] - 2 * PAD + 1, -(-planes[0] // joined))
    out = [pitch]
    for level in levels[:-1]:
        out.append(out[-1] // level.factors[2])
    return out


def _spare(levels: Sequence[Level]) -> list[int]:
    """Planes more than those of its halls that each grid of a stack has, where pairs of cells begin at the second."""
    out = [0]
    for level in levels[:-1]:
        factor = level.factors[2]
        out.append((out[-1] + level.offsets[2] + factor - 1) // factor)
    return out


def stacked_field(fields: Sequence[Any], plane: int, pitch: int, spare: int = 0) -> np.ndarray:
    """Flat fields one above another, 0 between them; where ghosts of two meet, their sum.

    plane: cells in a padded z plane. spare: planes above the last.
    """
    out = np.zeros((len(fields) * pitch + spare + 2 * PAD) * plane, fields[0].dtype)
    for n, field in enumerate(fields):
        out[n * pitch * plane : n * pitch * plane + field.size] += field
    return out


def stacked_levels(halls: Sequence[Sequence[Level]], open_: tuple[Any, ...] = ()) -> list[Level]:
    """The hierarchy of a stack from those of its halls, which have the same widths; open_: as `build` takes it.

    Raises ValueError when they join cells otherwise, since their walls are others.
    """
    if any(one.joining != first.joining for hall in halls for one, first in zip(hall, halls[0], strict=True)):
        raise ValueError("halls whose walls differ join cells otherwise on coarse grids")
    each = zip(zip(*halls, strict=True), pitches(halls[0]), _spare(halls[0]), strict=True)
    levels = [_stacked(level, pitch, spare, open_) for level, pitch, spare in each]
    _solve_directly([hall[-1] for hall in halls], levels[-1], pitches(halls[0])[-1])
    return levels


def _stacked(level: Sequence[Level], pitch: int, spare: int, open_: tuple[Any, ...]) -> Level:
    """One grid of it."""
    first = level[0]
    nx, ny, nz = first.size

    def joined(fields: list[Any]) -> np.ndarray:
        return stacked_field(fields, nx * ny, pitch, spare)

    def faces(name: str) -> tuple[Any, Any, Any]:
        x, y, z = (joined(list(axis)) for axis in zip(*(getattr(one, name) for one in level), strict=True))
        return x, y, z

    planes = np.zeros(len(level) * pitch + spare + 2 * PAD, np.uint8)
    for n in range(len(level)):
        planes[n * pitch + PAD : n * pitch + nz - PAD] = 1
    size = nx, ny, planes.size
    if first.open:
        out = Level(size, (), None, (), planes, open_)
    else:
        c = faces("c")
        through = c if first.through is first.c else faces("through")
        out = Level(size, c, joined([one.inverse for one in level]), through, planes)
    out.factors, out.offsets, out.weights = first.factors, first.offsets, first.weights
    out.phi, out.rhs, out.residual = (np.zeros(np.prod(size), first.phi.dtype) for _ in range(3))
    return out


def _solve_directly(coarsest: Sequence[Level], level: Level, pitch: int) -> None:
    """Give the coarsest grid the inverse of each hall's matrix, one below another; all have the same cells in it."""
    nx, ny, _ = level.size
    inside = np.unique(np.concatenate([hall.inside for hall in coarsest]))
    direct = np.zeros((len(coarsest), inside.size, inside.size), coarsest[0].inverse.dtype)
    for own, hall in zip(direct, coarsest, strict=True):
        rows = np.searchsorted(inside, hall.inside)
        own[np.ix_(rows, rows)] = hall.direct
    level.inside = (inside + pitch * nx * ny * np.arange(len(coarsest))[:, None]).ravel()
    level.direct = direct.reshape(-1, inside.size)
