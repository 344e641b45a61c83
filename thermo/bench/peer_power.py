"""power-grid-model on the same network and scenarios: iterative current, unbalanced, voltages of all nodes."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from importlib.util import find_spec
from typing import Any

import numpy as np

CURE = "pip install power-grid-model"
IDEAL = 1e18  # [VA] fault level of its source, which it always has; 1e10 costs 3e-4 pu here
NEVER = 1e6  # [A] a rating that limits nothing


class NoPeer(RuntimeError):
    """The package is not here; the message says how to get it."""


def require() -> None:
    """Raise NoPeer where the package is not installed."""
    if find_spec("power_grid_model") is None:
        raise NoPeer(f"power-grid-model is not installed; {CURE}")


def prepared(tables: Mapping[str, Any], p: np.ndarray, q: np.ndarray, tolerance: float) -> Callable[[], Any]:
    """A function that solves the batch and returns the voltages (S, n, 3) complex [V].

    `tables` is a network file with r1 x1 r0 x0 lines and one Dyn1 transformer. Raises NoPeer.
    """
    require()
    import power_grid_model as pgm

    model = pgm.PowerGridModel(_input(pgm, tables))
    count = len(p)
    loads = pgm.initialize_array("update", "asym_load", (count, p.shape[1]))
    loads["id"] = 10_000 + np.arange(p.shape[1])
    loads["p_specified"], loads["q_specified"] = p, q

    def solve() -> Any:
        return model.calculate_power_flow(
            symmetric=False,
            error_tolerance=tolerance,
            max_iterations=100,
            calculation_method="iterative_current",
            update_data={"asym_load": loads},
            threading=1,
            output_component_types={"node": ["u", "u_angle"]},
        )

    return solve


def voltages(found: Any) -> np.ndarray:
    """(S, n, 3) complex [V] of its output."""
    nodes = found["node"]
    return np.asarray(nodes["u"] * np.exp(1j * nodes["u_angle"]))


def version() -> str:
    """Of the package."""
    from importlib.metadata import version as of

    return of("power-grid-model")


def _input(pgm: Any, tables: Mapping[str, Any]) -> dict[str, np.ndarray]:
    nodes, lines, loads = tables["nodes"], tables["lines"], tables["loads"]
    (transformer,) = tables["transformers"]
    node = pgm.initialize_array("input", "node", len(nodes))
    node["id"], node["u_rated"] = [n["id"] for n in nodes], [n["u"] for n in nodes]
    line = pgm.initialize_array("input", "line", len(lines))
    line["id"] = 20_000 + np.arange(len(lines))
    line["from_node"], line["to_node"] = [x["f"] for x in lines], [x["t"] for x in lines]
    line["from_status"] = line["to_status"] = 1
    for key in ("r1", "x1", "r0", "x0"):
        line[key] = [x[key] for x in lines]
    for key in ("c1", "c0", "tan1", "tan0"):
        line[key] = 0.0
    line["i_n"] = NEVER
    load = pgm.initialize_array("input", "asym_load", len(loads))
    load["id"], load["node"] = 10_000 + np.arange(len(loads)), [x["node"] for x in loads]
    load["status"], load["type"] = 1, 0
    load["p_specified"], load["q_specified"] = [x["p"] for x in loads], [x["q"] for x in loads]
    source = pgm.initialize_array("input", "source", 1)
    source["id"], source["node"], source["status"], source["u_ref"] = 30_000, tables["source"]["node"], 1, 1.0
    source["sk"] = IDEAL
    return {
        "node": node,
        "line": line,
        "asym_load": load,
        "source": source,
        "transformer": _dyn1(pgm, transformer),
    }


def _dyn1(pgm: Any, row: Mapping[str, Any]) -> np.ndarray:
    made = pgm.initialize_array("input", "transformer", 1)
    made["id"], made["from_node"], made["to_node"] = 40_000, row["f"], row["t"]
    made["from_status"] = made["to_status"] = 1
    for key in ("u1", "u2", "sn", "uk", "pk"):
        made[key] = row[key]
    made["i0"] = made["p0"] = 0.0
    made["winding_from"], made["winding_to"], made["clock"] = 2, 1, 1
    made["tap_side"] = made["tap_pos"] = made["tap_min"] = made["tap_max"] = 0
    made["tap_size"] = 0.0
    return np.asarray(made)
