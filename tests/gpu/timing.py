"""Timed by events on a card's stream: an iteration of the air, as a graph and kernel by kernel, and power flows."""

from __future__ import annotations

from typing import Any

import kernels
from kernels.gpu.card import Card
from thermo.air.solver import CHECK, AirSolver
from thermo.bench.power import TOLERANCE
from thermo.bench.power_network import hall, scenarios
from thermo.power import Network, solve

WARM_UP = 3 * CHECK  # iterations: kernels compile, the graph is captured, the card takes its pace
BLOCK = CHECK  # iterations between two looks


def iteration(solver: AirSolver, repeat: int = 10) -> dict[str, Any]:
    """Milliseconds of an iteration on the card, the least and the median of `repeat` blocks, each way."""
    card: Card = solver.ops.home
    graphs, found = card.graphs, {}
    try:
        for name, card.graphs in (("graph", True), ("direct", False)):
            for _ in range(WARM_UP):
                solver.advance()
            times = sorted(_block(solver, card) for _ in range(repeat))
            found[name] = {"least_ms": times[0], "median_ms": times[len(times) // 2]}
    finally:
        card.graphs = graphs
    return found


def _block(solver: AirSolver, card: Card) -> float:
    """Milliseconds of an iteration, of a block without a look in it."""
    first, last = (card.arrays.cuda.Event() for _ in range(2))
    while solver.iterations % CHECK:
        solver.advance()
    solver.monitor  # noqa: B018 - reads what is waiting, so that nothing is read between the events
    first.record(card.stream)
    for _ in range(BLOCK - 1):
        solver.step()
    last.record(card.stream)
    last.synchronize()
    return float(card.arrays.cuda.get_elapsed_time(first, last)) / (BLOCK - 1)


def memory(solver: AirSolver) -> dict[str, float]:
    """Bytes a fluid cell on the card: of all arrays there, and of what the driver has given."""
    card: Card = solver.ops.home
    pool, cells = card.arrays.get_default_memory_pool(), solver.scene.fluid_cells
    return {
        "used_bytes_per_cell": pool.used_bytes() / cells,
        "taken_bytes_per_cell": pool.total_bytes() / cells,
    }


def power(count: int, repeat: int = 3) -> dict[str, float]:
    """Unbalanced power flows of the hall that `minehall bench power` solves, a second, all that is copied included.

    The least time of `repeat` batches of `count`; "reduced" keeps extremes, loadings and losses only.
    """
    card: Card = kernels.on("cuda").home
    network = Network.from_tables(hall())
    p, q = scenarios(network.p, network.q, count)
    found: dict[str, float] = {"nodes": network.size, "scenarios": count}
    for name, outputs in (("voltages", ("voltage",)), ("reduced", ())):
        times = []
        for _ in range(repeat + 1):  # the first compiles
            first, last = (card.arrays.cuda.Event() for _ in range(2))
            first.record(card.stream)
            solve(network, p, q, "cuda", tolerance=TOLERANCE, outputs=outputs)
            last.record(card.stream)
            last.synchronize()
            times.append(float(card.arrays.cuda.get_elapsed_time(first, last)))
        found[name] = 1e3 * count / min(times[1:])
    return found
