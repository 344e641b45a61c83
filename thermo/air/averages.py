"""Means over a time-accurate run."""

from __future__ import annotations

import numpy as np

from .exchange import Exchange
from .state import State


class Mean:
    """Running means of the fields, of the tiers' temperatures and of the share of heat that is stored."""

    def __init__(self, state: State, exchange: Exchange):
        self.exchange = exchange
        self.samples = self.steps = 0
        self.sums = {name: np.zeros(value.shape) for name, value in vars(state).items()}
        self.inlet, self.outlet = (np.zeros_like(a) for a in (exchange.inlet, exchange.outlet))
        self.stored = 0.0

    def add(self, state: State, stored: float, *, fields: bool) -> None:
        """Take in one step; its fields, which cost most, only where asked."""
        self.steps += 1
        self.inlet += self.exchange.inlet
        self.outlet += self.exchange.outlet
        self.stored += stored
        if fields:
            self.samples += 1
            for name, total in self.sums.items():
                total += getattr(state, name)

    def give(self, state: State) -> float:
        """Put the means in place of the last step's values; returns the mean share of heat that was stored."""
        for name, total in self.sums.items():
            getattr(state, name)[:] = total / self.samples
        self.exchange.inlet[:] = self.inlet / self.steps
        self.exchange.outlet[:] = self.outlet / self.steps
        return self.stored / self.steps
