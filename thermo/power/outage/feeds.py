"""Where units draw their power when elements are out."""

from __future__ import annotations

import numpy as np

from ..network import HallNetwork


def above(network: HallNetwork) -> np.ndarray:
    """True where an element feeds a load, the loads' own cords included (E, L)."""
    first = np.array([element.first for element in network.elements], int)[:, None]
    return np.asarray((first <= network.load_node) & (network.load_node < network.end[first[:, 0]][:, None]))


def on_the_way(network: HallNetwork) -> np.ndarray:
    """True where an element (first index) lies on the way from the source to another or is it (E, E)."""
    first = np.array([element.first for element in network.elements], int)
    return np.asarray((first[:, None] <= first) & (first < network.end[first][:, None]))


def shares(network: HallNetwork, out: np.ndarray) -> np.ndarray:
    """Share of its unit's power that each load draws (S, L) when elements `out` (S, E) are gone.

    A unit's feeds that are left take over what the others carried, in proportion to their own shares, and alike where
    these are nothing: feeds of 0 % stand by. A unit without a feed draws nothing.
    """
    return shared(network, ~(out.astype(float) @ above(network) > 0))


def shared(network: HallNetwork, alive: np.ndarray) -> np.ndarray:
    """The same where loads `alive` (S, L) are known."""
    weight = np.where(alive, network.load_share, 0.0)
    total = _by_unit(network, weight)
    standing = alive & (total[:, network.load_unit] <= 0)
    weight = np.where(standing, 1.0, weight)
    total = _by_unit(network, weight)[:, network.load_unit]
    return np.asarray(np.divide(weight, total, out=np.zeros_like(weight), where=total > 0))


def _by_unit(network: HallNetwork, weight: np.ndarray) -> np.ndarray:
    """Sum over the loads of each unit (S, units)."""
    return np.asarray(weight @ (network.load_unit[:, None] == np.arange(len(network.units))))


def dark(network: HallNetwork, out: np.ndarray) -> np.ndarray:
    """True for units that have feeds and all of them are gone (S, units)."""
    return unfed(network, ~(out.astype(float) @ above(network) > 0))


def unfed(network: HallNetwork, alive: np.ndarray) -> np.ndarray:
    """The same where loads `alive` (S, L) are known."""
    fed = np.zeros(len(network.units), bool)
    fed[network.load_unit] = True
    return np.asarray(fed & (_by_unit(network, shared(network, alive)) <= 0))
