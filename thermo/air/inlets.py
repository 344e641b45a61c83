"""What the tiers see at every step, taken where the air is solved and read by the host in one piece at each look."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np

from .exchange import Exchange, Passage
from .monitor import Monitor


class Inlets:
    """The passage of air through the units where it is solved, and the inlets of the steps not yet read."""

    def __init__(self, ops: SimpleNamespace, exchange: Exchange, monitor: Monitor, steps: int):
        self.ops, self.home, self.exchange, self.monitor = ops, ops.home, exchange, monitor
        # in the host's memory the exchange itself: its passage follows it at every step
        self.way: Exchange | Passage = exchange
        self.times: list[float] = []  # of the steps not yet read
        self.stale = False  # the host's inlets and outlets are those of an earlier step
        if self.home.replays:
            exchange.respond()
            self.way = self.home.moved(exchange.passage)
            self.own: list[Any] = self.home.moved([np.zeros(exchange.inlet.size) for _ in range(steps)])
            self.rows = list(self.own)
            self.noted: Any = None  # the inlets of the last step, where a stack keeps those of all its halls
            self.landing = self.home.landing([np.zeros(exchange.inlet.size) for _ in range(steps)])
            self.told = self._response()

    @property
    def passage(self) -> Passage:
        """The passage where it is solved."""
        return self.way.passage if isinstance(self.way, Exchange) else self.way

    def follow(self) -> Exchange | Passage:
        """The passage as units and coolers are now, for the steps to come."""
        if self.home.replays:
            self.exchange.respond()
            response = self._response()
            if not np.array_equal(response, self.told, equal_nan=True):
                self._tell(response)
            self.stale = True
        return self.way

    def note(self, time: float) -> None:
        """Remember the inlets of the step that ends at `time` [s]."""
        if not self.home.replays:
            self._record(time, self.exchange.inlet)
            return
        assert isinstance(self.way, Passage)
        if self.noted is None:
            self.ops.copy(self.rows[len(self.times)], self.way.inlet)
        else:
            self.rows[len(self.times)] = self.noted
        self.times.append(time)
        if len(self.times) == len(self.rows):
            self.read()

    def keep(self) -> None:
        """Have what a stack has noted, and is not read yet, in rows of its own."""
        for own, row, _ in zip(self.own, self.rows, self.times, strict=False):
            if row is not own:
                own[:] = row
        self.rows, self.noted = list(self.own), None

    def read(self) -> None:
        """Bring what the steps since the last look saw to the monitor, and the last inlets and outlets."""
        if not self.stale:
            return
        assert isinstance(self.way, Passage)
        taken, times, self.times, self.stale = len(self.times), self.times, [], False
        landing = (self.landing[:taken], self.exchange.inlet, self.exchange.outlet)
        self.home.fetch(landing, (self.rows[:taken], self.way.inlet, self.way.outlet))
        for time, inlet in zip(times, self.landing, strict=False):
            self._record(time, inlet)

    def _record(self, time: float, inlet: np.ndarray) -> None:
        self.monitor.record(time, self.exchange.unit_means(inlet))

    def _response(self) -> np.ndarray:
        here = self.exchange.passage
        return np.stack((here.rise, here.wanted, here.fall))

    def _tell(self, response: np.ndarray) -> None:
        self.told, here, there = response, self.exchange.passage, self.way
        assert isinstance(there, Passage)
        self.home.update((there.rise, there.wanted, there.fall), (here.rise, here.wanted, here.fall))
