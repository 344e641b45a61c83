"""The network of a case: nodes in depth-first order, one branch into each, elements over them.

Node 0 is the ideal source behind the utility's impedance, node 1 the point of connection. A parent precedes
its children, and the subtree of node k is the range k .. end[k]: losing it is a mask, its load a sum.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from math import sqrt
from typing import Any

import numpy as np

from ..case import Case
from ..case.electrical import BuswayKind, CableKind
from ..case.power import (
    BoardElement,
    BuswayElement,
    CableElement,
    GeneratorElement,
    PowerElement,
    TransformerElement,
    Whip,
)
from ..library import find
from ..plan import Plan, Unit
from . import route, windings
from .checks import problems
from .electronics import Bench, Electronics
from .nodes import Nodes
from .parts import (
    FAMILIES,
    ROOT3,
    SOURCE,
    Element,
    allowed,
    carries,
    choose,
    impedance,
    largest,
    peak_current,
    top,
    two_poles,
    whip_of,
)
from .route import Route
from .tree import CONSTANT_POWER, WYE, Network, balanced_source, frozen

__all__ = ["Element", "HallNetwork", "build", "problems"]

NO_ELECTRONICS = Electronics()
RESISTANCES = {
    "warm": "Resistances of cables and busways are those at the temperature that their largest current settles at.",
    "stated": "Resistances of cables and busways are as stated, whatever their temperature.",
}
UTILITY = "utility"  # the place of losses before the point of connection


@dataclass(frozen=True, kw_only=True)
class HallNetwork(Network):
    """A network whose branches belong to elements of a case and whose loads are units' feeds. Read-only."""

    end: np.ndarray  # (n) subtree of k = k .. end[k] - 1
    element: np.ndarray  # (n) row of `elements` the branch into a node belongs to; -1 = the utility's
    routes: tuple[Route, ...]  # (n) where the branch into a node runs; () = not said
    elements: tuple[Element, ...]
    units: tuple[str, ...]  # names, in the plan's order
    load_unit: np.ndarray  # (L) index in `units`
    load_share: np.ndarray  # (L) of the unit's power
    phase_share: np.ndarray  # (L, 3)
    tan_phi: np.ndarray  # (L)
    warms: bool = True  # resistances of cables and busways follow their temperature
    voltage_window: float  # largest change of voltage at a unit
    electronics: Electronics = NO_ELECTRONICS
    assumptions: tuple[str, ...] = ()


def build(case: Case, plan: Plan) -> HallNetwork:
    """The network of a case that has a `power:` section and no `problems`.

    Elements and whips are numbered depth first, in the order the case writes them; a unit with two feeds has
    a whip and a load on each. Raises thermo.library.UnknownKind, KeyError on a broken tree.
    """
    if case.power is None:
        raise ValueError("the case has no power section")
    return _Builder(case, plan).network()


class _Builder:
    """Walks the tree once, depth first."""

    def __init__(self, case: Case, plan: Plan) -> None:
        assert case.power is not None
        self.case, self.system, self.plan = case, case.power, plan
        self.nodes = Nodes()
        self.elements: list[Element] = []
        self.loads: list[tuple[int, int, float]] = []  # node, unit, share
        self.bare: dict[str, None] = {}  # rows fed without a whip
        self.ends = {SOURCE: 1}  # the node that feeds what hangs on an element
        self.bench = Bench(self)
        self.children: dict[str, list[str]] = {}
        for name, element in self.system.elements.items():
            self.children.setdefault(element.from_, []).append(name)
        self.alternates = {getattr(element, "alternate", None) for element in self.system.elements.values()}
        self.fed: dict[str, list[tuple[int, float]]] = {}
        for u, unit in enumerate(plan.units):
            for feed, share in unit.feeds:
                self.fed.setdefault(feed, []).append((u, share))

    def network(self) -> HallNetwork:
        """Everything, frozen."""
        utility = self.system.source
        self.nodes.add(0, -1)
        self.nodes.base[0] = utility.voltage / ROOT3
        connection = self.nodes.add(0, -1, (self._grid_impedance(), 0j))
        self._descend(SOURCE, connection)
        for name, element in self.system.elements.items():
            if isinstance(element, GeneratorElement):
                self._descend(name, self.bench.generator(name, element))
        parent = np.array(self.nodes.parent, np.int32)
        judged = self._judged()
        return HallNetwork(
            **self._tree(parent),
            **self._loads(),
            **judged,
            **self.bench.tables(judged["places"]),
            source=frozen(balanced_source(utility.voltage)),
            end=frozen(_subtree_ends(parent)),
            element=frozen(np.array(self.nodes.element, np.int32)),
            routes=tuple(self.nodes.routes),
            elements=tuple(self.elements),
            units=tuple(unit.name for unit in self.plan.units),
            voltage_window=self.system.voltage_window,
            warms=self.system.resistances == "warm",
            assumptions=self._assumptions(),
        )

    def _tree(self, parent: np.ndarray) -> dict[str, Any]:
        """Nodes and branches."""
        z1, zm = (np.array(row, np.complex128)[:, None, None] for row in (self.nodes.z1, self.nodes.zm))
        rows = [self.elements[e].name if e >= 0 else SOURCE for e in self.nodes.element]
        return {
            "names": tuple(rows),
            "parent": frozen(parent),
            "impedance": frozen(z1 * np.eye(3) + zm),
            "turns": frozen(np.array(self.nodes.turns)),
            "shunt": frozen(self._shunts(parent.size)),
            "base": frozen(np.array(self.nodes.base)),
        }

    def _loads(self) -> dict[str, Any]:
        """Constant power in wye, a load for each feed of a unit."""
        node, index, share = (
            (np.array(column) for column in zip(*self.loads, strict=True))
            if self.loads
            else [np.zeros(0)] * 3
        )
        units = [self.plan.units[u] for u in index.astype(int)]
        direct = np.array(self.nodes.dc)[node.astype(int)]
        phase_share = np.array([unit.phase_shares for unit in units]).reshape(-1, 3)
        phase_share[direct] = 1.0, 0.0, 0.0
        tan_phi = np.array([sqrt(1 / unit.power_factor**2 - 1) for unit in units])
        tan_phi[direct] = 0.0
        p = phase_share * (share * [unit.power for unit in units])[:, None]
        tables = {
            "load_node": node.astype(np.int32),
            "connection": np.full(len(units), WYE, np.int8),
            "law": np.tile(CONSTANT_POWER, (len(units), 1)),
            "nominal": np.array(self.nodes.base)[node.astype(int)],
            "p": p,
            "q": p * tan_phi[:, None],
            "load_unit": index.astype(np.int32),
            "load_share": share.astype(float),
            "phase_share": phase_share,
            "tan_phi": tan_phi,
        }
        return {name: frozen(table) for name, table in tables.items()}

    def _judged(self) -> dict[str, Any]:
        """Ratings of the branches, by type of element, and where their losses go."""
        own = [self.elements[e] if e >= 0 else None for e in self.nodes.element]
        rating = np.array([allowed(element) if element else 0.0 for element in own])
        groups = tuple(dict.fromkeys(e.type for e, r in zip(own, rating, strict=True) if e and r > 0))
        places = tuple(dict.fromkeys([UTILITY, *(e.place for e in self.elements)]))
        group = [groups.index(e.type) if e and r > 0 else -1 for e, r in zip(own, rating, strict=True)]
        place = [places.index(e.place if e else UTILITY) for e in own]
        tables = {"rating": rating, "group": np.array(group, np.int32), "place": np.array(place, np.int32)}
        return {**{n: frozen(table) for n, table in tables.items()}, "groups": groups, "places": places}

    def _grid_impedance(self) -> complex:
        utility = self.system.source
        if utility.fault_level is None:
            return 0j
        size = utility.voltage**2 / utility.fault_level
        r = size / sqrt(1 + utility.x_over_r**2)
        return complex(r, r * utility.x_over_r)

    def _shunts(self, n: int) -> np.ndarray:
        """Admittance to neutral [S]: the no-load loss of transformers, at their primary node."""
        y = np.zeros((n, 3, 3), np.complex128)
        for element in self.elements:
            if element.type == "transformer":
                above = self.nodes.parent[element.first]
                y[above] += np.eye(3) * element.no_load_loss / element.rated_primary**2
        return y

    def _assumptions(self) -> tuple[str, ...]:
        said = [
            "Racks and shelves draw constant power whatever their voltage.",
            RESISTANCES[self.system.resistances],
        ]
        weak = dict.fromkeys(e.kind for e in self.elements if e.kind and self._is_weak(e))
        if weak:
            said.append(f"Weak figures, as their `source` in the library says: {', '.join(weak)}.")
        if self.bare:
            rows = ", ".join(self.bare)
            said.append(f"No whip is stated for {rows}: their cords have no loss and no limit.")
        return tuple(said)

    def _is_weak(self, element: Element) -> bool:
        family = FAMILIES[element.type]
        return "weak" in find(self.case, family, element.kind).source

    def _descend(self, name: str, node: int) -> None:
        """What hangs on an element that has one outgoing node."""
        self.ends[name] = node
        for unit, share in self.fed.get(name, ()):
            self._whip(name, node, unit, share)
        for child in self.children.get(name, ()):
            self._element(child, self.system.elements[child], node)

    def _element(self, name: str, element: PowerElement, at: int) -> None:
        """One element and all that hangs on it."""
        if isinstance(element, TransformerElement):
            node = self._transformer(name, element, at)
        elif isinstance(element, BoardElement):
            row = self.row(name, "", element, element.rating or 0.0, at)
            node = self.nodes.add(at, row)
        elif isinstance(element, CableElement):
            node = self._cable(name, element, at)
        elif isinstance(element, BuswayElement):
            node = self._busway(name, element, at)
        else:
            node = self.bench.add(name, element, at)
        if not isinstance(element, BuswayElement):
            self._descend(name, node)

    def row(self, name: str, kind: str, element: PowerElement, rating: float, at: int) -> int:
        """A row of the elements table for an element at its parent's voltage; its number."""
        breaker = getattr(element, "breaker", None)
        self.elements.append(
            Element(
                name,
                kind,
                element.type,
                element.from_,
                element.place,
                first=len(self.nodes.parent),
                rating=rating,
                breaker=carries(breaker, rating),
                voltage=self.nodes.volts(at),
            )
        )
        return len(self.elements) - 1

    def rerate(self, row: int, **changes: float) -> None:
        """Change what a row of the elements table says."""
        self.elements[row] = replace(self.elements[row], **changes)  # type: ignore[arg-type]

    def _transformer(self, name: str, element: TransformerElement, at: int) -> int:
        kind = find(self.case, "transformers", element.kind)
        primary = element.primary_voltage or kind.primary_voltage
        secondary = element.secondary_voltage or kind.secondary_voltage
        node = len(self.nodes.parent)
        self.elements.append(
            Element(
                name,
                element.kind,
                element.type,
                element.from_,
                element.place,
                first=node,
                rating=kind.rated_power / (ROOT3 * secondary),
                voltage=secondary,
                rated_power=kind.rated_power,
                no_load_loss=kind.no_load_loss,
                rated_primary=primary,
            )
        )
        size = secondary**2 / kind.rated_power
        r = size * kind.load_loss / kind.rated_power
        z = complex(r, sqrt((kind.impedance * size) ** 2 - r**2))
        here: Route = (element.at, element.at) if element.at else ()
        self.nodes.add(at, len(self.elements) - 1, (z, 0j), route=here)
        self.nodes.turns[node] = windings.turns(kind.connection, primary, secondary)
        self.nodes.base[node] = secondary / ROOT3
        return node

    def _cable(self, name: str, element: CableElement, at: int) -> int:
        kind = find(self.case, "cables", element.kind)
        row = self.row(name, element.kind, element, kind.ampacity * element.runs, at)
        z = self._impedance(kind, element.length / element.runs, at)
        return self.nodes.add(at, row, z, route=element.path or ())

    def _impedance(self, kind: BuswayKind | CableKind, length: float, at: int) -> tuple[complex, complex]:
        return (
            two_poles(kind, length) if self.nodes.dc[at] else impedance(self.system.frequency, kind, length)
        )

    def _busway(self, name: str, element: BuswayElement, at: int) -> int:
        """Head, then a node at every tap with its whips, then what hangs on the far end."""
        kind = find(self.case, "busways", element.kind)
        row = self.row(name, element.kind, element, kind.rated_current, at)
        taps = [
            (route.nearest(element.path, top(self.plan.units[unit])), unit, share)
            for unit, share in self.fed.get(name, ())
        ]
        node, reached = self.nodes.add(at, row), 0.0
        for along, unit, share in sorted(taps):
            if along > reached:
                node = self._segment(element.path, (reached, along), kind, row, node)
                reached = along
            self._whip(name, node, unit, share, route.point_at(element.path, along))
        total = route.length(element.path)
        if (name in self.children or name in self.alternates) and total > reached:
            node = self._segment(element.path, (reached, total), kind, row, node)
        self.ends[name] = node
        for child in self.children.get(name, ()):
            self._element(child, self.system.elements[child], node)
        return node

    def _segment(self, path: Route, span: tuple[float, float], kind: BuswayKind, row: int, node: int) -> int:
        z = self._impedance(kind, span[1] - span[0], node)
        return self.nodes.add(node, row, z, route=route.piece(path, *span))

    def _whip(self, feed: str, node: int, unit: int, share: float, tap: route.Point | None = None) -> None:
        """The cord of one unit and its load."""
        owner = self.plan.units[unit]
        whip = whip_of(self.system.whips, owner)
        if whip is None:
            self.bare[owner.path[1]] = None
        else:
            node = self._cord(feed, node, owner, share, whip, tap)
        self.loads.append((node, unit, share))

    def _cord(
        self, feed: str, node: int, unit: Unit, share: float, whip: Whip, tap: route.Point | None
    ) -> int:
        volts = self.nodes.volts(node)
        lowest = volts * (1 - self.system.voltage_window)  # a cord must do at the lowest voltage allowed
        direct = self.nodes.dc[node]
        name, kind = choose(self.case, whip, peak_current(unit, share, lowest, direct))
        rating, most = kind.ampacity * whip.runs, largest(self.case, whip)
        self.elements.append(
            Element(
                f"{unit.name}.{feed}",
                name,
                "whip",
                feed,
                "hall",
                first=len(self.nodes.parent),
                rating=rating,
                breaker=carries(whip.breaker, rating),
                voltage=volts,
                largest=most,
                largest_breaker=carries(whip.breaker, most),
            )
        )
        end = top(unit)
        z = self._impedance(kind, whip.length / whip.runs, node)
        return self.nodes.add(node, len(self.elements) - 1, z, route=(tap or end, end))


def _subtree_ends(parent: np.ndarray) -> np.ndarray:
    """One past the last node below each node, itself included; nodes are in depth-first order."""
    end = np.arange(1, parent.size + 1, dtype=np.int32)
    for k in range(parent.size - 1, 0, -1):
        end[parent[k]] = max(end[parent[k]], end[k])
    return end
