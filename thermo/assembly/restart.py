"""What the next run of a result starts from: its fields on any grid, or exactly where it was interrupted."""

from __future__ import annotations

import numpy as np

from ..air.transfer import CELLS, Snapshot
from ..couple import Held
from ..grid import Grid
from ..result import Result

HELD = "resume."  # before the names of arrays that only an interrupted run has
DEPTH = HELD + "depth"


def snapshot_from(result: Result) -> Snapshot:
    """The result's restart state with its grid; exact on the same grid.

    Raises KeyError when the file holds no state.
    """
    fields = {name: np.asarray(result.state(name)) for name in ("u", "v", "w", *CELLS)}
    grid = Grid(result.grid.xf, result.grid.yf, result.grid.zf)
    reference = float(result.attributes["reference_temperature_K"])
    return Snapshot(grid, np.asarray(result.field("blocked")), fields, reference)


def held_arrays(held: Held | None) -> dict[str, np.ndarray]:
    """An interrupted run as arrays for the result's state; none of a run that ended."""
    if held is None:
        return {}
    return {DEPTH: np.array(held.depth), **{HELD + name: a for name, a in held.checkpoint.items()}}


def held_from(result: Result) -> Held | None:
    """The interrupted run that a result holds; None when it was not interrupted."""
    if DEPTH not in result.state_names:
        return None
    names = [name for name in result.state_names if name.startswith(HELD) and name != DEPTH]
    return Held(
        int(result.state(DEPTH)), {name.removeprefix(HELD): np.asarray(result.state(name)) for name in names}
    )
