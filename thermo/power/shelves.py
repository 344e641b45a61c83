"""Racks behind power shelves: what their servers draw from the bus, and what each cord then draws.

A rack's power is stated at its cords while all its feeds carry their shares. The servers' power is what stays: when a
feed is lost, the rectifiers of the others move up their curve and the cords draw another sum.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from .electronics import Shelves
    from .network import HallNetwork


def cords(network: HallNetwork, unit_power: np.ndarray, share: np.ndarray) -> np.ndarray:
    """Power [W] of every load (S, L): units draw `unit_power` (units, S) at their own shares, now `share` (S, L)."""
    watts = unit_power.T[:, network.load_unit] * share
    shelves = network.electronics.shelves
    if shelves is None:
        return np.asarray(watts)
    given = output(network, shelves, unit_power)[:, network.load_unit] * share
    return np.where((shelves.rated > 0) & (given > 0), given + losses(shelves, given), watts)


def losses(shelves: Shelves, given: np.ndarray) -> np.ndarray:
    """Loss [W] of the rectifiers of each feed (S, L) at an output [W]; none where a feed carries nothing."""
    rated = np.where(shelves.rated > 0, shelves.rated, 1.0)
    no_load, proportional, square = shelves.losses.T
    return np.asarray(
        np.where(given > 0, rated * no_load + given * (proportional + square * given / rated), 0.0)
    )


def output(network: HallNetwork, shelves: Shelves, unit_power: np.ndarray) -> np.ndarray:
    """What the shelves of every unit give (S, units) [W] when its cords together draw `unit_power` (units, S).

    The root of sum over the feeds l of s_l P + loss_l(s_l P) = power; 0 below the no-load loss, and without a shelf.
    """
    rated = np.where(shelves.rated > 0, shelves.rated, 1.0)
    used = np.where((network.load_share > 0) & (shelves.rated > 0), network.load_share, 0.0)

    def summed(parts: np.ndarray) -> np.ndarray:
        return np.bincount(network.load_unit, parts, len(network.units))

    idle = summed(np.where(used > 0, rated * shelves.losses[:, 0], 0.0))
    linear = summed(used * (1 + shelves.losses[:, 1]))
    square = summed(used**2 * shelves.losses[:, 2] / rated)
    beyond = np.maximum(unit_power.T - idle, 0.0)
    root = linear + np.sqrt(linear**2 + 4 * square * beyond)
    return np.where(linear > 0, 2 * beyond / np.where(root > 0, root, 1.0), 0.0)
