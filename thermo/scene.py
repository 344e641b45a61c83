"""Plan + Grid -> read-only host arrays: what is air, what each face is, which faces belong to whom.

Cell arrays are (nz, ny, nx). Face arrays have one more entry along their axis. Flat indices refer to
the padded fields of the solver: two ghost cells on every side, x fastest.
"""

from __future__ import annotations

import zlib
from dataclasses import dataclass

import numpy as np

from .grid import Grid
from .plan import Box, Opening, Partition, Plan, Screen, Solid, Unit, WallHeat

PAD = 2
AIR, SOLID, UNIT = 0, 1, 2  # kinds of cell
# kinds of face; air passes a SCREEN and a LEAK at a loss, and a LEAK is a wall to the air beside it
WALL, OPEN, FIXED, PRESSURE, SYMMETRY, SCREEN, LEAK = 0, 1, 2, 3, 4, 5, 6
UNKNOWN = (OPEN, PRESSURE, SCREEN, LEAK)  # their velocity is solved

# wall -> (axis, 0 at its low end, 1 at its high end)
_WALLS = {
    "x_min": (0, 0),
    "x_max": (0, 1),
    "y_min": (1, 0),
    "y_max": (1, 1),
    "floor": (2, 0),
    "ceiling": (2, 1),
}


class SceneError(ValueError):
    """The hall cannot be put on this grid. `path`: the entry of the case; `message`: what, and how to mend it."""

    def __init__(self, path: tuple[str, ...], message: str) -> None:
        super().__init__(f"{'.'.join(path)}: {message}")
        self.path, self.message = path, message


@dataclass(frozen=True)
class Patch:
    """Faces that belong to one thing: an opening, or the front or rear of a unit.

    axis: 0 x, 1 y, 2 z. face: flat index of each face; air: of the air cell beside it; behind: of the
    cell on the other side; layer: its index k. sign: +1 where flow along +axis enters the air, else -1.
    """

    name: str
    axis: int
    sign: int
    face: np.ndarray
    air: np.ndarray
    behind: np.ndarray
    layer: np.ndarray
    area: np.ndarray  # [m2]


@dataclass(frozen=True)
class Packed:
    """Kinds of a whole grid, a byte each in large blocks of the same: held in a hundredth of their size."""

    shape: tuple[int, ...]
    compressed: bytes

    @classmethod
    def of(cls, kinds: np.ndarray) -> Packed:
        return cls(kinds.shape, zlib.compress(kinds.tobytes(), level=1))

    def whole(self) -> np.ndarray:
        """The kinds, read-only."""
        return np.frombuffer(zlib.decompress(self.compressed), np.uint8).reshape(self.shape)


@dataclass(frozen=True)
class Scene:
    """All that the air solver needs to know of the hall's shape."""

    grid: Grid
    cells: np.ndarray  # (nz, ny, nx) kind of cell
    packed: tuple[Packed, ...]  # `faces`, which nobody reads while the air is stepped
    fronts: tuple[Patch, ...]  # one a unit, where air leaves the hall
    rears: tuple[Patch, ...]  # one a unit, where it comes back
    openings: tuple[Patch, ...]  # one an opening
    walls: tuple[tuple[WallHeat, Patch], ...] = ()  # sides of the hall that are not adiabatic
    screens: tuple[tuple[Screen, Patch], ...] = ()  # `air` is the cell above, `behind` the one below
    conducting: tuple[tuple[Partition, Patch], ...] = ()  # partitions that pass heat, likewise

    @property
    def faces(self) -> tuple[np.ndarray, ...]:
        """Kind of face on x, y, z faces, unpacked at every call."""
        return tuple(packed.whole() for packed in self.packed)

    @property
    def fluid_cells(self) -> int:
        return int(np.count_nonzero(self.cells == AIR))

    @property
    def air_volume(self) -> float:
        """[m3]"""
        return float(self.grid.volumes()[self.cells == AIR].sum())


def build(plan: Plan, grid: Grid) -> Scene:
    """Paint the plan on the grid.

    Raises SceneError when a face of a unit or an opening has no air cell to open on, or a box covers no cell.
    """
    cells = np.zeros(grid.shape, np.uint8)
    for solid in plan.solids:
        _fill(cells, grid, solid, SOLID)
    for unit in plan.units:
        _fill(cells, grid, unit, UNIT)
    faces = _inner_faces(cells)
    for wall in plan.symmetry:
        axis, end = _WALLS[wall]
        _slab(faces[axis], axis, -1 if end else 0)[...] = SYMMETRY
    for partition in plan.partitions:
        axis = "xyz".index(partition.axis)
        _rectangle(faces[axis], grid, axis, partition.box)[...] = WALL
    screens = _screens(plan, grid, cells, faces)
    conducting = tuple((p, _partition_patch(p, grid, cells, faces)) for p in plan.partitions if p.u_value)
    fronts = tuple(_unit_patch(unit, grid, cells, faces, front=True) for unit in plan.units)
    rears = tuple(_unit_patch(unit, grid, cells, faces, front=False) for unit in plan.units)
    openings = tuple(_opening_patch(opening, grid, cells, faces) for opening in plan.openings)
    walls = tuple((wall, _wall_patch(wall, plan, grid, cells, faces)) for wall in plan.walls)
    cells.flags.writeable = False
    return Scene(
        grid, cells, tuple(map(Packed.of, faces)), fronts, rears, openings, walls, screens, conducting
    )


def _fill(cells: np.ndarray, grid: Grid, item: Solid | Unit, kind: int) -> None:
    """Give the cells of a box their kind; a box that no cell shows would be lost in silence."""
    inside = grid.inside(item.box)
    if cells[inside].size == 0:
        raise SceneError(item.path, f"{item.name} is too thin for this grid; use a finer grid.cell or snap")
    cells[inside] = kind


def _inner_faces(cells: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """OPEN between two air cells, WALL elsewhere."""
    air = cells == AIR
    out = []
    for axis in (2, 1, 0):  # array axis of x, y, z
        shape = [n + (a == axis) for a, n in enumerate(cells.shape)]
        face = np.zeros(shape, np.uint8)
        lo = [slice(None)] * 3
        hi = [slice(None)] * 3
        lo[axis], hi[axis] = slice(None, -1), slice(1, None)
        inner = [slice(None)] * 3
        inner[axis] = slice(1, -1)
        face[tuple(inner)] = np.where(air[tuple(lo)] & air[tuple(hi)], OPEN, WALL)
        out.append(face)
    return out[0], out[1], out[2]


def _slab(face: np.ndarray, axis: int, plane: int) -> np.ndarray:
    """View of one plane of a face array."""
    return np.moveaxis(face, 2 - axis, 0)[plane]


def _across(grid: Grid, axis: int, box: Box) -> tuple[slice, slice]:
    """Index ranges of a rectangle in its plane, in array order."""
    first, second = (a for a in (2, 1, 0) if a != axis)
    return (
        grid.span(first, box[2 * first], box[2 * first + 1]),
        grid.span(second, box[2 * second], box[2 * second + 1]),
    )


def _rectangle(face: np.ndarray, grid: Grid, axis: int, box: Box) -> np.ndarray:
    """View of the faces of a rectangle of no thickness along `axis`."""
    return _slab(face, axis, grid.plane(axis, box[2 * axis]))[_across(grid, axis, box)]


def _patch(name: str, grid: Grid, cells: np.ndarray, where: tuple[int, int, Box], sign: int) -> Patch:
    """Faces of a rectangle that have air on the side `sign` points to; where = axis, plane, rectangle."""
    axis, plane, box = where
    first, second = _across(grid, axis, box)
    others = [a for a in (2, 1, 0) if a != axis]
    a, b = np.mgrid[first, second]
    beside = plane if sign > 0 else plane - 1
    index = {axis: np.full(a.shape, beside), others[0]: a, others[1]: b}
    inside = 0 <= beside < grid.widths[axis].size
    keep = (cells[index[2], index[1], index[0]] == AIR) if inside else np.zeros(a.shape, bool)
    n = [index[d][keep].astype(np.int64) for d in range(3)]
    widths = grid.widths
    area = np.ones(n[0].size)
    for d in others:
        area = area * widths[d][n[d]]
    air = _flat(grid, n[0], n[1], n[2])
    stride = _stride(grid, axis)
    face = air if sign > 0 else air + stride
    return Patch(name, axis, sign, face, air, air - sign * stride, n[2], area)


def _stride(grid: Grid, axis: int) -> int:
    _, ny, nx = (s + 2 * PAD for s in grid.shape)
    return (1, nx, nx * ny)[axis]


def _flat(grid: Grid, i: np.ndarray, j: np.ndarray, k: np.ndarray) -> np.ndarray:
    return (k + PAD) * _stride(grid, 2) + (j + PAD) * _stride(grid, 1) + i + PAD


def _mark(faces: tuple[np.ndarray, ...], grid: Grid, patch: Patch, kind: int) -> None:
    """Give the faces of a patch their kind."""
    k, rest = np.divmod(patch.face, _stride(grid, 2))
    j, i = np.divmod(rest, _stride(grid, 1))
    faces[patch.axis][k - PAD, j - PAD, i - PAD] = kind


def _unit_patch(unit: Unit, grid: Grid, cells: np.ndarray, faces: tuple, *, front: bool) -> Patch:
    outward = unit.sides[0 if front else 1]
    axis, side = (
        "xyz".index(outward[1]),
        1 if outward[0] == "+" else -1,
    )  # air lies beyond that side of the box
    plane = grid.plane(axis, unit.box[2 * axis + (side > 0)])
    box = unit.box if front or unit.outlet is None else unit.outlet
    patch = _patch(unit.name, grid, cells, (axis, plane, box), side)
    if patch.face.size == 0:
        what = "front (intake)" if front else "rear (exhaust)"
        raise SceneError(
            unit.path, f"the {what} of {unit.name} has no air before it; move it or what blocks it"
        )
    _mark(faces, grid, patch, FIXED)
    return patch


def _opening_patch(opening: Opening, grid: Grid, cells: np.ndarray, faces: tuple) -> Patch:
    axis, end = _WALLS[opening.wall]
    plane = grid.faces[axis].size - 1 if end else 0
    patch = _patch(opening.name, grid, cells, (axis, plane, opening.box), -1 if end else 1)
    if patch.face.size == 0:
        raise SceneError(opening.path, f"no air lies behind {opening.name}; use a finer grid.cell or move it")
    _mark(faces, grid, patch, PRESSURE if opening.kind == "pressure" else FIXED)
    return patch


def _screens(plan: Plan, grid: Grid, cells: np.ndarray, faces: tuple) -> tuple[tuple[Screen, Patch], ...]:
    """Screens with their faces; of a wall that leaks those that no other screen lies in."""
    found = []
    for screen in sorted(plan.screens, key=lambda s: not s.leaks):  # others lie in walls that leak
        patch = _between_air(screen, grid, cells)
        if patch.face.size == 0:
            found_not = f"{screen.name} has no air on both its sides; move it or what blocks it"
            raise SceneError(screen.path, found_not)
        _mark(faces, grid, patch, LEAK if screen.leaks else SCREEN)
        found.append((screen, patch))
    return tuple((s, _of_kind(p, grid, faces, LEAK) if s.leaks else p) for s, p in found)


def _partition_patch(partition: Partition, grid: Grid, cells: np.ndarray, faces: tuple) -> Patch:
    """Faces of a partition that have air on both sides and no screen in them."""
    return _of_kind(_between_air(partition, grid, cells), grid, faces, WALL, LEAK)


def _between_air(thin: Screen | Partition, grid: Grid, cells: np.ndarray) -> Patch:
    """Faces of a thin thing that have air on both sides."""
    axis = "xyz".index(thin.axis)
    patch = _patch(thin.name, grid, cells, (axis, grid.plane(axis, thin.box[2 * axis]), thin.box), 1)
    air = np.pad(cells == AIR, PAD)
    return _kept(patch, air.ravel()[patch.behind])


def _of_kind(patch: Patch, grid: Grid, faces: tuple, *kinds: int) -> Patch:
    """Those faces of a patch that are of one of the kinds."""
    padded = np.full([n + 2 * PAD for n in grid.shape], WALL, np.uint8)
    padded[tuple(slice(PAD, PAD + n) for n in faces[patch.axis].shape)] = faces[patch.axis]
    return _kept(patch, np.isin(padded.ravel()[patch.face], kinds))


def _kept(patch: Patch, those: np.ndarray) -> Patch:
    """The patch with some of its faces only."""
    lists = (patch.face, patch.air, patch.behind, patch.layer, patch.area)
    return Patch(patch.name, patch.axis, patch.sign, *(a[those] for a in lists))


def _wall_patch(wall: WallHeat, plan: Plan, grid: Grid, cells: np.ndarray, faces: tuple) -> Patch:
    """Faces of one side of the hall that have air before them and are neither opening nor symmetry plane."""
    axis, end = _WALLS[wall.wall]
    plane = grid.faces[axis].size - 1 if end else 0
    whole = (0.0, plan.size[0], 0.0, plan.size[1], 0.0, plan.size[2])
    patch = _patch(wall.wall, grid, cells, (axis, plane, whole), -1 if end else 1)
    return _of_kind(patch, grid, faces, WALL)
