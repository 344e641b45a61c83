"""Rows -> units: racks, shelf bays and coolers one by one.

What a row leaves out comes from its kind in the library; what an override states wins over both.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from .. import library
from ..case import Case
from ..case.equipment import volume_flow
from ..case.racks import LIMIT_CLASSES, CoolerRow, RackRow, Row, ShelfRow, UnitChange
from ..plan import Box, PowerShelf, Unit
from .desk import Desk, numbered

UNCHANGED = UnitChange()


def units(desk: Desk, case: Case) -> Iterator[Unit]:
    """All units of the case; those of unknown kinds are left away and noted on the desk."""
    yield from _units(desk, "racks", case.racks, _rack)
    yield from _units(desk, "shelves", case.shelves, _bay)
    yield from _units(desk, "coolers", case.coolers, _cooler)


@dataclass(frozen=True)
class _Place:
    """One position of a row: where it stands and what is special about it."""

    path: tuple[str, ...]
    index: int  # 0 for the first of the row
    name: str
    row: Any
    change: UnitChange

    def kind_path(self) -> tuple[str, ...]:
        """Where the case names the kind."""
        number = str(self.index + self.row.first)
        return (*self.path, "overrides", number, "kind") if self.change.kind else (*self.path, "kind")

    @property
    def kind(self) -> str:
        return self.change.kind or self.row.kind

    def stated(self, key: str) -> Any:
        """What override or row say of this one; the row's word is for the row's kind only."""
        value = getattr(self.change, key, None)
        return getattr(self.row, key, None) if value is None and not self.change.kind else value


def _units(desk: Desk, section: str, rows: dict[str, Any], make: Any) -> Iterator[Unit]:
    for name, row in rows.items():
        path = (section, name)
        _check_row(desk, path, row)
        for place in _places(path, name, row):
            unit = make(desk, place)
            if unit is not None:
                yield unit


def _check_row(desk: Desk, path: tuple[str, ...], row: Row) -> None:
    last = row.first + row.count - 1
    for number in row.overrides:
        if not row.first <= number <= last:
            desk.problem((*path, "overrides", str(number)), f"the row has {row.first} to {last}, no {number}")
    if row.label is not None and row.count > 1 and "{i}" not in row.label:
        cure = f'write {{i}} where its number goes, as in "{row.label}{{i}}"'
        desk.problem((*path, "label"), f"gives {row.count} units one name; {cure}")
    if row.facing[1] == row.along:
        other = "y" if row.along == "x" else "x"
        cure = f"use +{other} or -{other}, or along: {other}"
        desk.problem((*path, "facing"), f"a row along {row.along} cannot face {row.facing}; {cure}")


def _places(path: tuple[str, ...], name: str, row: Row) -> Iterator[_Place]:
    label = row.label or numbered(name, "{i}")
    for index in range(row.count):
        number = row.first + index
        change = row.overrides.get(number, UNCHANGED)
        if not change.remove:
            yield _Place(path, index, label.replace("{i}", str(number)), row, change)


def _stand(place: _Place, size: tuple[float, float, float], row_width: float) -> Box:
    """The box of one unit: width along the row, depth across it, height."""
    row = place.row
    width, depth, height = size
    step = place.index * (row_width if row.pitch is None else row.pitch)
    x, y, z = row.at
    if row.along == "x":
        return (x + step, x + step + width, y, y + depth, z, z + height)
    return (x, x + depth, y + step, y + step + width, z, z + height)


def _common(place: _Place, role: str, size: tuple[float, float, float], row_width: float) -> dict[str, Any]:
    """Fields that every unit takes from its row."""
    row = place.row
    return {
        "name": place.name,
        "path": place.path,
        "role": role,
        "kind": place.kind,
        "box": _stand(place, size, row_width),
        "facing": row.facing,
        "mixed_exhaust": row.exhaust == "mixed",
        "intensity": row.turbulence.intensity,
        "length_scale": row.turbulence.length,
    }


def _load(place: _Place, kind: Any, name: str) -> dict[str, Any]:
    """Fields that racks and bays share: limit, feeds, response to the inlet temperature."""
    stated = place.stated("limit")
    limit = kind.limit if stated is None else stated
    kelvin, limit_name = _limit(limit, f"limit of {name}" if stated is None else "own limit")
    feed = place.row.feed if place.change.feed is None else place.change.feed
    return {
        "limit": kelvin,
        "limit_name": limit_name,
        "feeds": tuple(feed.items()),
        "power_curve": tuple(kind.power_curve),
        "airflow_curve": tuple(kind.airflow_curve),
        "power_factor": kind.power_factor,
        "voltage": kind.voltage or 0.0,
    }


def _limit(limit: str | float, otherwise: str) -> tuple[float, str]:
    return LIMIT_CLASSES[limit] if isinstance(limit, str) else (limit, otherwise)


def _rack(desk: Desk, place: _Place) -> Unit | None:
    row: RackRow = place.row
    kind = desk.find("racks", place.kind, place.kind_path())
    if kind is None:
        return None
    width, depth, whole = place.stated("size") or kind.size
    size = (width, depth, whole * (1.0 - row.unblanked))
    stated_power, stated_airflow = place.stated("power"), place.stated("airflow")
    power = kind.power if stated_power is None else stated_power
    rule = kind.airflow if stated_airflow is None else stated_airflow
    airflow = volume_flow(rule, power * kind.air_fraction, desk.heat_capacity)
    if stated_airflow is None and rule.dimension == "flow":
        airflow *= power / kind.power  # a kind's fixed flow belongs to its own power
    return Unit(
        **_common(place, "rack", size, _row_width(desk, row, size)),
        **_load(place, kind, place.kind),
        power=power,
        airflow=airflow,
        air_fraction=kind.air_fraction,
        tiers=place.stated("tiers") or kind.tiers,
        machines=kind.machines,
        gap=whole * row.unblanked,
        phase_shares=_even(place.stated("phases") or row.phases),
        shelf=_power_shelf(desk, place, kind),
    )


def _power_shelf(desk: Desk, place: _Place, kind: Any) -> PowerShelf | None:
    """The rack's power shelves; None where it has none, or of an unknown kind."""
    own = place.stated("power_shelf")
    name = kind.power_shelf if own is None else own
    shelf = desk.find("power_shelves", name, (*place.path, "power_shelf")) if name else None
    if shelf is None or desk.find("psus", shelf.psu, (*place.path, "power_shelf")) is None:
        return None
    count = (place.stated("power_shelves") or kind.power_shelves) * shelf.rectifier_power
    rated, firm = count * shelf.rectifiers, count * (shelf.rectifiers - shelf.spare)
    return PowerShelf(name, shelf.psu, shelf.input == "DC", rated, firm, shelf.output_voltage)


def _even(phases: str) -> tuple[float, float, float]:
    """The same share on each phase that is named."""
    shares = [(phase in phases) / len(phases) for phase in "abc"]
    return (shares[0], shares[1], shares[2])


def _row_width(desk: Desk, row: RackRow, size: tuple[float, float, float]) -> float:
    """The default pitch: the width of the row's own kind, whatever one override puts there."""
    if row.size is not None:
        return row.size[0]
    try:
        return float(library.find(desk.case, "racks", row.kind).size[0])
    except library.UnknownKind:
        return size[0]


def _bay(desk: Desk, place: _Place) -> Unit | None:
    row: ShelfRow = place.row
    kind = desk.find("shelves", place.kind, place.kind_path())
    if kind is None:
        return None
    machine_name = row.machine or kind.machine
    machine = desk.find("machines", machine_name, (*place.path, "machine"))
    if machine is None:
        return None
    count = row.machines or kind.machines
    size = row.size or kind.size
    stated_power, stated_airflow = place.stated("power"), place.stated("airflow")
    power = count * machine.power if stated_power is None else stated_power
    each = power / count
    rule = machine.airflow if stated_airflow is None else stated_airflow
    if stated_airflow is None:
        airflow = count * volume_flow(rule, each, desk.heat_capacity)
    else:
        airflow = volume_flow(rule, power, desk.heat_capacity)
    return Unit(
        **_common(place, "shelf", size, size[0]),
        **_load(place, machine, machine_name),
        power=power,
        airflow=airflow,
        tiers=row.tiers or kind.tiers,
        machines=count,
        phase_shares=phase_shares(count, place.index * count),
    )


def phase_shares(machines: int, before: int = 0) -> tuple[float, float, float]:
    """Shares of phases a, b, c of single-phase machines dealt round, after `before` others of the row."""
    dealt = [0, 0, 0]
    for phase in range(3):
        offset = (phase - before) % 3
        dealt[phase] = (machines - offset + 2) // 3 if machines > offset else 0
    return (dealt[0] / machines, dealt[1] / machines, dealt[2] / machines)


def _cooler(desk: Desk, place: _Place) -> Unit | None:
    row: CoolerRow = place.row
    kind = desk.find("coolers", place.kind, place.kind_path())
    if kind is None:
        return None
    size = row.size or kind.size
    capacity = kind.capacity if row.capacity is None else row.capacity
    stated = place.stated("airflow")
    airflow = kind.airflow if stated is None else volume_flow(stated, capacity, desk.heat_capacity)
    common = _common(place, "cooler", size, size[0])
    if row.intake == "top":
        common["mixed_exhaust"] = True  # heights of a top and a rear do not match
    return Unit(
        **common,
        top_intake=row.intake == "top",
        outlet=_outlet(desk, place, common["box"]),
        airflow=airflow,
        tiers=row.tiers or kind.tiers,
        supply_temperature=row.supply_temperature,
        capacity=capacity,
    )


def _outlet(desk: Desk, place: _Place, box: Box) -> Box | None:
    """The stated part of a cooler's rear; a problem where it is larger than the rear."""
    row: CoolerRow = place.row
    if row.outlet is None:
        return None
    across = 3 if row.along == "y" else 1  # place of the width's high end in the box
    (width, height), sill = row.outlet.size, row.outlet.sill
    spare = box[across] - box[across - 1] - width
    if spare < -1e-9 or sill < 0.0 or box[4] + sill + height > box[5] + 1e-9:
        desk.problem((*place.path, "outlet"), f"reaches beyond the rear of {place.name}; make it smaller")
        return None
    sides = list(box)
    sides[across - 1 : across + 1] = box[across - 1] + 0.5 * spare, box[across] - 0.5 * spare
    sides[4:] = box[4] + sill, box[4] + sill + height
    return (sides[0], sides[1], sides[2], sides[3], sides[4], sides[5])
