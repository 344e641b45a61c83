"""Power flow of any network, in batches: a scenario is every load's power, phase by phase."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from .tree import Network

Sweep = Callable[..., None]  # the operator `sweep` of kernels, by way of thermo.device
FULL = ("voltage", "branch_current")
TOLERANCE = 1e-10
MOST_SWEEPS = 200


@dataclass(frozen=True)
class Solution:
    """Solved scenarios S of a network of n nodes. Where `status` is not 0, every number is NaN.

    `voltage` [V] phase to neutral and `branch_current` [A] into each node from its parent, on the node's side (into
    the root: from the source), are (S, n, 3) complex, or None where they were not asked for.
    """

    network: Network
    voltage: np.ndarray | None
    branch_current: np.ndarray | None
    status: np.ndarray  # (S) 0 solved; 1 no solution found: past the nose of the PV curve, or too close to it
    passes: np.ndarray  # (S) sweeps made
    voltage_min_pu: np.ndarray  # (S) over the loaded phases of all loads
    voltage_max_pu: np.ndarray
    loading: np.ndarray  # (S, G) largest current / rating in each of `network.groups`
    losses_w: np.ndarray  # (S, places) [W] in each of `network.places`

    @property
    def solved(self) -> np.ndarray:
        """(S) True where there is a solution."""
        return np.asarray(self.status == 0)

    @property
    def loss_w(self) -> np.ndarray:
        """(S) [W] of all branches and shunts."""
        return np.asarray(self.losses_w.sum(axis=1))


def solve(
    network: Network,
    p: np.ndarray | None = None,
    q: np.ndarray | None = None,
    device: str = "auto",
    *,
    tolerance: float = TOLERANCE,
    limit: int = MOST_SWEEPS,
    outputs: Sequence[str] = FULL,
) -> Solution:
    """Solve every scenario of p [W] and q [var] (S, L, 3), or (L, 3) for one; default: the network's own.

    `outputs` names which of "voltage" and "branch_current" are kept whole; minima, loadings and losses always are.
    `tolerance` is the largest relative change of a load's current (cpu) or change of a voltage in pu (numpy) in the
    last sweep; `limit` the most sweeps. Raises ValueError on shapes, thermo.device.DeviceError on the device.
    """
    from .. import device as devices

    given = (network.p if p is None else p, network.q if q is None else q)
    return swept(network, *given, devices.on(device).sweep, tolerance=tolerance, limit=limit, outputs=outputs)


def swept(
    network: Network,
    p: np.ndarray,
    q: np.ndarray,
    sweep: Sweep,
    *,
    tolerance: float = TOLERANCE,
    limit: int = MOST_SWEEPS,
    outputs: Sequence[str] = FULL,
) -> Solution:
    """`solve` with the operator itself."""
    p, q = _batch(network, p, "p"), _batch(network, q, "q")
    if p.shape != q.shape:
        raise ValueError(f"p has {len(p)} scenarios and q has {len(q)}")
    unknown = set(outputs) - set(FULL)
    if unknown:
        raise ValueError(f"no output is called {', '.join(sorted(unknown))}; there are {', '.join(FULL)}")
    count = len(p)
    kept = [np.empty((count if name in outputs else 0, network.size, 3), np.complex128) for name in FULL]
    extremes = np.empty((count, 2))
    loading, losses = np.empty((count, len(network.groups))), np.empty((count, len(network.places)))
    status, passes = np.empty(count, np.int32), np.empty(count, np.int32)
    sweep(
        *kept, extremes, loading, losses, status, passes,
        network.parent, network.impedance, network.turns, network.shunt, network.base, network.source,
        network.load_node, network.connection, network.law, network.nominal,
        network.rating, network.group, network.place, p, q, tolerance, limit,
    )  # fmt: skip
    voltage, current = (whole if name in outputs else None for name, whole in zip(FULL, kept, strict=True))
    return Solution(
        network, voltage, current, status, passes, extremes[:, 0], extremes[:, 1], loading, losses
    )


def _batch(network: Network, powers: np.ndarray, name: str) -> np.ndarray:
    """(S, L, 3) float64."""
    shape = (len(network.load_node), 3)
    batch = np.ascontiguousarray(powers, np.float64)
    if batch.shape == shape:
        batch = batch[None]
    if batch.ndim != 3 or batch.shape[1:] != shape:
        raise ValueError(f"{name} has shape {batch.shape}; wanted (scenarios, {shape[0]} loads, 3 phases)")
    if not np.isfinite(batch).all():
        raise ValueError(f"{name} holds numbers that are not finite")
    return batch
