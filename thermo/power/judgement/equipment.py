"""The kinds and breakers behind the elements of a network, and the air each of them stands in."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from ...case import Case
from ...case.power import Breaker, Whip
from ...library import find
from ...plan import Plan
from ..network import HallNetwork
from ..parts import FAMILIES, Element, whip_of
from ..route import Route
from ..states import breaker as breakers

AirAlong = Callable[[Route], float]  # hottest air [K] along a line in the hall


@dataclass(frozen=True)
class Device:
    """What stands behind one element."""

    kind: Any  # TransformerKind | BuswayKind | CableKind | None for a board
    breaker: Breaker | None
    breaker_rating: float  # [A] of its nameplate; 0 without a breaker
    band: breakers.Band | None
    air: float  # [K] around the element: the hottest along its way
    breaker_air: float  # [K] around its breaker, where the element begins
    runs: int = 1  # of a cable or cord, in parallel
    largest: Any = None  # CableKind of a whip: the largest that the case allows


def devices(case: Case, plan: Plan, network: HallNetwork, air_along: AirAlong) -> tuple[Device, ...]:
    """One for each element, in their order.

    Air in the hall is the air model's along the element; outside it is the site's, in the switch room the case's.
    """
    assert case.power is not None
    whips = _whips(case, plan)
    air = _air(case, network, air_along)
    rows = {element.name: row for row, element in enumerate(network.elements)}
    found = []
    for row, element in enumerate(network.elements):
        whip = whips.get(element.name) if element.type == "whip" else None
        stated = whip or case.power.elements[element.name]
        family = FAMILIES.get(element.type)
        kind = find(case, family, element.kind) if family else None
        breaker = getattr(stated, "breaker", None)
        rating = _rating(breaker, element, kind, stated)
        band = breakers.band(breaker.standard, rating, breaker.curve) if breaker else None
        above = rows.get(element.parent)
        at = (
            air[row]
            if element.type == "board"
            else _breaker_air(network, element, above, (air, row, air_along))
        )
        largest = max((find(case, "cables", k) for k in whip.kind), key=_ampacity) if whip else None
        found.append(Device(kind, breaker, rating, band, float(air[row]), at, _runs(stated), largest))
    return tuple(found)


def _runs(stated: Any) -> int:
    return int(getattr(stated, "runs", 1))


def _ampacity(kind: Any) -> float:
    return float(kind.ampacity)


def _whips(case: Case, plan: Plan) -> Mapping[str, Whip]:
    """Whips by the names of their elements."""
    assert case.power is not None
    pairs = ((unit, whip_of(case.power.whips, unit)) for unit in plan.units)
    return {f"{unit.name}.{feed}": whip for unit, whip in pairs if whip for feed, _ in unit.feeds}


def _rating(breaker: Breaker | None, element: Element, kind: Any, stated: Any) -> float:
    if breaker is None:
        return 0.0
    own = getattr(kind, "rated_current", 0.0) * _runs(stated)
    return breaker.rating or own or element.rating


def _air(case: Case, network: HallNetwork, air_along: AirAlong) -> np.ndarray:
    """Air [K] around every element."""
    assert case.power is not None
    places = {"outside": case.site.dry_bulb, "switch_room": case.power.switch_room_temperature}
    air = np.array([places.get(element.place, np.nan) for element in network.elements])
    for node, row in enumerate(network.element):
        if row >= 0 and network.elements[row].place == "hall" and network.routes[node]:
            air[row] = np.fmax(air[row], air_along(network.routes[node]))
    hall = np.isnan(air)
    air[hall] = [air_along(network.routes[network.elements[row].first]) for row in np.flatnonzero(hall)]
    return air


def _breaker_air(
    network: HallNetwork, element: Element, above: int | None, around: tuple[np.ndarray, int, AirAlong]
) -> float:
    """Air where an element begins: in its board, or at the point of the hall where it taps what feeds it."""
    air, row, air_along = around
    route = network.routes[element.first]
    if element.place == "hall" and route and (above is None or network.elements[above].place == "hall"):
        return air_along(route[:1])
    return float(air[row if above is None else above])
