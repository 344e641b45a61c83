"""Several cases of one hall solved together: every run takes its own course, their air is stepped as a stack.

A run is `couple.solve` in a thread of its own. One goes at a time, until it asks for an iteration of its air; when all
that go on have asked, those that are furthest behind are stepped at once where their grids are the same. So each
variant is judged, coupled, followed and proven by itself, as if it were alone.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Hashable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import partial
from types import SimpleNamespace
from typing import Any

from . import device
from .air.solver import AirSolver
from .air.stack import Stack, alike
from .air.state import State
from .couple import Solution
from .device import DeviceError, OutOfMemory

# what a run is made of: (operators, called with every solver of the run) -> its solution
Work = Callable[[str | SimpleNamespace, Callable[[AirSolver], None]], Solution]


@dataclass
class Wish:
    """An iteration that a run asks for: of these fields, with those of the time level before."""

    solver: AirSolver
    s: State
    old: State
    alone: Callable[[], None]  # does it without the others


class Run(threading.Thread):
    """One run; it goes only while `proceed` waits for it."""

    def __init__(self, work: Work, ops: SimpleNamespace) -> None:
        super().__init__(daemon=True)
        self.work, self.ops = work, ops
        self.go, self.paused = threading.Lock(), threading.Lock()  # passed from one thread to another
        for lock in (self.go, self.paused):
            lock.acquire()
        self.going = self.ended = self.called_off = False
        self.stages: list[AirSolver] = []  # in the order of their first iterations
        self.wish: Wish | None = None
        self.found: Solution | None = None
        self.error: BaseException | None = None
        self.failure: DeviceError | None = None  # of the card, in the iteration it asked for

    def run(self) -> None:
        self.go.acquire()
        self.ops.home.join()
        try:
            if not self.called_off:
                self.found = self.work(self.ops, self._enlist)
        except BaseException as error:  # handed to who waits
            self.error = error
        self.ended = True
        self.paused.release()

    def proceed(self) -> None:
        """Let it go until it asks for an iteration, or ends."""
        self.wish, self.going = None, True
        self.go.release()
        self.wait()

    def wait(self) -> None:
        """Until it has paused."""
        if self.going:
            self.paused.acquire()
            self.going = False

    @property
    def stage(self) -> int:
        """How many grids it has been through: to be compared with the others'."""
        assert self.wish
        return self.stages.index(self.wish.solver)

    def _enlist(self, solver: AirSolver) -> None:
        solver.repeat = partial(self._repeat, solver, solver.repeat)

    def _repeat(self, solver: AirSolver, alone: Callable, key: tuple[Any, ...], work: Any) -> None:
        """In place of the solver's own: ask for an iteration and wait for it; anything else is done at once."""
        if key[0] != "iteration":
            alone(key, work)
            return
        if solver not in self.stages:
            self.stages.append(solver)
        s, old, _ = work.args
        self.wish = Wish(solver, s, old, partial(alone, key, work))
        self.paused.release()
        self.go.acquire()
        if self.called_off:
            raise KeyboardInterrupt
        if self.failure:
            failure, self.failure = self.failure, None
            raise failure


class Company:
    """Runs that are stepped together."""

    def __init__(self, works: Sequence[Work], device_name: str | SimpleNamespace) -> None:
        self.ops = device.on(device_name)
        self.runs = [Run(work, self.ops) for work in works]
        self.stacks: list[Stack] = []
        self.kinds: dict[AirSolver, Hashable] = {}

    def solve(self) -> Iterator[tuple[int, Solution | Exception]]:
        """(number of a run, its solution or what it raised), as they end.

        An interrupt ends all with the last good fields, as it does a single run; those it cut short before anything
        was computed are left out, and it is raised again after the last.
        """
        told: set[int] = set()
        try:
            for run in self.runs:
                run.start()
            stepped = list(self.runs)
            while stepped:
                for run in stepped:
                    run.proceed()
                yield from self._ended(told)
                stepped = self._step([run for run in self.runs if not run.ended])
        except KeyboardInterrupt:
            self._call_off()
            yield from self._ended(told)
            raise
        finally:
            self._call_off()

    def _call_off(self) -> None:
        """End every run that goes on."""
        for run in self.runs:
            run.called_off = True
        for run in self.runs:
            run.wait()
            while run.is_alive() and not run.ended:
                run.proceed()

    def _ended(self, told: set[int]) -> Iterator[tuple[int, Solution | Exception]]:
        """What has become of those that have ended since it was last told."""
        for n, run in enumerate(self.runs):
            if not run.ended or n in told:
                continue
            told.add(n)
            with suppress(DeviceError), self.ops.home.told():  # of a card that is lost nothing is wanted
                for solver in run.stages:
                    self._release(solver)
            if run.found is not None:
                yield n, run.found
            elif isinstance(run.error, Exception):
                yield n, run.error

    def _step(self, waiting: list[Run]) -> list[Run]:
        """One iteration of those furthest behind that can go together; returns them."""
        if not waiting:
            return []
        first = min(map(self._order, waiting))
        behind = [run for run in waiting if self._order(run) == first]
        kind = self._kind(behind[0])
        group = [run for run in behind if self._kind(run) == kind]
        wishes = {run.wish.solver: run.wish for run in group if run.wish}
        if len(wishes) == 1:
            for solver, wish in wishes.items():
                self._release(solver)
                wish.alone()
            return group
        try:
            with self.ops.home.told():
                self._at_once(wishes)
        except OutOfMemory:  # by themselves, then, and for good
            self.kinds |= {solver: solver for solver in wishes}
            return self._step(waiting)
        except DeviceError as error:
            for run in group:
                run.failure = error
        return group

    def _at_once(self, wishes: dict[AirSolver, Wish]) -> None:
        stack = self._stack(list(wishes))
        numbers = {solver: n for n, solver in enumerate(stack.solvers)}
        stack.iterate({numbers[solver]: (wish.s, wish.old) for solver, wish in wishes.items()})

    @staticmethod
    def _order(run: Run) -> tuple[int, bool]:
        assert run.wish
        return run.stage, run.wish.old is not run.wish.s

    def _kind(self, run: Run) -> Hashable:
        assert run.wish
        solver = run.wish.solver
        if solver not in self.kinds:
            self.kinds[solver] = alike(solver)
        return self.kinds[solver]

    def _stack(self, solvers: list[AirSolver]) -> Stack:
        """One that holds these, and no more than as many that have left it."""
        for stack in self.stacks:
            if set(solvers) <= set(stack.solvers) and len(stack.solvers) <= 2 * len(solvers):
                return stack
        for solver in solvers:
            self._release(solver)
        self.stacks = [stack for stack in self.stacks if not set(solvers) & set(stack.solvers)]
        self.stacks.append(Stack(solvers))
        return self.stacks[-1]

    def _release(self, solver: AirSolver) -> None:
        """Let a hall have its fields for itself."""
        for stack in self.stacks:
            if solver in stack.solvers:
                stack.release(stack.solvers.index(solver))
