"""Power flow of any network, in batches: a scenario is every load's power, phase by phase."""

from __future__ import annotations

from collections.abc import Callable, Collection
from dataclasses import dataclass, fields, replace
from typing import Any

import numpy as np

from . import ties
from .chain import Flows, Found, solve_chain
from .tree import Network
from .trips import Tripped, Trips, tripped

Sweep = Callable[..., None]  # the operator `sweep` of kernels, by way of thermo.device
FULL = ("voltage", "branch_current")
TOLERANCE = 1e-10
MOST_SWEEPS = 200
CHUNK = 2048  # scenarios whose currents are held at a time while breakers are judged


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
    tie_current: np.ndarray | None = None  # (S, T, 3) complex [A] from `one` to `other` of each closed tie
    converter_w: np.ndarray | None = None  # (S, K, 2) [W] that each converter gives and draws
    stored_w: np.ndarray | None = None  # (S) [W] that batteries take up; below 0: give; None: there are none
    tripped: Tripped | None = None  # which breakers trip, and when; None where none were given

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
    outputs: Collection[str] = FULL,
    breakers: Trips | None = None,
) -> Solution:
    """Solve every scenario of p [W] and q [var] (S, L, 3), or (L, 3) for one; default: the network's own.

    `outputs` names which of "voltage" and "branch_current" are kept whole; minima, loadings and losses always are.
    `tolerance` is the largest relative change of a load's current (cpu) or change of a voltage in pu (numpy) in the
    last sweep; `limit` the most sweeps. `breakers`, cold, at nodes of the network: `tripped` says which trip and when,
    whether or not the currents are kept. Raises ValueError on shapes, thermo.device.DeviceError on the device.
    """
    from .. import device as devices

    given = (network.p if p is None else p, network.q if q is None else q)
    limits: Limits = {"tolerance": tolerance, "limit": limit}
    return swept(network, *given, devices.on(device).sweep, **limits, outputs=outputs, breakers=breakers)


def swept(
    network: Network,
    p: np.ndarray,
    q: np.ndarray,
    sweep: Sweep,
    *,
    tolerance: float = TOLERANCE,
    limit: int = MOST_SWEEPS,
    outputs: Collection[str] = FULL,
    breakers: Trips | None = None,
) -> Solution:
    """`solve` with the operator itself."""
    limits = {"tolerance": tolerance, "limit": limit}
    p, q = _batch(network, p, "p"), _batch(network, q, "q")
    if p.shape != q.shape:
        raise ValueError(f"p has {len(p)} scenarios and q has {len(q)}")
    unknown = set(outputs) - set(FULL)
    if unknown:
        raise ValueError(f"no output is called {', '.join(sorted(unknown))}; there are {', '.join(FULL)}")
    way = _meshed if network.whole else _chained
    if breakers is None:
        return way(network, p, q, sweep, limits, outputs)

    def part(own: slice) -> Solution:
        return _judged(
            way(network, p[own], q[own], sweep, limits, {*outputs, "branch_current"}), breakers, outputs
        )

    return _joined([part(slice(k, k + CHUNK)) for k in range(0, max(len(p), 1), CHUNK)])


def _judged(found: Solution, breakers: Trips, outputs: Collection[str]) -> Solution:
    """Trips from the currents, which go unless they were asked for."""
    assert found.branch_current is not None
    current = np.abs(found.branch_current[:, breakers.row]).max(axis=2)
    kept = found.branch_current if "branch_current" in outputs else None
    return replace(found, branch_current=kept, tripped=tripped(breakers, current))


def _joined(solved: list[Solution]) -> Solution:
    """Scenarios behind one another."""
    if len(solved) == 1:
        return solved[0]
    names = [f.name for f in fields(Solution) if f.name not in ("network", "tripped")]
    whole: dict[str, Any] = {
        name: np.concatenate([getattr(one, name) for one in solved])
        for name in names
        if getattr(solved[0], name) is not None
    }
    trips = [one.tripped for one in solved if one.tripped is not None]
    return replace(solved[0], **whole, tripped=Tripped.joined(trips) if trips else None)


Limits = dict[str, Any]  # tolerance and limit
TOGETHER = 4_000_000  # voltages of a chain that are held at a time


def _meshed(
    network: Network, p: np.ndarray, q: np.ndarray, sweep: Sweep, limits: Limits, outputs: Collection[str]
) -> Solution:
    """A network of one tree and its ties."""
    solve = _with_ties if network.ties else _tree
    return solve(network, p, q, sweep, limits, outputs)


def _chained(
    network: Network, p: np.ndarray, q: np.ndarray, sweep: Sweep, limits: Limits, outputs: Collection[str]
) -> Solution:
    """A network cut by converters, so many scenarios at a time."""

    def solve(tree: Network, p: np.ndarray, q: np.ndarray) -> Found:
        found = _meshed(tree, p, q, sweep, limits, FULL)
        extremes = np.stack([found.voltage_min_pu, found.voltage_max_pu], axis=1)
        ties = np.zeros((len(p), 0, 3), complex) if found.tie_current is None else found.tie_current
        assert found.voltage is not None
        assert found.branch_current is not None
        kept = (
            found.voltage,
            found.branch_current,
            found.status,
            found.passes,
            found.loading,
            found.losses_w,
        )
        return Found(*kept, extremes, ties)

    at_once = max(1, TOGETHER // (3 * network.size))
    chunks = [slice(k, k + at_once) for k in range(0, max(len(p), 1), at_once)]
    solved = [_reported(network, *solve_chain(network, p[c], q[c], solve), outputs) for c in chunks]
    return _joined(solved)


def _reported(network: Network, found: Found, flows: Flows, outputs: Collection[str]) -> Solution:
    """The solution of a chain; what a closed switch draws is what passes it and its loss."""
    through = np.array([not c.cuts for c in network.converters])
    return Solution(
        network,
        found.voltage if "voltage" in outputs else None,
        found.current if "branch_current" in outputs else None,
        found.status,
        found.passes,
        found.extremes[:, 0],
        found.extremes[:, 1],
        found.loading,
        found.losses,
        found.tie_current if network.ties else None,
        np.stack([flows.output, flows.drawn + flows.output * through], axis=2),
        flows.stored,
    )


def _tree(
    network: Network, p: np.ndarray, q: np.ndarray, sweep: Sweep, limits: Limits, outputs: Collection[str]
) -> Solution:
    """A network without ties, its powers checked."""
    count = len(p)
    kept = [np.empty((count if name in outputs else 0, network.size, 3), np.complex128) for name in FULL]
    extremes = np.empty((count, 2))
    loading, losses = np.empty((count, len(network.groups))), np.empty((count, len(network.places)))
    status, passes = np.empty(count, np.int32), np.empty(count, np.int32)
    sweep(
        *kept, extremes, loading, losses, status, passes,
        network.parent, network.impedance, network.turns, network.shunt, network.base, network.source,
        network.load_node, network.connection, network.law, network.nominal,
        network.rating, network.group, network.place, p, q, limits["tolerance"], limits["limit"],
    )  # fmt: skip
    voltage, current = (whole if name in outputs else None for name, whole in zip(FULL, kept, strict=True))
    return Solution(
        network, voltage, current, status, passes, extremes[:, 0], extremes[:, 1], loading, losses
    )


def _with_ties(
    network: Network, p: np.ndarray, q: np.ndarray, sweep: Sweep, limits: Limits, outputs: Collection[str]
) -> Solution:
    """A network with closed ties: currents that close them, then the tree with these; NaN where they do not settle."""

    def voltages(tree: Network, p: np.ndarray, q: np.ndarray) -> np.ndarray:
        return np.asarray(_tree(tree, p, q, sweep, limits, ("voltage",)).voltage)

    j, settled = ties.settled_currents(network, p, q, 10 * limits["tolerance"], voltages)
    j[~settled] = 0.0
    tree, p, q = ties.opened(network), ties.with_currents(p, j.real), ties.with_currents(q, j.imag)
    found = _tree(tree, p, q, sweep, limits, outputs)
    for k, tie in enumerate(network.ties):
        watts = np.einsum("sf,fg,sg->s", j[:, k].conj(), tie.impedance, j[:, k]).real
        found.losses_w[:, tie.place] += watts
    found.status[~settled] = 1
    j[~settled] = np.nan
    for numbers in (found.voltage, found.branch_current, found.losses_w, found.loading, found.voltage_min_pu,
                    found.voltage_max_pu):  # fmt: skip
        if numbers is not None:
            numbers[~settled] = np.nan
    return replace(found, network=network, tie_current=j)


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
