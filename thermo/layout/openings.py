"""Entries of `openings:` -> the rectangles in the envelope, one by one."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ..case import Case
from ..case.openings import Fan, Intake, OpeningEntry, PressureOpening, Supply
from ..plan import Opening
from .desk import PLANES, Desk, across, numbered

WALL_AXIS = {"x_min": "x", "x_max": "x", "y_min": "y", "y_max": "y", "floor": "z", "ceiling": "z"}


def openings(desk: Desk, case: Case) -> Iterator[Opening]:
    """All openings of the case that air can pass: of fans those that run."""
    for name, entry in case.openings.items():
        plane = PLANES[WALL_AXIS[entry.wall]]
        if entry.along is None or entry.along in plane:
            yield from _group(desk, name, entry)
        else:
            complaint = f"{entry.wall} runs along {plane[0]} and {plane[1]}, not {entry.along}"
            desk.problem(("openings", name, "along"), f"{complaint}; use one of these")


def _group(desk: Desk, name: str, entry: OpeningEntry) -> Iterator[Opening]:
    path = ("openings", name)
    axis = WALL_AXIS[entry.wall]
    way = PLANES[axis].index(entry.along) if entry.along else 0
    pitch = entry.size[way] if entry.pitch is None else entry.pitch
    position = _position(desk.case, entry.wall)
    common = {
        "group": name,
        "path": path,
        "kind": entry.kind,
        "wall": entry.wall,
        "intensity": entry.turbulence.intensity,
        "length_scale": entry.turbulence.length,
        **_stream(desk, path, entry),
    }
    for index in range(_passable(desk, path, entry)):
        low = [*entry.at]
        low[way] += index * pitch
        high = (low[0] + entry.size[0], low[1] + entry.size[1])
        rectangle = across(axis, position, (low[0], low[1]), high)
        yield Opening(name=name if entry.count == 1 else numbered(name, str(index)), box=rectangle, **common)


def _position(case: Case, wall: str) -> float:
    """Coordinate of a wall along its axis [m]."""
    far = wall.endswith("max") or wall == "ceiling"
    return case.hall.size["xyz".index(WALL_AXIS[wall])] if far else 0.0


def _passable(desk: Desk, path: tuple[str, ...], entry: OpeningEntry) -> int:
    """How many of an entry's openings air passes: a fan that stands still has its shutter closed."""
    if not isinstance(entry, Fan) or entry.running is None:
        return entry.count
    if entry.running > entry.count:
        desk.problem((*path, "running"), f"{entry.running} fans cannot run where there are {entry.count}")
    if entry.running < entry.count:
        still = entry.count - entry.running
        desk.notes.append(f"{path[1]}: {still} of {entry.count} fans stand still; their shutters are closed.")
    return min(entry.running, entry.count)


def _stream(desk: Desk, path: tuple[str, ...], entry: OpeningEntry) -> dict[str, Any]:
    """What passes an opening, by its kind; the names of pads, louvres and fans are looked up."""
    dry_bulb = desk.case.site.dry_bulb
    if isinstance(entry, Supply):
        return {"flow": entry.flow / entry.count, "temperature": entry.temperature}
    if isinstance(entry, PressureOpening):
        return {"temperature": dry_bulb if entry.temperature is None else entry.temperature}
    if isinstance(entry, Intake):
        for family, key in (("pads", "pad"), ("louvres", "louvre")):
            if getattr(entry, key):
                desk.find(family, getattr(entry, key), (*path, key))
        return {"temperature": dry_bulb, "pad": entry.pad, "louvre": entry.louvre}
    desk.find("fans", entry.fan, (*path, "fan"))
    return {"temperature": dry_bulb, "fan": entry.fan}
