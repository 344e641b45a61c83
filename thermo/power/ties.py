"""Closed ties by compensation: a tie is opened and the current it would carry is drawn at one end, given at the other.

The current J of every tie is what makes the voltage across it Z J. The tree answers to J almost linearly, so its
response without load, measured once, gives the step: J += (Z + Z_tree)^-1 (V_one - V_other - Z J).

Source: Shirmohammadi et al., IEEE Trans. Power Systems 3 (1988) 753, section on weakly meshed networks.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np

from .tree import PHASOR, Network

MOST_STEPS = 30
Solve = Callable[
    [Network, np.ndarray, np.ndarray], np.ndarray
]  # voltages (S, n, 3) of a network without ties


def opened(network: Network) -> Network:
    """The tree with a given current at both ends of every tie: two more loads each, first ends before second."""
    ends = [tie.one for tie in network.ties] + [tie.other for tie in network.ties]
    count = len(ends)
    return replace(
        network,
        ties=(),
        load_node=np.concatenate([network.load_node, np.array(ends, network.load_node.dtype)]),
        connection=np.concatenate([network.connection, np.full(count, PHASOR, network.connection.dtype)]),
        law=np.concatenate([network.law, np.tile([1.0, 0.0, 0.0], (count, 1))]),
        nominal=np.concatenate([network.nominal, network.base[ends]]),
        p=np.concatenate([network.p, np.zeros((count, 3))]),
        q=np.concatenate([network.q, np.zeros((count, 3))]),
    )


def with_currents(powers: np.ndarray, j: np.ndarray) -> np.ndarray:
    """p or q (S, L, 3) and the real or imaginary part of J (S, T, 3): powers of the opened network."""
    return np.concatenate([powers, j, -j], axis=1)


def settled_currents(
    network: Network, p: np.ndarray, q: np.ndarray, tolerance: float, solve: Solve
) -> tuple[np.ndarray, np.ndarray]:
    """J [A] (S, T, 3) of every tie, and whether it settled (S): what is left across a tie is below `tolerance` pu."""
    tree = opened(network)
    wired, inverse = _loop(network, tree, solve)
    j = np.zeros((len(p), len(network.ties), 3), complex)
    base = network.base[[tie.one for tie in network.ties]][:, None]
    left = np.arange(len(p))
    settled = np.zeros(len(p), bool)
    for _ in range(MOST_STEPS):
        v = solve(tree, with_currents(p[left], j[left].real), with_currents(q[left], j[left].imag))
        across = np.where(wired, _across(network, v, j[left]), 0.0)
        done = (np.abs(across) / base).max(axis=(1, 2)) <= tolerance  # False where there is no solution
        settled[left[done]] = True
        left, across = left[~done], across[~done]
        lost = np.isnan(across).any(axis=(1, 2))
        left, across = left[~lost], across[~lost]
        if left.size == 0:
            break
        step = across[:, wired] @ inverse.T
        j[np.ix_(left, *map(np.arange, wired.shape))] += _spread(step, wired)
    return j, settled


def _across(network: Network, v: np.ndarray, j: np.ndarray) -> np.ndarray:
    """V_one - V_other - Z J (S, T, 3) [V]."""
    one, other = [tie.one for tie in network.ties], [tie.other for tie in network.ties]
    z = np.array([tie.impedance for tie in network.ties])
    return np.asarray(v[:, one] - v[:, other] - np.einsum("tfg,stg->stf", z, j))


def _loop(network: Network, tree: Network, solve: Solve) -> tuple[np.ndarray, np.ndarray]:
    """Which phases of the ties are wired (T, 3), and the inverse of the loops' impedance between those."""
    diagonal = np.array([np.diag(tie.impedance) for tie in network.ties])
    wired = (diagonal != 0) | ~(diagonal != 0).any(axis=1)[:, None]  # no impedance at all: a closed switch
    count = int(wired.sum())
    j = np.concatenate([np.zeros((1, *wired.shape)), _spread(np.eye(count), wired)]).astype(complex)
    nothing = np.zeros((len(j), *network.p.shape))
    v = solve(tree, with_currents(nothing, j.real), with_currents(nothing, j.imag))
    across = _across(network, v, j)[:, wired]
    return wired, np.linalg.inv((across[0] - across[1:]).T)


def _spread(rows: np.ndarray, wired: np.ndarray) -> np.ndarray:
    """(S, wired phases) into (S, T, 3)."""
    whole = np.zeros((len(rows), *wired.shape), rows.dtype)
    whole[:, wired] = rows
    return whole
