"""What a card should take, as a model: bytes that the kernels move and launches, of the work of a real run on the CPU.

Time = bytes / (70 % of the bandwidth on the data sheet) + 2.5 us for every kernel, a node of a graph. Not in it:
what the host does between iterations, copies to and from it, what caches save. Nothing here was timed on a card;
with one, the same run is timed and stands beside the model.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from typing import Any

import numpy as np

from .. import couple, device
from ..case import Case
from ..plan import Plan
from ..power import Network, solve
from . import machine, operators, stacked
from .launches import Launches
from .power import TOLERANCE
from .power_network import hall, scenarios
from .sweep_bytes import scenario_bytes

EFFICIENCY = (
    0.7  # of data-sheet bandwidth: what published stencil codes reach, 0.73 to 0.85, with room to miss it
)
NODE = 2.5e-6  # [s] a kernel in a graph
SCENARIOS = 4096  # solved on the CPU for the mean number of sweeps
ON_CARD = 1 << 17  # scenarios of a measured batch
Say = Callable[[str], None]


@dataclass(frozen=True)
class Card:
    """bandwidth [B/s] of the data sheet."""

    name: str
    bandwidth: float
    source: str

    def seconds(self, moved: float, launches: float) -> float:
        """The model."""
        return moved / (EFFICIENCY * self.bandwidth) + NODE * launches


CARDS = (
    Card("A100", 2.039e12, "NVIDIA A100 data sheet, SXM 80 GB"),
    Card("H100", 3.35e12, "NVIDIA H100 data sheet, SXM5 80 GB"),
    Card("B200", 8.0e12, "NVIDIA DGX B200 data sheet, one GPU"),
)


def document(case: Case, plan: Plan, say: Say) -> dict[str, Any]:
    """The model of one case and of a batch of power flows, beside what a card here measures."""
    return {
        "bench": "gpu",
        "model": f"bytes / ({EFFICIENCY} x data-sheet bandwidth) + {NODE * 1e6:g} us a kernel; not measured on a card",
        "machine": machine.describe(),
        "cards": {
            card.name: {"bandwidth_GB_s": card.bandwidth / 1e9, "source": card.source} for card in CARDS
        },
        "air": air(case, plan, say),
        "together": stacked.table(case, plan, CARDS, say),
        "power": power(say),
    }


def air(case: Case, plan: Plan, say: Say) -> dict[str, Any]:
    """A whole run on the CPU, every kernel that a card would be given counted: coarser starts and proof included."""
    say(f"{case.name}: one iteration, counted")
    one = Launches()
    solver = operators.solver_of(case, plan, device.shadowed(device.on_host(), one))
    solver.advance()
    one.by_kernel.clear()
    solver.advance()
    cells = solver.scene.fluid_cells
    say(f"{case.name}: {cells} cells, the whole run on the CPU")
    whole = Launches()
    begun = perf_counter()
    found = couple.solve(case, plan, device.shadowed(device.on_host(), whole), lambda news: None)
    return {
        "case": case.name,
        "scheme": case.numerics.scheme,
        "cells": cells,
        "converged": found.outcome.converged,
        "iterations": found.outcome.iterations,
        "cpu_s": perf_counter() - begun,
        "iteration": {
            "launches": one.launches,
            "bytes_per_cell": one.moved / cells,
            "us": {card.name: 1e6 * card.seconds(one.moved, one.launches) for card in CARDS},
        },
        "own_grid_s": {
            card.name: found.outcome.iterations * card.seconds(one.moved, one.launches) for card in CARDS
        },
        "run": {
            "launches": whole.launches,
            "GB": whole.moved / 1e9,
            "s": {card.name: card.seconds(whole.moved, whole.launches) for card in CARDS},
        },
        "kernels": [_kernel(name, load, cells) for name, load in _by_bytes(one)],
        "measured_s": _measured_air(case, plan, say),
    }


def _by_bytes(launches: Launches) -> list[tuple[str, Any]]:
    return sorted(launches.by_kernel.items(), key=lambda item: -item[1].moved)


def _kernel(name: str, load: Any, cells: int) -> dict[str, Any]:
    return {
        "kernel": name,
        "launches_per_iteration": load.launches,
        "bytes_per_cell": load.moved / cells,
        "us": {card.name: 1e6 * card.seconds(load.moved, load.launches) for card in CARDS},
    }


def power(say: Say) -> dict[str, Any]:
    """Unbalanced scenarios of the hall that `minehall bench power` solves, reduced on the card."""
    say("power: mean sweeps of a batch on the CPU")
    tables = hall()
    tables.setdefault("transformers", [t for t in (tables.pop("transformer", None),) if t])
    network = Network.from_tables(tables)
    p, q = scenarios(network.p, network.q, SCENARIOS)
    found = solve(network, p, q, tolerance=TOLERANCE, outputs=())
    sweeps = float(found.passes.mean())
    moved = scenario_bytes(network, sweeps)
    copied = p[0].nbytes + q[0].nbytes
    return {
        "nodes": network.size,
        "loads": len(network.load_node),
        "mean_sweeps": sweeps,
        "bytes_per_scenario": moved,
        "scenarios_per_s": {card.name: EFFICIENCY * card.bandwidth / moved for card in CARDS},
        "bytes_from_host_per_scenario": copied,
        "outputs": "extremes, loadings, losses by place; powers already on the card",
        "measured_per_s": _measured_power(network, say),
    }


def _measured_air(case: Case, plan: Plan, say: Say) -> float | None:
    """Seconds of the run on the card here; None without one. The first run compiles."""
    if "cuda" not in device.found():
        return None
    say(f"{case.name}: on the card")
    for _ in range(2):
        begun = perf_counter()
        couple.solve(case, plan, "cuda", lambda news: None).whole()
    return perf_counter() - begun


def _measured_power(network: Network, say: Say) -> float | None:
    """Scenarios a second on the card here, powers copied from the host; None without one."""
    if "cuda" not in device.found():
        return None
    say("power: on the card")
    p, q = scenarios(network.p, network.q, ON_CARD)
    for _ in range(2):
        begun = perf_counter()
        solve(network, p, q, "cuda", tolerance=TOLERANCE, outputs=())
    return ON_CARD / (perf_counter() - begun)


def cell_for(case: Case, plan: Plan, cells: int) -> float:
    """Edge [m] of the cells of which the hall's box holds so many."""
    return float(np.cbrt(np.prod(plan.size) / cells))


def lines(found: dict[str, Any]) -> list[str]:
    """The document as lines to read."""
    hall_, flows = found["air"], found["power"]
    names = list(found["cards"])
    told = [
        f"MODEL, {found['model']}",
        f"{hall_['case']}, {hall_['scheme']}, {hall_['cells']:,} cells; on the CPU {hall_['iterations']} iterations, "
        f"converged: {hall_['converged']}, {hall_['cpu_s']:.1f} s",
        f"{'kernel':26} {'launches':>8} {'B/cell':>7} " + " ".join(f"{name + ' us':>9}" for name in names),
    ]
    told += [
        f"{row['kernel']:26} {row['launches_per_iteration']:8} {row['bytes_per_cell']:7.1f} "
        + " ".join(f"{row['us'][name]:9.1f}" for name in names)
        for row in hall_["kernels"]
    ]
    one, run = hall_["iteration"], hall_["run"]
    told += [
        f"{'an iteration':26} {one['launches']:8} {one['bytes_per_cell']:7.0f} "
        + " ".join(f"{one['us'][name]:9.0f}" for name in names),
        f"its {hall_['iterations']} iterations: "
        + ", ".join(f"{name} {hall_['own_grid_s'][name]:.3f} s" for name in names),
        f"the whole run, coarser starts and proof included: {run['launches']:,} launches, {run['GB']:.1f} GB: "
        + ", ".join(f"{name} {run['s'][name]:.3f} s" for name in names),
        _beside("air", hall_["measured_s"], "s"),
        *stacked.lines(found["together"]),
        f"power, {flows['nodes']} nodes, {flows['mean_sweeps']:.1f} sweeps, "
        f"{flows['bytes_per_scenario'] / 1e3:.0f} kB a scenario ({flows['outputs']}): "
        + ", ".join(f"{name} {flows['scenarios_per_s'][name] / 1e6:.1f} M/s" for name in names),
        f"powers from the host: {flows['bytes_from_host_per_scenario'] / 1e3:.1f} kB a scenario over the bus besides",
        _beside("power", flows["measured_per_s"], "scenarios/s"),
    ]
    return told


def _beside(what: str, measured: float | None, unit: str) -> str:
    return f"{what}, measured on a card: " + ("none here" if measured is None else f"{measured:.4g} {unit}")
