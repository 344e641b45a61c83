"""Entries of `hall.partitions` -> thin walls, and the gaps of those that leak."""

from __future__ import annotations

from collections.abc import Iterator

from ..case import Case
from ..case.hall import PartitionWall
from ..plan import Box, Partition, Screen
from .desk import across

DISCHARGE = 0.6  # of a sharp-edged gap (ASHRAE Fundamentals 2017, chapter 16)


def partitions(case: Case) -> Iterator[Partition]:
    """All partitions of the case."""
    for name, wall in case.hall.partitions.items():
        box = _box(wall)
        yield Partition(name, _path(name), wall.axis, box, wall.u_value, _gaps(wall))


def leaks(case: Case) -> Iterator[Screen]:
    """The gaps of each partition that leaks, spread over it: dp = rho / 2 (Q / (0.6 A_gaps))^2."""
    for name, wall in case.hall.partitions.items():
        gaps, area = _gaps(wall), _area(wall)
        if gaps > 0 and area > 0:
            loss = (area / (DISCHARGE * gaps)) ** 2
            yield Screen(name, _path(name), wall.axis, _box(wall), loss, leaks=True)


def _path(name: str) -> tuple[str, ...]:
    return ("hall", "partitions", name)


def _box(wall: PartitionWall) -> Box:
    return across(wall.axis, wall.at, wall.low, wall.high)


def _area(wall: PartitionWall) -> float:
    return (wall.high[0] - wall.low[0]) * (wall.high[1] - wall.low[1])


def _gaps(wall: PartitionWall) -> float:
    """Equivalent area of all gaps [m2]."""
    if wall.leakage is None:
        return 0.0
    return wall.leakage.value * (_area(wall) if wall.leakage.dimension == "fraction" else 1.0)
