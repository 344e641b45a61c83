"""What can be built but is too small for its load as stated, too short, or serves nothing."""

from __future__ import annotations

from collections.abc import Iterator
from math import dist

import numpy as np

from ..case import Case
from ..case.power import BuswayElement, PowerSystem
from ..plan import Plan, Problem, Unit
from . import route
from .flow import nominal_currents
from .network import HallNetwork, build
from .parts import Element, top, whip_of


def warnings(case: Case, plan: Plan) -> list[Problem]:
    """Each with its place in the case. For a case without `problems`; currents at nominal voltage, no losses."""
    if case.power is None:
        return []
    network = build(case, plan)
    return [*_reach(case.power, plan), *_overloads(network, plan), *_idle(case.power, plan)]


def _overloads(network: HallNetwork, plan: Plan) -> Iterator[Problem]:
    current = nominal_currents(network, np.array([unit.power for unit in plan.units]))
    for element in network.elements:
        amps = float(current[element.first])
        for part, allowed in (("", element.rating), ("breaker", element.breaker)):
            if 0 < allowed < amps:
                what = f"the breaker of {element.name}" if part else element.name
                yield Problem(
                    _path(element, part),
                    f"{what} carries {allowed:.0f} A; its loads draw {amps:.0f} A at nominal voltage",
                )


def _path(element: Element, part: str) -> tuple[str, ...]:
    path = ("power", "whips") if element.type == "whip" else ("power", "elements", element.name)
    return (*path, part) if part and element.type != "whip" else path


def _idle(system: PowerSystem, plan: Plan) -> Iterator[Problem]:
    used = {feed for unit in plan.units for feed, _ in unit.feeds}
    used |= {element.from_ for element in system.elements.values()}
    used |= {getattr(element, "alternate", "") for element in system.elements.values()}
    for name, element in system.elements.items():
        if name not in used and element.type != "battery":
            yield Problem(("power", "elements", name), f"{name} feeds nothing")


def _reach(system: PowerSystem, plan: Plan) -> Iterator[Problem]:
    """Whips shorter than the straight way from the busway to their rack."""
    for unit in plan.units:
        whip = whip_of(system.whips, unit)
        for feed, _ in unit.feeds if whip else ():
            element = system.elements[feed]
            if isinstance(element, BuswayElement) and whip is not None:
                away = _distance(element, unit)
                if away > whip.length + 1e-6:
                    yield Problem(
                        (*unit.path, "feed"),
                        f"{unit.name} stands {away:.1f} m from '{feed}'; its whip is {whip.length:g} m long",
                    )


def _distance(element: BuswayElement, unit: Unit) -> float:
    """From a unit's top to the nearest point of a busway [m]."""
    end = top(unit)
    return dist(end, route.point_at(element.path, route.nearest(element.path, end)))
