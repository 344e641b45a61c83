"""Converters, batteries and power shelves of a solved network as tables and limits."""

from __future__ import annotations

from collections.abc import Iterator
from math import inf, nan

import numpy as np

from ...case import Case
from ...case.power import BatteryElement
from ...library import find
from ...plan import Plan
from ..converters import PASSES
from ..flow import Limit, PowerResult
from ..modes import standing
from ..shelves import losses, output

Table = dict[str, np.ndarray]
FIGURES = ("dc_kW", "loss_kW", "efficiency_percent", "load_percent", "without_a_feed_percent", "bus_A")


def converters(result: PowerResult) -> Table:
    """One row a converter: what it draws, gives and loses, its load over its rated power, its battery's minutes."""
    network, electronics = result.network, result.network.electronics
    given, drawn = result.converted.T
    rated = np.array([c.curve.rated for c in network.converters])
    stored = np.array([float(c.balance(g)[2]) for c, g in zip(network.converters, given, strict=True)])
    taken = drawn - np.maximum(stored, 0.0)
    minutes = np.full(given.size, nan)
    for ups in electronics.ups:
        minutes[ups.index] = float(ups.minutes(given[ups.index])) if ups.energy > 0 else 0.0
    elements = [network.elements[row] for row in electronics.converter_row]
    return {
        "name": np.array([element.name for element in elements], str),
        "type": np.array([element.type for element in elements], str),
        "mode": np.array([_mode(result, k) for k in range(given.size)], str),
        "input_kW": drawn / 1e3,
        "output_kW": given / 1e3,
        "loss_kW": (drawn - given - stored) / 1e3,
        "stored_kW": stored / 1e3,
        "efficiency_percent": 100 * np.divide(given, taken, out=np.full(given.size, nan), where=taken > 0),
        "load_percent": 100 * given / rated if given.size else given,
        "ride_through_min": minutes,
    }


def _mode(result: PowerResult, index: int) -> str:
    """In words: a UPS in eco mode whose input left its window is in double conversion."""
    electronics = result.network.electronics
    for ups in electronics.ups:
        if ups.index == index:
            passing = result.network.converters[index].mode == PASSES
            lost = ups.mode != "double conversion" and not passing
            return "double conversion, eco lost" if lost else ups.mode
    for k, switch in enumerate(electronics.switches):
        if switch.row == electronics.converter_row[index]:
            return "alternate" if standing(result.network, k) else "preferred"
    return "rectifier"


def switches(result: PowerResult) -> Table:
    """One row a transfer switch: the element it prefers, the one it turns to, and how long that takes."""
    found = result.network.electronics.switches
    names = [*(element.name for element in result.network.elements), "source"]  # row -1: the utility
    return {
        "name": np.array([names[s.row] for s in found], str),
        "preferred": np.array([names[s.preferred_row] for s in found], str),
        "alternate": np.array([names[s.alternate_row] for s in found], str),
        "transfer_time_s": np.array([s.transfer_time for s in found], float),
    }


def batteries(case: Case, result: PowerResult) -> Table:
    """One row a battery on a board: its power, what that does to its energy, and for how long it can."""
    assert case.power is not None
    rows, electronics = [], result.network.electronics
    for row, store in zip(electronics.store_row, result.network.stores, strict=True):
        name = result.network.elements[row].name
        element = case.power.elements[name]
        assert isinstance(element, BatteryElement)
        energy = find(case, "batteries", element.kind).energy
        room = energy * (element.state_of_charge if store.stored < 0 else 1 - element.state_of_charge)
        lasts = room / abs(store.stored) if store.stored else inf
        rows.append((name, store.power / 1e3, store.stored / 1e3, (store.drawn - store.stored) / 1e3,
                     100 * element.state_of_charge, energy / 3.6e6, lasts / 3600))  # fmt: skip
    names = ("name", "power_kW", "stored_kW", "loss_kW", "state_of_charge_percent", "energy_kWh", "lasts_h")
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return {n: np.array(c, str if n == "name" else float) for n, c in zip(names, columns, strict=True)}


def shelves(plan: Plan, result: PowerResult) -> Table:
    """One row a rack with power shelves: DC power, loss, load of the rectifiers that must do, current of its bus.

    `without_a_feed_percent`: load of the rectifiers left, spare ones failed, when the rack's largest feed is lost.
    """
    network, behind = result.network, result.network.electronics.shelves
    names = ("name", "kind", *FIGURES)
    if behind is None:
        return {}
    power = result.unit_power[:, None]
    given = output(network, behind, power)[0]
    each = losses(behind, given[network.load_unit] * network.load_share)
    rows = []
    for u, unit in enumerate(plan.units):
        if unit.shelf is None:
            continue
        own = network.load_unit == u
        watts, lost, left = float(given[u]), float(each[own].sum()), behind.firm[own]
        alone = watts / (left.sum() - left.max()) if own.sum() > 1 else nan
        part = watts / max(watts + lost, 1e-9)
        rows.append((unit.name, unit.shelf.kind, watts / 1e3, lost / 1e3, 100 * part, 100 * watts / unit.shelf.firm,
                     100 * alone, watts / unit.shelf.volts))  # fmt: skip
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return {
        n: np.array(c, str if n in ("name", "kind") else float) for n, c in zip(names, columns, strict=True)
    }


def limits(tables: dict[str, Table], rated: dict[str, float]) -> Iterator[Limit]:
    """Active power of every UPS, load of every rack's shelves, whole and without a feed; `rated` [W] by name."""
    table = tables["power/converters"]
    for k in np.flatnonzero(table["type"] == "ups"):
        name, load = str(table["name"][k]), float(table["load_percent"][k])
        yield Limit("ups power", name, load / 100, float(table["output_kW"][k]), rated[name] / 1e3, "kW")
    shelf = tables.get("power/shelves", {})
    for at, name in enumerate(shelf.get("name", ())):
        for limit, column in (
            ("power shelf", "load_percent"),
            ("shelf on one feed", "without_a_feed_percent"),
        ):
            load = float(shelf[column][at])
            if np.isfinite(load):
                yield Limit(limit, str(name), load / 100, load, 100.0, "%")
