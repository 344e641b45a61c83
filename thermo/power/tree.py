"""A radial three-phase network as tables: nodes, the branch into each, loads; whatever it was read from."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import numpy as np

from .converters import Converter, Source, Store
from .parts import ROOT3

WYE, DELTA, PHASOR = 0, 1, 2  # connection of a load, as in kernels/sweep_tree.py
CONSTANT_POWER = (1.0, 0.0, 0.0)
PHASES = np.exp(-2j * np.pi / 3 * np.arange(3))  # a, b, c of a positive sequence


@dataclass(frozen=True)
class Tie:
    """A closed branch that makes a loop: between two nodes of one voltage, Z (3, 3) [ohm]."""

    one: int
    other: int
    impedance: np.ndarray
    place: int  # index in the network's places, where its loss becomes heat


@dataclass(frozen=True, kw_only=True)
class Network:
    """Read-only tables of n nodes, L loads. The root is its own parent; the others hang on theirs.

    V_k = turns[k] V_parent - impedance[k] I_k; what branch k draws from its parent is turns[k]^T I_k, the windings
    of a transformer, its impedance on the low side. Voltages are phase to neutral. Of DC the current and the power
    stand in the first column, the impedance is of both poles, and voltages are pole to pole.
    """

    names: tuple[str, ...]  # of the nodes
    parent: np.ndarray  # (n)
    impedance: np.ndarray  # (n, 3, 3) complex [ohm] of the branch into a node
    turns: np.ndarray  # (n, 3, 3)
    shunt: np.ndarray  # (n, 3, 3) complex [S] from a node to neutral
    base: np.ndarray  # (n) nominal [V] phase to neutral
    source: np.ndarray  # (3) complex [V] at the root
    load_node: np.ndarray  # (L)
    connection: np.ndarray  # (L) WYE, DELTA or PHASOR
    law: np.ndarray  # (L, 3) shares of constant power, current, impedance
    nominal: np.ndarray  # (L) [V] at which a load draws its power: phase to neutral, or line to line in delta
    p: np.ndarray  # (L, 3) [W] as stated
    q: np.ndarray  # (L, 3) [var]
    rating: np.ndarray  # (n) [A] of the branch into a node; 0 = none
    group: np.ndarray  # (n) index in `groups`; -1 = none
    groups: tuple[str, ...]
    place: np.ndarray  # (n) index in `places`, where the branch's loss becomes heat
    places: tuple[str, ...]
    ties: tuple[Tie, ...] = ()
    phases: np.ndarray = field(default_factory=lambda: np.ones((0, 3), bool))  # (n, 3) conductors that exist
    converters: tuple[Converter, ...] = ()
    stores: tuple[Store, ...] = ()
    sources: tuple[Source, ...] = ()  # further ones, each the root of its own tree
    dc: np.ndarray = field(
        default_factory=lambda: np.zeros(0, bool)
    )  # (n) two poles instead of phases; (0): none

    @classmethod
    def from_json(cls, path: str | Path) -> Network:
        """Read a network file; its format stands in docs/network-file.md.

        Raises thermo.netfile.NetworkError with everything that is wrong in it.
        """
        from .. import netfile
        from .fromtables import network_of

        return network_of(netfile.read(path))

    @classmethod
    def from_tables(cls, tables: Mapping[str, Any]) -> Network:
        """The same from the parsed document. Raises thermo.netfile.NetworkError."""
        from .fromtables import network_of

        return network_of(tables)

    @property
    def size(self) -> int:
        """Number of nodes."""
        return int(self.parent.size)

    @property
    def root(self) -> int:
        """The node of the source."""
        return int(np.flatnonzero(self.parent == np.arange(self.size))[0])

    @property
    def is_dc(self) -> np.ndarray:
        """(n) True where a node is DC."""
        return self.dc if self.dc.size else np.zeros(self.size, bool)

    @property
    def whole(self) -> bool:
        """Whether it is one tree of wires and windings behind one source."""
        return not (self.converters or self.stores or self.sources)

    @property
    def transformers(self) -> np.ndarray:
        """(n) True where the branch into a node is a transformer."""
        return np.asarray((self.turns != np.eye(3)).any(axis=(1, 2)))

    @property
    def ratio(self) -> np.ndarray:
        """(n) High over low voltage, line to line, of the transformer into a node; 0 where there is none."""
        gain = np.abs(self.turns @ PHASES).mean(axis=1)
        return np.where(self.transformers, 1 / gain, 0.0)

    @property
    def z1(self) -> np.ndarray:
        """(n) Positive-sequence impedance [ohm] of the branch into a node: self less mutual, as if transposed."""
        return np.asarray(np.trace(self.impedance, axis1=1, axis2=2) / 3 - self.zm)

    @property
    def zm(self) -> np.ndarray:
        """(n) Mutual impedance [ohm], (Z0 - Z1) / 3, as if transposed."""
        off = self.impedance.sum(axis=(1, 2)) - np.trace(self.impedance, axis1=1, axis2=2)
        return np.asarray(off / 6)

    def with_impedance(self, impedance: np.ndarray) -> Network:
        """The same network with other series impedances (n, 3, 3) [ohm], as at another temperature."""
        # read-only as its own are: loops would be compiled once more for others
        return replace(self, impedance=frozen(np.array(impedance)))


def frozen(table: np.ndarray) -> np.ndarray:
    """The table, read-only."""
    table.setflags(write=False)
    return table


def phase_matrix(z1: complex, z0: complex) -> np.ndarray:
    """3x3 impedance of a transposed branch from its sequences: self (Z0 + 2 Z1)/3, mutual (Z0 - Z1)/3."""
    return np.asarray(z1 * np.eye(3) + (z0 - z1) / 3)


def balanced_source(line_voltage: float, per_unit: float = 1.0, angle: float = 0.0) -> np.ndarray:
    """Three phase-to-neutral voltages [V] of a positive sequence; `angle` [rad] of phase a."""
    return np.asarray(per_unit * line_voltage / ROOT3 * PHASES * np.exp(1j * angle))
