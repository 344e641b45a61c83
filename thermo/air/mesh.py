"""Scene -> the padded flat arrays that the operators take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np

from ..scene import AIR, LEAK, OPEN, PAD, SYMMETRY, UNKNOWN, WALL, Scene

PLACE = np.int32  # of a cell or face in a field, of an entry in a list


@dataclass(frozen=True)
class WallFaces:
    """Velocities beside walls, in compressed rows: what `wall_shear` takes for one component."""

    face: np.ndarray
    start: np.ndarray
    entry: np.ndarray  # of each piece: its place among the wall faces of WallCells
    area: np.ndarray


@dataclass(frozen=True)
class WallCells:
    """Cells beside walls, in compressed rows: what the wall parts of k-epsilon take."""

    cells: np.ndarray
    start: np.ndarray
    normal: np.ndarray
    distance: np.ndarray


@dataclass(frozen=True)
class Mirror:
    """Places of a field before symmetry planes, whose values gradients want in the ghosts behind the planes too."""

    inner: np.ndarray
    ghost: np.ndarray


@dataclass(frozen=True)
class Mesh:
    """Sizes, masks and wall lists of one hall; lengths in m, masks bytes of 1 or 0, fields flat and padded."""

    shape: tuple[int, int, int]  # padded (nz, ny, nx)
    dtype: Any
    d: tuple[np.ndarray, ...]  # cell sizes along x, y, z, padded
    h: tuple[np.ndarray, ...]  # between centres across the low face
    r: tuple[np.ndarray, ...]  # 1 / h
    fluid: np.ndarray
    free: np.ndarray  # air that is beside no wall: epsilon is an unknown
    open: tuple[np.ndarray, ...]  # face between two air cells
    act: tuple[np.ndarray, ...]  # face whose velocity is an unknown
    seen: tuple[np.ndarray, ...]  # face with air or a mirror behind it: gradients reach across
    mirrors: tuple[Mirror, ...]  # of temperature, u, v and w
    wall_faces: tuple[WallFaces, ...]
    wall_cells: WallCells

    @property
    def size(self) -> int:
        return self.shape[0] * self.shape[1] * self.shape[2]

    @property
    def strides(self) -> tuple[int, int, int]:
        """Flat distance to the next cell along x, y, z."""
        return 1, self.shape[2], self.shape[2] * self.shape[1]

    def field(self, value: float = 0.0) -> np.ndarray:
        """A new flat field."""
        return np.full(self.size, value, self.dtype) if value else np.zeros(self.size, self.dtype)

    def places(self, cells: tuple[np.ndarray, ...]) -> np.ndarray:
        """Flat places of cells by their indices (k, j, i) without ghosts."""
        return np.ravel_multi_index(tuple(index + PAD for index in cells), self.shape)

    def core(self, field: np.ndarray) -> np.ndarray:
        """View of a cell field without its ghosts, (nz, ny, nx)."""
        return field.reshape(self.shape)[PAD:-PAD, PAD:-PAD, PAD:-PAD]


def build(scene: Scene, dtype: Any) -> Mesh:
    """Pad, flatten and list the walls."""
    shape = tuple(n + 2 * PAD for n in scene.grid.shape)
    d = tuple(np.pad(w, PAD, mode="edge") for w in scene.grid.widths)
    h = tuple(0.5 * (w + np.concatenate([w[:1], w[:-1]])) for w in d)
    kinds = tuple(_padded(f, shape, np.uint8, WALL) for f in scene.faces)
    fluid = _padded((scene.cells == AIR).astype(np.uint8), shape, np.uint8, 0)
    opens = [_mask(k == OPEN) for k in kinds]
    pieces, faces = _walls(kinds, fluid, d, shape)
    wall_cells, place = _cells_in_rows(faces, dtype)
    free = fluid.ravel().copy()
    free[wall_cells.cells] = 0
    return Mesh(
        (shape[0], shape[1], shape[2]),
        dtype,
        tuple(w.astype(dtype) for w in d),
        tuple(w.astype(dtype) for w in h),
        tuple((1.0 / w).astype(dtype) for w in h),
        fluid.ravel(),
        free,
        tuple(opens),
        tuple(_one_of_two(_among(k, UNKNOWN), o) for k, o in zip(kinds, opens, strict=True)),
        tuple(_one_of_two(_among(k, (OPEN, SYMMETRY)), o) for k, o in zip(kinds, opens, strict=True)),
        _mirrors(kinds, fluid),
        tuple(_faces_in_rows(entries, place, dtype) for entries in pieces),
        wall_cells,
    )


def pressure_coefficients(scene: Scene) -> list[np.ndarray]:
    """A / h [m] on x, y, z faces where the velocity is an unknown, 0 elsewhere; not padded."""
    out = []
    widths = scene.grid.widths
    for d, kind in enumerate(scene.faces):
        edge = np.pad(widths[d], 1, mode="edge")
        sizes = [2.0 / (edge[1:] + edge[:-1]) if n == d else widths[n] for n in range(3)]
        out.append((sizes[2][:, None, None] * sizes[1][:, None]) * sizes[0])
        out[d] *= np.isin(kind, UNKNOWN)
    return out


def _padded(a: np.ndarray, shape: Any, dtype: Any, fill: int) -> np.ndarray:
    out = np.full(shape, fill, dtype)
    out[tuple(slice(PAD, PAD + n) for n in a.shape)] = a
    return out


def _mask(where: np.ndarray) -> np.ndarray:
    return where.ravel().view(np.uint8)


def _among(kind: np.ndarray, kinds: tuple[int, ...]) -> np.ndarray:
    """1 where a face is of one of these kinds."""
    return _mask(np.logical_or.reduce([kind == one for one in kinds]))


def _one_of_two(mask: np.ndarray, other: np.ndarray) -> np.ndarray:
    """The other mask where the two are equal: held and read once."""
    return other if np.array_equal(mask, other) else mask


def _mirrors(kinds: tuple, fluid: np.ndarray) -> tuple[Mirror, ...]:
    """Air cells with a symmetry plane below or above them, and faces of their tangential velocities."""
    air = fluid.ravel() == 1
    strides = [int(np.prod(fluid.shape[3 - axis :])) for axis in range(3)]
    places: list[list[np.ndarray]] = [[np.zeros((2, 0), np.int64)] for _ in range(4)]
    for axis, stride in enumerate(strides):
        face = np.flatnonzero(kinds[axis].ravel() == SYMMETRY)
        low, high = face[air[face]], face[air[face - stride]] - stride
        both = np.array([np.append(low, high), np.append(low - stride, high + stride)])
        places[0].append(both)
        for component in {0, 1, 2} - {axis}:
            places[1 + component] += [both, both + strides[component]]
    return tuple(_once(np.concatenate(pairs, axis=1)) for pairs in places)


def _once(pairs: np.ndarray) -> Mirror:
    """Each place behind a plane once: neighbours share faces."""
    inner, ghost = pairs
    ghost, first = np.unique(ghost, return_index=True)
    return Mirror(inner[first], ghost)


def _walls(kinds: tuple, fluid: np.ndarray, d: tuple, shape: tuple) -> tuple[list[list[tuple]], list[tuple]]:
    """Raw wall entries: (velocity face, number of the wall face, area) by component, and (cell, axis, distance)."""
    flat = np.arange(fluid.size).reshape(shape)
    by_component: list[list[tuple]] = [[], [], []]
    by_cell: list[tuple] = []
    count = 0
    for axis in range(3):
        for above in (False, True):
            kind = np.roll(kinds[axis], -1, 2 - axis) if above else kinds[axis]
            cells = np.argwhere(((kind == WALL) | (kind == LEAK)) & (fluid == 1))
            index = {0: cells[:, 2], 1: cells[:, 1], 2: cells[:, 0]}
            here = flat[cells[:, 0], cells[:, 1], cells[:, 2]]
            half = 0.5 * d[axis][index[axis]]
            by_cell.append((here, np.full(here.size, axis), half))
            number = count + np.arange(here.size)
            count += here.size
            for component in {0, 1, 2} - {axis}:
                third = 3 - axis - component
                area = 0.5 * d[component][index[component]] * d[third][index[third]]
                stride = (1, shape[2], shape[1] * shape[2])[component]
                by_component[component] += [(here, number, area), (here + stride, number, area)]
    return _known(by_component, kinds), by_cell


def _known(by_component: list[list[tuple]], kinds: tuple) -> list[list[tuple]]:
    """Drop entries at faces whose velocity is not an unknown."""
    out = []
    for component, entries in enumerate(by_component):
        kind = kinds[component].ravel()
        kept = []
        for face, *rest in entries:
            unknown = np.isin(kind[face], UNKNOWN)
            kept.append((face[unknown], *(r[unknown] for r in rest)))
        out.append(kept)
    return out


def _rows(keys: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(order, unique keys, start of each): compressed rows."""
    order = np.argsort(keys, kind="stable")
    unique, first = np.unique(keys[order], return_index=True)
    return order, unique.astype(PLACE), np.append(first, keys.size).astype(PLACE)


def _faces_in_rows(entries: list[tuple], place: np.ndarray, dtype: Any) -> WallFaces:
    face, number, area = (np.concatenate(c) for c in zip(*entries, strict=True))
    order, unique, start = _rows(face)
    return WallFaces(unique, start, place[number[order]], area[order].astype(dtype))


def _cells_in_rows(entries: list[tuple], dtype: Any) -> tuple[WallCells, np.ndarray]:
    """The rows, and where in them each entry stands."""
    cell, normal, distance = (np.concatenate(c) for c in zip(*entries, strict=True))
    order, unique, start = _rows(cell)
    place = np.empty(order.size, PLACE)
    place[order] = np.arange(order.size)
    return WallCells(unique, start, normal[order].astype(np.int8), distance[order].astype(dtype)), place
