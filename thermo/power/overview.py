"""The flow of a network file for a reader: under each load factor, voltages, branches, and where the power goes."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from math import nan
from typing import Any

import numpy as np

from ..units import ZERO_CELSIUS
from . import warm
from .energy import Balance, balance
from .solution import Solution, solve
from .states.breaker import time_to_trip
from .tree import Network
from .trips import Trips, breakers_of

Table = dict[str, np.ndarray]


@dataclass(frozen=True)
class State:
    """One factor on all loads. `temperature` (n) [K] of the branch into each node, NaN of what is no
    conductor; None: resistances as stated."""

    factor: float
    solution: Solution
    balance: Balance
    temperature: np.ndarray | None
    breakers: Trips  # of the file's lines; what they do is in the solution


def states(
    tables: Mapping[str, Any], factors: Sequence[float], device: str, air: float | None = None
) -> list[State]:
    """Solve a network file's loads under every factor; `air` [K]: conductors as warm as their current keeps them in it.

    Raises thermo.netfile.NetworkError, thermo.device.DeviceError, thermo.power.warm.NotSettled.
    """
    network = Network.from_tables(tables)
    breakers = breakers_of(network, tables)
    found = []
    for factor in factors:
        loaded = replace(network, p=factor * network.p, q=factor * network.q)
        if air is None:
            solution, temperature = solve(loaded, device=device, breakers=breakers), None
        else:
            kind, stated = warm.conductors_of(loaded, tables)
            settled = warm.warmed(loaded, kind, stated, np.full(network.size, air), device)
            solution = solve(settled.solution.network, device=device, breakers=breakers)
            temperature = np.where(np.asarray(kind.ampacity) > 0, settled.temperature, nan)
        made = balance(solution.network, solution, loaded.p[None], loaded.q[None])
        found.append(State(factor, solution, made, temperature, breakers))
    return found


def branches(state: State) -> Table:
    """One row a node: the branch into it, its current, loading, loss, temperature, and the voltage at its end."""
    network, solution = state.solution.network, state.solution
    assert solution.voltage is not None
    assert solution.branch_current is not None
    v, i = solution.voltage[0], solution.branch_current[0]
    size, wired = np.abs(v) / network.base[:, None], _wired(network)
    current = np.abs(i).max(axis=1)
    rated = network.rating > 0
    loading = np.divide(current, network.rating, out=np.full(network.size, nan), where=rated)
    celsius = np.full(network.size, nan) if state.temperature is None else state.temperature - ZERO_CELSIUS
    names = np.array(network.names, str)
    return {
        "node": names,
        "from": np.where(np.arange(network.size) == network.parent, "", names[network.parent]),
        "voltage_min_pu": np.where(wired, size, np.inf).min(axis=1),
        "voltage_max_pu": np.where(wired, size, -np.inf).max(axis=1),
        "current_A": current,
        "rating_A": np.where(rated, network.rating, nan),
        "loading_percent": 100 * loading,
        "loss_kW": (np.einsum("kf,kfg,kg->k", i.conj(), network.impedance, i).real + _converted(solution))
        / 1e3,
        "conductor_degC": celsius,
    } | _trip_times(state, current)


def _converted(solution: Solution) -> np.ndarray:
    """(n) [W] that converters into the nodes lose."""
    network, lost = solution.network, np.zeros(solution.network.size)
    if solution.converter_w is not None:
        for converter, given in zip(network.converters, solution.converter_w[0, :, 0], strict=True):
            lost[converter.node] += float(converter.balance(given)[1])
    return lost


def _trip_times(state: State, current: np.ndarray) -> Table:
    """Earliest and latest time [s] to the trip of the breaker in a branch, from cold; infinite where it holds."""
    trips = state.breakers
    found = {}
    for name, edge in (("trips_after_s", trips.early), ("trips_before_s", trips.late)):
        found[name] = np.full(current.size, nan)
        found[name][trips.row] = time_to_trip(edge, current[trips.row] / trips.rating)
    return found


def _wired(network: Network) -> np.ndarray:
    """(n, 3) phases with a conductor."""
    return network.phases if network.phases.size else np.ones((network.size, 3), bool)


def energy(state: State) -> dict[str, float]:
    """Powers [kW] of the balance: source, loads, each place's loss, and what is left open of the source [-]."""
    held = state.balance
    places = {
        f"loss_{name}_kW": float(w) / 1e3 for name, w in zip(held.places, held.losses[0], strict=True) if w
    }
    return {
        "source_kW": float(held.source[0]) / 1e3,
        "loads_kW": float(held.loads[0]) / 1e3,
        **places,
        "open": float(held.open[0]),
    }
