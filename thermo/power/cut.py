"""A network cut at its converters: the trees it falls into, each a network without any."""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .parts import ROOT3
from .tree import CONSTANT_POWER, WYE, Network, Tie, balanced_source

TABLES = ("impedance", "turns", "shunt", "base", "rating", "group", "place")  # of nodes


@dataclass(frozen=True)
class Part:
    """One tree: its nodes, own loads and ties, the converters that feed into it, and what draws in it besides loads.

    `network` has the own loads first, then the `drawing` converters, then the stores.
    """

    network: Network
    nodes: np.ndarray
    loads: np.ndarray
    ties: np.ndarray
    feeding: np.ndarray  # converters whose output is a node of it
    drawing: np.ndarray  # converters whose input is
    stores: np.ndarray
    spread: np.ndarray  # (drawing and stores, 3) shares of what they draw on the phases


def parts(network: Network) -> list[Part]:
    """The trees, those furthest from the source first. Raises ValueError for a tie between two of them."""
    head = heads(network)
    for tie in network.ties:
        if head[tie.one] != head[tie.other]:
            raise ValueError("a tie joins two parts that a converter separates; leave it open")
    depth = {int(top): _depth(network, head, int(top)) for top in np.unique(head)}
    return [_part(network, head, top) for top in sorted(depth, key=lambda top: -depth[top])]


def heads(network: Network) -> np.ndarray:
    """(n) The node at the head of each node's own tree."""
    cut = np.zeros(network.size, bool)
    cut[[c.node for c in network.converters if c.cuts]] = True
    above = np.where(cut, np.arange(network.size), network.parent)
    while (above[above] != above).any():
        above = above[above]
    return above


def _depth(network: Network, head: np.ndarray, top: int) -> int:
    """Converters between a tree and its source."""
    count = 0
    while network.parent[top] != top:
        top = int(head[network.parent[top]])
        count += 1
    return count


def _part(network: Network, head: np.ndarray, top: int) -> Part:
    inputs = network.parent[[c.node for c in network.converters]] if network.converters else np.zeros(0, int)
    outputs = np.array([c.node for c in network.converters], int)
    drawing = np.flatnonzero(head[inputs] == top)
    stores = np.array([k for k, store in enumerate(network.stores) if head[store.node] == top], int)
    further = np.concatenate([inputs[drawing], [network.stores[k].node for k in stores]]).astype(int)
    nodes = np.flatnonzero(head == top)
    loads = np.flatnonzero(head[network.load_node] == top)
    ties = np.array([k for k, tie in enumerate(network.ties) if head[tie.one] == top], int)
    return Part(
        network=_tree(network, nodes, top, (loads, further, ties)),
        nodes=nodes,
        loads=loads,
        ties=ties,
        feeding=np.flatnonzero(head[outputs] == top),
        drawing=drawing,
        stores=stores,
        spread=np.where(network.is_dc[further][:, None], [1.0, 0.0, 0.0], np.full(3, 1 / 3)),
    )


def _tree(network: Network, nodes: np.ndarray, top: int, held: tuple[np.ndarray, ...]) -> Network:
    """The nodes as a network of their own; `held`: its loads, the nodes of further ones, its ties."""
    loads, further, ties = held
    at = np.full(network.size, -1, np.int32)
    at[nodes] = np.arange(nodes.size)
    parent = at[network.parent[nodes]]
    parent[at[top]] = at[top]
    load_node = at[np.concatenate([network.load_node[loads], further]).astype(int)]
    count = further.size
    return Network(
        names=tuple(network.names[k] for k in nodes),
        parent=parent,
        **{name: getattr(network, name)[nodes] for name in TABLES},
        source=_source(network, top),
        load_node=load_node,
        connection=np.concatenate([network.connection[loads], np.full(count, WYE, network.connection.dtype)]),
        law=np.concatenate([network.law[loads], np.tile(CONSTANT_POWER, (count, 1))]),
        nominal=np.concatenate([network.nominal[loads], network.base[further]]),
        p=np.zeros((load_node.size, 3)),
        q=np.zeros((load_node.size, 3)),
        groups=network.groups,
        places=network.places,
        ties=tuple(_moved(network.ties[k], at) for k in ties),
    )


def _moved(tie: Tie, at: np.ndarray) -> Tie:
    return replace(tie, one=int(at[tie.one]), other=int(at[tie.other]))


def _source(network: Network, top: int) -> np.ndarray:
    """(3) [V] at the head of a tree."""
    held = {c.node: c.volts for c in network.converters} | {s.node: s.volts for s in network.sources}
    if top not in held:
        return network.source
    return np.full(3, held[top], complex) if network.is_dc[top] else balanced_source(held[top] * ROOT3)
