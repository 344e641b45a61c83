"""The network that `minehall bench power` solves where none is given: a hall of busways, as a network file."""

from __future__ import annotations

from typing import Any

import numpy as np

BUSWAYS, TAPS = 12, 20
TAP_SPACING, WHIP = 0.6, 6.0  # [m]
SEED = 7
# ohm/m: r1, x1, r0, x0 of a 240 mm2 cable, a 1000 A busway, a 10 mm2 whip; made up, of the usual size
CABLE = (38e-6, 40e-6, 110e-6, 130e-6)
BUSWAY = (49e-6, 22e-6, 200e-6, 90e-6)
CORD = (2.1e-3, 80e-6, 8.4e-3, 320e-6)
TRANSFORMER = {"sn": 2.5e6, "u1": 34.5e3, "u2": 415.0, "uk": 0.06, "pk": 18.5e3, "vector_group": "Dyn1"}


def hall() -> dict[str, Any]:
    """A grid, a 2.5 MVA Dyn1 transformer, 12 cables and busways of 20 taps, 240 racks on whips: 495 nodes.

    35 % of the racks hang on one phase, 20 % on two, 45 % on three; 3.5, 10 or 20 kW at a power factor of 0.97.
    """
    random = np.random.default_rng(SEED)
    nodes = [{"id": k, "u": 34.5e3 if k < 2 else 415.0} for k in range(3)]
    grid = {"f": 0, "t": 1, "kind": "mv", "r1": 0.287, "x1": 2.41, "r0": 0.5, "x0": 3.0}
    lines: list[dict[str, Any]] = [grid]
    loads: list[dict[str, Any]] = []

    def hang(on: int, kind: str, metres: float, per_metre: tuple[float, ...]) -> int:
        nodes.append({"id": len(nodes), "u": 415.0})
        ohms = dict(zip(("r1", "x1", "r0", "x0"), (metres * z for z in per_metre), strict=True))
        lines.append({"f": on, "t": len(nodes) - 1, "kind": kind, **ohms})
        return len(nodes) - 1

    for busway in range(BUSWAYS):
        at = hang(2, "cable", 20.0 + 6.0 * busway, CABLE)
        for _ in range(TAPS):
            at = hang(at, "busway", TAP_SPACING, BUSWAY)
            p = _rack(random)
            q = p * np.tan(np.arccos(0.97))
            loads.append({"node": hang(at, "whip", WHIP, CORD), "p": p.tolist(), "q": q.tolist()})
    return {
        "source": {"node": 0},
        "nodes": nodes,
        "lines": lines,
        "transformer": {"f": 1, "t": 2, **TRANSFORMER},
        "loads": loads,
    }


def _rack(random: np.random.Generator) -> np.ndarray:
    """Watts on the three phases."""
    phases = random.choice([1, 2, 3], p=[0.35, 0.2, 0.45])
    taken = random.permutation(3)[:phases]
    watts = np.zeros(3)
    watts[taken] = random.choice([3.5e3, 10e3, 20e3]) / phases
    return watts


def scenarios(p: np.ndarray, q: np.ndarray, count: int) -> tuple[np.ndarray, np.ndarray]:
    """p and q (count, L, 3): every rack x U(0.4, 1.1), every phase x U(0.9, 1.1), q with p."""
    random = np.random.default_rng(SEED)
    factor = random.uniform(0.4, 1.1, (count, len(p), 1)) * random.uniform(0.9, 1.1, (count, len(p), 3))
    return p * factor, q * factor
