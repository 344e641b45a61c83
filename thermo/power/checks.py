"""What is electrically impossible in a case."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from difflib import get_close_matches

from ..case import Case
from ..case.power import (
    BoardElement,
    BuswayElement,
    CableElement,
    PowerElement,
    PowerSystem,
    TransformerElement,
)
from ..library import UnknownKind, find
from ..plan import Plan, Problem
from . import electronic_checks, route
from .parts import FAMILIES, SOURCE, called

LOW_VOLTAGE = 1000.0  # [V] the most a rack or shelf is fed at, IEC 60038
VOLTAGE_MATCH = 0.1  # a load's or transformer's rated voltage against the network's
LENGTH_MATCH = 0.05  # a busway's stated length against its path


def problems(case: Case, plan: Plan) -> list[Problem]:
    """Everything that makes the network impossible, each with its place in the case and its cure."""
    system = case.power
    if system is None:
        return [
            Problem((*unit.path, "feed"), f"feed '{feed}' needs a `power:` section; add one")
            for unit in plan.units
            for feed, _ in unit.feeds[:1]
        ]
    found = [
        *_names(system),
        *_broken_links(system),
        *_loops(system),
        *electronic_checks.links(system),
        *_kinds(case, system),
        *_whips(case, system),
    ]
    found += [*_routes(system, plan), *_feeds(system, plan)]
    if not any(problem.path[1:2] == ("elements",) or problem.path[1:2] == ("whips",) for problem in found):
        volts = _nominal_voltages(case, system)
        found += [*_voltages(case, system, volts), *_load_voltages(plan, system, volts)]
        found += electronic_checks.ratings(case, plan, volts)
    return list(dict.fromkeys(found))


def _path(name: str, *keys: str) -> tuple[str, ...]:
    return ("power", "elements", name, *keys)


def _suggest(word: str, known: Iterable[str]) -> str:
    words = list(known)
    close = get_close_matches(word, words, 1, 0.5)
    return f"did you mean '{close[0]}'?" if close else f"there are {', '.join(words)}"


def _names(system: PowerSystem) -> Iterator[Problem]:
    if SOURCE in system.elements:
        yield Problem(
            _path(SOURCE),
            f"'{SOURCE}' is the utility's point of connection, and a case has one; rename this element",
        )
    if not system.elements:
        yield Problem(("power", "elements"), "there is no element; say what hangs on the source")


def _broken_links(system: PowerSystem) -> Iterator[Problem]:
    """Elements that hang on nothing."""
    known = [SOURCE, *system.elements]
    for name, element in system.elements.items():
        if element.type != "generator" and element.from_ not in known:
            others = [other for other in known if other != name]
            yield Problem(
                _path(name, "from"),
                f"no element is called '{element.from_}'; {_suggest(element.from_, others)}",
            )


def _loops(system: PowerSystem) -> Iterator[Problem]:
    """Each loop once, by the names along it."""
    seen = {SOURCE}
    for start in system.elements:
        trail: list[str] = []
        name = start
        while name in system.elements and name not in seen:
            seen.add(name)
            trail.append(name)
            name = system.elements[name].from_
        if name in trail:
            loop = trail[trail.index(name) :]
            ring = " -> ".join([loop[0], *reversed(loop)])  # the way the power would go
            yield Problem(
                _path(loop[0], "from"),
                f"a loop: {ring}. The network is radial; let one of them hang on '{SOURCE}' or on an element "
                "outside the loop",
            )


def _kinds(case: Case, system: PowerSystem) -> Iterator[Problem]:
    """Names that the library does not have."""
    wanted = [
        (_path(name, "kind"), FAMILIES[element.type], element.kind)
        for name, element in system.elements.items()
        if not isinstance(element, BoardElement)
    ]
    for name, whip in system.whips.items():
        wanted += [(("power", "whips", name, "kind"), "cables", kind) for kind in whip.kind]
    for path, family, kind in wanted:
        try:
            find(case, family, kind)
        except UnknownKind as error:
            yield Problem(path, str(error))


def _whips(case: Case, system: PowerSystem) -> Iterator[Problem]:
    """Whips for rows that the case does not have."""
    rows = ["racks", "shelves", *case.racks, *case.shelves]
    for name in system.whips:
        if name not in rows:
            yield Problem(("power", "whips", name), f"no row is called '{name}'; {_suggest(name, rows)}")


def _routes(system: PowerSystem, plan: Plan) -> Iterator[Problem]:
    """Paths outside the hall, lengths that belie their path, heat in the hall without a place."""
    for name, element in system.elements.items():
        if element.place == "hall":
            yield from _in_hall(name, element, plan)
        if isinstance(element, BuswayElement):
            along = route.length(element.path)
            if along == 0:
                yield Problem(_path(name, "path"), "the path has no length; give two different points")
            elif element.length and abs(element.length - along) > LENGTH_MATCH * along:
                yield Problem(
                    _path(name, "length"),
                    f"{element.length:g} m, but its path is {along:.2f} m long; correct one of them",
                )


def _in_hall(name: str, element: PowerElement, plan: Plan) -> Iterator[Problem]:
    points = getattr(element, "path", None) or ()
    if isinstance(element, CableElement) and not points:
        yield Problem(
            _path(name),
            "a cable in the hall needs its `path`, where its heat goes; or say `place: switch_room`",
        )
    if hasattr(element, "at"):
        points = (element.at,) if element.at else ()
        if not points:
            kind = called(element.type)
            other = "outside" if element.type == "transformer" else "switch_room"
            yield Problem(
                _path(name),
                f"a {kind} in the hall needs `at`, where its heat goes; or say `place: {other}`",
            )
    for point in points:
        if any(not -1e-6 <= x <= size + 1e-6 for x, size in zip(point, plan.size, strict=True)):
            shown = ", ".join(f"{x:g} m" for x in point)
            yield Problem(
                _path(name, "path" if len(points) > 1 else "at"),
                f"the point [{shown}] lies outside the hall of {' x '.join(f'{x:g}' for x in plan.size)} m",
            )
            return


def _feeds(system: PowerSystem, plan: Plan) -> Iterator[Problem]:
    """Loads without a feed, on a feed that is not there, or with shares that do not add up."""
    for unit in plan.units:
        path = (*unit.path, "feed")
        if not unit.feeds and unit.power > 0:
            yield Problem(
                path,
                f"draws {unit.power / 1e3:g} kW and has no feed; name one of {', '.join(system.elements)}",
            )
        for feed, _ in unit.feeds:
            if feed == SOURCE:
                yield Problem(path, f"'{SOURCE}' is the utility itself; name a board, cable or busway")
            elif feed not in system.elements:
                yield Problem(path, f"no power element is called '{feed}'; {_suggest(feed, system.elements)}")
        total = sum(share for _, share in unit.feeds)
        if unit.feeds and abs(total - 1) > 1e-6:
            yield Problem(path, f"the shares of its feeds add up to {total:.1%}; they must make 100 %")


def _nominal_voltages(case: Case, system: PowerSystem) -> Mapping[str, float]:
    """Line-to-line voltage [V] on the outgoing side of every element."""
    volts = {SOURCE: system.source.voltage}

    def of(name: str) -> float:
        if name not in volts:
            element = system.elements[name]
            own = electronic_checks.output_voltage(case, element)
            volts[name] = of(element.from_) if own is None else own
            if isinstance(element, TransformerElement):
                kind = find(case, "transformers", element.kind)
                volts[name] = element.secondary_voltage or kind.secondary_voltage
        return volts[name]

    for name in system.elements:
        of(name)
    return volts


def _voltages(case: Case, system: PowerSystem, volts: Mapping[str, float]) -> Iterator[Problem]:
    """Equipment on a voltage it is not made for."""
    for name, element in system.elements.items():
        supply = volts.get(element.from_, 0.0)
        if isinstance(element, TransformerElement):
            kind = find(case, "transformers", element.kind)
            primary = element.primary_voltage or kind.primary_voltage
            if abs(supply / primary - 1) > VOLTAGE_MATCH:
                yield Problem(
                    _path(name, "primary_voltage"),
                    f"its primary is for {primary:g} V, but {element.from_} gives {supply:g} V; choose another kind "
                    "or say its primary_voltage",
                )
        elif isinstance(element, CableElement | BuswayElement):
            kind = find(case, FAMILIES[element.type], element.kind)
            if supply > kind.rated_voltage:
                yield Problem(
                    _path(name, "kind"),
                    f"'{element.kind}' is rated {kind.rated_voltage:g} V, but {element.from_} gives {supply:g} V",
                )


def _load_voltages(plan: Plan, system: PowerSystem, volts: Mapping[str, float]) -> Iterator[Problem]:
    """Loads on a voltage they are not built for."""
    for unit in plan.units:
        for feed, _ in unit.feeds:
            if feed not in system.elements:
                continue
            supply, path = volts[feed], (*unit.path, "feed")
            if supply > LOW_VOLTAGE:
                yield Problem(
                    path, f"'{feed}' is at {supply:g} V; put a transformer between it and the racks"
                )
            elif unit.voltage and abs(supply / unit.voltage - 1) > VOLTAGE_MATCH:
                yield Problem(
                    path,
                    f"built for a supply of {unit.voltage:g} V, but '{feed}' gives {supply:g} V; feed it from "
                    f"a {unit.voltage:g} V element",
                )
