"""A run's memory: the last look to go back to, a checkpoint to go on from, and where fields ceased to be numbers."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import TYPE_CHECKING, Any

import numpy as np

from .. import device
from . import fault, journal
from .journal import IMPOSED, PASSED, Arrays, Journal, Look
from .state import State
from .steps import TurbulenceStep

if TYPE_CHECKING:
    from .solver import AirSolver


SAFE_EVERY = (
    30.0  # [s] by the clock between copies of a last look in the host's memory, should a card be lost
)


class Diverged(RuntimeError):
    """The fields are no longer numbers; says where they ceased to be, and the last good ones are kept."""


class NoSuchRun(ValueError):
    """A checkpoint that belongs to another hall or grid."""


@dataclass
class Kept:
    """A run at its last look: copies of the fields, and how much of each record belongs to it.

    Without nue, which k and epsilon make, where they do.
    """

    state: State
    passed: list[np.ndarray]
    parts: dict[str, dict[str, Any]]  # by the solver's parts that remember something
    iterations: int
    time: float
    steps: int
    looks: int
    told: int


class Record:
    """Follows one solver. `repeating`: its steps are read from the journal of the run that is gone on with."""

    def __init__(self, solver: AirSolver):
        self.solver = solver
        self.journal = Journal()
        self.kept: Kept | None = None
        self.keeping = False
        self.held: Arrays = {}  # fields to go on from where the journal ahead ends
        self.safe: Arrays = {}  # a last look on the host, of a run on a card
        self.saved_at = perf_counter()

    @property
    def repeating(self) -> bool:
        return self.journal.ahead is not None

    def begin(self) -> None:
        """Before the first step there is a start to go back to."""
        if not self.journal.imposed:
            self.journal.begin(self.solver.exchange, self.solver.step_size)
            self.keep()

    def look(self, find: Callable[[], Look]) -> Look:
        """What `find` finds, read where the run is repeated; what there is then is kept."""
        repeated = self.repeating
        found = self.journal.look(self.solver.exchange, find)
        if not repeated:
            self.keep()
            self._save()
        elif self.journal.caught_up():
            self._go_on()
            find()  # equipment and network follow the fields that were put back, as they did then
        return found

    def tell(self, find: Callable[[], list[float]]) -> list[float]:
        """What `find` finds, read where the run is repeated.

        Whatever else than looks, inlets and what is imposed decides how a run goes on must be asked for by this:
        while a run is repeated the fields are not its own.
        """
        return self.journal.tell(find)

    def inlet(self) -> np.ndarray:
        """Of this step, while repeating."""
        return self.journal.inlet(len(self.solver.monitor.inlets))

    def _keepers(self) -> list[tuple[str, Any]]:
        """Parts of the solver that remember what they saw."""
        screens = self.solver.flow.screens
        parts = {
            "mean": self.solver.mean,
            "stillness": self.solver.stillness,
            "screens": screens.memory if screens else None,
        }
        return [(name, part) for name, part in parts.items() if part is not None]

    def keep(self) -> None:
        """Remember the run as it is; what was remembered before stays whole when there is no memory for it."""
        solver = self.solver
        live = solver.fields.settle()
        state = self.kept.state if self.kept else live.copy()
        parts = {name: journal.remembered(part) for name, part in self._keepers()}
        self.keeping = True
        state.take(live)
        if solver.iterations and self._viscosity_follows():
            state.nue = np.zeros(0, solver.mesh.dtype)
        self.kept = Kept(
            state,
            [getattr(solver.exchange, name).copy() for name in PASSED],
            parts,
            solver.iterations,
            solver.time,
            len(solver.monitor.inlets),
            len(self.journal.looks),
            len(self.journal.told),
        )
        self.keeping = False

    def _save(self) -> None:
        """Have the last look in the host's memory now and then, where it is kept on a card."""
        if self.solver.ops.home.replays and perf_counter() - self.saved_at >= SAFE_EVERY:
            self.safe, self.saved_at = self.checkpoint(), perf_counter()

    def saved(self) -> Arrays:
        """The last look as `checkpoint` has it; where a card does not give it any more, the last the host has."""
        try:
            return self.checkpoint()
        except device.DeviceError:
            return self.safe

    def _viscosity_follows(self) -> bool:
        """True where k and epsilon make nue, once they are solved; a card keeps it, and needs no room to give it."""
        return isinstance(self.solver.turbulence, TurbulenceStep) and not self.solver.ops.home.replays

    def _viscosity(self, kept: State) -> np.ndarray:
        """nue of the state kept."""
        if kept.nue.size:
            return kept.nue
        nue = kept.k.copy()
        self.solver.turbulence.follow(nue, kept)
        return nue

    def go_back(self) -> None:
        """Return to the last look, with everything that was recorded until then."""
        if self.keeping:  # interrupted in the middle of it: the fields are still those to keep
            self.keep()
        kept, solver = self.kept, self.solver
        if kept is None:
            return
        solver.fields.take(kept.state)
        if not kept.state.nue.size:
            solver.turbulence.follow(solver.fields.live.nue, kept.state)
        journal.put(solver.exchange, IMPOSED, self.journal.imposed[kept.looks])
        journal.put(solver.exchange, PASSED, kept.passed)
        for name, part in self._keepers():
            if name in kept.parts:
                journal.recall(part, kept.parts[name])
        solver.iterations, solver.time = kept.iterations, kept.time
        self.journal.cut(kept.looks, kept.told)
        solver.monitor.cut(kept.steps, kept.iterations)

    def checkpoint(self) -> Arrays:
        """The last look as arrays by name, for `resume`; none before the first step."""
        kept = self.kept
        if kept is None:
            return {}
        home = self.solver.ops.home
        fields = vars(kept.state) | {"nue": self._viscosity(kept.state)}
        return {
            **{f"field.{name}": home.get(value) for name, value in fields.items()},
            **dict(zip(PASSED, kept.passed, strict=True)),
            **{
                n: a
                for name, values in kept.parts.items()
                for n, a in journal.flat(values, f"{name}.", home.get).items()
            },
            **journal.to_arrays(
                self.journal, self.solver.monitor.inlets[: kept.steps], kept.looks, kept.told
            ),
        }

    def resume(self, checkpoint: Arrays) -> None:
        """Let the next run repeat what led to a checkpoint of the same hall, then go on from there.

        Raises NoSuchRun when the checkpoint does not fit.
        """
        solver = self.solver
        ahead = journal.from_arrays(checkpoint)
        shapes = [a.shape for a in ahead.imposed[0]]
        if (
            shapes != [getattr(solver.exchange, name).shape for name in IMPOSED]
            or checkpoint["field.t"].size != solver.mesh.size
        ):
            raise NoSuchRun("what is kept of the run belongs to another hall or grid")
        journal.put(solver.exchange, IMPOSED, ahead.imposed[0])
        solver.set_time_step(ahead.first_step)
        self.journal.begin(solver.exchange, solver.step_size)
        self.journal.ahead, self.held = ahead, checkpoint
        if self.journal.caught_up():
            self._go_on()

    def _go_on(self) -> None:
        """The journal ahead has ended: compute from its fields on."""
        held, self.held, self.journal.ahead, solver = self.held, {}, None, self.solver
        for name, value in vars(solver.state).items():
            value[:] = held[f"field.{name}"].ravel()
        journal.put(solver.exchange, PASSED, [held[name] for name in PASSED])
        for name, part in self._keepers():
            before = journal.unflat(held, f"{name}.", journal.remembered(part))
            journal.recall(part, solver.ops.home.moved(before) if name == "mean" else before)
        self.keep()

    def diverged(self, step: Callable[[], None]) -> Diverged:
        """Go back, go over the steps again until the fields cease to be numbers, go back; what to raise."""
        solver = self.solver
        seen, end = fault.first(solver.state, solver.scene, solver.exchange.units), solver.iterations
        self.go_back()
        kept = solver.iterations
        with np.errstate(all="ignore"):
            while solver.iterations < end and solver.fields.finite():
                step()
        born, where = solver.iterations, fault.first(solver.state, solver.scene, solver.exchange.units)
        self.go_back()
        return Diverged(
            f"the air diverged at iteration {born}: {where or seen}; kept are the fields of iteration {kept}; "
            "try a smaller numerics.time_step"
        )
