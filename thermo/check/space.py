"""Things in the hall: inside it, not in one another, with air before and behind them."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..case import Case
from ..plan import Box, Partition, Plan, Problem, Solid, Unit
from .shapes import AXES, TINY, beyond, covered, overlap, size_text

BLOCKED = 0.5  # share of a front or rear that may have something right before it


def problems(case: Case, plan: Plan) -> Iterator[Problem]:
    """Everything wrong with where units and solids stand."""
    yield from _outside(plan)
    yield from _shared_space(case, plan)
    yield from _cut_by_partitions(plan)
    yield from _no_air(case, plan)


def _outside(plan: Plan) -> Iterator[Problem]:
    told: set[tuple[str, ...]] = set()
    things: tuple[Solid | Unit, ...] = (*plan.solids, *plan.units)
    for thing in things:
        out = beyond(thing.box, plan.size)
        if out and thing.path not in told:
            told.add(thing.path)
            cure = "move it, or shorten the row" if isinstance(thing, Unit) else "move or shrink it"
            yield Problem((*thing.path, "at"), f"{thing.name} stands {out}; {cure}")


def _shared_space(case: Case, plan: Plan) -> Iterator[Problem]:
    """Two units, or a unit and a solid, in one place: once for each pair of entries."""
    things: list[Unit | Solid] = [*plan.solids, *plan.units]
    if not things:
        return
    boxes = np.array([thing.box for thing in things])
    told: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for index, unit in enumerate(things):
        if not isinstance(unit, Unit):
            continue
        for other in (things[j] for j in _touching(boxes, index)):
            if (unit.path, other.path) not in told:
                told.add((unit.path, other.path))
                yield _collision(case, unit, other)


def _touching(boxes: np.ndarray, index: int) -> list[int]:
    """Boxes before number `index` that share space with it."""
    mine, others = boxes[index], boxes[:index]
    low, high = np.maximum(mine[::2], others[:, ::2]), np.minimum(mine[1::2], others[:, 1::2])
    return np.flatnonzero((high - low > TINY).all(axis=1)).tolist()


def _collision(case: Case, unit: Unit, other: Unit | Solid) -> Problem:
    shared = size_text(overlap(unit.box, other.box))
    if unit.path == other.path:
        row = getattr(case, unit.path[0])[unit.path[1]]
        key = "pitch" if row.pitch is not None else "size"
        cure = "make the pitch at least the width"
        return Problem((*unit.path, key), f"{other.name} and {unit.name} share {shared}; {cure}")
    first, second = (other, unit) if isinstance(other, Solid) else (unit, other)
    complaint = f"{first.name} stands in the same place as {second.name}: they share {shared}"
    return Problem(first.path, f"{complaint}; move one of them")


def _cut_by_partitions(plan: Plan) -> Iterator[Problem]:
    told: set[tuple[tuple[str, ...], tuple[str, ...]]] = set()
    for partition in plan.partitions:
        axis = AXES.index(partition.axis)
        for unit in plan.units:
            inside = unit.box[2 * axis] + TINY < partition.box[2 * axis] < unit.box[2 * axis + 1] - TINY
            shared = overlap(unit.box, partition.box)
            flat = min(shared[a] for a in range(3) if a != axis)
            if inside and flat > TINY and (partition.path, unit.path) not in told:
                told.add((partition.path, unit.path))
                cure = f"end it at {unit.name}'s side"
                yield Problem(partition.path, f"runs through {unit.name}; {cure}")


def _no_air(case: Case, plan: Plan) -> Iterator[Problem]:
    """Fronts and rears with less than one cell of air before them; the first of each row."""
    told: set[tuple[tuple[str, ...], str]] = set()
    obstacles = _Obstacles(plan, case.grid.cell)
    for unit in plan.units:
        row = getattr(case, unit.path[0])[unit.path[1]]
        if beyond(unit.box, plan.size) or row.along == unit.facing[1]:
            continue
        for what, outward in zip(("front", "rear"), unit.sides, strict=True):
            blocker = "" if (unit.path, what) in told else obstacles.before(unit, outward)
            if blocker:
                told.add((unit.path, what))
                key = "facing" if what == "front" else "at"
                cure = "leave an aisle there, turn it, or refine grid.cell"
                found = f"the {what} of {unit.name} has {blocker}, less than one cell of {case.grid.cell:g} m"
                yield Problem((*unit.path, key), f"{found}; {cure}")


class _Obstacles:
    """All that can stand before a unit."""

    def __init__(self, plan: Plan, cell: float) -> None:
        self.things: list[Solid | Unit | Partition] = [*plan.solids, *plan.units, *plan.partitions]
        self.boxes = np.array([thing.box for thing in self.things])
        self.size, self.cell = plan.size, cell

    def before(self, unit: Unit, outward: str) -> str:
        """What stands within a cell of more than half of one side of a unit, in words, or ""."""
        axis, up = AXES.index(outward[1]), outward[0] == "+"
        face = unit.box[2 * axis + up]
        to_wall = self.size[axis] - face if up else face
        if to_wall < self.cell - TINY:
            return f"{_air(to_wall)} before the wall"
        zone = _zone(unit.box, axis, up, self.cell - TINY)
        near = {}
        for thing in self._in(zone):
            share = covered(zone, axis, thing.box)
            if share > 0 and min(overlap(unit.box, thing.box)) <= TINY:
                near[thing.name] = (share, thing.box)
        if sum(share for share, _ in near.values()) <= BLOCKED:
            return ""
        largest = max(near.values())[1]
        gap = largest[2 * axis] - face if up else face - largest[2 * axis + 1]
        return f"{_air(gap)} before {', '.join([*near][:3])}"

    def _in(self, zone: Box) -> list[Solid | Unit | Partition]:
        low = np.maximum(self.boxes[:, ::2], zone[::2])
        high = np.minimum(self.boxes[:, 1::2], zone[1::2])
        return [self.things[i] for i in np.flatnonzero((high >= low).all(axis=1))]


def _air(gap: float) -> str:
    return f"{gap:.2g} m of air" if gap > TINY else "no air"


def _zone(box: Box, axis: int, up: bool, depth: float) -> Box:
    """The first cell of air before a side of a box, and the side itself, where a partition may lie."""
    sides = list(box)
    face = box[2 * axis + up]
    sides[2 * axis], sides[2 * axis + 1] = (face - TINY, face + depth) if up else (face - depth, face + TINY)
    return (sides[0], sides[1], sides[2], sides[3], sides[4], sides[5])
