"""Temperature of cables and busways: what they carry in warm air, and how fast they warm.

One state: the hottest point of the conductor. Heating goes with its resistance, which grows with its temperature, so
that the balance stays linear in it and a step stays exact. Temperatures in K, currents in A, times in s.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from .exact import Values

# resistance grows in proportion to (T + this - 273.15 K): IEC 60287-1-1, table 1 (1/alpha20 - 20)
OFFSETS = {"copper": 234.5 - 273.15, "aluminium": 228.1 - 273.15}


@dataclass(frozen=True)
class Conductor:
    """What a rating says: `ampacity` [A] holds `limit` [K] in air of `reference` [K]."""

    ampacity: Values
    limit: Values
    reference: Values
    time_constant: Values  # [s] at constant resistance
    offset: Values = OFFSETS["copper"]


def ampacity_in(kind: Conductor, ambient: Values) -> np.ndarray:
    """Ampacity [A] in air of another temperature, 0 above the limit: I_z sqrt((T_max - T_a)/(T_max - T_ref)).

    The rule of the ambient-temperature factors of IEC 60364-5-52, tables B.52.14.
    """
    room = (np.asarray(kind.limit) - ambient) / (np.asarray(kind.limit) - kind.reference)
    return np.asarray(kind.ampacity * np.sqrt(np.maximum(room, 0.0)))


def settled(kind: Conductor, current: Values, ambient: Values) -> np.ndarray:
    """The temperature [K] that a constant current ends in; infinite where it runs away."""
    gain = _gain(kind, current)
    bounded = gain < 1
    final = (np.asarray(ambient) + gain * kind.offset) / np.where(bounded, 1 - gain, 1.0)
    return np.where(bounded, final, np.inf)


def step(kind: Conductor, state: Values, current: Values, ambient: Values, seconds: Values) -> np.ndarray:
    """After `seconds` of constant current: tau dT/dt = g (T + offset) - (T - T_a), exactly.

    g is the rise at the rating per kelvin of (limit + offset) times (I / I_z)^2; at 1 and above the temperature
    runs away, which the same expression follows.
    """
    gain = _gain(kind, current)
    rate = (gain - 1) / kind.time_constant
    pull = (gain * kind.offset + ambient) / np.asarray(kind.time_constant)
    still = np.abs(rate * seconds) < 1e-12
    slope = np.where(still, seconds, np.expm1(rate * seconds) / np.where(still, 1.0, rate))
    return np.asarray(state + (np.asarray(state) * rate + pull) * slope)


def _gain(kind: Conductor, current: Values) -> np.ndarray:
    share = np.asarray(current, float) / kind.ampacity
    per_kelvin = (np.asarray(kind.limit) - kind.reference) / (np.asarray(kind.limit) + kind.offset)
    return np.asarray(per_kelvin * share**2)


# ------------------------------------------------------------------------------------------ IEC 60287-1-1


def skin_effect(dc_resistance: Values, frequency: float, coefficient: float = 1.0) -> np.ndarray:
    """Skin effect y_s [-] of a resistance [ohm/m] at temperature: IEC 60287-1-1, 2.1.2, for x_s <= 2.8."""
    fourth = _argument(dc_resistance, frequency, coefficient) ** 2
    return np.asarray(fourth / (192 + 0.8 * fourth))


def proximity_effect(
    dc_resistance: Values,
    frequency: float,
    spacing: tuple[float, float],
    coefficient: float = 1.0,
    shape: float = 1.0,
) -> np.ndarray:
    """Proximity effect y_p [-] of three cores: IEC 60287-1-1, 2.1.4, for x_p <= 2.8.

    spacing: conductor diameter and distance of axes [m]. shape: 2/3 for sector-shaped conductors.
    """
    fourth = _argument(dc_resistance, frequency, coefficient) ** 2
    near = (spacing[0] / spacing[1]) ** 2
    own = fourth / (192 + 0.8 * fourth)
    return np.asarray(shape * own * near * (0.312 * near + 1.18 / (own + 0.27)))


def ac_resistance(
    dc_resistance: Values, skin: Values, proximity: Values, magnetic: bool = False
) -> np.ndarray:
    """Resistance [ohm/m] to alternating current; magnetic: in a steel pipe or armour round all cores."""
    return np.asarray(dc_resistance * (1 + (1.5 if magnetic else 1.0) * (np.asarray(skin) + proximity)))


def _argument(dc_resistance: Values, frequency: float, coefficient: float) -> np.ndarray:
    """x^2 of the skin and proximity formulas."""
    return np.asarray(8 * np.pi * frequency / np.asarray(dc_resistance, float) * 1e-7 * coefficient)


@dataclass(frozen=True)
class CableRun:
    """A cable in its place as IEC 60287-1-1 sees it; thermal resistances in K m/W."""

    resistance: Values  # [ohm/m] of a conductor at its highest temperature, alternating current
    cores: int  # loaded conductors in the cable
    insulation: Values  # T1, of one core
    bedding: Values  # T2
    serving: Values  # T3
    surroundings: Values  # T4
    sheath_loss: Values = 0.0  # lambda_1
    armour_loss: Values = 0.0  # lambda_2
    dielectric: Values = 0.0  # [W/m] of one core


def permissible_current(run: CableRun, rise: Values) -> np.ndarray:
    """Current [A] for a rise [K] of the conductors above the surroundings: IEC 60287-1-1, 1.4.1.1."""
    outside = np.asarray(run.serving) + run.surroundings
    all_of_it = 0.5 * np.asarray(run.insulation) + run.cores * (np.asarray(run.bedding) + outside)
    sheath = 1 + np.asarray(run.sheath_loss)
    weighted = run.insulation + run.cores * (sheath * run.bedding + (sheath + run.armour_loss) * outside)
    return np.asarray(np.sqrt((rise - run.dielectric * all_of_it) / (run.resistance * weighted)))
