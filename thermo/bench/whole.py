"""What a whole hall costs: CPU seconds until every inlet is within a band of its end, and until the stop."""

from __future__ import annotations

from dataclasses import dataclass, field
from time import perf_counter, process_time
from typing import Any

import numpy as np

from .. import couple
from ..case import Case
from ..plan import Plan

BAND = 0.05  # [K]
LONG = 1500  # iterations of the run whose end is the reference
TIGHT = 1e-3  # [K] it stops earlier when every inlet stands this still over a window
END = 20  # iterations whose mean is the end


@dataclass
class Stamps:
    """A watcher that keeps the process's CPU seconds at each report of the solver."""

    begun: float = field(default_factory=process_time)
    first: float | None = None  # at the first report: geometry is built, nothing is iterated yet
    iteration: list[int] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)

    def __call__(self, news: dict[str, Any]) -> None:
        now = process_time()
        if self.first is None:
            self.first = now
        if news.get("phase") == "air":  # what came before was a coarser grid's
            self.iteration, self.cpu = [0], [now]
        elif "iteration" in news and self.iteration:
            self.iteration.append(news["iteration"])
            self.cpu.append(now)

    def cpu_to(self, iteration: int) -> float:
        """CPU seconds from the first report to an iteration on the case's own grid; linear between reports."""
        return float(np.interp(iteration, self.iteration, self.cpu)) - (self.first or self.begun)


@dataclass(frozen=True)
class Hall:
    """A case laid out, the device that solves it, and how often a timed run is repeated."""

    case: Case
    plan: Plan
    device: str
    repeat: int = 1

    def with_scheme(self, scheme: str) -> Hall:
        return self.with_numerics(scheme=scheme)

    def with_numerics(self, **changes: Any) -> Hall:
        numerics = self.case.numerics.model_copy(update=changes)
        return Hall(self.case.model_copy(update={"numerics": numerics}), self.plan, self.device, self.repeat)

    def solve(self) -> tuple[couple.Solution, Stamps]:
        stamps = Stamps()
        return couple.solve(self.case, self.plan, self.device, stamps).whole(), stamps


def measure(hall: Hall, long: int = LONG) -> dict[str, Any]:
    """Run to the automatic stop (`repeat` times, the median counts) and on to the end of one long run."""
    hall.with_numerics(iterations=2).solve()  # compiles
    most = min(long, hall.case.numerics.iterations or long)
    end, trace, way, converged = _long_run(hall.with_numerics(iterations=most, tolerance=TIGHT))
    runs = [_stopped(hall, end) for _ in range(hall.repeat)]
    stop = sorted(runs, key=lambda run: run["cpu_s"])[len(runs) // 2]
    stop["cpu_s_of_all_runs"] = [run["cpu_s"] for run in runs]
    arrived = first_within(trace, end, BAND)
    return {
        "case": hall.case.name,
        "scheme": hall.case.numerics.scheme,
        "precision": hall.case.numerics.precision,
        "device": hall.device,
        "units": [unit.name for unit in hall.plan.units],
        "own_end": {"inlet_degC": end.tolist(), "iterations": len(trace), "converged": converged},
        "to_band": {"band_K": BAND, "iterations": arrived, "cpu_s": way.cpu_to(arrived)},
        "to_stop": stop,
    }


def first_within(trace: np.ndarray, end: np.ndarray, band: float) -> int:
    """First iteration (from 1) after which every inlet stays within `band` of its end."""
    away = np.abs(trace - end).max(axis=1) > band
    return int(np.flatnonzero(away).max(initial=-1)) + 2


def _inlets(solution: couple.Solution) -> np.ndarray:
    """(iterations, units) mean inlets [degC]"""
    return np.array(solution.solver.monitor.inlets) + solution.air.reference_temperature - 273.15


def _long_run(hall: Hall) -> tuple[np.ndarray, np.ndarray, Stamps, bool | str]:
    """(inlets at its end, at every iteration, CPU stamps, whether it stood still at the end)."""
    solution, stamps = hall.solve()
    trace = _inlets(solution)
    return trace[-END:].mean(axis=0), trace, stamps, solution.outcome.converged


def _stopped(hall: Hall, end: np.ndarray) -> dict[str, Any]:
    begun = perf_counter()
    solution, stamps = hall.solve()
    done = process_time()
    inlet = _reported(solution)
    return {
        "converged": solution.outcome.converged,
        "iterations": solution.outcome.iterations,
        "cpu_s": done - (stamps.first or stamps.begun),
        "setup_cpu_s": (stamps.first or stamps.begun) - stamps.begun,
        "wall_s": perf_counter() - begun,
        "cells": solution.scene.fluid_cells,
        "inlet_degC": inlet.tolist(),
        "largest_error_K": float(np.abs(inlet - end).max()),
        "supply_heat_index": supply_heat_index(solution, inlet),
    }


def _reported(solution: couple.Solution) -> np.ndarray:
    """Mean inlets as a run reports them [degC]: of the last fields, or means of a time-accurate run."""
    reference = solution.air.reference_temperature - 273.15
    if solution.outcome.followed is not None:
        return solution.outcome.followed.units.mean + reference
    exchange = solution.solver.exchange
    return exchange.unit_means(exchange.inlet) + reference


def supply_heat_index(solution: couple.Solution, inlet: np.ndarray) -> float | None:
    """Heat that reaches the inlets over all heat up to the outlets (Sharma, Bash & Patel 2002); None without heat."""
    supply = solution.supply_temperature - 273.15
    heat = solution.solver.exchange.heat / solution.air.heat_capacity
    warmed = float(np.sum(solution.unit_flow * (inlet - supply)))
    total = warmed + float(heat.sum())
    return warmed / total if total > 0 else None
