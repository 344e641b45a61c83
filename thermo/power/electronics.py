"""What a case's converters, switches, batteries and generators stand as in its network."""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import inf, sqrt
from typing import TYPE_CHECKING, Any

import numpy as np

from ..case.electrical import PsuKind
from ..case.electronics import BatteryKind, GeneratorKind, RectifierKind, TransferSwitchKind, UpsKind
from ..case.power import (
    BatteryElement,
    Converting,
    GeneratorElement,
    RectifierElement,
    TransferSwitchElement,
    UpsElement,
)
from ..library import find
from .converters import HOLDS, PASSES, Converter, LossCurve, Source, Store
from .parts import ROOT3
from .route import Route

if TYPE_CHECKING:
    from .network import _Builder

# output over rated power and how long [s] a UPS gives it; weak: makers' bands are 0.5 to 10 min, 10 to 60 s
OVERLOAD = ((1.25, 300.0), (1.5, 30.0))
MOMENT = 0.2  # [s] that an inverter gives more than any overload stated: ten cycles, weak


@dataclass(frozen=True)
class Ups:
    """A UPS of a network: which element and converter it is, and the two it can be."""

    row: int
    index: int  # in the network's converters
    double: Converter
    bypass: Converter
    mode: str  # as stated: "double conversion" | "eco" | "bypass"
    bypasses: bool  # when its inverter fails
    window: float  # change of its input's voltage [pu] at which eco mode is left
    energy: float  # [J] that its battery gives at rated power
    rated: float  # [W]
    overload: tuple[tuple[float, float], ...] = ()  # output over rated and for how long [s]

    @property
    def stated(self) -> Converter:
        """The converter that its mode makes it."""
        return self.double if self.mode == "double conversion" else self.bypass

    def endures(self, output: np.ndarray) -> np.ndarray:
        """Time [s] that its inverter gives an output [W]: infinite up to rated power, MOMENT beyond the last point."""
        seconds = np.full(np.shape(output), MOMENT)
        for level, lasts in reversed(self.overload):
            seconds = np.where(output <= level * self.rated, lasts, seconds)
        return np.where(output <= self.rated * (1 + 1e-9), inf, seconds)

    def minutes(self, output: np.ndarray) -> np.ndarray:
        """Ride-through [min] at an output [W]: its energy less what the inverter loses besides, over what it gives.

        `energy` is what reaches the load at rated power, so a lower loss at part load lengthens it.
        """
        curve = self.double.curve
        taken = np.asarray(output + curve.at(output))
        full = self.rated + float(curve.at(self.rated))
        cells = self.energy * full / self.rated
        return np.where(output > 0, cells / np.maximum(taken, 1e-9) / 60, inf)


@dataclass(frozen=True)
class Switch:
    """A transfer switch of a network: the nodes that may feed it."""

    row: int
    node: int
    preferred: int
    alternate: int
    preferred_row: int  # element that feeds it; -1: the utility
    alternate_row: int
    transfer_time: float  # [s]
    window: float  # change of the preferred source's voltage [pu] at which it turns


@dataclass(frozen=True)
class Generator:
    """A generator of a network."""

    row: int
    node: int
    start_time: float  # [s]
    reactance: float  # [ohm] subtransient
    rated: float  # [W]


@dataclass(frozen=True)
class Forming:
    """A battery that a transfer switch turns to: alone it makes the voltage itself."""

    row: int
    node: int
    store: int  # in the network's stores
    volts: float  # [V] phase to neutral
    energy: float  # [J] that it gives at its terminals

    def minutes(self, output: np.ndarray) -> np.ndarray:
        """Ride-through [min] at an output [W]."""
        return np.where(output > 0, self.energy / np.maximum(output, 1e-9) / 60, inf)


@dataclass(frozen=True)
class Shelves:
    """Power shelves behind loads (L): the loss of each load's share of its rack's rectifiers; `rated` 0: none."""

    rated: np.ndarray  # [W] DC of the rectifiers on this feed
    losses: np.ndarray  # (L, 3) no-load, proportional, square
    firm: np.ndarray  # [W] DC with the spare rectifiers failed


@dataclass(frozen=True, kw_only=True)
class Electronics:
    """All that a network has of it."""

    ups: tuple[Ups, ...] = ()
    switches: tuple[Switch, ...] = ()
    generators: tuple[Generator, ...] = ()
    forming: tuple[Forming, ...] = ()
    converter_row: tuple[int, ...] = ()  # element of each of the network's converters
    store_row: tuple[int, ...] = ()  # and of each store
    shelves: Shelves | None = None

    @property
    def changes(self) -> bool:
        """Whether an outage may change what feeds what."""
        return bool(self.ups or self.switches or self.generators)


class Bench:
    """Collects the electronics while a network is built; places are numbered at its end."""

    def __init__(self, builder: _Builder) -> None:
        self.builder = builder
        self.converters: list[Converter] = []
        self.rows: list[int] = []
        self.ups: list[Ups] = []
        self.stores: list[Store] = []
        self.store_rows: list[int] = []
        self.sources: list[Source] = []
        self.generators: list[Generator] = []
        self.waiting: list[tuple[int, TransferSwitchElement, TransferSwitchKind]] = []

    def add(self, name: str, element: Converting, at: int) -> int:
        """The node of one element that hangs on node `at`."""
        if isinstance(element, UpsElement):
            return self._ups(name, element, at)
        if isinstance(element, RectifierElement):
            return self._rectifier(name, element, at)
        if isinstance(element, TransferSwitchElement):
            return self._switch(name, element, at)
        assert isinstance(element, BatteryElement)
        return self._battery(name, element, at)

    def _node(self, element: Converting, at: int, row: int) -> int:
        here: Route = (element.at, element.at) if element.at else ()
        return self.builder.nodes.add(at, row, route=here)

    def _converter(self, converter: Converter, row: int) -> int:
        self.converters.append(converter)
        self.rows.append(row)
        return len(self.converters) - 1

    def _ups(self, name: str, element: UpsElement, at: int) -> int:
        kind: UpsKind = find(self.builder.case, "ups", element.kind)
        apparent = kind.rated_apparent_power or kind.rated_power
        row = self.builder.row(name, element.kind, element, apparent / (ROOT3 * kind.rated_voltage), at)
        self.builder.rerate(row, voltage=kind.rated_voltage, rated_power=kind.rated_power)
        node = self._node(element, at, row)
        self.builder.nodes.base[node] = kind.rated_voltage / ROOT3
        double = Converter(
            node,
            kind.rated_voltage / ROOT3,
            LossCurve(kind.rated_power, kind.no_load_loss, kind.proportional_loss, kind.square_loss),
            place=row,  # of the element; numbered in the end
            tan_phi=sqrt(1 / kind.power_factor**2 - 1),
            charge=element.charging,
            efficiency=kind.battery_efficiency,
        )
        through = (kind.bypass_no_load_loss, kind.bypass_proportional_loss, kind.bypass_square_loss)
        bypass = replace(
            double, curve=LossCurve(kind.rated_power, *through), mode=PASSES, tan_phi=0.0, charge=0.0
        )
        energy = kind.battery_energy if element.battery_energy is None else element.battery_energy
        index = self._converter(double, row)
        found = Ups(
            row=row,
            index=index,
            double=double,
            bypass=bypass,
            mode=element.mode,
            bypasses=element.on_failure == "bypass",
            window=kind.eco_window,
            energy=energy,
            rated=kind.rated_power,
            overload=kind.overload or OVERLOAD,
        )
        self.converters[index] = found.stated
        self.ups.append(found)
        return node

    def _rectifier(self, name: str, element: RectifierElement, at: int) -> int:
        kind: RectifierKind = find(self.builder.case, "rectifiers", element.kind)
        firm = (kind.modules - kind.spare) * kind.module_power
        row = self.builder.row(name, element.kind, element, firm / kind.output_voltage, at)
        self.builder.rerate(row, voltage=kind.output_voltage, rated_power=kind.rated_power)
        node = self._node(element, at, row)
        nodes = self.builder.nodes
        nodes.base[node], nodes.dc[node] = kind.output_voltage, True
        curve = LossCurve(kind.rated_power, kind.no_load_loss, kind.proportional_loss, kind.square_loss)
        tan_phi = sqrt(1 / kind.power_factor**2 - 1)
        self._converter(
            Converter(node, kind.output_voltage, curve, place=row, mode=HOLDS, tan_phi=tan_phi), row
        )
        return node

    def _switch(self, name: str, element: TransferSwitchElement, at: int) -> int:
        kind: TransferSwitchKind = find(self.builder.case, "transfer_switches", element.kind)
        row = self.builder.row(name, element.kind, element, kind.rated_current, at)
        node = self._node(element, at, row)
        self.waiting.append((row, element, kind))
        if kind.proportional_loss > 0:
            rated = 3 * self.builder.nodes.base[node] * kind.rated_current
            curve = LossCurve(rated, proportional=kind.proportional_loss)
            self._converter(Converter(node, self.builder.nodes.base[node], curve, row, mode=PASSES), row)
        return node

    def _battery(self, name: str, element: BatteryElement, at: int) -> int:
        kind: BatteryKind = find(self.builder.case, "batteries", element.kind)
        volts = ROOT3 * self.builder.nodes.base[at]
        row = self.builder.row(name, element.kind, element, kind.rated_power / volts, at)
        self.builder.rerate(row, rated_power=kind.rated_power)
        node = self._node(element, at, row)
        power = element.charging - element.discharging
        self.stores.append(Store(node, row, power, kind.efficiency, kind.standby_loss))
        self.store_rows.append(row)
        return node

    def generator(self, name: str, element: GeneratorElement) -> int:
        """A root of its own."""
        kind: GeneratorKind = find(self.builder.case, "generators", element.kind)
        nodes, apparent = self.builder.nodes, kind.rated_apparent_power
        node = len(nodes.parent)
        row = self.builder.row(name, element.kind, element, apparent / (ROOT3 * kind.rated_voltage), 0)
        rated = apparent * kind.power_factor
        self.builder.rerate(row, voltage=kind.rated_voltage, rated_power=rated)
        nodes.add(0, row, route=(element.at, element.at) if element.at else ())
        nodes.parent[node], nodes.base[node] = node, kind.rated_voltage / ROOT3
        self.sources.append(Source(node, kind.rated_voltage / ROOT3))
        reactance = kind.subtransient_reactance * kind.rated_voltage**2 / apparent
        self.generators.append(Generator(row, node, kind.start_time, reactance, rated))
        return node

    def _switches(self) -> tuple[Switch, ...]:
        """Transfer switches, once every element has its end."""
        builder, found = self.builder, []
        rows = {element.name: row for row, element in enumerate(builder.elements)}
        for row, element, kind in self.waiting:
            node = builder.elements[row].first
            ways = (builder.ends[element.from_], builder.ends[element.alternate])
            feeding = (rows.get(element.from_, -1), rows.get(element.alternate, -1))
            found.append(Switch(row, node, *ways, *feeding, kind.transfer_time, kind.window))
        return tuple(found)

    def _forming(self) -> tuple[Forming, ...]:
        """Batteries that switches turn to, each with the energy of its state of charge."""
        builder, wanted = self.builder, {element.alternate for _, element, _ in self.waiting}
        found = []
        for index, row in enumerate(self.store_rows):
            name = builder.elements[row].name
            element = builder.system.elements[name]
            if name in wanted and isinstance(element, BatteryElement):
                kind: BatteryKind = find(builder.case, "batteries", element.kind)
                energy = kind.energy * element.state_of_charge * kind.efficiency
                node = builder.elements[row].first
                found.append(Forming(row, node, index, builder.nodes.base[node], energy))
        return tuple(found)

    def tables(self, places: tuple[str, ...]) -> dict[str, Any]:
        """Fields of the network; `places`: where losses become heat."""
        at = [places.index(element.place) for element in self.builder.elements]

        def placed(part: Converter) -> Converter:
            return replace(part, place=at[part.place])

        ups = tuple(replace(u, double=placed(u.double), bypass=placed(u.bypass)) for u in self.ups)
        return {
            "converters": tuple(map(placed, self.converters)),
            "stores": tuple(replace(store, place=at[store.place]) for store in self.stores),
            "sources": tuple(self.sources),
            "dc": np.array(self.builder.nodes.dc),
            "electronics": Electronics(
                ups=ups,
                switches=self._switches(),
                generators=tuple(self.generators),
                forming=self._forming(),
                converter_row=tuple(self.rows),
                store_row=tuple(self.store_rows),
                shelves=self._shelves(),
            ),
        }

    def _shelves(self) -> Shelves | None:
        """Power shelves behind the loads, a rack's rectifiers shared evenly by its feeds."""
        units = [self.builder.plan.units[unit] for _, unit, _ in self.builder.loads]
        if not any(unit.shelf for unit in units):
            return None
        rated, firm, losses = np.zeros(len(units)), np.zeros(len(units)), np.zeros((len(units), 3))
        for row, unit in enumerate(units):
            if unit.shelf:
                psu: PsuKind = find(self.builder.case, "psus", unit.shelf.psu)
                rated[row] = unit.shelf.rated / len(unit.feeds)
                firm[row] = unit.shelf.firm / len(unit.feeds)
                losses[row] = psu.no_load_loss, psu.proportional_loss, psu.square_loss
        return Shelves(rated, losses, firm)
