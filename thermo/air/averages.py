"""Means over a time-accurate run: of the fields as it goes, of what the tiers see over whole periods."""

from __future__ import annotations

from dataclasses import dataclass
from types import SimpleNamespace

import numpy as np

from .exchange import Exchange
from .state import State
from .statistics import Statistics, statistics

FIELDS_EVERY = 4  # steps; a step is a tenth of a swing's period at most


@dataclass(frozen=True)
class Followed:
    """What a time-accurate run found."""

    units: Statistics  # of each unit's mean inlet
    tiers: Statistics  # of each tier's
    warmest: np.ndarray  # of each unit's front, over cells and time [K above the reference]
    fronts: np.ndarray  # mean in time of the warmest cell of each front
    stored: float  # mean share of the heat that was stored


class Mean:
    """Running means of the fields; records of the tiers' temperatures and of the warmest cell of every front."""

    def __init__(self, ops: SimpleNamespace, live: State, exchange: Exchange):
        self.ops, self.exchange = ops, exchange
        self.sums = ops.home.moved({name: np.zeros(value.shape) for name, value in vars(live).items()})
        self.samples = 0
        self.inlets: list[np.ndarray] = []
        self.outlets: list[np.ndarray] = []
        self.fronts: list[np.ndarray] = []
        self.stored: list[float] = []

    def add(self, live: State, seen: State, stored: float) -> None:
        """Take in one step; its fields, which cost most, now and then. seen: the fields before the fronts."""
        self.inlets.append(self.exchange.inlet.astype(np.float32))
        self.outlets.append(self.exchange.outlet.astype(np.float32))
        self.fronts.append(self.exchange.warmest(seen.t))
        self.stored.append(stored)
        if len(self.stored) % FIELDS_EVERY == 0:
            self.samples += 1
            for name, total in self.sums.items():
                self.ops.add(total, getattr(live, name))

    def give(self, state: State, units: Statistics, step: float) -> Followed:
        """Put the means in place of the last step's values; `units`: what was found of the units' inlets.

        Fields are means over all that was taken in, tiers over the whole periods that `units` rests on.
        """
        for name, total in self.sums.items():
            getattr(state, name)[:] = self.ops.home.get(total) / max(self.samples, 1)
        tiers = statistics(np.array(self.inlets[-units.count :]), step, units.period)
        self.exchange.inlet[:] = tiers.mean
        self.exchange.outlet[:] = np.mean(self.outlets[-units.count :], axis=0, dtype=np.float64)
        fronts = np.array(self.fronts[-units.count :])
        return Followed(units, tiers, fronts.max(axis=0), fronts.mean(axis=0), float(np.mean(self.stored)))
