"""FM/FPRF data-centre mock-up at 78 air changes an hour: 61 sonic probes and two pressure drops, nothing fitted."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import numpy as np

from ...result import Result
from ..finding import Finding
from . import room
from .pod import at

LEVELS = (("grid.cell=0.15 m", "grid.snap=35 %"), ("grid.cell=0.1 m",))
ZONES = ("subfloor", "cold aisle", "behind the cabinets", "hot aisle", "below the ceiling", "plenum")
TITLE = "FM/FPRF mock-up at 78 air changes an hour"
GOOD = 0.30  # of the measured speed, and
STILL = 0.25  # [m/s] whichever is more: near
WORST = "what FDS is off in its worst zone, the subfloor (55 %), and the 30 % of speed that are called good"
PLATE = room.Band(
    1.0,
    "a half-open plate loses 9.6 velocity heads by the formula used and 4.0 by Idelchik's for thin sharp edges (from "
    "memory); seams that are left out let a sixth of the air past the tiles",
    "FDS finds 1.77 and 1.78 Pa with losses set for these plates",
)


def speeds(columns: dict[str, np.ndarray], prefix: str = "") -> np.ndarray:
    """Speed at each probe [m/s]."""
    return np.sqrt(sum(columns[prefix + name] ** 2 for name in "uvw"))


def solved(result: Result) -> np.ndarray:
    """Speed of the solved air at each probe [m/s]."""
    known = room.table("mockup", "probes")
    places = np.stack([known[name] for name in ("x_m", "y_m", "z_m")])
    return np.linalg.norm(at(result, result.field("U"), places), axis=1)


def share(found: np.ndarray, measured: np.ndarray) -> float:
    """Share of probes within STILL or GOOD of the measured speed."""
    return float(np.mean(np.abs(found - measured) <= np.maximum(STILL, GOOD * measured)))


def findings() -> Iterator[Finding]:
    """Share of probes near the measurement, speed by zone, pressure drops, what the grid changes."""
    known, source = room.table("mockup", "probes"), room.source("mockup", "probes")
    measured, peer = speeds(known), speeds(known, "fds_")
    results = room.solved("mockup", LEVELS)
    found = [solved(result) for result in results]
    why = "the reference is FDS's share; a Reynolds-averaged model on a tenth of its cells may lose nine probes more"
    near = room.Band(0.15, why, _peer(peer, measured), scale=1.0)
    shares = [share(f, measured) for f in found]
    quantity = "probes within 0.25 m/s or 30 %, share of 61"
    one = room.finding(TITLE, quantity, share(peer, measured), shares, near, source)
    yield replace(one, sense="at least")
    for number, zone in enumerate(ZONES):
        here = known["zone"] == number
        mean = float(measured[here].mean())
        band = room.Band(0.85, WORST, _peer(peer, measured))
        values = [float(f[here].mean()) for f in found]
        yield room.finding(TITLE, f"mean speed, {zone} [m/s]", mean, values, band, source)
    yield from _drops(results)
    moved = room.root_mean_square(found[0] - found[-1])
    band = room.Band(STILL, "what counts as near", "", scale=1.0)
    yield room.finding(
        TITLE, "change of the 61 speeds from the grid before, rms [m/s]", 0.0, [moved], band, source
    )


def _peer(peer: np.ndarray, measured: np.ndarray) -> str:
    bias = float(np.mean(peer - measured))
    return (
        f"FDS, a large-eddy simulation on cells of 51 mm: {share(peer, measured):.2f} of the probes, bias "
        f"{bias:+.2f} m/s, rms {room.root_mean_square(peer - measured):.2f} m/s (from its published output)"
    )


def _drops(results: tuple[Result, ...]) -> Iterator[Finding]:
    known = room.table("mockup", "drops")
    drops = [_pressure(result, "below_z_m") - _pressure(result, "above_z_m") for result in results]
    for n, what in enumerate(("floor grates", "ceiling tiles")):
        values = [float(drop[n]) for drop in drops]
        quantity = f"pressure drop over the {what} [Pa]"
        source = room.source("mockup", "drops")
        yield room.finding(TITLE, quantity, float(known["measured_Pa"][n]), values, PLATE, source)


def _pressure(result: Result, height: str) -> np.ndarray:
    known = room.table("mockup", "drops")
    return at(result, result.field("p"), np.stack([known["x_m"], known["y_m"], known[height]]))


def draw(axes: Any) -> None:
    """Solved against measured speeds, FDS's beside them."""
    known = room.table("mockup", "probes")
    measured = speeds(known)
    axes.plot(measured, speeds(known, "fds_"), "o", color="#c9c9c9", ms=4, label="FDS")
    axes.plot(measured, solved(room.solved("mockup", LEVELS)[-1]), "o", color="#14304d", ms=4, label="here")
    line = np.linspace(0.0, 0.8, 50)
    axes.plot(line, line, color="#888888", lw=0.8)
    for sign in (1, -1):
        axes.plot(line, line + sign * np.maximum(STILL, GOOD * line), ":", color="#888888", lw=0.8)
    axes.set(xlabel="measured, m/s", ylabel="solved, m/s", title="FM/FPRF mock-up: speed at 61 probes")
    axes.legend(frameon=False, fontsize=8)
