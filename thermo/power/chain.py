"""Networks cut by converters, solved from the loads towards the source.

Nothing is iterated between a converter's two sides: what it gives is known before what it draws is asked for. Only a
closed static switch, whose loss follows what passes it in its own tree, is solved again until that loss stands still.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from .converters import PASSES
from .cut import Part, parts
from .tree import Network

MOST_ROUNDS = 30  # of closed switches' losses: each moves the next by the loss times the drop, 1e-4 and less
STILL = 1e-11  # of its rating, by which a switch's loss may still move


@dataclass(frozen=True)
class Found:
    """Scenarios S of a network of n nodes. NaN where `status` is not 0."""

    voltage: np.ndarray  # (S, n, 3) complex [V]
    current: np.ndarray  # (S, n, 3) complex [A]
    status: np.ndarray  # (S)
    passes: np.ndarray  # (S)
    loading: np.ndarray  # (S, G)
    losses: np.ndarray  # (S, places) [W]
    extremes: np.ndarray  # (S, 2) lowest and highest voltage at loads [pu]
    tie_current: np.ndarray  # (S, T, 3) complex [A]

    @classmethod
    def nothing(cls, network: Network, count: int) -> Found:
        """Where nothing is solved yet."""
        return cls(
            voltage=np.full((count, network.size, 3), np.nan, complex),
            current=np.full((count, network.size, 3), np.nan, complex),
            status=np.zeros(count, np.int32),
            passes=np.zeros(count, np.int32),
            loading=np.zeros((count, len(network.groups))),
            losses=np.zeros((count, len(network.places))),
            extremes=np.full((count, 2), np.nan),
            tie_current=np.full((count, len(network.ties), 3), np.nan, complex),
        )


@dataclass(frozen=True)
class Flows:
    """Of converters K [W]: given at the output, drawn at the input; stored in all batteries."""

    output: np.ndarray  # (S, K)
    drawn: np.ndarray  # (S, K)
    stored: np.ndarray  # (S)


Solve = Callable[[Network, np.ndarray, np.ndarray], Found]  # of a tree


def solve_chain(network: Network, p: np.ndarray, q: np.ndarray, solve: Solve) -> tuple[Found, Flows]:
    """Powers (S, L, 3) [W, var] of a network with converters, stores or several sources, tree by tree.

    Where one tree has no solution nothing of the scenario has. Raises ValueError for a tie between two trees.
    """
    count, kinds = len(p), len(network.converters)
    whole = Found.nothing(network, count)
    flows = Flows(np.zeros((count, kinds)), np.zeros((count, kinds)), np.zeros(count))
    for part in parts(network):
        own = p[:, part.loads], q[:, part.loads]
        _solve_part(network, part, own, (whole, flows), solve)
    _balance(network, whole, flows)
    lost = whole.status != 0
    for numbers in (whole.voltage, whole.current, whole.loading, whole.losses, whole.extremes, whole.tie_current,
                    flows.output, flows.drawn, flows.stored):  # fmt: skip
        numbers[lost] = np.nan
    return whole, flows


def _solve_part(
    network: Network,
    part: Part,
    own: tuple[np.ndarray, np.ndarray],
    so_far: tuple[Found, Flows],
    solve: Solve,
) -> None:
    """One tree, closed switches until their losses stand still; then what its cutting converters draw elsewhere."""
    whole, flows = so_far
    closed = [k for k in part.drawing if network.converters[k].mode == PASSES]
    summed = Found.nothing(part.network, len(own[0]))
    left = np.flatnonzero(whole.status == 0)
    for _ in range(MOST_ROUNDS):
        if not left.size:
            break
        found = solve(part.network, *_powers(network, part, (own[0][left], own[1][left]), flows.drawn[left]))
        _keep(summed, found, left)
        _measure(network, part, summed, flows, left)
        left = left[found.status == 0]
        left = left[_moved(network, closed, flows, left) > STILL] if closed else left[:0]
    summed.status[left] = 1
    _add(network, part, summed, whole)
    for k in part.feeding:
        if network.converters[k].cuts:
            flows.drawn[:, k] = network.converters[k].balance(flows.output[:, k])[0]


def _powers(
    network: Network, part: Part, own: tuple[np.ndarray, np.ndarray], drawn: np.ndarray
) -> tuple[np.ndarray, np.ndarray]:
    """p and q of the tree's loads, converters and stores."""
    stores = np.array([network.stores[k].drawn for k in part.stores])
    watts = np.concatenate([drawn[:, part.drawing], np.tile(stores, (len(drawn), 1))], axis=1)
    tan_phi = np.array([*(network.converters[k].tan_phi for k in part.drawing), *np.zeros(stores.size)])
    more = watts[:, :, None] * part.spread
    return (
        np.ascontiguousarray(np.concatenate([own[0], more], axis=1)),
        np.ascontiguousarray(np.concatenate([own[1], more * tan_phi[:, None]], axis=1)),
    )


def _keep(summed: Found, found: Found, rows: np.ndarray) -> None:
    """The last solution of scenarios `rows`."""
    for name in ("voltage", "current", "status", "loading", "losses", "extremes", "tie_current"):
        getattr(summed, name)[rows] = getattr(found, name)
    summed.passes[rows] += found.passes


def _measure(network: Network, part: Part, found: Found, flows: Flows, rows: np.ndarray) -> None:
    """What the converters that feed a tree give."""
    for k in part.feeding:
        at = int(np.searchsorted(part.nodes, network.converters[k].node))
        given = (found.voltage[rows, at] * found.current[rows, at].conj()).real.sum(axis=1)
        flows.output[rows, k] = np.where(found.status[rows] == 0, given, 0.0)


def _moved(network: Network, closed: list[int], flows: Flows, rows: np.ndarray) -> np.ndarray:
    """Let switches draw the loss of what passes them; by how much of its rating the worst one moved (S)."""
    worst = np.zeros(rows.size)
    for k in closed:
        drawn = network.converters[k].balance(flows.output[rows, k])[0]
        worst = np.maximum(worst, np.abs(drawn - flows.drawn[rows, k]) / network.converters[k].curve.rated)
        flows.drawn[rows, k] = drawn
    return worst


def _add(network: Network, part: Part, summed: Found, whole: Found) -> None:
    """A tree's solution into the whole; DC has one conductor, whose voltage stands in all three columns."""
    direct = network.is_dc[part.nodes]
    summed.voltage[:, direct] = summed.voltage[:, direct, :1]
    whole.voltage[:, part.nodes] = summed.voltage
    whole.current[:, part.nodes] = summed.current
    whole.tie_current[:, part.ties] = summed.tie_current
    np.maximum(whole.status, summed.status, out=whole.status)
    np.maximum(whole.passes, summed.passes, out=whole.passes)
    np.maximum(whole.loading, summed.loading, out=whole.loading)
    np.add(whole.losses, summed.losses, out=whole.losses)
    np.fmin(whole.extremes[:, 0], summed.extremes[:, 0], out=whole.extremes[:, 0])
    np.fmax(whole.extremes[:, 1], summed.extremes[:, 1], out=whole.extremes[:, 1])


def _balance(network: Network, whole: Found, flows: Flows) -> None:
    """Losses of converters and stores at their places, and what batteries take up."""
    for k, converter in enumerate(network.converters):
        _, lost, stored = converter.balance(flows.output[:, k])
        whole.losses[:, converter.place] += lost
        flows.stored[:] += stored
    for store in network.stores:
        whole.losses[:, store.place] += store.drawn - store.stored
        flows.stored[:] += store.stored
