"""Screens in the hall: perforated tiles, doors, grilles, walls that leak.

Air keeps its temperature and turbulence, and of its velocity along the screen the share 1.1 / (1 + K)^1/2 where that is
less than all (Taylor & Batchelor 1949, Q. J. Mech. Appl. Math. 2:1); eddies do not mix across (no diffusion). A tile's
jets push the air behind it, up to the width of the tile away, with what their momentum is above that of
the mean flow, rho u^2 (1/s - 1) (Abdelmaksoud et al. 2010, ITHERM; Arghode & Joshi 2013, IEEE Trans. Compon.
Packag. Manuf. Technol. 3:800): mass enters with the velocity of approach, momentum with that of the holes.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from ..plan import Screen
from ..scene import OPEN, PAD, WALL, Patch, Scene
from .mesh import Mesh, pressure_coefficients
from .parts import Parts
from .state import State

JET_REACH = (
    1.0  # narrow sides of the tile: height of the region that its jets push; a lower one draws on the floor
)
FOLLOW = 10  # iterations between looks at the screens' speeds
DRIFT = 1.4  # change of a screen's response after which the pressure operator is built anew


@dataclass(frozen=True)
class Drag:
    """Screen faces of one component, as `screen_drag` takes them; `screen` numbers the screen of each."""

    face: np.ndarray
    loss: np.ndarray
    area: np.ndarray
    gap: np.ndarray
    speed: np.ndarray
    screen: np.ndarray

    def arguments(self) -> tuple[np.ndarray, ...]:
        return self.face, self.loss, self.area, self.gap, self.speed


@dataclass(frozen=True)
class Jets:
    """Faces behind screens in compressed rows, as `screen_jets` takes them."""

    face: np.ndarray
    start: np.ndarray
    source: np.ndarray
    weight: np.ndarray


@dataclass(frozen=True)
class Turns:
    """Faces of one component beside screens normal to `axis`, in compressed rows, as `screen_turn` takes them."""

    axis: int
    face: np.ndarray
    start: np.ndarray
    source: np.ndarray
    before: np.ndarray
    weight: np.ndarray


@dataclass
class Memory:
    """What the screens have seen of the flow, and what their response was built from."""

    speeds: np.ndarray  # of each screen [m/s]
    calls: int = 0
    seen: float = 0.0  # 1 / time step at the last look [1/s]
    rdt: float = 1.0  # of the response


class Screens:
    """What all screens of a hall do to momentum, and how much less their faces follow the pressure for it."""

    ON_HOST = ("mesh", "scene", "patches", "memory", "built")

    def __init__(self, ops: SimpleNamespace, mesh: Mesh, scene: Scene):
        self.ops, self.mesh, self.scene = ops, mesh, scene
        self.patches = [patch for _, patch in scene.screens]
        parts = list(enumerate(scene.screens))
        self.drags = [self._drag(axis, [p for p in parts if p[1][1].axis == axis]) for axis in range(3)]
        self.jets = [self._jets(axis) for axis in range(3)]
        self.turns = [self._turns(component) for component in range(3)]
        self.response = [
            act.astype(mesh.dtype) for act in mesh.act
        ]  # change of flux with pressure, of that without a screen
        self.memory = Memory(np.zeros(len(parts)))
        self.built = self.memory.speeds  # the response is that of these
        self.parts = Parts(mesh, scene)
        self.parts.renew(self.coefficients())

    def _drag(self, axis: int, parts: list[tuple[int, tuple[Screen, Patch]]]) -> Drag:
        dtype = self.mesh.dtype
        face = np.concatenate([patch.face for _, (_, patch) in parts] or [np.zeros(0, np.int64)])
        count = [patch.face.size for _, (_, patch) in parts]
        number = np.repeat(np.array([n for n, _ in parts], np.int64), count)
        loss = np.repeat(np.array([_loss(screen, patch) for _, (screen, patch) in parts]), count)
        area = np.concatenate([patch.area for _, (_, patch) in parts] or [np.zeros(0)])
        gap = self.mesh.h[axis][self._place(face, axis)]
        speed = np.zeros(face.size, dtype)
        return Drag(face, loss.astype(dtype), area.astype(dtype), gap, speed, number)

    def _place(self, cells: np.ndarray, axis: int) -> np.ndarray:
        """Index of flat cells along an axis."""
        return cells // self.mesh.strides[axis] % self.mesh.shape[2 - axis]

    def _jets(self, axis: int) -> Jets:
        """Behind every face of a tile with jets, on either side, the open faces within reach share the thrust."""
        kinds, faces = np.full(self.mesh.shape, WALL, np.uint8), self.scene.faces[axis]
        kinds[tuple(slice(PAD, PAD + n) for n in faces.shape)] = faces
        kind, entries = kinds.ravel(), []
        for screen, patch in self.scene.screens:
            if patch.axis != axis or not screen.jet_area:
                continue
            sides = [screen.box[2 * a + 1] - screen.box[2 * a] for a in range(3) if a != axis]
            excess, reach = 1.0 / screen.jet_area - 1.0, JET_REACH * min(sides)
            for source in patch.face:
                for side in (1, -1):
                    behind, length = self._behind(int(source), side, axis, kind, reach)
                    entries += [(face, source, side * excess / length) for face in behind]
        table = np.array(sorted(entries), float).reshape(-1, 3)
        face, first = np.unique(table[:, 0].astype(np.int64), return_index=True)
        start = np.append(first, len(table)).astype(np.int64)
        return Jets(face, start, table[:, 1].astype(np.int64), table[:, 2].astype(self.mesh.dtype))

    def _behind(
        self, source: int, side: int, axis: int, kind: np.ndarray, reach: float
    ) -> tuple[list[int], float]:
        """Open faces beyond `source` within reach, one at least, and the length of air they stand for [m]."""
        stride, d, h = self.mesh.strides[axis], self.mesh.d[axis], self.mesh.h[axis]
        found: list[int] = []
        length, away = 0.0, 0.0
        face, place = source, int(self._place(np.array(source), axis))
        while not found or away < reach:
            away += float(d[place if side > 0 else place - 1])
            face, place = face + side * stride, place + side
            if kind[face] != OPEN or (found and away >= reach):
                break
            found.append(face)
            length += float(h[place])
        return found, length

    def _turns(self, component: int) -> list[Turns]:
        """Beside screens, faces of a component that lies along them; gaps in a wall blow straight whatever comes."""
        found = []
        for axis in {0, 1, 2} - {component}:
            parts = [(s, p) for s, p in self.scene.screens if p.axis == axis and not s.leaks]
            entries = [e for s, p in parts for e in self._turned(component, p, 1.0 - kept_along(_loss(s, p)))]
            if entries:
                found.append(self._in_rows(axis, np.concatenate(entries, axis=1)))
        return found

    def _turned(self, component: int, patch: Patch, lost: float) -> Iterator[np.ndarray]:
        """(face, source, before, weight) beside each face of a screen, on both its sides."""
        mesh, along = self.mesh, self.mesh.strides[component]
        for cell, other, side in ((patch.air, patch.behind, 1.0), (patch.behind, patch.air, -1.0)):
            width = mesh.d[component][self._place(cell, component)]
            depth = mesh.d[patch.axis][self._place(cell, patch.axis)]
            for step in (0, along):
                face = cell + step
                gap = mesh.h[component][self._place(face, component)]
                weight = 0.5 * side * lost * width / (gap * depth)
                rows = np.stack([face, patch.face, other + step, weight])
                yield rows[:, (mesh.act[component][face] > 0) & (weight != 0)]

    def _in_rows(self, axis: int, entries: np.ndarray) -> Turns:
        face, source, before, weight = entries[:, np.argsort(entries[0], kind="stable")]
        beside, first = np.unique(face.astype(np.int64), return_index=True)
        start = np.append(first, face.size).astype(np.int64)
        whole = source.astype(np.int64), before.astype(np.int64)
        return Turns(axis, beside, start, *whole, weight.astype(self.mesh.dtype))

    def turn(self, component: int, force: np.ndarray, flux: tuple[np.ndarray, ...], vel: np.ndarray) -> None:
        """Take from the source of a component what screens keep of its velocity; flux: along x, y, z."""
        for one in self.turns[component]:
            self.ops.screen_turn(
                force, one.face, one.start, one.source, one.before, one.weight, flux[one.axis], vel
            )

    def resist(
        self, axis: int, wall: np.ndarray, force: np.ndarray, flux: np.ndarray, vel: np.ndarray
    ) -> None:
        """Add drag and jets to the diagonal and the source of the component along `axis`."""
        drag, jets = self.drags[axis], self.jets[axis]
        if drag.face.size:
            self.ops.screen_drag(wall, force, *drag.arguments(), flux, vel)
        if jets.face.size:
            self.ops.screen_jets(force, jets.face, jets.start, jets.source, jets.weight, flux, vel)

    def follow(self, seen: Callable[[], State], now: float) -> bool:
        """Take the screens' speeds from the flow now and then; True when the pressure operator must follow.

        seen: gives the fields at the screens. now: 1 / time step [1/s].
        """
        memory = self.memory
        memory.calls += 1
        if now != memory.seen or memory.calls % FOLLOW == 0:
            memory.seen = now
            speeds = self._speeds(seen())
            change = self._mean_response(speeds, now) / self._mean_response(memory.speeds, memory.rdt)
            if np.any(np.maximum(change, 1.0 / change) > DRIFT):
                memory.speeds, memory.rdt = speeds, now
        if self.built is memory.speeds:
            return False
        self.built = memory.speeds
        for axis, drag in enumerate(self.drags):
            drag.speed[:] = memory.speeds[drag.screen]
            self.response[axis][drag.face] = 1.0 / (1.0 + drag.loss * drag.speed / (drag.gap * memory.rdt))
        self.parts.renew(self.coefficients())
        return True

    def yielding(self) -> list[np.ndarray]:
        """The arrays that follow the screens' speeds."""
        return [*self.response, *(drag.speed for drag in self.drags), self.parts.inverse]

    def _mean_response(self, speeds: np.ndarray, rdt: float) -> np.ndarray:
        """Response of the last face of each screen, which stands for all of them [-]."""
        out = np.ones(len(self.patches))
        for drag in self.drags:
            out[drag.screen] = 1.0 / (1.0 + drag.loss * speeds[drag.screen] / (drag.gap * rdt))
        return out

    def _speeds(self, s: State) -> np.ndarray:
        """Root mean square velocity through each screen [m/s]."""
        fields = (s.u, s.v, s.w)
        return np.array(
            [
                np.sqrt(np.average(fields[p.axis][p.face].astype(np.float64) ** 2, weights=p.area))
                for p in self.patches
            ]
        )

    def coefficients(self) -> list[np.ndarray]:
        """`pressure_coefficients` with the screens' own response."""
        out = []
        for axis, whole in enumerate(pressure_coefficients(self.scene)):
            inner = tuple(slice(PAD, PAD + n) for n in whole.shape)
            out.append(whole * self.response[axis].reshape(self.mesh.shape)[inner])
        return out

    def temperatures(self, s: State) -> np.ndarray:
        """Of the air in each screen, weighted by what passes either way; above the reference [K]."""
        fields, out = (s.u, s.v, s.w), []
        for p in self.patches:
            flux = fields[p.axis][p.face].astype(np.float64) * p.area
            coming = np.where(flux > 0, s.t[p.behind], s.t[p.air])
            out.append(np.average(coming, weights=np.abs(flux) + 1e-12))
        return np.array(out)

    def flows(self, s: State) -> tuple[np.ndarray, np.ndarray]:
        """(flow towards +axis [m3/s] over reference density, loss of kinematic pressure that way [m2/s2]) of each."""
        fields = (s.u, s.v, s.w)
        flow = [np.sum(fields[p.axis][p.face].astype(np.float64) * p.area) for p in self.patches]
        p64 = s.p.astype(np.float64)
        drop = [np.average(p64[p.behind] - p64[p.air], weights=p.area) for p in self.patches]
        return np.array(flow), np.array(drop)


def kept_along(loss: float) -> float:
    """Share of its velocity along a screen that air keeps [-]."""
    return min(1.0, 1.1 / (1.0 + loss) ** 0.5)


def _loss(screen: Screen, patch: Patch) -> float:
    """Loss coefficient of the faces; the gaps of a wall stay when part of it is a screen or has no air beside it."""
    return screen.loss * (float(patch.area.sum()) / screen.area) ** 2 if screen.leaks else screen.loss
