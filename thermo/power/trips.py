"""Which breakers trip in which scenario, and when: taken from the currents as they are solved, of which none is kept.

A breaker's replica (thermo.power.states.breaker) is followed at the scenario's current, held constant, from its heat
at the start. The times are a band: the earliest and the latest that a listed breaker may take.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import inf
from typing import Any

import numpy as np

from .states.breaker import Band, Replica, band, time_to_trip
from .tree import Network

HORIZON = 4 * 3600.0  # [s] after which a breaker that has not tripped is taken to hold
COLUMNS = ("pick_up", "time_constant", "instant", "opening")


@dataclass(frozen=True)
class Trips:
    """Breakers B as arrays. `row`: the element of a hall, or the node of a network, whose current each carries."""

    row: np.ndarray
    rating: np.ndarray  # [A] in its own air
    early: Replica  # of arrays
    late: Replica

    @classmethod
    def of(cls, rows: Sequence[int], ratings: Sequence[float], bands: Sequence[Band]) -> Trips:
        """Breakers one by one."""

        def together(edge: str) -> Replica:
            replicas = [getattr(one, edge) for one in bands]
            return Replica(*(np.array([getattr(one, column) for one in replicas]) for column in COLUMNS))

        return cls(np.array(rows, int), np.array(ratings, float), together("early"), together("late"))


@dataclass(frozen=True)
class Tripped:
    """Of scenarios S. Each breaker by itself: what follows when one has opened is thermo.power.outage's."""

    first: np.ndarray  # (S) breaker that may trip first; -1: none within HORIZON, or no solution
    after: np.ndarray  # (S) [s] earliest; infinite for none
    before: np.ndarray  # (S) [s] its latest; infinite where it may hold
    may: np.ndarray  # (S, B) trips at its earliest within HORIZON
    must: np.ndarray  # (S, B) trips at its latest within HORIZON

    @classmethod
    def joined(cls, parts: Sequence[Tripped]) -> Tripped:
        """Scenarios behind one another."""
        names = ("first", "after", "before", "may", "must")
        return cls(*(np.concatenate([getattr(part, name) for part in parts]) for name in names))


def tripped(trips: Trips, current: np.ndarray, heat: np.ndarray | float = 0.0) -> Tripped:
    """Trips at currents (S, B) [A] from replicas' states `heat` (S, B), 0 cold; NaN currents trip nothing."""
    load = np.nan_to_num(current / trips.rating, nan=0.0)
    flows = load > 0
    early = np.where(flows, time_to_trip(trips.early, load, heat), inf)
    late = np.where(flows, time_to_trip(trips.late, load, heat), inf)
    first, after, before = earliest(early, late)
    return Tripped(first, after, before, early <= HORIZON, late <= HORIZON)


def earliest(early: np.ndarray, late: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Of times (S, B) [s] the first breaker to trip (-1: none within HORIZON), its earliest and its latest time (S)."""
    count = len(early)
    if not early.shape[1]:
        return np.full(count, -1), np.full(count, inf), np.full(count, inf)
    first, scenario = early.argmin(axis=1), np.arange(count)
    after = early[scenario, first]
    holds = after > HORIZON
    return (
        np.where(holds, -1, first),
        np.where(holds, inf, after),
        np.where(holds, inf, late[scenario, first]),
    )


def breakers_of(network: Network, tables: Mapping[str, Any]) -> Trips:
    """Breakers of a network file's lines, each at the node that its line feeds."""
    found = list(_breakers(network, tables))
    rows, ratings, bands = zip(*found, strict=True) if found else ((), (), ())
    return Trips.of(rows, ratings, bands)


def _breakers(network: Network, tables: Mapping[str, Any]) -> Iterator[tuple[int, float, Band]]:
    position = {row["id"]: k for k, row in enumerate(tables["nodes"])}
    for row in tables.get("lines", ()):
        stated = row.get("breaker")
        one, other = position[row["f"]], position[row["t"]]
        node = other if network.parent[other] == one else one
        if stated and network.parent[node] in (one, other) and row.get("closed", True):
            kind = band(stated.get("standard", "UL 489"), stated["rating"], stated.get("curve", "C"))
            yield node, stated["rating"], kind
