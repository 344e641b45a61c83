"""Racks without blanking panels: what stands empty in each is a duct at its top, from its front to its rear.

Air passes it either way, as the pressures before and behind the rack want: hot air back to the front where the cold
aisle is short of air, cold air past the servers where it has too much. Gaps that are scattered over a rack's
height count as one at its top. Its front is an orifice, as the mounting rails leave it.
"""

from __future__ import annotations

from collections.abc import Iterator

from ..plan import Box, Partition, Screen, Unit
from .partitions import DISCHARGE

LOSS = 1.0 / DISCHARGE**2  # of a sharp-edged opening [-]


def ducts(units: tuple[Unit, ...]) -> tuple[list[Partition], list[Screen]]:
    """(lids and sides, fronts) of the empty part of every rack that has one."""
    walls: list[Partition] = []
    fronts: list[Screen] = []
    for unit in units:
        if unit.gap > 0:
            walls += _walls(unit)
            fronts.append(_front(unit))
    return walls, fronts


def _walls(unit: Unit) -> Iterator[Partition]:
    x0, x1, y0, y1, _, z0 = unit.box
    z1 = z0 + unit.gap
    yield Partition(f"{unit.name} lid", unit.path, "z", (x0, x1, y0, y1, z1, z1))
    if unit.facing[1] == "y":
        sides: list[Box] = [(x, x, y0, y1, z0, z1) for x in (x0, x1)]
    else:
        sides = [(x0, x1, y, y, z0, z1) for y in (y0, y1)]
    for side in sides:
        yield Partition(f"{unit.name} side", unit.path, "x" if unit.facing[1] == "y" else "y", side)


def _front(unit: Unit) -> Screen:
    axis = "xyz".index(unit.facing[1])
    box = [*unit.box[:4], unit.box[5], unit.box[5] + unit.gap]
    plane = box[2 * axis + (unit.facing[0] == "+")]
    box[2 * axis] = box[2 * axis + 1] = plane
    where = (box[0], box[1], box[2], box[3], box[4], box[5])
    return Screen(f"{unit.name} gap", unit.path, unit.facing[1], where, LOSS)
