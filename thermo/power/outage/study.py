"""Outages of a case without its air: every element lost under several loads, in air of one temperature."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from ...case import Case
from ...plan import Plan
from ..judgement.derating import derated
from ..judgement.equipment import devices
from ..judgement.warm import solve_warm
from ..network import build
from ..solution import Sweep
from .batch import solver
from .lose import lose
from .tables import Table, contingency_table, single_cord

TOGETHER = 100  # load cases whose outages are held at a time


@dataclass(frozen=True)
class Study:
    """Tables of contingencies by load, and the units that hang on one cord."""

    factors: tuple[float, ...]
    tables: tuple[Table, ...]
    single_cord: tuple[str, ...]


def study(case: Case, plan: Plan, factors: Sequence[float], air: float, sweep: Sweep) -> Study:
    """Lose every element under every load; factors on all units' stated powers, `air` [K] everywhere in the hall.

    Resistances are those of the whole network at the stated powers, warm in that air, under every load.
    Raises ValueError for a case without a power section.
    """
    if case.power is None:
        raise ValueError("the case has no power section; there is nothing to lose")
    network = build(case, plan)
    power = np.array([unit.power for unit in plan.units])
    stood = devices(case, plan, network, lambda path: air)
    own = derated(solve_warm(network, stood, power, sweep), stood).network
    tables: list[Table] = []
    for start in range(0, len(factors), TOGETHER):
        cases = power[:, None] * np.array(factors[start : start + TOGETHER])
        losses = lose(own, stood, cases, solver(own, sweep))
        latency = case.power.cap_latency
        tables += [contingency_table(own, losses, one, latency, n) for n, one in enumerate(cases.T)]
    return Study(tuple(factors), tuple(tables), single_cord(own))
