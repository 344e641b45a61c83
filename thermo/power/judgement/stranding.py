"""Phases of a case's network: what imbalance strands at each element, and the moves that free it."""

from __future__ import annotations

import numpy as np

from ..cut import heads
from ..flow import PowerResult
from ..network import HallNetwork
from .phases import Rephasing, named, rephase

Table = dict[str, np.ndarray]


def carried(network: HallNetwork) -> np.ndarray:
    """Part of each unit's power that each element carries phase by phase (E, units); a converter spreads."""
    head = heads(network)
    parts = np.zeros((len(network.elements), len(network.units)))
    for node, unit, share in zip(network.load_node, network.load_unit, network.load_share, strict=True):
        for row, element in enumerate(network.elements):
            beyond = head[node] != head[element.first] or network.is_dc[node]
            if element.first <= node < network.end[element.first] and not beyond:
                parts[row, unit] += share
    return parts


def shares(network: HallNetwork) -> np.ndarray:
    """Share of each unit's power on each phase (units, 3)."""
    found = np.full((len(network.units), 3), 1 / 3)
    found[network.load_unit] = network.phase_share
    found[network.load_unit[network.is_dc[network.load_node]]] = 1 / 3
    return found


def plan(result: PowerResult) -> tuple[Table, Table]:
    """Tables of power by phase with what it strands, now and after the moves; and of the moves."""
    network = result.network
    parts = carried(network)
    shared = np.array([e.type != "whip" for e in network.elements]) & ((parts > 0).sum(axis=1) > 1)
    parts = parts[shared]
    found = rephase(result.unit_power, shares(network), parts, np.ones(parts.shape[0]))
    names = np.array(
        [e.name for e, is_shared in zip(network.elements, shared, strict=True) if is_shared], str
    )
    loads = parts @ (result.unit_power[:, None] * shares(network))
    table = {
        "name": names,
        **{f"phase_{phase}_kW": loads[:, p] / 1e3 for p, phase in enumerate("abc")},
        "stranded_kW": found.before / 1e3,
        "after_moves_kW": found.after / 1e3,
    }
    return table, _moves(network, found)


def _moves(network: HallNetwork, found: Rephasing) -> Table:
    now = shares(network)
    return {
        "unit": np.array([network.units[u] for u in found.moved], str),
        "from": np.array([named(now[u]) for u in found.moved], str),
        "to": np.array([named(found.shares[u]) for u in found.moved], str),
    }
