"""Result -> the fields another run starts from."""

from __future__ import annotations

import numpy as np

from ..air.transfer import CELLS, Snapshot
from ..grid import Grid
from ..result import Result


def snapshot_from(result: Result) -> Snapshot:
    """The result's restart state with its grid; exact on the same grid.

    Raises KeyError when the file holds no state.
    """
    fields = {name: np.asarray(result.state(name)) for name in ("u", "v", "w", *CELLS)}
    grid = Grid(result.grid.xf, result.grid.yf, result.grid.zf)
    reference = float(result.attributes["reference_temperature_K"])
    return Snapshot(grid, np.asarray(result.field("blocked")), fields, reference)
