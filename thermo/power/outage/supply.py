"""What is alive when elements are out: where transfer switches stand, what every UPS does, who is fed.

Scenarios S are rows. `out` has a column more than there are elements: the last is the utility.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from ..converters import BATTERY, HOLDS, MODES, OFF, PASSES, Source
from ..electronics import Forming, Switch, Ups
from ..modes import standing, switched, with_ups
from ..network import HallNetwork
from ..parts import SOURCE

CODE = {mode: code for code, mode in enumerate(MODES)}


@dataclass(frozen=True)
class Reserves:
    """What may still be called upon (S, ...): generators that run, switches that may turn, batteries not empty."""

    running: np.ndarray  # (S, generators)
    turned: np.ndarray  # (S, switches) the alternate may be used
    charged: np.ndarray  # (S, ups and forming batteries)
    tripped: np.ndarray  # (S, ups) inverters that were overloaded for too long

    def of(self, rows: np.ndarray) -> Reserves:
        """Those of some scenarios."""
        return Reserves(self.running[rows], self.turned[rows], self.charged[rows], self.tripped[rows])


@dataclass(frozen=True)
class Supply:
    """Of scenarios S: elements whose output is alive, switches on their alternate, modes of UPS as codes of MODES."""

    alive: np.ndarray  # (S, E)
    ways: np.ndarray  # (S, switches)
    modes: np.ndarray  # (S, ups)
    sources: np.ndarray  # (S, switches, 2) preferred and alternate are alive

    def of(self, rows: np.ndarray) -> Supply:
        """That of some scenarios."""
        return Supply(self.alive[rows], self.ways[rows], self.modes[rows], self.sources[rows])


def feeders(network: HallNetwork) -> list[int]:
    """Row of the element that each element hangs on; E: the utility, -1: none, a generator."""
    rows = {element.name: row for row, element in enumerate(network.elements)}
    rows[SOURCE] = len(network.elements)
    return [rows.get(element.parent, -1) for element in network.elements]


def supplied(network: HallNetwork, out: np.ndarray, reserves: Reserves) -> Supply:
    """Resolve what feeds what. Any loss shakes the voltage: eco mode is left wherever something is out."""
    electronics, above = network.electronics, feeders(network)
    switches = {switch.row: (k, switch) for k, switch in enumerate(electronics.switches)}
    ups = {one.row: (k, one) for k, one in enumerate(electronics.ups)}
    generators = {one.row: k for k, one in enumerate(electronics.generators)}
    count, elements = out.shape[0], len(network.elements)
    alive = np.zeros((count, elements + 1), bool)
    alive[:, elements] = ~out[:, elements]
    found = Supply(
        alive=alive[:, :elements],
        ways=np.zeros((count, len(switches)), int),
        modes=np.full((count, len(ups)), CODE[OFF]),
        sources=np.zeros((count, len(switches), 2), bool),
    )
    shaken = np.asarray(out.any(axis=1))
    for row in _in_order(network, above):
        fed = alive[:, above[row]] if above[row] >= 0 else np.zeros(count, bool)
        if row in switches:
            rests = standing(network, switches[row][0])
            other = _alternate(network, switches[row][1], (alive, out), reserves)
            fed = _turn(found, switches[row], (other, rests), fed, reserves)
        if row in generators:
            fed = reserves.running[:, generators[row]]
        if row in ups:
            resting = CODE[network.converters[ups[row][1].index].mode]
            alive[:, row] = _carry(found, ups[row], (out[:, row], shaken, resting), fed, reserves)
        else:
            alive[:, row] = fed & ~out[:, row]
    return found


def _in_order(network: HallNetwork, above: list[int]) -> list[int]:
    """Rows of elements, whatever may feed one before it."""
    elements = len(network.elements)
    other = {switch.row: _utility(switch.alternate_row, elements) for switch in network.electronics.switches}
    done, order = {-1, elements}, []
    waiting = list(range(elements))
    while waiting:
        ready = [row for row in waiting if above[row] in done and other.get(row, -1) in done]
        order += ready
        done.update(ready)
        waiting = [row for row in waiting if row not in done]
    return order


def reaches(network: HallNetwork) -> np.ndarray:
    """True where a generator stands behind a switch's alternate (switches, generators)."""
    electronics, above = network.electronics, feeders(network)
    other = {switch.row: switch.alternate_row for switch in electronics.switches}
    found = np.zeros((len(electronics.switches), len(electronics.generators)), bool)
    for k, switch in enumerate(electronics.switches):
        behind, waiting = set(), [switch.alternate_row]
        while waiting:
            row = waiting.pop()
            if 0 <= row < len(above) and row not in behind:
                behind.add(row)
                waiting += [above[row], other.get(row, -1)]
        found[k] = [generator.row in behind for generator in electronics.generators]
    return found


def _utility(row: int, elements: int) -> int:
    return elements if row < 0 else row


def _alternate(
    network: HallNetwork, switch: Switch, state: tuple[np.ndarray, np.ndarray], reserves: Reserves
) -> np.ndarray:
    """Whether a switch's alternate lives (S): a battery makes its own voltage while it has charge."""
    alive, out = state
    electronics = network.electronics
    for k, battery in enumerate(electronics.forming):
        if battery.row == switch.alternate_row:
            return np.asarray(reserves.charged[:, len(electronics.ups) + k] & ~out[:, battery.row])
    return np.asarray(alive[:, _utility(switch.alternate_row, alive.shape[1] - 1)])


def _turn(
    found: Supply,
    which: tuple[int, Switch],
    state: tuple[np.ndarray, int],
    preferred: np.ndarray,
    reserves: Reserves,
) -> np.ndarray:
    """A transfer switch: on its alternate where it rests, or only that lives and it may turn. Whether it is fed."""
    k, (alternate, rests) = which[0], state
    turned = alternate & ((~preferred & reserves.turned[:, k]) | bool(rests))
    found.ways[:, k] = turned
    found.sources[:, k] = np.stack([preferred, alternate], axis=1)
    return np.asarray(preferred | turned)


def _carry(
    found: Supply,
    which: tuple[int, Ups],
    state: tuple[np.ndarray, np.ndarray, int],
    fed: np.ndarray,
    reserves: Reserves,
) -> np.ndarray:
    """A UPS: what it does where it is fed (`resting` while nothing is out), not fed, and failed. Whether it gives."""
    (k, ups), (failed, shaken, resting) = which, state
    double = np.where(shaken & (ups.mode == "eco"), CODE[HOLDS], resting)
    carried = reserves.charged[:, k] & (ups.mode != "bypass")
    sound = np.where(fed, double, np.where(carried, CODE[BATTERY], CODE[OFF]))
    broken = np.where(fed & ups.bypasses, CODE[PASSES], CODE[OFF])
    found.modes[:, k] = np.where(failed | reserves.tripped[:, k], broken, sound)
    return np.asarray(found.modes[:, k] != CODE[OFF])


def states(network: HallNetwork, supply: Supply) -> list[tuple[np.ndarray, HallNetwork]]:
    """Scenarios that share a state of the electronics, and the network in that state."""
    rows = [*network.electronics.converter_row, *network.electronics.store_row]
    key = np.concatenate([supply.ways, supply.modes, supply.alive[:, rows]], axis=1)
    kinds, which = np.unique(key, axis=0, return_inverse=True)
    which = which.reshape(-1)
    return [
        (np.flatnonzero(which == k), _in_state(network, supply, int(np.argmax(which == k))))
        for k in range(len(kinds))
    ]


def _in_state(network: HallNetwork, supply: Supply, scenario: int) -> HallNetwork:
    """The network as it is in one scenario: converters without supply are off, dead batteries do nothing."""
    electronics = network.electronics
    stands = switched(network, supply.ways[scenario].tolist())
    stands = with_ups(stands, {k: MODES[code] for k, code in enumerate(supply.modes[scenario])})
    own = {ups.index for ups in electronics.ups}
    converters = [
        replace(c, mode=OFF) if k not in own and c.cuts and not supply.alive[scenario, row] else c
        for k, (c, row) in enumerate(zip(stands.converters, electronics.converter_row, strict=True))
    ]
    stores = [
        s if supply.alive[scenario, row] else replace(s, power=0.0, standby=0.0)
        for s, row in zip(stands.stores, electronics.store_row, strict=True)
    ]
    parent, sources = stands.parent.copy(), list(stands.sources)
    for battery in formed(network, supply.ways[scenario]):
        parent[battery.node] = battery.node
        sources.append(Source(battery.node, battery.volts))
        stores[battery.store] = replace(stores[battery.store], power=0.0, standby=0.0)
    return replace(
        stands, parent=parent, sources=tuple(sources), converters=tuple(converters), stores=tuple(stores)
    )


def formed(network: HallNetwork, ways: np.ndarray) -> list[Forming]:
    """Batteries that some switch stands on, of one scenario's ways."""
    turned = {s.alternate_row for s, way in zip(network.electronics.switches, ways, strict=True) if way}
    return [battery for battery in network.electronics.forming if battery.row in turned]
