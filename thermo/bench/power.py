"""Power flows per core-second on one network, beside power-grid-model: same scenarios, outputs and tolerance."""

from __future__ import annotations

from collections.abc import Callable
from time import process_time
from typing import Any

import numpy as np

from ..netfile import read
from ..power import Network, solve
from . import machine, peer_power
from .power_network import hall, scenarios

TOLERANCE = 1e-8
SAMPLE = 32  # scenarios whose error is taken against a solution to EXACT
EXACT = 1e-13
WARM_UP = 32


def document(path: str | None, device: str, count: int, repeat: int, peer: bool) -> dict[str, Any]:
    """The bench as one JSON document. Raises NetworkError, DeviceError, peer_power.NoPeer.

    Both codes solve in turn, `repeat` times; the rate is that of the least process time, so that other work on
    the machine counts against neither.
    """
    tables = read(path) if path else hall()
    tables.setdefault("transformers", [t for t in (tables.pop("transformer", None),) if t])
    network = Network.from_tables(tables)
    p, q = scenarios(network.p, network.q, count)
    exact = solve(network, p[:SAMPLE], q[:SAMPLE], device, tolerance=EXACT).voltage
    assert exact is not None

    def ours(outputs: tuple[str, ...] = ("voltage",)) -> Any:
        return solve(network, p, q, device, tolerance=TOLERANCE, outputs=outputs)

    theirs = peer_power.prepared(tables, p, q, TOLERANCE) if peer else None
    solve(network, p[:WARM_UP], q[:WARM_UP], device, tolerance=TOLERANCE)
    runs: dict[str, Callable[[], Any]] = {"minehall": ours, "reduced": lambda: ours(())}
    if theirs:
        runs["power-grid-model"] = theirs
    least, last = _in_turn(runs, repeat)
    found: dict[str, Any] = {
        "bench": "power",
        "machine": machine.describe(),
        "load": machine.load(),
        "network": {"nodes": network.size, "loads": len(network.load_node), "file": path or "built in"},
        "scenarios": count,
        "unbalanced": True,
        "tolerance": TOLERANCE,
        "threads": 1,
        "device": device,
    }
    base = network.base[:, None]
    found["minehall"] = _row(
        count, least["minehall"], _error(last["minehall"].voltage, exact, base), "voltages of all nodes"
    )
    found["minehall"]["mean_sweeps"] = float(last["minehall"].passes.mean())
    found["reduced"] = _row(count, least["reduced"], None, "extremes, loadings, losses by place only")
    if theirs:
        error = _error(peer_power.voltages(last["power-grid-model"]), exact, base)
        row = _row(count, least["power-grid-model"], error, "u and u_angle of all nodes")
        found["peer"] = row | {
            "code": f"power-grid-model {peer_power.version()}",
            "method": "iterative_current",
        }
        found["ratio_per_core"] = found["minehall"]["per_core_second"] / row["per_core_second"]
    return found


def _in_turn(runs: dict[str, Callable[[], Any]], repeat: int) -> tuple[dict[str, float], dict[str, Any]]:
    """Least process time [s] of each run, and what it last returned."""
    least: dict[str, float] = dict.fromkeys(runs, np.inf)
    last: dict[str, Any] = {}
    for _ in range(repeat):
        for name, run in runs.items():
            last.pop(name, None)
            begun = process_time()
            last[name] = run()
            least[name] = min(least[name], process_time() - begun)
    return least, last


def _row(count: int, seconds: float, error: float | None, outputs: str) -> dict[str, Any]:
    row = {"cpu_s": seconds, "per_core_second": count / seconds, "outputs": outputs}
    return row if error is None else row | {"largest_error_pu": error}


def _error(voltage: np.ndarray, exact: np.ndarray, base: np.ndarray) -> float:
    """Largest difference [pu] over the sample."""
    return float((np.abs(voltage[: len(exact)] - exact) / base).max())


def lines(found: dict[str, Any]) -> list[str]:
    """The document as lines to read."""
    net = found["network"]
    told = [
        f"{net['nodes']} nodes, {net['loads']} loads, {found['scenarios']} unbalanced scenarios, "
        f"tolerance {found['tolerance']:g}, load {found['load']:.1f}",
    ]
    for name in ("minehall", "reduced", "peer"):
        if name in found:
            row = found[name]
            error = f", error {row['largest_error_pu']:.1e} pu" if "largest_error_pu" in row else ""
            told.append(
                f"{row.get('code', name)}: {row['per_core_second']:.0f} per core-second ({row['outputs']}{error})"
            )
    if "ratio_per_core" in found:
        told.append(f"ratio per core: {found['ratio_per_core']:.1f}")
    return told
