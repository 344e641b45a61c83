"""The order in which a sweep walks a radial network: a trunk, chains below it, leaves along them.

- The trunk runs from the source to the first node that feeds more than one branch or a load. It is linear, so
  what lies below sees it as a voltage behind an impedance (Thevenin).
- A chain is a run of branches without transformers and forks; the current walks along it in registers.
- A leaf is what draws at a chain's node: a load, at the end of a whip of its own where it has one, or a shunt.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import numpy as np

NO_DROP, FOUR_WIRE, FULL = 0, 1, 2  # kinds of a branch: no impedance; Z1 and Zm; any 3x3
POWER, ZIP, DELTA, PHASOR, SHUNT = 0, 1, 2, 3, 4  # kinds of a leaf
WYE_LOAD, DELTA_LOAD, PHASOR_LOAD = 0, 1, 2  # `connection` of a load


@dataclass(frozen=True)
class Walk:
    """Chains c: `up`, steps `chain_step[c] .. chain_step[c + 1]`; steps: a node and its leaves; leaves."""

    trunk: np.ndarray  # nodes, source first; the last is where the chains begin
    up: np.ndarray  # chain that a chain hangs on; -1: on the trunk's end
    chain_step: np.ndarray
    step_node: np.ndarray
    step_leaf: np.ndarray
    kind: np.ndarray  # (n) of the branch into each node
    leaf_node: np.ndarray  # where the leaf's voltage is
    leaf_load: np.ndarray  # -1: a shunt
    leaf_law: np.ndarray


def walk(parent, impedance, turns, shunt, load_node, connection, law) -> Walk:
    """The walk over a tree of n nodes; the root is its own parent. Arguments as in `sweep`."""
    children, root = offspring(parent)
    loads: list[list[int]] = [[] for _ in range(parent.size)]
    for load, node in enumerate(load_node.tolist()):
        loads[node].append(load)
    trunk = [root]
    while len(children[trunk[-1]]) == 1 and not loads[trunk[-1]]:
        trunk.append(children[trunk[-1]][0])
    kind, turned, shunted = branch_kinds(impedance), _turned(turns), shunt.any(axis=(1, 2))
    whip = [
        not children[k] and len(loads[k]) == 1 and not shunted[k] and not turned[k] and kind[k] != FULL
        for k in range(parent.size)
    ]
    laws = _laws(connection, law)
    up: list[int] = []
    steps: list[int] = []
    chain_step, step_leaf = [0], [0]
    leaves: list[tuple[int, int, int]] = []  # node, load, law
    waiting = [(trunk[-1], -1)]
    while waiting:
        node, above = waiting.pop()
        up.append(above)
        while True:
            steps.append(node)
            own = [(node, load) for load in loads[node]]
            own += [(k, loads[k][0]) for k in children[node] if whip[k]]
            leaves += [(k, load, laws[load]) for k, load in own]
            if shunted[node]:
                leaves.append((node, -1, SHUNT))
            step_leaf.append(len(leaves))
            further = [k for k in children[node] if not whip[k]]
            if len(further) != 1 or turned[further[0]]:
                break
            node = further[0]
        chain_step.append(len(steps))
        waiting += [(k, len(up) - 1) for k in reversed(further)]
    leaf_node, leaf_load, leaf_law = np.ascontiguousarray(np.array(leaves, np.int64).reshape(-1, 3).T)
    return Walk(
        trunk=np.array(trunk, np.int64),
        up=np.array(up, np.int64),
        chain_step=np.array(chain_step, np.int64),
        step_node=np.array(steps, np.int64),
        step_leaf=np.array(step_leaf, np.int64),
        kind=kind,
        leaf_node=leaf_node,
        leaf_load=leaf_load,
        leaf_law=leaf_law,
    )


def offspring(parent):
    """Children of every node, in order, and the root."""
    children: list[list[int]] = [[] for _ in range(parent.size)]
    root = 0
    for node, above in enumerate(parent.tolist()):
        if node == above:
            root = node
        else:
            children[above].append(node)
    return children, root


def branch_kinds(impedance):
    """NO_DROP, FOUR_WIRE (equal diagonal, equal off-diagonal) or FULL for each of n matrices [ohm]."""
    z1, zm = four_wire(impedance)
    ideal = z1[:, None, None] * np.eye(3) + zm[:, None, None]
    near = 1e-14 * np.abs(impedance).max(axis=(1, 2))  # rounding of Z1 + Zm
    transposed = np.abs(impedance - ideal).max(axis=(1, 2)) <= near
    return np.where(near == 0, NO_DROP, np.where(transposed, FOUR_WIRE, FULL)).astype(np.int64)


def four_wire(impedance):
    """Z1 and Zm [ohm] of drop = Z1 I + Zm (I_a + I_b + I_c), for branches of which that is the form."""
    zm = impedance[:, 0, 1]
    return impedance[:, 0, 0] - zm, zm.copy()


def _turned(turns):
    """Which branches are transformers: their matrix is not the identity."""
    return (turns != np.eye(3)).any(axis=(1, 2))


def _laws(connection, law):
    """Leaf kind of every load."""
    constant_power = (law[:, 1] == 0) & (law[:, 2] == 0) & (law[:, 0] == 1)
    wye = np.where(constant_power, POWER, ZIP)
    return np.where(connection == WYE_LOAD, wye, np.where(connection == DELTA_LOAD, DELTA, PHASOR)).tolist()


def trunk_of(trunk, source, impedance, turns, shunt):
    """The trunk seen from its end, and its inner nodes seen from below.

    Returns V_th (3) [V] and Z_th (3, 3) [ohm] at the last node, and for every node above it g (m, 3) [V] and
    G (m, 3, 3) [ohm]: its voltage is g - G W, where W is the current that the branch below draws from it.
    """
    e, b = source.astype(np.complex128), np.zeros((3, 3), np.complex128)
    own = np.zeros((len(trunk) - 1, 3), np.complex128)
    behind = np.zeros((len(trunk) - 1, 3, 3), np.complex128)
    for row, (above, node) in enumerate(pairwise(trunk)):
        loaded = np.linalg.inv(np.eye(3) + b @ shunt[above])
        own[row], behind[row] = loaded @ e, loaded @ b
        e = turns[node] @ own[row]
        b = turns[node] @ behind[row] @ turns[node].T + impedance[node]
    return e, b, own, behind


def without_load(path, e, parent, turns):
    """Voltages [V] (n, 3) below a trunk's end at e (3) when nothing draws; 0 above it."""
    idle = np.zeros((parent.size, 3), np.complex128)
    idle[path.step_node[0]] = e
    for node in path.step_node[1:]:
        idle[node] = turns[node] @ idle[parent[node]]
    whips = path.leaf_node[idle[path.leaf_node, 0] == 0]
    idle[whips] = idle[parent[whips]]
    return idle
