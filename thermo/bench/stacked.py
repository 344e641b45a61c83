"""What a card should take for small halls solved together, as a model: one iteration of a stack, counted on the CPU."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from .. import device
from ..air.solver import AirSolver
from ..air.stack import Stack
from ..case import Case
from ..plan import Plan
from . import operators
from .launches import Launches

SMALL = 25_000  # cells of such a hall
COUNTS = (1, 4, 16)  # halls in a stack


def small(case: Case, plan: Plan) -> Case:
    """The case on a grid of which its box holds SMALL cells."""
    cell = float(np.cbrt(np.prod(plan.size) / SMALL))
    return case.model_copy(update={"grid": case.grid.model_copy(update={"cell": cell})})


def table(case: Case, plan: Plan, cards: Sequence[Any], say: Callable[[str], None]) -> dict[str, Any]:
    """Launches, bytes and modelled time of an iteration, for each hall of stacks of COUNTS of them."""
    hall = small(case, plan)
    seen = Launches()
    ops = device.shadowed(device.on_host(), seen)
    halls = [operators.solver_of(hall, plan, ops) for _ in range(max(COUNTS))]
    rows = []
    for count in COUNTS:
        say(f"{case.name}: {count} of {halls[0].scene.fluid_cells} cells at once, an iteration counted")
        _iterate(halls[:count], seen)
        rows.append(
            {
                "halls": count,
                "launches_per_hall": seen.launches / count,
                "bytes_per_cell": seen.moved / count / halls[0].scene.fluid_cells,
                "us_per_hall": {
                    card.name: 1e6 * card.seconds(seen.moved, seen.launches) / count for card in cards
                },
            }
        )
    return {"cells": halls[0].scene.fluid_cells, "iteration": rows}


def _iterate(halls: Sequence[AirSolver], seen: Launches) -> None:
    """One iteration of all of them; `seen` has its launches and nothing else."""
    if len(halls) == 1:
        seen.by_kernel.clear()
        halls[0].step()
        return
    stack = Stack(halls)
    seen.by_kernel.clear()
    stack.iterate({n: (hall.fields.live, hall.fields.live) for n, hall in enumerate(halls)})
    for n in range(len(halls)):
        stack.release(n)


def lines(found: dict[str, Any]) -> list[str]:
    """The table as lines to read."""
    told = [
        f"{found['cells']:,} cells, so many solved together: an iteration of one of them, the host's work left out"
    ]
    for row in found["iteration"]:
        times = ", ".join(f"{name} {us:.0f} us" for name, us in row["us_per_hall"].items())
        work = f"{row['launches_per_hall']:5.1f} launches, {row['bytes_per_cell']:.0f} B/cell"
        told.append(f"{row['halls']:4} halls: {work}: {times}")
    return told
