"""What is left of a run on a card that is full or lost: its last look, brought to the host to be told and written."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from functools import partial

from . import device
from .air.fields import Fields
from .air.journal import Arrays
from .air.solver import AirSolver
from .air.transfer import Snapshot
from .device import DeviceError, OutOfMemory


class _Reached(Exception):
    """A run that is repeated has come to its end."""


def why(error: DeviceError, cells: int) -> str:
    """What to say of a run that ended so on so many cells."""
    if isinstance(error, OutOfMemory):
        return str(OutOfMemory.of_hall(cells, error.needed, error.there))
    return str(error)


def snapshot(solver: AirSolver, saved: Arrays, reference: float) -> Snapshot:
    """The fields of a checkpoint of this solver's hall, whatever its card still does."""
    names = (name for name in saved if name.startswith("field."))
    fields = {name.removeprefix("field."): saved[name].reshape(solver.mesh.shape) for name in names}
    return Snapshot(solver.scene.grid, solver.scene.cells, fields, reference)


def return_to(solver: AirSolver, saved: Arrays, follow: Callable[[AirSolver], float]) -> None:
    """Bring another solver of the same hall, on the host, to a checkpoint, with its record up to there.

    follow: lets equipment and network follow the fields, as they did at that look.
    """

    def reached() -> float:
        raise _Reached

    solver.record.resume(saved)
    if solver.record.repeating:
        with suppress(_Reached):
            solver.run(lambda news: None, reached)
    follow(solver)


def land(solver: AirSolver) -> None:
    """Have what a finished run is asked for in the host's memory; its card is not needed from then on."""
    if not solver.ops.home.replays:
        return
    state, error = solver.state, solver.mass_error
    solver.wall_heat()  # fetches what walls conduct
    solver.exchange  # noqa: B018 - reads the last inlets
    solver.ops = device.on_host()
    solver.flow, solver.heat, solver.turbulence, solver.constants = solver.steps_on_host
    solver.flow.ops = solver.ops
    solver.flow.imbalance[0] = error
    solver.fields = Fields(solver.ops, state, {})
    solver.record.kept = solver.mean = None
    solver.repeat = partial(solver.ops.home.repeat, {})
