"""Cables and busways at the load of the run: how warm they get, what that does to their losses, how long they last."""

from __future__ import annotations

from math import inf, log

import numpy as np

from ...case.electrical import BuswayKind, CableKind
from ..states import conductor
from .derating import conductor_of
from .equipment import Device
from .tables import ZERO_CELSIUS, Judged, Table

COLUMNS = (
    "current_A", "air_degC", "hottest_degC", "limit_degC", "resistance_factor", "loss_kW", "time_to_limit_s",
)  # fmt: skip


def conductors(judged: Judged) -> Table:
    """Settled temperature of the hottest point, mean resistance over the one stated, loss, and the time from a cold
    start to the limit (infinite where it holds)."""
    current = judged.currents().max(axis=1)
    loss = judged.result.table["loss_kW"]
    rows = [r for r, d in enumerate(judged.devices) if isinstance(d.kind, BuswayKind | CableKind)]
    lines = [_line(judged.devices[r], float(current[r]), float(loss[r])) for r in rows]
    columns = zip(*lines, strict=True) if lines else [()] * len(COLUMNS)
    names = {"name": np.array([judged.elements[r].name for r in rows], str)}
    return names | {name: np.array(column, float) for name, column in zip(COLUMNS, columns, strict=True)}


def _line(device: Device, current: float, loss: float) -> tuple[float, ...]:
    kind, air, runs = device.kind, device.air, device.runs
    hottest = float(conductor.settled(conductor_of(kind, runs), current, air))
    factor = resistance_factor(kind, runs, current, air)
    return (
        current,
        air - ZERO_CELSIUS,
        hottest - ZERO_CELSIUS,
        kind.limit_temperature - ZERO_CELSIUS,
        factor,
        loss,
        time_to_limit(conductor_of(kind, runs), current, air),
    )


def resistance_factor(kind: BuswayKind | CableKind, runs: int, current: float, air: float) -> float:
    """Resistance at the conductor's own mean temperature over the one stated [-]; infinite where it runs away.

    A busway's resistance is stated at its mean temperature at rated current, which is less than its hottest joint's.
    """
    model = conductor_of(kind, runs)
    mean = kind.conductor_temperature if isinstance(kind, BuswayKind) else kind.limit_temperature
    warm = conductor.Conductor(
        model.ampacity, mean, kind.reference_temperature, kind.time_constant, model.offset
    )
    temperature = float(conductor.settled(warm, current, air))
    return (temperature + float(model.offset)) / (kind.conductor_temperature + float(model.offset))


def time_to_limit(kind: conductor.Conductor, current: float, air: float) -> float:
    """Time [s] from the air's temperature to the limit at a constant current; infinite where it settles below."""
    limit = float(kind.limit)
    if float(conductor.settled(kind, current, air)) <= limit:
        return inf
    rise = float(kind.limit - kind.reference) / float(kind.limit + kind.offset)
    gain = rise * (current / float(kind.ampacity)) ** 2
    tau = float(kind.time_constant)
    rate, pull = (gain - 1) / tau, (gain * float(kind.offset) + air) / tau
    if air >= limit:
        return 0.0
    if abs(rate) * tau < 1e-9:
        return (limit - air) / (air * rate + pull)
    return log((limit * rate + pull) / (air * rate + pull)) / rate
