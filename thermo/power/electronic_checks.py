"""What is impossible about converters, switches, batteries and generators of a case."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from difflib import get_close_matches

from ..case import Case
from ..case.power import (
    BatteryElement,
    GeneratorElement,
    PowerElement,
    PowerSystem,
    RectifierElement,
    TransferSwitchElement,
    TransformerElement,
    UpsElement,
)
from ..library import find
from ..plan import Plan, Problem, Unit
from .parts import SOURCE, called

VOLTAGE_MATCH = 0.1  # as thermo.power.checks has it for transformers
Voltages = Mapping[str, float]


def _path(name: str, *keys: str) -> tuple[str, ...]:
    return ("power", "elements", name, *keys)


def output_voltage(case: Case, element: PowerElement) -> float | None:
    """[V] of what an element makes itself, line to line or pole to pole; None for what passes its supply on."""
    if isinstance(element, UpsElement):
        return float(find(case, "ups", element.kind).rated_voltage)
    if isinstance(element, RectifierElement):
        return float(find(case, "rectifiers", element.kind).output_voltage)
    if isinstance(element, GeneratorElement):
        return float(find(case, "generators", element.kind).rated_voltage)
    return None


def links(system: PowerSystem) -> Iterator[Problem]:
    """Alternates that are not there or hang on their own switch, and elements on a battery."""
    for name, element in system.elements.items():
        if isinstance(element, TransferSwitchElement):
            yield from _alternate(name, element, system)
        if isinstance(system.elements.get(element.from_), BatteryElement):
            yield Problem(
                _path(name, "from"), f"'{element.from_}' is a battery, on which nothing hangs; name its board"
            )


def _alternate(name: str, element: TransferSwitchElement, system: PowerSystem) -> Iterator[Problem]:
    path, other = _path(name, "alternate"), element.alternate
    known = [SOURCE, *(word for word in system.elements if word != name)]
    if other not in known:
        close = get_close_matches(other, known, 1, 0.5)
        hint = f"did you mean '{close[0]}'?" if close else f"there are {', '.join(known)}"
        yield Problem(path, f"it cannot turn to '{other}', which is no element; {hint}")
    elif other == element.from_:
        yield Problem(path, f"'{other}' is its preferred source already; name another one")
    elif name in _above(other, system):
        yield Problem(path, f"'{other}' hangs on this switch itself; name a source above it")


def _above(start: str, system: PowerSystem) -> set[str]:
    """Everything that may feed an element, itself included."""
    found: set[str] = set()
    waiting = [start]
    while waiting:
        name = waiting.pop()
        element = system.elements.get(name)
        if name in found or element is None:
            continue
        found.add(name)
        waiting += [element.from_, getattr(element, "alternate", "")]
    return found


def ratings(case: Case, plan: Plan, volts: Voltages) -> Iterator[Problem]:
    """Electronics on a voltage they are not made for, AC where DC is wanted, more power than a battery has."""
    assert case.power is not None
    elements = case.power.elements
    direct = {name for name in elements if _is_direct(name, elements)}
    for name, element in elements.items():
        if element.from_ in direct and isinstance(
            element,
            TransformerElement | UpsElement | RectifierElement | TransferSwitchElement | BatteryElement,
        ):
            kind = called(element.type)
            yield Problem(_path(name, "from"), f"'{element.from_}' is DC, and a {kind} needs AC")
        elif isinstance(element, UpsElement):
            rated = find(case, "ups", element.kind).rated_voltage
            yield from _supply(name, element, rated, volts)
            if element.charging and element.mode != "double conversion":
                yield Problem(
                    _path(name, "charging"),
                    f"it charges in double conversion only, and its mode is {element.mode}",
                )
        elif isinstance(element, RectifierElement):
            yield from _supply(name, element, find(case, "rectifiers", element.kind).input_voltage, volts)
        elif isinstance(element, TransferSwitchElement):
            yield from _switch(name, element, volts, direct)
        elif isinstance(element, BatteryElement):
            yield from _battery(case, name, element)
    for unit in plan.units:
        yield from _shelf(unit, direct)


def _is_direct(name: str, elements: Mapping[str, PowerElement]) -> bool:
    """Whether an element's output is DC. The network has no loops."""
    element = elements.get(name)
    while element is not None and not isinstance(element, RectifierElement):
        element = elements.get(element.from_)
    return element is not None


def _supply(name: str, element: PowerElement, rated: float, volts: Voltages) -> Iterator[Problem]:
    given = volts[element.from_]
    if abs(given / rated - 1) > VOLTAGE_MATCH:
        kind = getattr(element, "kind", "")
        yield Problem(
            _path(name, "kind"), f"'{kind}' is made for {rated:g} V, but {element.from_} gives {given:g} V"
        )


def _switch(
    name: str, element: TransferSwitchElement, volts: Voltages, direct: set[str]
) -> Iterator[Problem]:
    one, other = volts[element.from_], volts[element.alternate]
    if element.alternate in direct:
        yield Problem(
            _path(name, "alternate"), f"'{element.alternate}' is DC, and a transfer switch needs AC"
        )
    elif abs(other / one - 1) > VOLTAGE_MATCH:
        yield Problem(
            _path(name, "alternate"),
            f"gives {other:g} V, but {element.from_} gives {one:g} V; a switch needs two sources of one voltage",
        )


def _battery(case: Case, name: str, element: BatteryElement) -> Iterator[Problem]:
    kind = find(case, "batteries", element.kind)
    for key in ("charging", "discharging"):
        asked = getattr(element, key)
        if asked > kind.rated_power:
            yield Problem(
                _path(name, key),
                f"{asked / 1e3:g} kW, but '{element.kind}' is rated {kind.rated_power / 1e3:g} kW",
            )


def _shelf(unit: Unit, direct: set[str]) -> Iterator[Problem]:
    """Power shelves on the kind of current that they are not made for."""
    if unit.shelf is None:
        return
    for feed, _ in unit.feeds:
        if unit.shelf.direct != (feed in direct):
            wanted, given = ("DC", "AC") if unit.shelf.direct else ("AC", "DC")
            yield Problem(
                (*unit.path, "feed"),
                f"its power shelves '{unit.shelf.kind}' need {wanted}, and '{feed}' gives {given}",
            )
