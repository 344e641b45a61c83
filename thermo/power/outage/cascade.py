"""Every element out, under every load case, in one batch; then what trips, until nothing does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import inf

import numpy as np

from ..judgement.derating import breaker_factor
from ..judgement.equipment import Device
from ..network import HallNetwork
from ..parts import allowed
from ..shelves import cords
from ..states.breaker import Replica, step, time_to_trip
from ..trips import HORIZON, Trips, earliest
from . import feeds
from .batch import HallSolver

CHUNK = 4096  # scenarios solved together
SAME = 1e-6  # relative: breakers that trip at one time
MORE = 1.05  # a loss must raise a breaker's load so far to be why it trips: more than lower voltage does


@dataclass(frozen=True)
class Losses:
    """One row a scenario (S): an element lost under a load case; the first of each load case loses nothing."""

    lost: np.ndarray  # row of the element; -1 for none
    load_case: np.ndarray
    dark: np.ndarray  # (S, units) at once
    dark_after: np.ndarray  # (S, units) when the cascade has stopped
    loading: (
        np.ndarray
    )  # (S, E) current / rating in its own air at once; 0 where nothing is rated, NaN past the nose
    voltage_min_pu: np.ndarray  # (S) at once, over loaded phases
    solved: np.ndarray  # (S) at once
    trip: np.ndarray  # (S) row of the first element to trip; -1 for none
    trip_after: np.ndarray  # (S) [s] earliest; infinite for none
    trip_before: np.ndarray  # (S) [s] latest; infinite where it may hold
    steps: tuple[tuple[tuple[float, int], ...], ...]  # (S) [s] and row of every trip, earliest times
    collapsed: np.ndarray  # (S) the voltage has no solution at once or after a trip
    # where UPS, transfer switches or generators act: what they do, the first of them, and [W] on batteries and for how
    # long [s] the first of these lasts
    events: tuple[str, ...] = ()
    on_battery: np.ndarray | None = None
    ride_through: np.ndarray | None = None


def trips_of(devices: Sequence[Device]) -> Trips:
    """The breakers of a network."""
    found = [(row, device) for row, device in enumerate(devices) if device.band is not None]
    ratings = [device.breaker_rating * breaker_factor(device) for _, device in found]
    return Trips.of([row for row, _ in found], ratings, [device.band for _, device in found if device.band])


def contingencies(
    network: HallNetwork, devices: Sequence[Device], unit_power: np.ndarray, solve: HallSolver
) -> Losses:
    """Lose every element, one at a time, under load cases `unit_power` (units, C) [W].

    `network` has the ratings that hold in the elements' own air. Breakers are warm from the intact state. Trips follow
    the early edge of their bands: the worst that listed breakers may do; no power cap acts. A breaker that would trip
    without any loss trips here only where the loss adds to its load.
    """
    elements, cases = len(network.elements), unit_power.shape[1]
    lost = np.tile(np.arange(-1, elements), cases)
    load_case = np.repeat(np.arange(cases), elements + 1)
    out = lost[:, None] == np.arange(elements)
    trips = trips_of(devices)
    current, voltage, solved = _solved(network, unit_power[:, load_case], out, solve)
    intact = current[lost < 0][load_case]
    before_loss = np.nan_to_num(intact[:, trips.row] / trips.rating)
    heat = np.minimum(before_loss**2, np.square(trips.early.pick_up))
    rating = np.array([allowed(element) for element in network.elements])
    state = _State(current, heat, out, before_loss)
    first, after, before = _first_trip(network, trips, state)
    steps, final, collapsed = _cascade(network, trips, unit_power[:, load_case], (state, solved), solve)
    return Losses(
        lost=lost,
        load_case=load_case,
        dark=feeds.dark(network, out),
        dark_after=feeds.dark(network, final),
        loading=np.divide(current, rating, out=np.zeros_like(current), where=rating > 0),
        voltage_min_pu=voltage,
        solved=solved,
        trip=first,
        trip_after=after,
        trip_before=before,
        steps=steps,
        collapsed=collapsed,
    )


def _solved(
    network: HallNetwork, power: np.ndarray, out: np.ndarray, solve: HallSolver
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Currents, voltages and status of scenarios, so many at a time; power (units, S)."""
    parts = []
    for start in range(0, len(out), CHUNK):
        chunk = slice(start, start + CHUNK)
        watts = cords(network, power[:, chunk], feeds.shares(network, out[chunk]))
        parts.append(solve(watts[:, :, None] * network.phase_share))
    current, voltage, solved = (np.concatenate(column) for column in zip(*parts, strict=True))
    return current, voltage, solved


@dataclass(frozen=True)
class _State:
    """Of scenarios S: currents of elements [A] (S, E), heat of breakers (S, B), elements out (S, E), and the breakers'
    load over their rating before the loss (S, B)."""

    current: np.ndarray
    heat: np.ndarray
    out: np.ndarray
    intact: np.ndarray

    def of(self, scenarios: np.ndarray) -> _State:
        return _State(*(part[scenarios] for part in (self.current, self.heat, self.out, self.intact)))

    def copy(self) -> _State:
        return self.of(np.arange(len(self.out)))


def _times(network: HallNetwork, trips: Trips, edge: Replica, state: _State) -> np.ndarray:
    """Time [s] to each breaker's trip (S, B); infinite where no current flows or none trips."""
    gone = state.out.astype(float) @ feeds.on_the_way(network)[:, trips.row] > 0
    load = np.nan_to_num(state.current[:, trips.row] / trips.rating, nan=0.0)
    return trip_times(trips, edge, load, state.heat, (state.intact, gone))


def trip_times(
    trips: Trips, edge: Replica, load: np.ndarray, heat: np.ndarray, unless: tuple[np.ndarray, np.ndarray]
) -> np.ndarray:
    """The same at loads over ratings (S, B); `unless`: their loads before the loss, and breakers without supply."""
    intact, gone = unless
    anyway = (intact > trips.early.pick_up) & (load <= MORE * intact)
    return np.where(gone | anyway | (load <= 0), inf, time_to_trip(edge, load, heat))


def _first_trip(
    network: HallNetwork, trips: Trips, state: _State
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """Row, earliest and latest time of the breaker that may trip first."""
    early, late = (_times(network, trips, edge, state) for edge in (trips.early, trips.late))
    first, after, before = earliest(early, late)
    return np.where(first < 0, -1, trips.row[first]) if trips.row.size else first, after, before


def _cascade(
    network: HallNetwork, trips: Trips, power: np.ndarray, start: tuple[_State, np.ndarray], solve: HallSolver
) -> tuple[tuple[tuple[tuple[float, int], ...], ...], np.ndarray, np.ndarray]:
    """Trip what trips first, share its load out again, and so on: steps, elements out at the end, collapses."""
    state, solved = start[0].copy(), start[1].copy()
    steps: list[list[tuple[float, int]]] = [[] for _ in solved]
    clock = np.zeros(len(solved))
    active = np.flatnonzero(solved) if trips.row.size else np.zeros(0, int)
    while active.size:
        times = _times(network, trips, trips.early, state.of(active))
        soonest = times.min(axis=1)
        going = soonest <= HORIZON
        active, times, soonest = active[going], times[going], soonest[going]
        if not active.size:
            break
        clock[active] += soonest
        load = state.current[active][:, trips.row] / trips.rating
        state.heat[active] = step(state.heat[active], load, soonest[:, None], trips.early.time_constant)
        tripping = times <= soonest[:, None] * (1 + SAME)
        for scenario, which in zip(active, tripping, strict=True):
            rows = trips.row[which]
            state.out[scenario, rows] = True
            steps[scenario] += [(float(clock[scenario]), int(row)) for row in rows]
        found, _, solved[active] = _solved(network, power[:, active], state.out[active], solve)
        state.current[active] = found
        active = active[solved[active]]
    return tuple(tuple(one) for one in steps), state.out, ~solved
