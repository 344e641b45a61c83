"""When a breaker trips: a thermal replica with memory, as a band between two replicas, and the magnetic part.

A replica follows tau dh/dt = i^2 - h, with i the current over the breaker's rating in its own air, and trips when h
reaches k^2. A standard does not say one time, it bounds it: the early replica is the earliest a listed breaker may
trip, the late one the latest. Currents over the rating [-], times in s; everything broadcasts over (scenario, breaker).
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from math import inf, log

import numpy as np

from .exact import Values, approach

HALF_CYCLE, OPENING = 0.01, 0.1  # [s] the earliest and latest that a breaker opens once its magnets act
# Bimetal where it trips [K]; weak: from memory, makers' derating curves of thermal-magnetic breakers
TRIP_TEMPERATURE = 378.15
# Electronic releases, I^2 t: pick-up and time at six times the setting, makers' usual tolerance; weak: from memory
PICK_UP = (1.05, 1.20)
AT_SIX = (0.8, 1.0)


@dataclass(frozen=True)
class Replica:
    """Trips when the state reaches pick_up^2; at once from `instant` times the rating on."""

    pick_up: Values  # k [-]
    time_constant: Values  # [s]
    instant: Values = inf  # [-]
    opening: Values = 0.0  # [s] that it takes to open at least


@dataclass(frozen=True)
class Band:
    """The replicas between which a breaker of a standard lies."""

    early: Replica
    late: Replica
    reference: float  # [K] of the air it is rated in
    compensated: bool = False  # electronic: its rating does not follow its air


def step(state: Values, current: Values, seconds: Values, time_constant: Values) -> np.ndarray:
    """The replica's state h after `seconds` of constant current."""
    return approach(state, np.square(np.asarray(current, float)), seconds, time_constant)


def time_to_trip(replica: Replica, current: Values, state: Values = 0.0) -> np.ndarray:
    """Time [s] to trip at a constant current from a state h; infinite where it never does.

    t = tau ln((i^2 - h) / (i^2 - k^2)); nothing where h is beyond k^2 already.
    """
    i, h = np.broadcast_arrays(np.asarray(current, float), np.asarray(state, float))
    square, limit = i * i, replica.pick_up**2
    warms = square > limit
    ratio = np.where(warms, square - h, 1.0) / np.where(warms, square - limit, 1.0)
    slow = replica.time_constant * np.log(np.maximum(ratio, 1.0))
    slow = np.where(h >= limit, 0.0, np.where(warms, slow, inf))
    return np.maximum(np.where(i >= replica.instant, 0.0, slow), replica.opening)


def rating_in(rating: Values, ambient: Values, band: Band) -> np.ndarray:
    """Rating [A] in air of a temperature [K]: I_n sqrt((T_t - T_a)/(T_t - T_ref)), T_t the bimetal's where it trips."""
    if band.compensated:
        return np.asarray(rating, float) + 0.0 * np.asarray(ambient)
    room = (TRIP_TEMPERATURE - np.asarray(ambient)) / (TRIP_TEMPERATURE - band.reference)
    return np.asarray(rating * np.sqrt(np.maximum(room, 0.0)))


def through(
    first: tuple[float, float], second: tuple[float, float], warmed: float = 0.0
) -> tuple[float, float]:
    """Pick-up and time constant of the replica through two (current, time): the first from `warmed`, the second cold.

    warmed: the current that the replica had settled at before the first. By bisection on the pick-up.
    """
    (i1, t1), (i2, t2) = first, second
    low, high = max(warmed, 1.0), i1

    def constant(k: float) -> float:
        return t2 / log(i2**2 / (i2**2 - k**2))

    for _ in range(200):
        k = 0.5 * (low + high)
        late = constant(k) * log((i1**2 - warmed**2) / max(i1**2 - k**2, 1e-300)) > t1
        low, high = (low, k) if late else (k, high)
    return low, constant(low)


# ------------------------------------------------------------------------------------------ standards

# Latest time [s] at twice the rating by rating [A] up to: UL 489 (weak: from memory, table of the 200 % calibration)
TWICE = (
    (30, 120), (50, 240), (100, 360), (150, 480), (225, 600), (400, 720), (600, 840), (800, 960), (1000, 1080),
    (1200, 1200), (1600, 1320), (2000, 1440), (2500, 1560), (inf, 1680),
)  # fmt: skip
EARLIER = 0.1  # earliest over latest at twice the rating where a standard bounds only the latest (weak: makers' curves)
# Instantaneous range by curve, multiples of the rating: IEC 60898-1 table 7
MAGNETIC = {"B": (3.0, 5.0), "C": (5.0, 10.0), "D": (10.0, 20.0)}
FORTY, THIRTY = 313.15, 303.15


def ul489(rating: float, instant: tuple[float, float] = (8.0, 12.0)) -> Band:
    """UL 489, thermal-magnetic: carries its rating; 135 % trips within 1 h (2 h above 50 A), 200 % within `TWICE`."""
    hour = 3600.0 if rating <= 50 else 7200.0
    twice = next(float(seconds) for most, seconds in TWICE if rating <= most)
    late = through((1.35, hour), (2.0, twice))
    early = EARLIER * twice / log(4.0 / 3.0)
    return Band(Replica(1.0, early, instant[0], HALF_CYCLE), Replica(*late, instant[1], OPENING), FORTY)


def iec60898(rating: float, curve: str = "C") -> Band:
    """IEC 60898-1: 1.13 holds for 1 h (2 h above 63 A), then 1.45 trips within as long; 2.55 cold within 1 to 60 s
    (120 s above 32 A). Raises KeyError for a curve other than B, C, D."""
    hour = 3600.0 if rating <= 63 else 7200.0
    late = through((1.45, hour), (2.55, 60.0 if rating <= 32 else 120.0), warmed=1.13)
    early = 1.0 / log(2.55**2 / (2.55**2 - 1.13**2))
    low, high = MAGNETIC[curve]
    return Band(Replica(1.13, early, low, HALF_CYCLE), Replica(*late, high, OPENING), THIRTY)


def iec60947(rating: float, instant: tuple[float, float] = (8.0, 12.0)) -> Band:
    """IEC 60947-2, thermal-magnetic: 1.05 holds for 2 h (1 h up to 63 A), then 1.30 trips within as long.

    The standard times nothing between that and the magnets: at twice the rating the times of UL 489 stand in.
    """
    hour = 3600.0 if rating <= 63 else 7200.0
    twice = next(float(seconds) for most, seconds in TWICE if rating <= most)
    late = through((1.30, hour), (2.0, twice), warmed=1.05)
    early = EARLIER * twice / log(4.0 / (4.0 - 1.05**2))
    return Band(Replica(1.05, early, instant[0], HALF_CYCLE), Replica(*late, instant[1], OPENING), FORTY)


def electronic(six: float = 12.0, instant: tuple[float, float] = (9.0, 11.0)) -> Band:
    """Electronic release with memory, I^2 t: about six (6 / i)^2 from the pick-up on.

    A replica whose time constant is long against its times follows I^2 t: h grows by i^2 - h, so that
    tau ln(i^2 / (i^2 - k^2)) is tau k^2 / i^2 but for terms of (k/i)^2; it is set to be exact at six times.
    """
    replicas = [
        Replica(k, share * six / log(36.0 / (36.0 - k * k)), at, opening)
        for k, share, at, opening in zip(PICK_UP, AT_SIX, instant, (HALF_CYCLE, OPENING), strict=True)
    ]
    return Band(replicas[0], replicas[1], FORTY, compensated=True)


STANDARDS = ("UL 489", "IEC 60898", "IEC 60947-2", "electronic")


@cache
def band(standard: str, rating: float, curve: str = "C") -> Band:
    """The band of a breaker of a rating [A] by one of STANDARDS. Raises KeyError for another."""
    makers = {"UL 489": ul489, "IEC 60947-2": iec60947}
    if standard == "IEC 60898":
        return iec60898(rating, curve)
    return electronic() if standard == "electronic" else makers[standard](rating)
