"""The rungs of a ladder solved: one after the other, each from the field of the one below, or several at once."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from math import prod
from typing import Any

from . import assembly, couple, device, grid, scene
from .air.transfer import Snapshot
from .air.ventilation import FansTooWeak
from .ladder import Found, Rung, shown
from .result import Result
from .together import Company, Work

# Of air that swings, against the (2, 4) windows of a run: a rung has swung for a while when averaging begins, and the
# ladder has minutes for all its rungs. Fewer windows move the top tiers of a swinging row by up to 0.8 K.
AVERAGING = (1, 3)
FILLING = 1_000_000  # cells of a stack: of more, a card spends little of its time on starting kernels

Stored = Callable[["Rung"], Result | None]


def climb(
    steps: Sequence[Rung], device_name: str, watch: couple.Watch, stored: Stored, together: int = 1
) -> Iterator[Found]:
    """Solve the rungs, so many at once, each from the field of the last one below them that has a field.

    stored: the result that an earlier ladder left of this very rung, or None. A rung without a solution, or one
    that diverged, is told and does not stop the others; those solved at once are told as they end. Raises
    thermo.device.DeviceError, thermo.scene.SceneError, thermo.air.ventilation.NoOperatingPoint where density has no
    part in it, and KeyboardInterrupt.
    """
    below: Callable[[], Snapshot | None] = lambda: None  # noqa: E731
    group: list[Rung] = []
    for rung in steps:
        kept = stored(rung)
        group += [rung] if kept is None else []
        if group and (kept is not None or len(group) == together or rung is steps[-1]):
            watch({"phase": _announced(group, steps)})
            fields: dict[float, Snapshot] = {}
            yield from _climbed(group, device_name, watch, below(), fields)
            if fields:
                below = _holder(fields[max(fields)])
            group = []
        if kept is not None:
            below = _reviver(rung, kept)
            yield Found(rung, kept, kept=True)


def at_once(steps: Sequence[Rung], device_name: str) -> int:
    """How many rungs fill a card when solved together; 1 where the air is not solved on one."""
    kind = (device.found()[-1] if device_name == "auto" else device_name).partition(":")[0]
    if kind != "cuda":
        return 1
    rung = steps[0]
    cells = prod(rung.plan.size) / rung.loaded.case.grid.cell**3
    return max(1, round(FILLING / cells))


def _announced(group: Sequence[Rung], steps: Sequence[Rung]) -> str:
    number, densities = steps.index(group[0]) + 1, ", ".join(shown(rung.density_kW) for rung in group)
    if len(group) == 1:
        return f"rung {number} of {len(steps)}: {densities} kW a rack, {group[0].kind}"
    return f"rungs {number} to {number + len(group) - 1} of {len(steps)} together: {densities} kW a rack"


def _climbed(
    group: Sequence[Rung],
    device_name: str,
    watch: couple.Watch,
    start: Snapshot | None,
    fields: dict[float, Snapshot],
) -> Iterator[Found]:
    """Rungs solved at once from `start`; their fields are put into `fields`, by density."""
    interrupted = False
    for n, solution in _solved(group, device_name, watch, start):
        rung = group[n]
        if isinstance(solution, FansTooWeak):
            yield Found(rung, None, reason=str(solution), binding=_too_weak(solution))
        elif isinstance(solution, Exception):
            raise solution
        elif solution.outcome.ended == "interrupted":
            interrupted = True
        elif solution.outcome.ended == "diverged":
            yield Found(rung, None, reason=solution.outcome.reason)
        else:
            fields[rung.density_kW] = solution.snapshot()
            yield Found(rung, assembly.assemble(solution, rung.loaded.text))
    if interrupted:
        raise KeyboardInterrupt


def _solved(
    group: Sequence[Rung], device_name: str, watch: couple.Watch, start: Snapshot | None
) -> Iterator[tuple[int, couple.Solution | Exception]]:
    """(number of a rung, its solution or why there is none), as they end."""

    def work(rung: Rung) -> Work:
        name = f"{shown(rung.density_kW)} kW"
        said = watch if len(group) == 1 else lambda news: watch({"of": name} | news)

        def go(ops: Any, enlist: Any) -> couple.Solution:
            found = couple.solve(rung.loaded.case, rung.plan, ops, said, start, AVERAGING, enlist=enlist)
            return found.whole()  # where a card fails the other rungs would too

        return go

    if len(group) > 1:
        yield from Company([work(rung) for rung in group], device_name).solve()
        return
    try:
        found: couple.Solution | Exception = work(group[0])(device_name, lambda solver: None)
    except FansTooWeak as error:
        found = error
    yield 0, found


def _too_weak(error: FansTooWeak) -> dict[str, Any]:
    """Past the end of the fan's curve: at least 1, by how much more the curve does not tell."""
    return {"limit": "fans", "where": error.group, "utilisation": 1.0}


def _holder(snapshot: Snapshot) -> Callable[[], Snapshot | None]:
    return lambda: snapshot


def _reviver(rung: Rung, result: Result) -> Callable[[], Snapshot | None]:
    """The fields of a stored result, read when the next rung asks for them."""

    def revive() -> Snapshot | None:
        hall = scene.build(rung.plan, grid.build(rung.plan, rung.loaded.case.grid))
        fields = {name: result.state(name) for name in result.state_names}
        return Snapshot(hall.grid, hall.cells, fields, float(result.attributes["reference_temperature_K"]))

    return revive
