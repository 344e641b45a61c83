"""RISE ICE POD 2: twelve racks with 360 servers and four coolers, in steady windows of a day, nothing fitted.

Inputs are measured powers, fan speeds, cooler signals and discharge temperatures; what is compared was not used:
the strips of six sensors before and behind four racks, and the air that returns to the coolers.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple

import numpy as np

from ...result import Result
from ..finding import Finding
from . import room

WINDOWS = {"0800": "racks near idle", "1030": "six racks at load", "1245": "the other six at load"}
LEVELS = (("grid.cell=0.15 m",), ("grid.cell=0.1 m",))
ZERO_CELSIUS = 273.15
KNOWN = (
    "the group that measured compares its lattice Boltzmann code (Sjolund et al. 2018) after scaling the coolers' "
    "discharge by 0.9; its figures were not at hand"
)
DOUBT = (
    "of the span from supply to hottest sensor; the servers' flow, by which the rise over a rack goes, is 0.52 of the "
    "fans' law by the servers' own sensors and 1 by the law: a third either way of the middle"
)


class Compared(NamedTuple):
    """Measured and solved temperatures of one window [degC], and the span from coldest supply to hottest sensor [K]."""

    rack: np.ndarray  # beside which each sensor hangs
    rear: np.ndarray  # True behind the rack
    measured: np.ndarray
    solved: np.ndarray
    returns: np.ndarray  # coolers' return air, solved less measured [K]
    span: float


def compared(window: str, result: Result) -> Compared:
    """The sensors of a window beside a solved hall, each read in the cell it hangs in."""
    strips, returns = room.table("rise_0800", "strips"), room.table("rise_0800", "returns")
    measured = strips[f"T_{window}_degC"]
    places = np.stack([strips[name] for name in ("x_m", "y_m", "z_m")])
    coolers = [row for row in result.rows("racks") if row["role"] == "cooler"]
    back = np.array([row["inlet_degC"] for row in coolers]) - returns[f"T_{window}_degC"]
    span = float(measured.max() - min(row["outlet_degC"] for row in coolers))
    solved = at(result, result.field("T"), places) - ZERO_CELSIUS
    return Compared(strips["rack"], strips["rear"] > 0, measured, solved, back, span)


def at(result: Result, field: np.ndarray, places: np.ndarray) -> np.ndarray:
    """A cell field in the cells that hold the points x, y, z of `places` (3, points)."""
    i, j, k = (
        np.clip(np.searchsorted(faces, along) - 1, 0, faces.size - 2)
        for faces, along in zip(result.grid, places, strict=True)
    )
    return field[k, j, i]


def title(window: str) -> str:
    """The case's name on the page."""
    return f"RISE POD 2 at {window[:2]}:{window[2:]}, {WINDOWS[window]}"


def findings(window: str) -> Iterator[Finding]:
    """Bias and root mean square of each strip, of fronts, of rears and of returns; what the grid changes."""
    levels = [compared(window, found) for found in room.solved(f"rise_{window}", LEVELS)]
    rest = [level.solved - level.measured for level in levels]
    fine = levels[-1]
    for rack in np.unique(fine.rack):
        yield from _pair(window, f"strip at rack {rack:.0f}", [r[fine.rack == rack] for r in rest], fine.span)
    for name, chosen in (("fronts, 12 sensors", ~fine.rear), ("rears, 12 sensors", fine.rear)):
        yield from _pair(window, name, [r[chosen] for r in rest], fine.span)
    yield from _pair(window, "return of four coolers", [level.returns for level in levels], fine.span)
    moved = room.root_mean_square(levels[0].solved - fine.solved)
    yield _finding(window, "change of the 24 sensors from the grid before, rms", [moved], fine.span)


def _pair(window: str, what: str, rest: list[np.ndarray], span: float) -> Iterator[Finding]:
    yield _finding(window, f"{what}: bias [K]", [float(r.mean()) for r in rest], span)
    yield _finding(window, f"{what}: rms [K]", [room.root_mean_square(r) for r in rest], span)


def _finding(window: str, quantity: str, kelvins: list[float], span: float) -> Finding:
    band = room.Band(0.33, DOUBT, KNOWN, scale=span)
    return room.finding(title(window), quantity, 0.0, kelvins, band, room.source("rise_0800", "strips"))


def inlet_error() -> tuple[float, float]:
    """(bias, root mean square) of the sensors before racks over all windows [K]: `thermo.model_error.INLET`."""
    rest = []
    for window in WINDOWS:
        found = compared(window, room.solved(f"rise_{window}", LEVELS)[-1])
        rest.append((found.solved - found.measured)[~found.rear])
    every = np.concatenate(rest)
    return float(every.mean()), room.root_mean_square(every)


def draw(axes: Any) -> None:
    """Solved against measured temperatures, fronts and rears of all windows."""
    for shade, window in zip(("#7aa6c2", "#c2592f", "#14304d"), WINDOWS, strict=True):
        found = compared(window, room.solved(f"rise_{window}", LEVELS)[-1])
        for mark, chosen in (("o", ~found.rear), ("s", found.rear)):
            axes.plot(found.measured[chosen], found.solved[chosen], mark, color=shade, ms=4)
        axes.plot([], [], "o", color=shade, ms=4, label=f"{window[:2]}:{window[2:]}")
    axes.plot((15, 47), (15, 47), color="#888888", lw=0.8)
    axes.set(
        xlabel="measured, degC", ylabel="solved, degC", title="RISE POD 2: fronts (round), rears (square)"
    )
    axes.legend(frameon=False, fontsize=8)
