"""The scenes of several halls on one grid as one scene: a hall above another along z, solid planes between them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from ..grid import Grid
from ..scene import PAD, SOLID, WALL, Packed, Patch, Scene


@dataclass(frozen=True)
class StackedGrid(Grid):
    """A grid whose layers are given to the last bit: those of the halls."""

    layers: np.ndarray | None = None  # [m]

    @property
    def widths(self) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        assert self.layers is not None
        return np.diff(self.xf), np.diff(self.yf), self.layers


def stacked_scene(scenes: Sequence[Scene], pitch: int) -> Scene:
    """Scenes on the same grid, `pitch` planes from one to the next; solid between them."""
    first = scenes[0]
    cells = _above(scenes, pitch, [scene.cells for scene in scenes], SOLID)
    packed = tuple(
        Packed.of(_above(scenes, pitch, list(kinds), WALL, last=axis == 2))
        for axis, kinds in enumerate(zip(*(scene.faces for scene in scenes), strict=True))
    )
    plane = int(np.prod([n + 2 * PAD for n in first.grid.shape[1:]]))

    def moved(name: str) -> tuple[Any, ...]:
        """A list of the scenes' patches, each at its place in the stack."""
        return tuple(
            _offset(entry, n * pitch, n * pitch * plane)
            for n, scene in enumerate(scenes)
            for entry in getattr(scene, name)
        )

    lists = (f.name for f in fields(Scene) if f.name not in ("grid", "cells", "packed"))
    return Scene(_grid(first.grid, len(scenes), pitch), cells, packed, **{n: moved(n) for n in lists})


def _above(
    scenes: Sequence[Scene], pitch: int, arrays: list[np.ndarray], between: int, *, last: bool = False
) -> np.ndarray:
    """Arrays (nz, ny, nx) one above another; last: there is one more plane, that of the uppermost faces."""
    out = np.full((len(scenes) * pitch + last, *arrays[0].shape[1:]), between, np.uint8)
    for n, array in enumerate(arrays):
        out[n * pitch : n * pitch + array.shape[0]] = array
    return out


def _grid(grid: Grid, count: int, pitch: int) -> StackedGrid:
    layers = grid.widths[2]
    gap = pitch - layers.size
    one = np.concatenate([layers, np.full(gap - gap // 2, layers[-1]), np.full(gap // 2, layers[0])])
    layers = np.tile(one, count)
    return StackedGrid(grid.xf, grid.yf, np.concatenate([[0.0], np.cumsum(layers)]), (), layers)


def _offset(entry: Any, layers: int, places: int) -> Any:
    """A patch, or a thing with its patch, that much higher."""
    if isinstance(entry, tuple):
        return entry[0], _offset(entry[1], layers, places)
    patch: Patch = entry
    moved = {name: getattr(patch, name) + places for name in ("face", "air", "behind")}
    return replace(patch, layer=patch.layer + layers, **moved)
