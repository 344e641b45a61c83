"""Hot spot and ageing of oil-immersed transformers: IEC 60076-7 and IEEE C57.91.

Every function takes arrays that broadcast, such as (scenario, transformer). Temperatures in K, times in s, loads as a
share of rated current (the fullest winding's).
"""

from __future__ import annotations

from dataclasses import dataclass, replace

import numpy as np

from .exact import Values, approach

MINUTE, HOUR = 60.0, 3600.0
ZERO_CELSIUS = 273.15


@dataclass(frozen=True)
class OilTransformer:
    """Constants of IEC 60076-7:2018 for one transformer or an array of them.

    Defaults: distribution transformer, ONAN (table 4 of the standard).
    """

    loss_ratio: Values  # R, load loss / no-load loss
    oil_rise: Values = 60.0  # [K] of the top oil above the air at rated load
    gradient: Values = 1.2 * 23.0  # [K] hot spot above top oil at rated load, H g_r
    oil_time: Values = 180 * MINUTE
    winding_time: Values = 4 * MINUTE
    oil_exponent: Values = 0.8  # x
    winding_exponent: Values = 1.6  # y
    k11: Values = 1.0
    k21: Values = 1.0
    k22: Values = 2.0


@dataclass(frozen=True)
class OilState:
    """Temperature of the top oil and the two parts of the hot spot's rise above it [K]."""

    oil: np.ndarray
    fast: np.ndarray
    slow: np.ndarray

    @property
    def hot_spot(self) -> np.ndarray:
        """[K]"""
        return np.asarray(self.oil + self.fast - self.slow)


def cold(ambient: Values) -> OilState:
    """A transformer that has long stood without load."""
    oil = np.array(ambient, float)
    return OilState(oil, np.zeros_like(oil), np.zeros_like(oil))


def settled(kind: OilTransformer, load: Values, ambient: Values) -> OilState:
    """The state that a constant load ends in."""
    oil, fast, slow = np.broadcast_arrays(*_finals(kind, load, ambient))
    return OilState(oil, fast, slow)


def step(kind: OilTransformer, state: OilState, load: Values, ambient: Values, seconds: Values) -> OilState:
    """After `seconds` of constant load and ambient: IEC 60076-7:2018, 8.2.3, integrated exactly."""
    oil, fast, slow = _finals(kind, load, ambient)
    slow_time = np.asarray(kind.oil_time) / kind.k22
    return OilState(
        approach(state.oil, oil, seconds, np.asarray(kind.k11) * kind.oil_time),
        approach(state.fast, fast, seconds, np.asarray(kind.k22) * kind.winding_time),
        approach(state.slow, slow, seconds, slow_time),
    )


def _finals(kind: OilTransformer, load: Values, ambient: Values) -> tuple[np.ndarray, ...]:
    share, ratio = np.asarray(load, float), np.asarray(kind.loss_ratio, float)
    losses = (1 + ratio * share**2) / (1 + ratio)
    gradient = np.asarray(kind.gradient) * share ** np.asarray(kind.winding_exponent)
    oil = np.asarray(ambient) + np.asarray(kind.oil_rise) * losses ** np.asarray(kind.oil_exponent)
    return oil, np.asarray(kind.k21) * gradient, (np.asarray(kind.k21) - 1) * gradient


def load_at(kind: OilTransformer, hot_spot: Values, ambient: Values) -> np.ndarray:
    """The constant load whose hot spot settles at a temperature; 0 where the air alone is warmer.

    By bisection between no load and four times rated current, to 1e-12 of rated current.
    """
    wanted, air, _ = np.broadcast_arrays(hot_spot, ambient, np.asarray(kind.loss_ratio, float))
    low, high = np.zeros(wanted.shape), np.full(wanted.shape, 4.0)
    for _ in range(42):
        middle = 0.5 * (low + high)
        cooler = settled(kind, middle, air).hot_spot <= wanted
        low, high = np.where(cooler, middle, low), np.where(cooler, high, middle)
    return low


# ------------------------------------------------------------------------------------------ IEEE


@dataclass(frozen=True)
class IeeeTransformer:
    """Constants of IEEE C57.91-2011, clause 7; defaults: ONAN with 65 K average winding rise."""

    loss_ratio: Values
    oil_rise: Values = 55.0  # [K] of the top oil above the air at rated load
    gradient: Values = 25.0  # [K] hot spot above top oil at rated load: 80 K in all
    oil_time: Values = 180 * MINUTE  # at rated load, from cold
    winding_time: Values = 5 * MINUTE
    oil_exponent: Values = 0.8  # n
    winding_exponent: Values = 0.8  # m


@dataclass(frozen=True)
class IeeeState:
    """Rises [K]: top oil above the air, hot spot above the top oil."""

    oil: np.ndarray
    winding: np.ndarray

    def hot_spot(self, ambient: Values) -> np.ndarray:
        """[K]: the air's temperature counts at once."""
        return np.asarray(ambient + self.oil + self.winding)


def ieee_settled(kind: IeeeTransformer, load: Values) -> IeeeState:
    """The rises that a constant load ends in, equations (15) and (20)."""
    share, ratio = np.asarray(load, float), np.asarray(kind.loss_ratio, float)
    oil = kind.oil_rise * ((share**2 * ratio + 1) / (ratio + 1)) ** np.asarray(kind.oil_exponent)
    winding = kind.gradient * share ** (2 * np.asarray(kind.winding_exponent))
    return IeeeState(*np.broadcast_arrays(oil, winding))


def ieee_step(kind: IeeeTransformer, state: IeeeState, load: Values, seconds: Values) -> IeeeState:
    """After `seconds` of constant load. The oil's time constant is the step's own, equation (17)."""
    final = ieee_settled(kind, load)
    oil_time = np.asarray(kind.oil_time) * _stretch(kind, state.oil, final.oil)
    return IeeeState(
        approach(state.oil, final.oil, seconds, oil_time),
        approach(state.winding, final.winding, seconds, kind.winding_time),
    )


def _stretch(kind: IeeeTransformer, initial: np.ndarray, final: np.ndarray) -> np.ndarray:
    """Time constant between two rises over that from cold to rated load; its limit where they agree."""
    n = np.asarray(kind.oil_exponent, float)
    u, i = np.broadcast_arrays(np.asarray(final) / kind.oil_rise, np.asarray(initial) / kind.oil_rise)
    same = np.abs(u - i) <= 1e-6 * np.maximum(u, i)
    apart = np.where(same, 1.0, u ** (1 / n) - i ** (1 / n))
    level = np.maximum(u, 1e-12)
    return np.where(same, n * level ** (1 - 1 / n), np.where(same, 1.0, (u - i) / apart))


# ------------------------------------------------------------------------------------------ ageing


def ageing(hot_spot: Values, upgraded: Values = True) -> np.ndarray:
    """Rate of ageing over that at the rated hot spot [-]: IEC 60076-7:2018, equations (2) and (3).

    Plain kraft paper: 1 at 98 degC, doubling every 6 K. Thermally upgraded: 1 at 110 degC, Arrhenius; the same as F_AA
    of IEEE C57.91.
    """
    celsius = np.asarray(hot_spot, float) - ZERO_CELSIUS
    arrhenius = np.exp(15000 / (110 + 273) - 15000 / (celsius + 273))
    return np.where(upgraded, arrhenius, 2 ** ((celsius - 98) / 6))


def loss_of_life(hot_spots: Values, seconds: Values, upgraded: Values = True) -> np.ndarray:
    """Life used [s] over samples (time, ...) of the hot spot that are `seconds` apart, by the trapezoid rule."""
    rate = ageing(hot_spots, upgraded)
    return np.asarray(np.sum(0.5 * (rate[1:] + rate[:-1]) * seconds, axis=0))


# ------------------------------------------------------------------------------------------ dry


@dataclass(frozen=True)
class DryTransformer:
    """Constants of IEC 60076-12:2008: one state, the hot spot's rise."""

    rise: Values = 125.0  # [K] hot spot above the air at rated load: 145 degC in air of 20 degC, system F
    exponent: Values = 1.6  # q, natural air; 2 with forced air
    winding_time: Values = 30 * MINUTE


# Insulation system -> rated hot spot [K] and exponent b [K] of the life a exp(b/T): IEC 60076-12:2008, table 1
DRY_CLASSES = {
    "A": (95.0 + ZERO_CELSIUS, 15900.0),
    "E": (110.0 + ZERO_CELSIUS, 17212.0),
    "B": (120.0 + ZERO_CELSIUS, 18115.0),
    "F": (145.0 + ZERO_CELSIUS, 20475.0),
    "H": (170.0 + ZERO_CELSIUS, 22979.0),
    "200": (190.0 + ZERO_CELSIUS, 25086.0),
    "220": (210.0 + ZERO_CELSIUS, 27285.0),
}

# Insulation system -> its temperature [degC], the most a hot spot may have: IEC 60085, IEC 60076-11 table 2
DRY_SYSTEMS = {"A": 105.0, "E": 120.0, "B": 130.0, "F": 155.0, "H": 180.0, "200": 200.0, "220": 220.0}


def dry_settled(kind: DryTransformer, load: Values) -> np.ndarray:
    """The hot spot's rise [K] that a constant load ends in."""
    return np.asarray(kind.rise * np.asarray(load, float) ** np.asarray(kind.exponent))


def dry_step(kind: DryTransformer, rise: Values, load: Values, seconds: Values) -> np.ndarray:
    """The rise [K] after `seconds` of constant load."""
    return approach(rise, dry_settled(kind, load), seconds, kind.winding_time)


def dry_ageing(hot_spot: Values, insulation: str = "F") -> np.ndarray:
    """Rate of ageing over that at the rated hot spot of the insulation system [-]."""
    rated, b = DRY_CLASSES[insulation]
    return np.asarray(np.exp(b / rated - b / np.asarray(hot_spot, float)))


# Sets of constants by the names that IEC 60076-7:2018 gives them
DISTRIBUTION_ONAN = OilTransformer(loss_ratio=8.0)
POWER_ONAN = replace(
    DISTRIBUTION_ONAN, gradient=1.3 * 17.0, oil_time=210 * MINUTE, winding_time=10 * MINUTE,
    winding_exponent=1.3, k11=0.5, k21=2.0,
)  # fmt: skip
POWER_ONAF = replace(POWER_ONAN, oil_time=150 * MINUTE, winding_time=7 * MINUTE)
