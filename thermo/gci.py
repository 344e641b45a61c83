"""How far the grid may be from the answer: the grid convergence index of every rack's inlet.

Three grids, each started from the coarser one's fields. Celik et al. 2008, J. Fluids Eng. 130:078001;
with two grids Roache's safety factor of 3 (1994, J. Fluids Eng. 116:405).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import log
from typing import Any

import numpy as np

from . import uncertainty
from .couple import Solution
from .metrics import binding
from .result import Result

RATIOS = (2.0, 2.0**0.5, 1.0)  # cell sizes, coarsest first, times the case's own
SAFETY_THREE, SAFETY_TWO = 1.25, 3.0
LOWEST_ORDER = (
    0.5  # an observed order below this says the grids are too coarse to have one; it bounds the band
)
FORMAL = {"upwind": 1.0, "second": 2.0, "linear-upwind": 2.0, "central": 2.0}


def observed_order(fine: float, medium: float, coarse: float, r21: float, r32: float) -> float:
    """Apparent order p of a quantity on three grids (Celik et al., equation 3); nan where it has none."""
    e21, e32 = medium - fine, coarse - medium
    if e21 == 0.0 or e32 == 0.0:
        return float("nan")
    sign = 1.0 if e32 / e21 > 0 else -1.0
    p = 1.0
    for _ in range(100):
        above, below = r21**p - sign, r32**p - sign
        if above <= 0 or below <= 0:
            return float("nan")
        new = abs(log(abs(e32 / e21)) + log(above / below)) / log(r21)
        if abs(new - p) < 1e-6:
            return new
        p = min(max(new, 1e-3), 20.0)
    return float("nan")


def band(values: Sequence[np.ndarray], cells: Sequence[int], formal: float) -> tuple[np.ndarray, np.ndarray]:
    """(band, order used) of each entry of `values`: one array a grid, coarsest first, two grids or three.

    cells: of each grid; refinement ratios follow from them in three dimensions. The order is kept between
    LOWEST_ORDER and the scheme's formal one; without one (oscillating, or equal values) the lowest is taken.
    """
    finer = [(fine / coarse) ** (1 / 3) for coarse, fine in pairwise(cells)]
    return band_of(values, finer, formal)


def band_of(
    values: Sequence[np.ndarray], finer: Sequence[float], formal: float
) -> tuple[np.ndarray, np.ndarray]:
    """`band` of grids whose cells are `finer` times as small as those of the grid before."""
    r21, fine, medium = finer[-1], values[-1], values[-2]
    if len(values) == 2:
        order = np.full(fine.shape, formal)
        return SAFETY_TWO * np.abs(medium - fine) / (r21**order - 1.0), order
    r32 = finer[-2]
    found = [observed_order(f, m, c, r21, r32) for f, m, c in zip(fine, medium, values[-3], strict=True)]
    order = np.clip(np.nan_to_num(np.array(found), nan=LOWEST_ORDER), LOWEST_ORDER, formal)
    widest = np.maximum(np.abs(medium - fine), np.abs(values[-3] - medium) / (r32**order))
    return SAFETY_THREE * widest / (r21**order - 1.0), order


def study(solve: Callable[[float, Any], Solution]) -> list[Solution]:
    """Solutions on three grids, coarsest first; solve(ratio, start) solves with cells `ratio` times as large."""
    found: list[Solution] = []
    start = None
    for ratio in RATIOS:
        found.append(solve(ratio, start))
        start = found[-1].snapshot()
    return found


def with_bands(result: Result, solutions: Sequence[Solution]) -> Result:
    """The finest grid's result with bands: racks' `inlet_gci_K` and what rests on it, table and summary entry `gci`."""
    inlets = [s.solver.exchange.unit_means(s.solver.exchange.inlet) for s in solutions]
    cells = [s.scene.fluid_cells for s in solutions]
    formal = FORMAL[solutions[-1].case.numerics.scheme]
    bands, order = band(inlets, cells, formal)
    racks = result.table("racks")
    racks |= uncertainty.columns(
        bands, racks["inlet_time_K"], float(racks["inlet_balance_K"].max(initial=0.0))
    )
    verdicts = uncertainty.judged(racks["inlet_worst_tier_degC"], racks["limit_degC"], racks)
    racks["judged"] = np.array(verdicts, dtype=str)
    shown = solutions[-1].air.reference_temperature - 273.15
    table = {
        "rack": racks["name"],
        **{f"cells_{n}_degC": t + shown for n, t in zip(cells, inlets, strict=True)},
    }
    table |= {"order": order, "band_K": bands}
    largest = float(bands.max(initial=0.0))
    keys = ("inlet_gci_K", "inlet_numerical_K", "judged")
    news = [
        dict(zip(keys, row, strict=True)) for row in zip(*(racks[key].tolist() for key in keys), strict=True)
    ]
    summary = {
        "gci": {"cells": cells, "formal_order": formal, "largest_band_K": largest},
        "racks": [row | new for row, new in zip(result.summary["racks"], news, strict=True)],
        "uncertainty": uncertainty.document(grid=True),
    }
    summary["binding"] = binding(result.extended({"racks": racks}, {}))
    return result.extended({"racks": racks, "gci": table}, summary)
