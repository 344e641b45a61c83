"""Moist air: saturation, humidity, wet bulb, density and the other properties the hall's air needs.

Pure functions of numbers in SI units: temperature [K], pressure [Pa] absolute, humidity ratio [kg water
per kg dry air], enthalpy [J per kg dry air]. Ideal-gas relations of the ASHRAE Handbook, Fundamentals
(2017), chapter 1; its equation numbers stand beside each formula.
"""

from __future__ import annotations

import math
from collections.abc import Callable

ZERO_CELSIUS = 273.15  # [K]
TRIPLE_POINT = 273.16  # [K] below it the saturated phase is ice
GAS_CONSTANT = 287.042  # [J/(kg K)] dry air, eq. 1
WATER_RATIO = 0.621945  # molar mass of water over that of dry air, eq. 20
VOLUME_RATIO = 1.607858  # its inverse, as eq. 26 rounds it
ICE = (-5.6745359e3, 6.3925247, -9.677843e-3, 6.2215701e-7, 2.0747825e-9, -9.484024e-13, 4.1635019)
WATER = (-5.8002206e3, 1.3914993, -4.8640239e-2, 4.1764768e-5, -1.4452093e-8, 0.0, 6.5459673)


def standard_pressure(altitude: float) -> float:
    """[Pa] of the standard atmosphere at `altitude` [m], eq. 3."""
    return 101325.0 * (1.0 - 2.25577e-5 * altitude) ** 5.2559


def saturation_pressure(temperature: float) -> float:
    """[Pa] of water vapour over ice or water at `temperature` [K], Hyland and Wexler 1983 (eqs. 5 and 6).

    Raises ValueError outside -100..200 degC.
    """
    if not 173.15 <= temperature <= 473.15:
        raise ValueError(f"saturation pressure is known from -100 to 200 degC, not at {temperature:.2f} K")
    c = ICE if temperature <= TRIPLE_POINT else WATER
    powers = c[1] + temperature * (c[2] + temperature * (c[3] + temperature * (c[4] + temperature * c[5])))
    return math.exp(c[0] / temperature + powers + c[6] * math.log(temperature))


def humidity_ratio(vapour_pressure: float, pressure: float) -> float:
    """[kg/kg] from the partial pressure of the vapour [Pa], eq. 20."""
    if not 0.0 <= vapour_pressure < pressure:
        raise ValueError(f"vapour at {vapour_pressure:.0f} Pa cannot exist in air at {pressure:.0f} Pa")
    return WATER_RATIO * vapour_pressure / (pressure - vapour_pressure)


def vapour_pressure(ratio: float, pressure: float) -> float:
    """[Pa] of the vapour in air of humidity `ratio` [kg/kg], eq. 20 turned round."""
    return pressure * ratio / (WATER_RATIO + ratio)


def saturation_ratio(temperature: float, pressure: float) -> float:
    """[kg/kg] of saturated air."""
    return humidity_ratio(saturation_pressure(temperature), pressure)


def ratio_from_relative_humidity(temperature: float, relative_humidity: float, pressure: float) -> float:
    """[kg/kg] from the relative humidity [0..1], eq. 22."""
    if not 0.0 <= relative_humidity <= 1.0:
        raise ValueError(f"relative humidity lies between 0 and 100 %, not at {relative_humidity:.0%}")
    return humidity_ratio(relative_humidity * saturation_pressure(temperature), pressure)


def ratio_from_wet_bulb(temperature: float, wet_bulb_temperature: float, pressure: float) -> float:
    """[kg/kg] from dry and wet bulb [K], eqs. 33 (water) and 35 (ice on the bulb).

    Raises ValueError when the wet bulb is above the dry bulb or too far below it to exist.
    """
    if wet_bulb_temperature > temperature + 1e-9:
        raise ValueError("the wet bulb cannot be warmer than the dry bulb")
    ratio = _ratio_on_wet_bulb_line(temperature, wet_bulb_temperature, pressure)
    if ratio < -1e-6:
        depression = temperature - wet_bulb_temperature
        raise ValueError(f"a wet bulb {depression:.1f} K below the dry bulb is drier than dry air")
    return max(ratio, 0.0)


def _ratio_on_wet_bulb_line(temperature: float, wet_bulb_temperature: float, pressure: float) -> float:
    dry, wet = temperature - ZERO_CELSIUS, wet_bulb_temperature - ZERO_CELSIUS
    saturated = saturation_ratio(wet_bulb_temperature, pressure)
    if wet >= 0.0:
        return ((2501.0 - 2.326 * wet) * saturated - 1.006 * (dry - wet)) / (
            2501.0 + 1.86 * dry - 4.186 * wet
        )
    return ((2830.0 - 0.24 * wet) * saturated - 1.006 * (dry - wet)) / (2830.0 + 1.86 * dry - 2.1 * wet)


def relative_humidity(temperature: float, ratio: float, pressure: float) -> float:
    """[0..1] of air of humidity `ratio` [kg/kg]; above 1 means fog."""
    return vapour_pressure(ratio, pressure) / saturation_pressure(temperature)


def dew_point(ratio: float, pressure: float) -> float:
    """[K] at which air of humidity `ratio` [kg/kg] begins to condense."""
    wanted = vapour_pressure(ratio, pressure)
    return _bisect(lambda t: saturation_pressure(t) - wanted, 173.15, 473.15)


def wet_bulb(temperature: float, ratio: float, pressure: float) -> float:
    """[K] thermodynamic wet bulb of air of humidity `ratio` [kg/kg], to 1e-6 K."""
    if ratio > saturation_ratio(temperature, pressure) * (1 + 1e-9):
        raise ValueError("air above saturation has no wet bulb below its dry bulb")
    return _bisect(lambda t: _ratio_on_wet_bulb_line(temperature, t, pressure) - ratio, 173.15, temperature)


def enthalpy(temperature: float, ratio: float) -> float:
    """[J per kg dry air] above 0 degC dry air and liquid water, eq. 30."""
    celsius = temperature - ZERO_CELSIUS
    return 1006.0 * celsius + ratio * (2501.0e3 + 1860.0 * celsius)


def density(temperature: float, ratio: float, pressure: float) -> float:
    """[kg/m3] of moist air, water included, eqs. 9 and 26."""
    return pressure * (1.0 + ratio) / (GAS_CONSTANT * temperature * (1.0 + VOLUME_RATIO * ratio))


def specific_heat(ratio: float) -> float:
    """[J/(kg K)] of moist air per kg of the mixture, eqs. 28 to 30."""
    return (1006.0 + 1860.0 * ratio) / (1.0 + ratio)


def dynamic_viscosity(temperature: float) -> float:
    """[Pa s] of dry air, Sutherland's law with the constants of the U.S. Standard Atmosphere 1976."""
    return 1.458e-6 * temperature**1.5 / (temperature + 110.4)


def kinematic_viscosity(temperature: float, ratio: float, pressure: float) -> float:
    """[m2/s]"""
    return dynamic_viscosity(temperature) / density(temperature, ratio, pressure)


def expansion(temperature: float) -> float:
    """[1/K] volumetric expansion of an ideal gas at constant pressure."""
    return 1.0 / temperature


def _bisect(residual: Callable[[float], float], low: float, high: float) -> float:
    """Root of a rising function, to 1e-7 K."""
    while high - low > 1e-7:
        middle = 0.5 * (low + high)
        if residual(middle) < 0.0:
            low = middle
        else:
            high = middle
    return 0.5 * (low + high)
