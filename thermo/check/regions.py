"""Parts of the hall between which air can move only through racks.

The flow through a rack, a bay or a cooler is its own fans' affair, so each part needs an opening to outside
pressure, or a gap to the rest: with neither, air would have to vanish or appear.
"""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from ..plan import Box, Partition, Plan, Problem, Screen
from .shapes import AXES, TINY


def problems(plan: Plan) -> Iterator[Problem]:
    """One for each part that is cut off from outside pressure, when there are several parts."""
    edges = _edges(plan)
    labels = label(_air(plan, edges), _walls(plan, edges))
    inhabitants = _inhabitants(plan, edges, labels)
    if len(inhabitants) < 2:
        return
    path = ("hall", "partitions") if plan.partitions else ("hall", "size")
    for names, open_to_outside in inhabitants.values():
        if not open_to_outside:
            shown = ", ".join(names[:4]) + (f" and {len(names) - 4} more" if len(names) > 4 else "")
            cause = f"the part of the hall with {shown} is joined to the rest only through racks"
            yield Problem(
                path, f"{cause}, whose flow is fixed; leave a gap of a cell or more, as real walls do"
            )


def _edges(plan: Plan) -> list[np.ndarray]:
    """Coordinates of every face along x, y, z: between them all is alike."""
    boxes = [*(unit.box for unit in plan.units), *(opening.box for opening in plan.openings)]
    boxes += [*(solid.box for solid in plan.solids), *(partition.box for partition in plan.partitions)]
    boxes += [screen.box for screen in plan.screens]
    edges = []
    for axis, length in enumerate(plan.size):
        inside = [c for box in boxes for c in box[2 * axis : 2 * axis + 2] if TINY < c < length - TINY]
        edges.append(np.unique(np.round([0.0, *inside, length], 6)))
    return edges


def _span(edges: list[np.ndarray], box: Box) -> tuple[slice, slice, slice]:
    """Cells of a box along x, y, z; none along an axis in which it has no thickness."""
    spans = [np.searchsorted(edges[a], [box[2 * a] - TINY, box[2 * a + 1] - TINY]) for a in range(3)]
    x, y, z = (slice(max(int(low), 0), max(int(high), 0)) for low, high in spans)
    return x, y, z


def _air(plan: Plan, edges: list[np.ndarray]) -> np.ndarray:
    """Cells [x, y, z] that are neither unit nor solid."""
    air = np.ones([edge.size - 1 for edge in edges], bool)
    for box in (*(unit.box for unit in plan.units), *(solid.box for solid in plan.solids)):
        air[_span(edges, box)] = False
    return air


def _walls(plan: Plan, edges: list[np.ndarray]) -> list[np.ndarray]:
    """For each axis, which cells have a partition on their upper side."""
    shape = [edge.size - 1 for edge in edges]
    walls = [np.zeros(shape, bool) for _ in range(3)]
    things: tuple[Partition | Screen, ...] = (*plan.partitions, *plan.screens)
    for thin in things:
        axis = AXES.index(thin.axis)
        plane = int(np.searchsorted(edges[axis], thin.box[2 * axis] - TINY))
        if plane > 0:
            where = list(_span(edges, thin.box))
            where[axis] = slice(plane - 1, plane)
            walls[axis][tuple(where)] = isinstance(thin, Partition)  # a screen opens the partition it lies in
    return walls


def label(air: np.ndarray, walls: list[np.ndarray]) -> np.ndarray:
    """Number of the connected part of each air cell, from 1; 0 where there is no air."""
    labels = np.zeros(air.shape, int)
    count = 0
    while (left := air & (labels == 0)).any():
        count += 1
        part = np.zeros(air.shape, bool)
        part.flat[int(np.argmax(left))] = True
        size = 0
        while (grown := int(part.sum())) > size:
            size = grown
            _spread(part, air, walls)
        labels[part] = count
    return labels


def _spread(part: np.ndarray, air: np.ndarray, walls: list[np.ndarray]) -> None:
    """Grow a part by sweeping it up and down each axis to the next obstacle."""
    for axis in range(3):
        cells, free = np.moveaxis(part, axis, 0), np.moveaxis(air, axis, 0)
        closed = np.moveaxis(walls[axis], axis, 0)
        for i in range(1, cells.shape[0]):
            cells[i] |= cells[i - 1] & free[i] & ~closed[i - 1]
        for i in range(cells.shape[0] - 2, -1, -1):
            cells[i] |= cells[i + 1] & free[i] & ~closed[i]


def _inhabitants(
    plan: Plan, edges: list[np.ndarray], labels: np.ndarray
) -> dict[int, tuple[list[str], bool]]:
    """By part: names of what opens on it, and whether outside pressure reaches it."""
    found: dict[int, tuple[list[str], bool]] = {}

    def add(part: int, name: str, outside: bool) -> None:
        names, known = found.get(part, ([], False))
        found[part] = (names if name in names else [*names, name], known or outside)

    for opening in plan.openings:
        axis = next(a for a in range(3) if opening.box[2 * a] == opening.box[2 * a + 1])
        for part in _beside(edges, labels, opening.box, axis, opening.box[2 * axis] <= TINY):
            add(part, opening.group, opening.kind == "pressure")
    for unit in plan.units:
        for outward in unit.sides:
            for part in _beside(edges, labels, unit.box, AXES.index(outward[1]), outward[0] == "+"):
                add(part, unit.path[-1], False)
    return found


def _beside(edges: list[np.ndarray], labels: np.ndarray, box: Box, axis: int, up: bool) -> list[int]:
    """Parts of the air that touch the upper (or lower) side of a box along an axis."""
    where = list(_span(edges, box))
    face = int(np.searchsorted(edges[axis], box[2 * axis + up] - TINY))
    beyond = face if up else face - 1 if where[axis].start == where[axis].stop else where[axis].start - 1
    if not 0 <= beyond < labels.shape[axis]:
        return []
    where[axis] = slice(beyond, beyond + 1)
    return [int(part) for part in np.unique(labels[tuple(where)]) if part]
