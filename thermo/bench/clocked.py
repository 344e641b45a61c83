"""A namespace of operators that keeps the time of every call, wrapped around the real one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter_ns
from types import SimpleNamespace
from typing import Any

from .compulsory import TRAFFIC, Extents, call_cost, parameters


@dataclass
class Tally:
    """What one operator did: calls, their time [ns], compulsory bytes, cells visited."""

    calls: int = 0
    time: int = 0
    moved: int = 0
    cells: int = 0


class Clocked:
    """Operators that are told to `count` (bytes and cells), to `time`, or to do neither."""

    def __init__(self, ops: SimpleNamespace, clock: Callable[[], int] = perf_counter_ns):
        self.real, self.clock = ops, clock
        self.tallies: dict[str, Tally] = {}
        self.extents: Extents | None = None  # set while counting
        self.timing = False
        self.ops = SimpleNamespace(**vars(ops))
        for name in TRAFFIC:
            if hasattr(ops, name):
                setattr(self.ops, name, self._wrapped(name, getattr(ops, name)))

    def _wrapped(self, name: str, operator: Callable) -> Callable:
        names = parameters(operator)

        def call(*arguments: Any) -> None:
            if self.timing:
                begun = self.clock()
                operator(*arguments)
                self.tally(name).time += self.clock() - begun
                return
            operator(*arguments)
            if self.extents is not None:
                moved, cells = call_cost(name, dict(zip(names, arguments, strict=False)), self.extents)
                tally = self.tally(name)
                tally.calls += 1
                tally.moved += moved
                tally.cells += cells

        return call

    def tally(self, name: str) -> Tally:
        return self.tallies.setdefault(name, Tally())

    def forget_times(self) -> None:
        for tally in self.tallies.values():
            tally.time = 0
