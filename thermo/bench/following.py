"""A hall that swings: CPU seconds for each second of simulated time, ours and the peer's on the same grid.

No answer is compared here: how the two means, swings and periods agree takes minutes of simulated time each.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from time import process_time
from typing import Any

from .. import device
from . import operators, peer
from .peer_case import PeerHall
from .peer_march import March

WARM_UP = 5.0  # [s] of simulated time: the air is no longer at rest
SPAN = 10.0  # [s] timed
PEER_COURANT = 0.5  # of the peer's step, by the fastest air that comes in and the smallest cell
OUTER = 2  # iterations a step, as `AirSolver.follow` makes them


def measure(hall: PeerHall, device_name: str) -> dict[str, Any]:
    """Ours: after WARM_UP seconds, SPAN seconds at the step that follows the air."""
    solver = operators.solver_of(hall.case, hall.plan, device.on(device_name))
    solver.set_time_step(solver.suggest_time_step())
    for _ in range(max(1, round(WARM_UP / solver.step_size))):
        solver.advance(outer=OUTER)
    steps = max(1, round(SPAN / solver.step_size))
    begun = process_time()
    for _ in range(steps):
        solver.advance(outer=OUTER)
    used = process_time() - begun
    return {
        "case": hall.case.name,
        "scheme": hall.case.numerics.scheme,
        "device": device_name,
        "cells": hall.scene.fluid_cells,
        "time_step_s": solver.step_size,
        "steps": steps,
        "cpu_s_per_simulated_s": used / (steps * solver.step_size),
    }


def peer_step(hall: PeerHall) -> float:
    """The peer's time step [s]."""
    smallest = min(float(w.min()) for w in hall.scene.grid.widths)
    flows = [(o.flow, p) for o, p in zip(hall.plan.openings, hall.scene.openings, strict=True)]
    flows += [(u.airflow, p) for u, p in zip(hall.plan.units, hall.scene.rears, strict=True)]
    return PEER_COURANT * smallest / max(flow / float(patch.area.sum()) for flow, patch in flows)


def beside(hall: PeerHall, own: dict[str, Any]) -> dict[str, Any]:
    """The peer over the same span, and the ratio of CPU seconds for a simulated second, both of this run."""
    step = peer_step(hall)
    warm, steps = max(1, round(WARM_UP / step)), max(1, round(SPAN / step))
    with tempfile.TemporaryDirectory() as folder:
        found = peer.run(hall, Path(folder), March(own["scheme"], warm + steps, step))
    cost = float(found.cpu[-1] - found.cpu[warm - 1]) / (steps * step)
    return {
        "scheme": own["scheme"],
        "cells": own["cells"],
        "time_step_s": step,
        "steps": steps,
        "cpu_s_per_simulated_s": cost,
        "ratio": cost / own["cpu_s_per_simulated_s"],
    }
