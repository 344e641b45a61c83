"""What happens after a loss where UPS, transfer switches and generators act: a story of events, each network solved.

At once fast switches turn and UPS go to their batteries or to bypass; then, in the order of time, slow switches turn,
generators take load, batteries run empty and breakers trip, until nothing happens within the horizon.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import inf

import numpy as np

from ..converters import BATTERY, HOLDS, PASSES
from ..network import HallNetwork
from ..parts import allowed
from ..shelves import cords
from ..states.breaker import step, time_to_trip
from . import feeds
from .batch import HallSolver
from .cascade import CHUNK, HORIZON, SAME, Losses, Trips, trip_times
from .supply import CODE, Reserves, Supply, reaches, states, supplied

HOLD_UP = 0.02  # [s] that a rack's supplies bridge: 20 ms, OCP Open Rack V3
MOST_EVENTS = 100  # of one scenario: every device and breaker acts at most once


@dataclass
class _Course:
    """Scenarios S on their way; arrays change from event to event."""

    out: np.ndarray  # (S, E + 1)
    running: np.ndarray  # (S, generators)
    since: np.ndarray  # (S, switches) [s] from when on the alternate has been alive
    charge: np.ndarray  # (S, ups and forming batteries) share of the battery that is left
    strain: np.ndarray  # (S, ups) share of what its inverter endures that is used up; 1: it has given up
    clock: np.ndarray  # (S) [s]
    power: np.ndarray  # (units, S) [W]
    heat: np.ndarray  # (S, breakers)
    intact: np.ndarray  # (S, breakers) load over rating before the loss

    def reserves(self, network: HallNetwork, rows: np.ndarray) -> Reserves:
        """What may be called upon now."""
        delay = np.array(
            [s.transfer_time if s.transfer_time > HOLD_UP else 0.0 for s in network.electronics.switches]
        )
        due = self.since[rows] + delay <= self.clock[rows][:, None] * (1 + SAME) + 1e-12
        return Reserves(self.running[rows], due, self.charge[rows] > 0, self.strain[rows] >= 1)


@dataclass(frozen=True)
class _Look:
    """The network of scenarios S, resolved and solved."""

    supply: Supply
    current: np.ndarray  # (S, E)
    voltage: np.ndarray  # (S)
    solved: np.ndarray  # (S)
    # of UPS and forming batteries: minutes that a full one lasts at this load, infinite where it does not carry; [W]
    minutes: np.ndarray  # (S, ups and forming batteries)
    carried: np.ndarray  # (S, ups and forming batteries)
    endures: np.ndarray  # (S, ups) [s] that inverters endure their load; infinite within their rating


def tell(network: HallNetwork, trips: Trips, unit_power: np.ndarray, solver: HallSolver) -> Losses:
    """Lose every element and the utility, one at a time, under load cases `unit_power` (units, C) [W].

    As thermo.power.outage.cascade.contingencies, which see; row E stands for the utility.
    """
    elements, cases = len(network.elements), unit_power.shape[1]
    lost = np.tile(np.arange(-1, elements + 1), cases)
    load_case = np.repeat(np.arange(cases), elements + 2)
    course = _begin(network, trips, lost, unit_power[:, load_case])
    look = _look(network, course, np.arange(lost.size), solver)  # at once
    course.intact = _before(trips, look, lost, load_case)
    course.heat = np.minimum(course.intact**2, np.square(trips.early.pick_up))
    told = _Told(network, look, lost)
    told.begin(look)
    _run(network, trips, (course, look), told, solver)
    rating = np.array([allowed(element) for element in network.elements])
    return Losses(
        lost=lost,
        load_case=load_case,
        dark=told.dark_at_once,
        dark_after=told.dark,
        loading=np.divide(told.highest, rating, out=np.zeros_like(told.highest), where=rating > 0),
        voltage_min_pu=look.voltage,
        solved=look.solved,
        trip=told.trip,
        trip_after=told.trip_after,
        trip_before=told.trip_before,
        steps=tuple(tuple(one) for one in told.steps),
        collapsed=told.collapsed,
        events=tuple("; ".join(one) for one in told.events),
        on_battery=look.carried.sum(axis=1),
        ride_through=look.minutes.min(axis=1, initial=inf) * 60,
    )


def _begin(network: HallNetwork, trips: Trips, lost: np.ndarray, power: np.ndarray) -> _Course:
    electronics, count = network.electronics, lost.size
    energy = [*(ups.energy for ups in electronics.ups), *(battery.energy for battery in electronics.forming)]
    return _Course(
        out=lost[:, None] == np.arange(len(network.elements) + 1),
        running=np.zeros((count, len(electronics.generators)), bool),
        since=np.zeros((count, len(electronics.switches))),
        charge=np.tile(np.array(energy, float) > 0, (count, 1)).astype(float),
        strain=np.zeros((count, len(electronics.ups))),
        clock=np.zeros(count),
        power=power,
        heat=np.zeros((count, trips.row.size)),
        intact=np.zeros((count, trips.row.size)),
    )


def _before(trips: Trips, look: _Look, lost: np.ndarray, load_case: np.ndarray) -> np.ndarray:
    """Breakers' load over their rating before the loss."""
    own = look.current[lost < 0][load_case]
    return np.nan_to_num(own[:, trips.row] / trips.rating)


def _look(network: HallNetwork, course: _Course, rows: np.ndarray, solver: HallSolver) -> _Look:
    """Resolve and solve scenarios `rows`; switches whose alternate has only now come alive wait for their time."""
    out = course.out[rows]
    supply = supplied(network, out, course.reserves(network, rows))
    alternate = supply.sources[:, :, 1]
    course.since[rows] = np.where(alternate, np.minimum(course.since[rows], course.clock[rows][:, None]), inf)
    supply = supplied(network, out, course.reserves(network, rows))
    current, voltage = np.full((rows.size, len(network.elements)), np.nan), np.full(rows.size, np.nan)
    solved, given = np.zeros(rows.size, bool), np.zeros((rows.size, len(network.converters)))
    forming = network.electronics.forming
    made = np.zeros((rows.size, len(forming)))
    share = feeds.shared(network, _fed(network, supply))
    watts = cords(network, course.power[:, rows], share)[:, :, None] * network.phase_share
    for which, state in states(network, supply):
        for start in range(0, which.size, CHUNK):
            some = which[start : start + CHUNK]
            found = solver.of(state, watts[some])
            current[some], voltage[some], solved[some] = found.current, found.voltage, found.solved
            given[some] = found.output
            heads = [source.node for source in state.sources]
            for f, battery in enumerate(forming):
                if battery.node in heads:
                    made[some, f] = found.sources[:, heads.index(battery.node)]
    endures = np.full((rows.size, len(network.electronics.ups)), inf)
    minutes = np.full((rows.size, endures.shape[1] + len(forming)), inf)
    carried = np.concatenate([np.zeros_like(endures), made], axis=1)
    for f, battery in enumerate(forming):
        minutes[:, endures.shape[1] + f] = battery.minutes(made[:, f])
    for k, ups in enumerate(network.electronics.ups):
        carrying = supply.modes[:, k] == CODE[BATTERY]
        carried[carrying, k] = given[carrying, ups.index]
        minutes[carrying, k] = ups.minutes(carried[carrying, k])
        working = carrying | (supply.modes[:, k] == CODE[HOLDS])
        endures[working, k] = ups.endures(given[working, ups.index])
    return _Look(supply, current, voltage, solved, minutes, carried, endures)


def _fed(network: HallNetwork, supply: Supply) -> np.ndarray:
    """Loads (S, L) whose element is alive."""
    return supply.alive[:, network.element[network.load_node]]


def _run(
    network: HallNetwork, trips: Trips, start: tuple[_Course, _Look], told: _Told, solver: HallSolver
) -> None:
    """Event after event."""
    course, look = start
    active = np.flatnonzero(look.solved & (told.lost >= 0))
    look = _of(look, active)
    for _ in range(MOST_EVENTS):
        if not active.size:
            return
        waits = _waits(network, trips, course, (active, look))
        soonest = np.min([wait.min(axis=1, initial=inf) for wait in waits], axis=0)
        going = course.clock[active] + soonest <= HORIZON
        active, soonest, look = active[going], soonest[going], _of(look, going)
        waits = tuple(wait[going] for wait in waits)
        if not active.size:
            return
        _advance(trips, course, (active, look), soonest)
        due = [wait <= soonest[:, None] * (1 + SAME) + 1e-12 for wait in waits]
        told.trips(active, course, trips, (due[0], look.current))
        told.starts(active, course, due[1])
        told.empties(active, course, due[3])
        told.gives_up(active, course, due[4])
        before, look = look, _look(network, course, active, solver)
        told.changes(active, course, before.supply, look)
        active, look = active[look.solved], _of(look, look.solved)


def _of(look: _Look, rows: np.ndarray) -> _Look:
    parts = (look.current, look.voltage, look.solved, look.minutes, look.carried, look.endures)
    return _Look(look.supply.of(rows), *(part[rows] for part in parts))


def _waits(
    network: HallNetwork, trips: Trips, course: _Course, at: tuple[np.ndarray, _Look]
) -> tuple[np.ndarray, ...]:
    """Time [s] until each breaker trips, generator takes load, switch turns, battery is empty, inverter gives up.

    Infinite where it does not.
    """
    active, look = at
    electronics, clock = network.electronics, course.clock[active][:, None]
    gone = ~look.supply.alive[:, trips.row]
    load = np.nan_to_num(look.current[:, trips.row] / trips.rating)
    trip = trip_times(trips, trips.early, load, course.heat[active], (course.intact[active], gone))
    asked = ~look.supply.sources[:, :, 0] @ reaches(network)
    start = np.array([generator.start_time for generator in electronics.generators])
    starting = np.where(asked & ~course.running[active], np.maximum(start - clock, 0.0), inf)
    delay = np.array([switch.transfer_time for switch in electronics.switches])
    ready = look.supply.sources[:, :, 1] & ~look.supply.sources[:, :, 0] & (look.supply.ways == 0)
    turning = np.where(ready, np.maximum(course.since[active] + delay - clock, 0.0), inf)
    left = course.charge[active]
    empty = np.where(left > 0, left, 1.0) * look.minutes * 60
    holding = course.strain[active] < 1
    giving_up = np.where(holding, (1 - np.where(holding, course.strain[active], 0.0)) * look.endures, inf)
    return trip, starting, turning, empty, giving_up


def _advance(trips: Trips, course: _Course, at: tuple[np.ndarray, _Look], seconds: np.ndarray) -> None:
    """Let time pass: breakers warm, batteries give."""
    active, look = at
    course.clock[active] += seconds
    load = np.nan_to_num(look.current[:, trips.row] / trips.rating)
    course.heat[active] = step(course.heat[active], load, seconds[:, None], trips.early.time_constant)
    used = np.divide(
        seconds[:, None], look.minutes * 60, out=np.zeros_like(look.minutes), where=look.minutes > 0
    )
    course.charge[active] = np.maximum(course.charge[active] - used, 0.0)
    course.strain[active] = np.minimum(course.strain[active] + seconds[:, None] / look.endures, 1.0)


class _Told:
    """What is kept of the stories."""

    def __init__(self, network: HallNetwork, look: _Look, lost: np.ndarray) -> None:
        count = lost.size
        self.network, self.lost = network, lost
        self.names = [element.name for element in network.elements]
        self.steps: list[list[tuple[float, int]]] = [[] for _ in range(count)]
        self.events: list[list[str]] = [[] for _ in range(count)]
        self.trip, self.trip_after, self.trip_before = (
            np.full(count, -1),
            np.full(count, inf),
            np.full(count, inf),
        )
        self.highest = look.current.copy()  # [A] before anything trips
        self.collapsed = ~look.solved
        self.dark = self.dark_at_once = _dark(network, look.supply)

    def begin(self, look: _Look) -> None:
        """Events at once."""
        self.dark = self.dark_at_once.copy()
        electronics = self.network.electronics
        for s in map(int, np.flatnonzero(self.lost >= 0)):
            modes, ways = look.supply.modes[s], look.supply.ways[s]
            names = [self.names[ups.row] for ups in electronics.ups]
            self.events[s] += [
                f"{names[k]} on battery"
                + (f" for {_time(60 * look.minutes[s, k])}" if look.carried[s, k] else "")
                for k in np.flatnonzero(modes == CODE[BATTERY])
            ]
            failed = (modes == CODE[PASSES]) & self._failed(s)
            self.events[s] += [f"{names[k]} to bypass" for k in np.flatnonzero(failed)]
            self.events[s] += [f"{self._switch(int(k))} at once" for k in np.flatnonzero(ways)]
            self.events[s] += [
                f"{self.names[battery.row]} lasts {_time(60 * look.minutes[s, len(electronics.ups) + f])}"
                for f, battery in enumerate(electronics.forming)
                if look.carried[s, len(electronics.ups) + f]
            ]

    def _failed(self, scenario: int) -> np.ndarray:
        return np.array([ups.row == self.lost[scenario] for ups in self.network.electronics.ups], bool)

    def _switch(self, k: int) -> str:
        switch = self.network.electronics.switches[k]
        other = self.names[switch.alternate_row] if switch.alternate_row >= 0 else "source"
        return f"{self.names[switch.row]} to {other}"

    def trips(
        self, active: np.ndarray, course: _Course, trips: Trips, at: tuple[np.ndarray, np.ndarray]
    ) -> None:
        """Breakers that open; of the first in each scenario its latest time too."""
        due, current = at
        for n in np.flatnonzero(due.any(axis=1)):
            s, clock = active[n], float(course.clock[active[n]])
            rows = trips.row[due[n]]
            course.out[s, rows] = True
            if self.trip[s] < 0:
                self.trip[s], self.trip_after[s] = rows[0], clock
                load = current[n, trips.row] / trips.rating
                late = time_to_trip(trips.late, load, np.minimum(course.intact[s], trips.early.pick_up) ** 2)
                self.trip_before[s] = late[np.flatnonzero(due[n])[0]]
            self.steps[s] += [(clock, int(row)) for row in rows]
            self.events[s] += [f"{self.names[row]} trips after {_time(clock)}" for row in rows]

    def starts(self, active: np.ndarray, course: _Course, due: np.ndarray) -> None:
        """Generators that take load."""
        for n, k in zip(*np.nonzero(due), strict=True):
            s, row = active[n], self.network.electronics.generators[k].row
            course.running[s, k] = True
            self.events[s].append(f"{self.names[row]} runs after {_time(float(course.clock[s]))}")

    def empties(self, active: np.ndarray, course: _Course, due: np.ndarray) -> None:
        """Batteries that are empty."""
        for n, k in zip(*np.nonzero(due), strict=True):
            held = (*self.network.electronics.ups, *self.network.electronics.forming)
            s, row = active[n], held[k].row
            course.charge[s, k] = 0.0
            self.events[s].append(f"battery of {self.names[row]} empty after {_time(float(course.clock[s]))}")

    def gives_up(self, active: np.ndarray, course: _Course, due: np.ndarray) -> None:
        """Inverters that were overloaded for as long as they endure it."""
        for n, k in zip(*np.nonzero(due), strict=True):
            s, ups = active[n], self.network.electronics.ups[k]
            course.strain[s, k] = 1.0
            then = "to bypass" if ups.bypasses else "off"
            self.events[s].append(
                f"{self.names[ups.row]} overloaded, {then} after {_time(float(course.clock[s]))}"
            )

    def changes(self, active: np.ndarray, course: _Course, before: Supply, look: _Look) -> None:
        """What the last events did: switches that turned, who is dark, what is full."""
        for n, k in zip(*np.nonzero(look.supply.ways > before.ways), strict=True):
            s = active[n]
            self.events[s].append(f"{self._switch(k)} after {_time(float(course.clock[s]))}")
        self.dark[active] = _dark(self.network, look.supply)
        self.collapsed[active] |= ~look.solved
        calm = self.trip[active] < 0
        self.highest[active[calm]] = np.fmax(self.highest[active[calm]], look.current[calm])


def _dark(network: HallNetwork, supply: Supply) -> np.ndarray:
    """Units with feeds, none of which is alive (S, units)."""
    return feeds.unfed(network, _fed(network, supply))


def _time(seconds: float) -> str:
    if seconds < 100:
        return f"{seconds:.3g} s"
    return f"{seconds / 60:.1f} min" if seconds < 6000 else f"{seconds / 3600:.1f} h"
