"""Solve some seventy small, rough halls through the ordinary path and judge how each run ended.

    python tests/validation/robustness.py [--json FILE] [--only NAME]... [--list] [--hour]

NAME picks the halls whose name begins with it; --hour follows the sealed ones for an hour instead. Exit code 1 when a
run diverged, failed, or left more than HEAT_LIMIT of its heat unaccounted for, or when more than UNSETTLED_ALLOWED
found neither a steady state nor a settled mean.
"""

from __future__ import annotations

import argparse
import json
import math
import sys
import tempfile
import time
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

import numpy as np
import yaml
from robust_halls import Document, halls

from thermo import casefile, couple
from thermo.check import examine

HEAT_LIMIT = 0.5  # [%] of the heat given: the share a run may leave unaccounted for (DESIGN section 10)
UNSETTLED_ALLOWED = 2  # halls; the issue's own figure
HOUR, SAMPLE = 3600.0, 20  # [s]; steps between samples
DRIFT_K = 0.1  # twice what an inlet may travel over a window when a run stops
DRIFT_PA = 0.05  # a tenth of the few tenths of a pascal between floor and ceiling of such a hall
MEAN_ERROR = 0.5  # [K] standard error up to which a mean of swinging air counts as settled: half of what
# two-equation turbulence is wrong by in halls


@dataclass(frozen=True)
class Verdict:
    """How one hall ended. Percentages: of the heat given, of the air that comes in, of the air that passes."""

    hall: str
    cells: int
    iterations: int
    cpu_s: float
    verdict: str  # "steady", "mean", "unsettled", "diverged" or "failed"
    swing_K: float
    mean_error_K: float
    heat_percent: float
    mass_percent: float
    cell_mass_percent: float  # mass error summed over cells, after the correction
    worst_inlet_degC: float
    reason: str

    @property
    def sound(self) -> bool:
        """Ended, and carried its heat off."""
        return self.verdict not in ("diverged", "failed") and abs(self.heat_percent) <= HEAT_LIMIT


def solve(document: Document) -> couple.Solution:
    """Written as a case file, read, examined and solved as `minehall run` does."""
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "case.yaml"
        file.write_text(yaml.safe_dump(document), encoding="utf-8")
        loaded = casefile.load(file)
    return couple.solve(loaded.case, examine(loaded), "auto", lambda news: None)


def judge(name: str, document: Document) -> Verdict:
    """Solve one hall; whatever goes wrong becomes its verdict."""
    begun = time.process_time()
    try:
        solution = solve(document)
    except Exception as error:  # the sweep goes on: what failed is in the table
        spent = time.process_time() - begun
        return Verdict(name, 0, 0, spent, "failed", *[float("nan")] * 6, f"{type(error).__name__}: {error}")
    spent = time.process_time() - begun
    solver, outcome, balance = solution.solver, solution.outcome, solution.balance()
    inlets = solver.exchange.unit_worst(solver.exchange.inlet) + solution.air.reference_temperature - 273.15
    warm = [t for t, unit in zip(inlets, solution.plan.units, strict=True) if unit.role != "cooler"]
    found = outcome.followed
    return Verdict(
        name, solution.scene.fluid_cells, outcome.iterations, spent, ending(outcome),
        float(solution.swing().max()), float(found.units.error.max()) if found else 0.0,
        balance["heat_percent"], balance["mass_percent"], cell_mass_error(solution), float(max(warm)), outcome.reason,
    )  # fmt: skip


def ending(outcome: Any) -> str:
    if outcome.ended:
        return str(outcome.ended)
    if outcome.converged is True:
        return "steady"
    if outcome.converged == "unsteady" and outcome.followed.units.error.max() <= MEAN_ERROR:
        return "mean"
    return "unsettled"


def cell_mass_error(solution: couple.Solution) -> float:
    """[%] of the air that passes: what all cells together gain or lose, after the correction."""
    solver = solution.solver
    mesh, state, net = solver.mesh, solver.state, solver.mesh.field()
    solver.ops.divergence(net, state.u, state.v, state.w, mesh.fluid, *mesh.d)
    return 100.0 * float(np.abs(net).sum(dtype=np.float64)) / solver.air_passing()


@dataclass(frozen=True)
class Drift:
    """What an hour changed in a settled hall: the last ten minutes against the first."""

    hall: str
    cpu_s: float
    air_K: float  # mean temperature of the air
    inlet_K: float  # the rack that moved most
    pressure_Pa: float  # mean over the air, above the pinned cell
    range_Pa: float  # between the highest and the lowest pressure in the hall
    heat_percent: float  # mean of the heat stored over the heat given

    @property
    def steady(self) -> bool:
        kept = max(abs(self.air_K), self.inlet_K) <= DRIFT_K and abs(self.heat_percent) <= HEAT_LIMIT
        return kept and max(abs(self.pressure_Pa), abs(self.range_Pa)) <= DRIFT_PA


def hour(name: str, document: Document) -> Drift:
    """Solve a hall, then step through an hour with the equipment as it is."""
    begun, solution = time.process_time(), solve(document)
    solver, density = solution.solver, solution.air.density
    air = solver.scene.cells == 0
    rows = []
    for count in range(math.ceil(HOUR / solver.step_size)):
        solver.advance()
        if count % SAMPLE == 0:
            pressure = density * solver.mesh.core(solver.state.p)[air].astype(float)
            inlets = solver.exchange.unit_means(solver.exchange.inlet)
            means = (float(solver.mesh.core(solver.state.t)[air].mean(dtype=float)), float(pressure.mean()))
            rows.append([*means, float(np.ptp(pressure)), 100.0 * solver.balances()[1], *inlets])
    found = np.array(rows)
    sixth = len(found) // 6
    moved = found[-sixth:].mean(axis=0) - found[:sixth].mean(axis=0)
    return Drift(
        name, time.process_time() - begun, moved[0], float(np.abs(moved[4:]).max()), moved[1], moved[2],
        float(found[:, 3].mean()),
    )  # fmt: skip


def drifts(chosen: Sequence[tuple[str, Document]]) -> bool:
    """Print what an hour changes in the sealed halls; True when none drifts."""
    print(
        f"{'hall, an hour':34} {'CPU s':>6} {'air K':>8} {'inlet K':>8} {'p Pa':>8} {'range Pa':>8} {'heat %':>8}"
    )
    found = [hour(name, document) for name, document in chosen if name.startswith("sealed")]
    for d in found:
        print(
            f"{d.hall:34} {d.cpu_s:6.1f} {d.air_K:+8.4f} {d.inlet_K:8.4f} {d.pressure_Pa:+8.4f} "
            f"{d.range_Pa:+8.4f} {d.heat_percent:+8.4f}"
        )
    return all(d.steady for d in found)


COLUMNS = (
    f"{'hall':34} {'cells':>6} {'its':>6} {'CPU s':>6} {'verdict':9} {'swing K':>8} {'+- K':>6} "
    f"{'heat %':>8} {'mass %':>8} {'cells %':>8} {'inlet':>6}"
)


def line(v: Verdict) -> str:
    figures = (
        f"{v.hall:34} {v.cells:6d} {v.iterations:6d} {v.cpu_s:6.1f} {v.verdict:9} {v.swing_K:8.3f} "
        f"{v.mean_error_K:6.3f} {v.heat_percent:+8.3f} {v.mass_percent:+8.3f} {v.cell_mass_percent:8.3f} "
        f"{v.worst_inlet_degC:6.2f}"
    )
    return figures if v.sound and v.verdict != "unsettled" else f"{figures}  <- {v.reason}"


def closing(found: Sequence[Verdict]) -> list[str]:
    """The counts, and the worst hall of each kind of trouble."""
    kinds = ("steady", "mean", "unsettled", "diverged", "failed")
    counts = ", ".join(f"{sum(v.verdict == kind for v in found)} {kind}" for kind in kinds)
    lines = [f"{len(found)} halls in {sum(v.cpu_s for v in found):.0f} CPU s: {counts}"]
    ended = [v for v in found if v.verdict != "failed"]
    if ended:
        heat, swing = max(ended, key=lambda v: abs(v.heat_percent)), max(ended, key=lambda v: v.swing_K)
        slow = max(ended, key=lambda v: v.cpu_s)
        lines += [
            f"worst heat balance: {heat.heat_percent:+.3f} % in '{heat.hall}'",
            f"widest swing: {swing.swing_K:.2f} K in '{swing.hall}'",
            f"longest: {slow.cpu_s:.0f} CPU s in '{slow.hall}'",
        ]
    return lines


def passed(found: Sequence[Verdict]) -> bool:
    unsettled = sum(v.verdict == "unsettled" for v in found)
    return all(v.sound for v in found) and unsettled <= UNSETTLED_ALLOWED


def main() -> int:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the table there too")
    parser.add_argument("--only", action="append", metavar="NAME", help="halls whose name begins with this")
    parser.add_argument("--list", action="store_true", help="print the names and stop")
    parser.add_argument("--hour", action="store_true", help="follow the sealed halls for an hour")
    asked = parser.parse_args()
    chosen = [(n, d) for n, d in halls() if not asked.only or any(n.startswith(o) for o in asked.only)]
    if asked.list:
        print("\n".join(name for name, _ in chosen))
        return 0
    if asked.hour:
        return 0 if drifts(chosen) else 1
    print(COLUMNS)
    found = []
    for name, document in chosen:
        found.append(judge(name, document))
        print(line(found[-1]), flush=True)
    print("\n".join(closing(found)))
    if asked.json:
        asked.json.write_text(json.dumps([asdict(v) for v in found], indent=1), encoding="utf-8")
    return 0 if passed(found) else 1


if __name__ == "__main__":
    sys.exit(main())
