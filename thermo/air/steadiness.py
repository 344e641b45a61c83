"""Is a steady answer stable? The air is followed in time twice, once disturbed; the two must come together again.

What a disturbance becomes while it is small is the linear stability of the state (Theofilis 2003, Progress in
Aerospace Sciences 39:249): it dies or grows by a rate of its own, whatever it was. One that is antisymmetric about
both middle planes of the hall reaches the modes that a symmetric iteration never excites.
"""

from __future__ import annotations

from dataclasses import astuple, dataclass
from time import perf_counter
from typing import TYPE_CHECKING

import numpy as np

from ..scene import AIR, PAD, SYMMETRY, Patch, Scene

if TYPE_CHECKING:
    from .solver import AirSolver
    from .state import State

KICK = 0.5  # [K] up and down by quadrant
NEAR = 0.2  # [K] from its mean that an inlet may swing in steady air, disturbed or not
LEAST, MOST = 3, 6  # air changes followed: time for the kick itself to leave; time to decide
CALM = 0.05  # [K] in an air change; undisturbed air that moves less is followed in longer steps
FLOOR = 1e-3  # [K] apart, below which single precision speaks
STANDING = 0.2  # growth in an air change that is none: so much the distance of two phases of one swing varies


@dataclass(frozen=True)
class Proof:
    """What became of the disturbance."""

    steady: bool
    apart: float  # largest distance between the twins at any inlet over the last air change [K]
    rate: float  # growth of their distance over the last two air changes [1/s], negative when it dies
    span: float  # followed [s]
    cells: int  # of the grid it was made on
    cell: float  # its largest cell [m]
    seconds: float  # that it took

    @staticmethod
    def tell(proof: Proof | None) -> list[float]:
        """As numbers, for the record of a run; none for no proof."""
        return [] if proof is None else [float(value) for value in astuple(proof)]

    @staticmethod
    def told(numbers: list[float]) -> Proof | None:
        """What `tell` made numbers of."""
        if not numbers:
            return None
        steady, apart, rate, span, cells, cell, seconds = numbers
        return Proof(bool(steady), apart, rate, span, int(cells), cell, seconds)

    @property
    def fold(self) -> float:
        """Time for the distance to grow, or fall, by e [s]."""
        return 1.0 / abs(self.rate) if self.rate else float("inf")


def kick(solver: AirSolver) -> None:
    """Warm two opposite quarters of the hall by KICK and cool the other two."""
    x, y, _ = solver.scene.grid.centres
    sides = [np.where(c > 0.5 * (c[0] + c[-1]), 1.0, -1.0) for c in (x, y)]
    pattern = KICK * np.outer(sides[1], sides[0])
    core, air = solver.mesh.core(solver.state.t), solver.mesh.core(solver.mesh.fluid)
    core += np.where(air > 0, pattern, 0.0).astype(core.dtype)


def aisle(scene: Scene) -> float:
    """Narrowest clear depth before a front or behind a rear [m], the median over its faces; infinite without units.

    An aisle that a symmetry plane halves counts whole.
    """
    _, ny, nx = scene.cells.shape
    narrowest, kinds = float("inf"), scene.faces
    for patch in (p for p in (*scene.fronts, *scene.rears) if p.axis < 2):
        rest, i = np.divmod(patch.air, nx + 2 * PAD)
        k, j = np.divmod(rest, ny + 2 * PAD)
        place = [i - PAD, j - PAD, k - PAD]
        lines = np.moveaxis(scene.cells, 2 - patch.axis, -1)
        first, second = [place[axis] for axis in (2, 1, 0) if axis != patch.axis]
        lines, widths, at = lines[first, second], scene.grid.widths[patch.axis], int(place[patch.axis][0])
        ahead = slice(at, None) if patch.sign > 0 else slice(at, None, -1)
        clear = np.cumprod(lines[:, ahead] == AIR, axis=1)
        through = clear[:, -1] * (_end(kinds[patch.axis], patch) == SYMMETRY)
        narrowest = min(narrowest, float(np.median(clear @ widths[ahead] * (1 + through))))
    return narrowest


def _end(kinds: np.ndarray, patch: Patch) -> int:
    """Kind of face at the end of the hall that a patch looks at, of those along its axis."""
    last = np.moveaxis(kinds, 2 - patch.axis, -1)[..., -1 if patch.sign > 0 else 0]
    return int(last.flat[0])


def prove(solver: AirSolver, outer: int = 1) -> Proof:
    """Follow the solver's air and its disturbed twin, equipment as it is; the solver is left as it was.

    Steady: after LEAST air changes or up to MOST, no disturbed inlet is more than NEAR from where the undisturbed one
    swings, nor does their distance grow. outer: iterations of a time step; one is enough to tell growth from decay.
    """
    begun = perf_counter()
    kept, step, iterations = solver.fields.settle(), solver.step_size, solver.iterations
    passed = solver.exchange.inlet.copy(), solver.exchange.outlet.copy()
    solver.set_time_step(solver.suggest_time_step())
    change = max(10, int(np.ceil(solver.air_change() / solver.step_size)))
    try:
        apart, steady = _follow_twins(solver, change, outer, step / solver.step_size)
        span = len(apart) * solver.step_size
        rate = growth(apart, change, solver.step_size)
    finally:
        solver.fields.switch(kept)
        solver.iterations = iterations
        solver.exchange.inlet[:], solver.exchange.outlet[:] = passed
        solver.set_time_step(step)
    cell = max(float(w.max()) for w in solver.scene.grid.widths)
    largest = float(np.abs(apart[-change:]).max(initial=0.0))
    seconds = perf_counter() - begun
    return Proof(steady, largest, rate, span, solver.scene.fluid_cells, cell, seconds)


def _follow_twins(solver: AirSolver, change: int, outer: int, long: float) -> tuple[np.ndarray, bool]:
    """(distance of the twins' inlets at each step, the verdict), looked at after each air change of `change` steps.

    The undisturbed twin may go in steps `long` times as long; only a verdict of steady is taken from those.
    """
    begin, still, disturbed = (solver.fields.live.copy() for _ in range(3))
    solver.fields.switch(disturbed)
    kick(solver)
    calm: list[np.ndarray] = []
    stirred: list[np.ndarray] = []
    verdict = None
    while verdict is None:
        disturbed, seen = _further(solver, disturbed, change, outer)
        stirred.append(seen)
        still, seen = _undisturbed(solver, still, change, outer, long)
        calm.append(seen)
        verdict = _judged(solver, calm, stirred)
        if long > 1 and len(stirred) >= LEAST and not verdict:
            long, still, calm = 1.0, begin, []
            for _ in stirred:
                still, seen = _further(solver, still, change, outer)
                calm.append(seen)
            verdict = _judged(solver, calm, stirred)
    return np.concatenate(stirred) - np.concatenate(calm), verdict


def _judged(solver: AirSolver, calm: list[np.ndarray], stirred: list[np.ndarray]) -> bool | None:
    """Of the twins' inlets, air change by air change."""
    apart = np.concatenate(stirred) - np.concatenate(calm)
    return _verdict(apart, len(calm[-1]), solver.step_size, swing(calm[-1]))


def _undisturbed(
    solver: AirSolver, twin: State, change: int, outer: int, long: float
) -> tuple[State, np.ndarray]:
    """An air change of the undisturbed twin: its state then, and its inlets at every step of the disturbed one [K].

    In steps up to `long` times as long while they show it to move by less than CALM: what moves so little between
    two of them lies on a straight line.
    """
    step, count = solver.step_size, int(np.ceil(change / long))
    if count < change:
        before = twin.copy()
        solver.set_time_step(step * change / count)
        after, inlets = _further(solver, twin, count, outer)
        solver.set_time_step(step)
        if np.ptp(inlets, axis=0).max(initial=0.0) < CALM:
            at = np.arange(1, change + 1) * count / change
            known = np.arange(1, count + 1)
            return after, np.stack([np.interp(at, known, column) for column in inlets.T], axis=1)
        twin = before
    return _further(solver, twin, change, outer)


def _further(solver: AirSolver, twin: State, steps: int, outer: int) -> tuple[State, np.ndarray]:
    """Its state after some steps; its inlets after each (steps, units) [K]."""
    solver.fields.switch(twin)
    inlets = []
    for _ in range(steps):
        solver.step(outer)
        inlets.append(solver.exchange.unit_means(solver.exchange.inlet))
    return solver.fields.live, np.array(inlets)


def swing(inlets: np.ndarray) -> float:
    """How far inlets (steps, units) go from their middles at most [K]; no more than steady air may."""
    return float(min(NEAR, 0.5 * np.ptp(inlets, axis=0).max(initial=0.0)))


def _verdict(apart: np.ndarray, change: int, step: float, swing: float = 0.0) -> bool | None:
    """True: steady, False: not, None: go on. swing: of the undisturbed twin over the last air change [K]."""
    changes = len(apart) // change
    if changes < LEAST:
        return None
    near = bool(np.abs(apart[-change:]).max(initial=0.0) <= NEAR + swing)
    dies = growth(apart, change, step) * change * step <= (STANDING if swing > FLOOR else 0.0)
    if near == dies:
        return near
    return False if changes >= MOST else None


def growth(apart: np.ndarray, change: int, step: float) -> float:
    """Rate [1/s] at which the twins of (steps, inlets) part: the last air change of `change` steps over the one before.

    Of their root mean square distance over all inlets and an air change, which no phase of a swing upsets; of earlier
    ones where the distance has fallen below FLOOR, into the noise.
    """
    size = [float(np.sqrt(np.mean(a**2))) for a in np.split(apart, range(change, len(apart), change))]
    while len(size) > 2 and size[-1] < FLOOR:
        size.pop()
    now, before = max(size[-1], FLOOR), max(size[-2], FLOOR)
    return float(np.log(now / before) / (change * step))
