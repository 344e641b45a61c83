"""Entries of `hall.screens` -> screens one by one, each with its loss."""

from __future__ import annotations

from collections.abc import Iterator

from ..case import Case
from ..case import hall as stated
from ..plan import Screen
from .desk import PLANES, Desk, across, numbered


def perforated_loss(open_area: float) -> float:
    """Loss coefficient of a perforated plate on the velocity that approaches it [-].

    (1 + 0.5 (1 - s)^0.75 + 1.414 (1 - s)^0.375) / s^2 with the open share s (Fried & Idelchik 1989, Flow
    Resistance: A Design Guide for Engineers): sharp edges, jets that lose their velocity, hole Reynolds number
    above some 1e4. It is what data-centre practice takes for floor tiles.
    """
    closed = 1.0 - open_area
    return (1.0 + 0.5 * closed**0.75 + 1.414 * closed**0.375) / open_area**2


def screens(desk: Desk, case: Case) -> Iterator[Screen]:
    """All screens of the case."""
    for name, entry in case.hall.screens.items():
        plane = PLANES[entry.axis]
        if entry.along is None or entry.along in plane:
            yield from _group(name, entry)
        else:
            complaint = (
                f"a screen across {entry.axis} lies along {plane[0]} and {plane[1]}, not {entry.along}"
            )
            desk.problem(("hall", "screens", name, "along"), f"{complaint}; use one of these")


def _group(name: str, entry: stated.Screen) -> Iterator[Screen]:
    way = PLANES[entry.axis].index(entry.along) if entry.along else 0
    pitch = entry.high[way] - entry.low[way] if entry.pitch is None else entry.pitch
    loss = entry.loss_coefficient
    if loss is None:
        loss = perforated_loss(entry.open_area or 1.0)
    jet_area = (entry.open_area or 0.0) if entry.jet else 0.0
    for index in range(entry.count):
        step = [0.0, 0.0]
        step[way] = index * pitch
        low = (entry.low[0] + step[0], entry.low[1] + step[1])
        high = (entry.high[0] + step[0], entry.high[1] + step[1])
        rectangle = across(entry.axis, entry.at, low, high)
        own = name if entry.count == 1 else numbered(name, str(index))
        yield Screen(own, ("hall", "screens", name), entry.axis, rectangle, loss, jet_area)
