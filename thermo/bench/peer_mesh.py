"""The air of a Scene as an OpenFOAM mesh: its own cells and faces, x fastest, what is not air left out.

Format of constant/polyMesh: OpenFOAM user guide, "Mesh description".
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from ..scene import AIR, OPEN, PAD, SYMMETRY, Patch, Scene

WALLS = "walls"


@dataclass(frozen=True)
class PeerMesh:
    """Faces in OpenFOAM's order: inner ones by owner, then those of each patch."""

    points: np.ndarray  # (points, 3) [m]
    faces: np.ndarray  # (faces, 4) indices of points
    owner: np.ndarray  # (faces,) cells
    neighbour: np.ndarray  # (inner faces,)
    patches: dict[str, tuple[int, int]]  # name -> number of faces, first face
    cells: int

    def beside(self, patch: str) -> np.ndarray:
        """Cells beside a patch."""
        count, first = self.patches[patch]
        return self.owner[first : first + count]


def patch_names(scene: Scene) -> list[tuple[str, Patch]]:
    """Every patch of the scene with its name in OpenFOAM."""
    named = [(f"front_{p.name}", p) for p in scene.fronts] + [(f"rear_{p.name}", p) for p in scene.rears]
    return [(f"opening_{p.name}", p) for p in scene.openings] + named


def build(scene: Scene) -> PeerMesh:
    """The mesh of a scene's air."""
    names = [name for name, _ in patch_names(scene)]
    names += [f"symmetry_{axis}{end}" for axis in "xyz" for end in ("min", "max")] + [WALLS]
    cell = np.full(scene.cells.shape, -1)
    air = scene.cells == AIR
    cell[air] = np.arange(np.count_nonzero(air))
    inner, border = [], []
    for axis in range(3):
        more_inner, more_border = _along(scene, cell, axis, names)
        inner.append(more_inner)
        border += more_border
    own, other, corners = (np.concatenate(part) for part in zip(*inner, strict=True))
    order = np.lexsort((other, own))
    b_own, b_patch, b_corners = (np.concatenate(part) for part in zip(*border, strict=True))
    b_order = np.lexsort((b_own, b_patch))
    faces = np.concatenate([corners[order], b_corners[b_order]])
    used, renumbered = np.unique(faces, return_inverse=True)
    first, patches = own.size, {}
    for n, name in enumerate(names):
        count = int(np.count_nonzero(b_patch == n))
        if count:
            patches[name] = (count, first)
        first += count
    owner = np.concatenate([own[order], b_own[b_order]])
    points = _points(scene)[used]
    return PeerMesh(points, renumbered.reshape(faces.shape), owner, other[order], patches, int(air.sum()))


def _points(scene: Scene) -> np.ndarray:
    z, y, x = np.meshgrid(scene.grid.zf, scene.grid.yf, scene.grid.xf, indexing="ij")
    return np.stack([x.ravel(), y.ravel(), z.ravel()], axis=1)


def _along(scene: Scene, cell: np.ndarray, axis: int, names: list[str]) -> tuple[tuple, list[tuple]]:
    """Faces normal to an axis: inner (owner, neighbour, corners) and, of both sides, (owner, patch, corners)."""
    kind, place = scene.faces[axis], 2 - axis
    grown = np.pad(cell, [(int(d == place), int(d == place)) for d in range(3)], constant_values=-1)
    low = np.take(grown, range(kind.shape[place]), axis=place)
    high = np.take(grown, range(1, kind.shape[place] + 1), axis=place)
    corners = _corners(scene, axis)
    open_ = kind == OPEN
    inner = low[open_], high[open_], corners[open_]
    border = []
    for sign, here, turned in ((-1, low, corners), (1, high, corners[..., ::-1])):
        patch = _patch_of(scene, axis, sign, names)
        edge = (here >= 0) & ~open_
        border.append((here[edge], patch[edge], turned[edge]))
    return inner, border


def _corners(scene: Scene, axis: int) -> np.ndarray:
    """Points of each face normal to `axis`, turning about +axis: (..., 4)."""
    shape = scene.faces[axis].shape
    k, j, i = np.indices(shape)
    ny, nx = (n + 1 for n in scene.cells.shape[1:])

    def point(di: int, dj: int, dk: int) -> np.ndarray:
        return i + di + nx * (j + dj + ny * (k + dk))

    steps = {
        0: ((0, 0, 0), (0, 1, 0), (0, 1, 1), (0, 0, 1)),
        1: ((0, 0, 0), (0, 0, 1), (1, 0, 1), (1, 0, 0)),
        2: ((0, 0, 0), (1, 0, 0), (1, 1, 0), (0, 1, 0)),
    }[axis]
    return np.stack([point(*step) for step in steps], axis=-1)


def _patch_of(scene: Scene, axis: int, sign: int, names: list[str]) -> np.ndarray:
    """Number of the patch each face belongs to, seen from the air on the side that `sign` points to."""
    kind = scene.faces[axis]
    padded = np.full([n + 2 * PAD for n in scene.cells.shape], names.index(WALLS))
    flat = padded.reshape(-1)
    for name, patch in patch_names(scene):
        if patch.axis == axis and patch.sign == sign:
            flat[patch.face] = names.index(name)
    out = padded[tuple(slice(PAD, PAD + n) for n in kind.shape)].copy()
    end = "min" if sign > 0 else "max"
    out[kind == SYMMETRY] = names.index(f"symmetry_{'xyz'[axis]}{end}")
    return out


def write(mesh: PeerMesh, folder: Path, foam_file: Callable[[Path, str, str], None]) -> None:
    """Write the mesh's five files and a zone of the cells before each front."""
    foam_file(folder / "points", "vectorField", _listed("(%.9g %.9g %.9g)", mesh.points))
    foam_file(folder / "faces", "faceList", _listed("4(%d %d %d %d)", mesh.faces))
    foam_file(folder / "owner", "labelList", _listed("%d", mesh.owner[:, None]))
    foam_file(folder / "neighbour", "labelList", _listed("%d", mesh.neighbour[:, None]))
    kinds = {"symmetry": "symmetryPlane", WALLS: "wall"}
    rows = [
        f"{name} {{ type {kinds.get(name.split('_')[0], 'patch')}; nFaces {count}; startFace {first}; }}"
        for name, (count, first) in mesh.patches.items()
    ]
    foam_file(folder / "boundary", "polyBoundaryMesh", f"{len(rows)}\n(\n" + "\n".join(rows) + "\n)\n")
    zones = [
        f"{name} {{ type cellZone; cellLabels List<label> {_listed('%d', mesh.beside(name)[:, None])}; }}"
        for name in mesh.patches
        if name.startswith("front_")
    ]
    foam_file(folder / "cellZones", "regIOobject", f"{len(zones)}\n(\n" + "\n".join(zones) + "\n)\n")


def _listed(pattern: str, rows: np.ndarray) -> str:
    return f"{len(rows)}\n(\n" + "\n".join(pattern % tuple(row) for row in rows.tolist()) + "\n)\n"
