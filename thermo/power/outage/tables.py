"""Outages as tables and as a limit."""

from __future__ import annotations

from math import isfinite

import numpy as np

from ..flow import Limit
from ..network import HallNetwork
from ..parts import SOURCE
from .cascade import Losses

Table = dict[str, np.ndarray]
LEAST_RISE = 0.005  # of its rating, from where on an element is said to take load over: less is lower voltage
NAMED = 6  # units named in a cell; the others are counted


def contingency_table(
    network: HallNetwork, losses: Losses, unit_power: np.ndarray, cap_latency: float, load_case: int = 0
) -> Table:
    """One row an element lost, of one load case; powers of units `unit_power` [W] in it."""
    own = np.flatnonzero((losses.load_case == load_case) & (losses.lost >= 0))
    names = names_of(network)
    loading = np.where(np.isfinite(losses.loading[own]), losses.loading[own], -1.0)
    worst = loading.argmax(axis=1)
    trip = losses.trip[own]
    in_time = losses.trip_after[own] > cap_latency
    types = np.array([*(element.type for element in network.elements), "utility"])
    story = {}
    if losses.on_battery is not None and losses.ride_through is not None:
        story = {
            "on_battery_kW": losses.on_battery[own] / 1e3,
            "ride_through_s": losses.ride_through[own],
            "events": np.array([losses.events[s] for s in own], str),
        }
    return {
        "lost": names[losses.lost[own]],
        "type": types[losses.lost[own]],
        "dark_units": losses.dark[own].sum(axis=1),
        "dark_kW": losses.dark[own] @ unit_power / 1e3,
        "dark": np.array([named(network, row) for row in losses.dark[own]], str),
        "worst": np.where(losses.solved[own] & (loading.max(axis=1) > 0), names[worst], ""),
        "worst_percent": np.where(losses.solved[own], 100 * loading.max(axis=1), np.nan),
        **_taken_over(network, losses, own, load_case),
        "voltage_min_pu": losses.voltage_min_pu[own],
        "trips_first": np.where(trip >= 0, names[np.maximum(trip, 0)], ""),
        "trips_after_s": losses.trip_after[own],
        "trips_before_s": losses.trip_before[own],
        "cap_in_time": in_time & losses.solved[own],
        "cascade": np.array([_steps(names, losses.steps[s]) for s in own], str),
        "dark_units_after": losses.dark_after[own].sum(axis=1),
        "dark_after_kW": losses.dark_after[own] @ unit_power / 1e3,
        "collapsed": losses.collapsed[own],
        **story,
    }


def _taken_over(network: HallNetwork, losses: Losses, own: np.ndarray, load_case: int) -> Table:
    """The element, cords aside, whose loading rises most by the loss, and its loading before and after [%]."""
    intact = np.flatnonzero((losses.load_case == load_case) & (losses.lost < 0))
    cords = np.array([element.type == "whip" for element in network.elements])
    rise = np.nan_to_num(losses.loading[own] - losses.loading[intact], nan=0.0)
    rise[:, cords] = 0.0
    most = rise.argmax(axis=1)
    there = rise.max(axis=1) > LEAST_RISE
    before, after = losses.loading[intact[0], most], losses.loading[own, most]
    return {
        "takes_over": np.where(there, names_of(network)[most], ""),
        "takes_over_from_percent": np.where(there, 100 * before, np.nan),
        "takes_over_to_percent": np.where(there, 100 * after, np.nan),
    }


def names_of(network: HallNetwork) -> np.ndarray:
    """Names of what may be lost: elements, and the utility after them."""
    return np.array([*(element.name for element in network.elements), SOURCE])


def named(network: HallNetwork, which: np.ndarray) -> str:
    """Units by name, as many as fit in a cell."""
    found = [network.units[u] for u in np.flatnonzero(which)]
    more = f" and {len(found) - NAMED} more" if len(found) > NAMED else ""
    return ", ".join(found[:NAMED]) + more


def _steps(names: np.ndarray, steps: tuple[tuple[float, int], ...]) -> str:
    return "; ".join(f"{names[row]} after {_time(seconds)}" for seconds, row in steps)


def _time(seconds: float) -> str:
    return f"{seconds:.2g} s" if seconds < 100 else f"{seconds / 60:.0f} min"


def single_cord(network: HallNetwork) -> tuple[str, ...]:
    """Units that hang on one feed only, in the plan's order."""
    count = np.bincount(network.load_unit, minlength=len(network.units))
    return tuple(network.units[u] for u in np.flatnonzero(count == 1))


def redundancy(network: HallNetwork, losses: Losses) -> tuple[Limit, ...]:
    """The fullest element after any loss that moves load to another feed; none where no unit has two.

    Judged by ratings for hours: a lost feed may stay lost.
    """
    two = np.bincount(network.load_unit, minlength=len(network.units)) > 1
    moved = np.flatnonzero((losses.lost >= 0) & losses.solved)
    if not (two.any() or network.electronics.switches) or not moved.size:
        return ()
    loading = losses.loading[moved]
    at, row = np.unravel_index(int(np.argmax(loading)), loading.shape)
    used = float(loading[at, row])
    lost = names_of(network)[losses.lost[moved[at]]]
    where = f"{network.elements[row].name} without {lost}"
    return (Limit("one element lost", where, used, 100 * used, 100.0, "%"),) if isfinite(used) else ()
