"""Rooms for validation, solved as `minehall run` solves a hall, from their case files, on one grid after another."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from importlib.resources import as_file, files
from typing import Any

import numpy as np

from ... import couple
from ...assembly import assemble
from ...casefile import load
from ...check import examine
from ...result import Result
from ..finding import Finding

Level = tuple[str, ...]  # what a grid changes in the case file, as `--set` takes it


@dataclass(frozen=True)
class Band:
    """How far the answer may be from the measurement, as a share of `scale` (default: of the measured figure)."""

    tolerance: float
    why: str
    others: str  # how near published codes come
    scale: float | None = None
    miss: str = ""  # why the answer is known to lie outside


def finding(
    case: str, quantity: str, reference: float, values: Sequence[float], band: Band, source: str,
    *, sizes: Sequence[float] = (),
) -> Finding:  # fmt: skip
    """The finest grid's value judged, those of coarser grids beside it; `values` from coarse to fine.

    sizes: of the grids' cells, where the values are of the solution alone, so that they have a limit to converge to.
    """
    return Finding(
        case, quantity, reference, values[-1], band.tolerance, band.why, source,
        scale=band.scale, coarser=tuple(values[:-1]), others=band.others, miss=band.miss,
        sizes=tuple(sizes),
    )  # fmt: skip


@cache
def solved(name: str, levels: tuple[Level, ...]) -> tuple[Result, ...]:
    """Results of a room's case file on each level; every one starts from the fields of the level before."""
    found, start = [], None
    with as_file(files(__package__).joinpath(name, "case.yaml")) as path:
        for level in levels:
            loaded = load(path, level)
            solution = couple.solve(loaded.case, examine(loaded), "auto", lambda news: None, start).whole()
            start = solution.snapshot()
            found.append(assemble(solution, loaded.text))
    return tuple(found)


@cache
def table(name: str, what: str) -> dict[str, np.ndarray]:
    """Columns of a room's measured table."""
    text = files(__package__).joinpath(name, f"{what}.csv").read_text("utf-8")
    rows = [line.split(",") for line in text.splitlines() if not line.startswith("#")]
    columns = np.array([[float(x) if x else np.nan for x in row] for row in rows[1:]]).T
    return dict(zip(rows[0], columns, strict=True))


def source(name: str, what: str) -> str:
    """The first comment of a room's measured table: who measured it."""
    return files(__package__).joinpath(name, f"{what}.csv").read_text("utf-8").splitlines()[0].lstrip("# ")


def along(result: Result, field: np.ndarray, axis: int, at: Sequence[float]) -> tuple[np.ndarray, np.ndarray]:
    """(coordinates, values) of a cell field on a line along `axis`, linear between cells across it.

    at: x, y, z of the line; its coordinate along `axis` is not used. Beyond the last centres the nearest holds.
    """
    values: Any = field
    for other in (2, 1, 0):
        if other == axis:
            continue
        values = _between(result.grid.centres[other], values, 2 - other, at[other])
    return result.grid.centres[axis], values.ravel()


def _between(centres: np.ndarray, values: np.ndarray, array_axis: int, where: float) -> np.ndarray:
    """Values at one coordinate along an axis, which is kept with length 1."""
    high = int(np.clip(np.searchsorted(centres, where), 1, max(centres.size - 1, 1)))
    low = max(high - 1, 0)
    if centres.size == 1:
        return np.take(values, [0], axis=array_axis)
    share = float(np.clip((where - centres[low]) / (centres[high] - centres[low]), 0.0, 1.0))
    return (1 - share) * np.take(values, [low], axis=array_axis) + share * np.take(
        values, [high], axis=array_axis
    )


def root_mean_square(rest: np.ndarray) -> float:
    """Of a list of differences."""
    return float(np.sqrt(np.mean(np.square(rest))))
