"""Power electronics between two parts of a network: UPS, rectifiers, static switches; and stores of energy.

A converter that holds its output cuts the tree: below it stands an ideal source, above it a load of constant power,
what it gives and loses. One whose static switch is closed passes its input's voltage on and draws its loss beside it.

Source: loss in three parts, no-load, proportional and square-law (Rasmussen, APC white paper 113).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

HOLDS, PASSES, BATTERY, OFF = "holds", "passes", "battery", "off"
MODES = (HOLDS, PASSES, BATTERY, OFF)


@dataclass(frozen=True)
class LossCurve:
    """Loss [W] of an output of `rated` [W]: rated (no_load + proportional x + square x^2), x = output / rated."""

    rated: float
    no_load: float = 0.0
    proportional: float = 0.0
    square: float = 0.0

    def at(self, output: np.ndarray | float) -> np.ndarray:
        """[W] at an output [W] of any shape."""
        given = np.asarray(output, float)
        return np.asarray(
            self.rated * self.no_load + given * (self.proportional + given * (self.square / self.rated))
        )

    def marginal(self, output: float) -> float:
        """Watts more drawn for a watt more given [-]."""
        return 1 + self.proportional + 2 * self.square * output / self.rated


NO_LOSS = LossCurve(1.0)


@dataclass(frozen=True)
class Converter:
    """What feeds `node` from its parent.

    `mode`: it holds `volts` at its output; its static switch is closed and it passes its input on; its battery
    carries it; or it is off. `volts` are phase to neutral, of DC pole to pole.
    """

    node: int
    volts: float
    curve: LossCurve
    place: int  # index in the network's places, where its loss becomes heat
    mode: str = HOLDS
    tan_phi: float = 0.0  # of what it draws
    charge: float = 0.0  # [W] that it draws for its battery while it holds its output from its input
    efficiency: float = 1.0  # of its battery, one way

    @property
    def cuts(self) -> bool:
        """Whether its output is a source of its own."""
        return self.mode != PASSES

    def balance(self, output: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Drawn from its input, lost, and stored in its battery [W] at an output [W]: drawn = output + lost + stored.

        A store's own losses count as lost. A converter that passes its input on draws its loss only.
        """
        nothing = np.zeros_like(output)
        if self.mode == OFF:
            return nothing, nothing, nothing
        lost = self.curve.at(output)
        if self.mode == PASSES:
            return lost, lost, nothing
        if self.mode == BATTERY:
            stored = -(output + lost) / self.efficiency
            return nothing, -stored - output, stored
        stored = nothing + self.charge * self.efficiency
        return output + lost + self.charge, lost + (self.charge - stored), stored


@dataclass(frozen=True)
class Store:
    """A battery on a board, which draws `power` [W] or, below 0, gives it; `standby` [W] besides."""

    node: int
    place: int
    power: float
    efficiency: float = 1.0  # one way, its converter's losses included
    standby: float = 0.0

    @property
    def drawn(self) -> float:
        """[W] at its terminals."""
        return self.power + self.standby

    @property
    def stored(self) -> float:
        """[W] by which its energy grows."""
        return self.power * self.efficiency if self.power >= 0 else self.power / self.efficiency


@dataclass(frozen=True)
class Source:
    """A further source at the root of its own tree, such as a generator: `volts` [V] phase to neutral at `node`."""

    node: int
    volts: float
