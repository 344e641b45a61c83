"""Psychrometrics against published tables and against an independent library."""

import math
import sys

import pytest

from thermo import moist_air

CELSIUS = 273.15
P95 = 95461.0  # [Pa] standard atmosphere at 500 m


# ASHRAE Handbook Fundamentals 2017, chapter 1, table 3, as the PsychroLib test suite quotes it.
@pytest.mark.parametrize(
    ("celsius", "pascal"),
    [(-20, 103.24), (-5, 401.74), (5, 872.6), (25, 3169.7), (50, 12351.3), (100, 101418.0), (150, 476101.4)],
)
def test_saturation_pressure_table(celsius, pascal):
    # The table is rounded and from a later formulation: the source states agreement within 300 ppm.
    assert moist_air.saturation_pressure(celsius + CELSIUS) == pytest.approx(pascal, rel=3e-4)


# ASHRAE Handbook Fundamentals 2017, chapter 1, table 1.
@pytest.mark.parametrize(
    ("altitude", "pascal"), [(-500, 107478), (0, 101325), (500, 95461), (1000, 89875), (4000, 61640)]
)
def test_standard_atmosphere_table(altitude, pascal):
    assert moist_air.standard_pressure(altitude) == pytest.approx(pascal, abs=1.0)  # the table's last digit


# ASHRAE Handbook Fundamentals 2017, chapter 1, table 2.
@pytest.mark.parametrize(
    ("celsius", "ratio"), [(-20, 0.0006373), (5, 0.005425), (25, 0.020173), (50, 0.086863)]
)
def test_saturated_air_table(celsius, ratio):
    # The table is of a real gas; the ideal-gas formulas agree within 0.5 to 2 %, as the handbook says.
    assert moist_air.saturation_ratio(celsius + CELSIUS, 101325.0) == pytest.approx(ratio, rel=1e-2)


# Independent spreadsheet values in the PsychroLib test suite.
def test_density_of_moist_air():
    assert moist_air.density(30 + CELSIUS, 0.02, P95) == pytest.approx(1.08411987, rel=1e-6)  # digits given


@pytest.mark.parametrize(
    ("dry", "wet", "ratio", "digits"), [(30, 25, 0.01922812742, 3e-4), (-1, -5, 0.001203998, 3e-4)]
)
def test_ratio_from_wet_bulb(dry, wet, ratio, digits):
    # 3e-4: the agreement of the saturation formula with the spreadsheet's.
    assert moist_air.ratio_from_wet_bulb(dry + CELSIUS, wet + CELSIUS, P95) == pytest.approx(
        ratio, rel=digits
    )


def test_wet_bulb_of_winter_air():
    ratio = moist_air.ratio_from_relative_humidity(7 + CELSIUS, 0.61, 100000.0)
    assert moist_air.wet_bulb(7 + CELSIUS, ratio, 100000.0) == pytest.approx(
        3.92667 + CELSIUS, abs=1e-3
    )  # as published


def test_ashrae_example_one():
    ratio = moist_air.ratio_from_wet_bulb(40 + CELSIUS, 20 + CELSIUS, 101325.0)
    assert ratio == pytest.approx(0.0065, abs=1e-4)  # read off a chart
    assert moist_air.relative_humidity(40 + CELSIUS, ratio, 101325.0) == pytest.approx(0.14, abs=5e-3)
    assert moist_air.dew_point(ratio, 101325.0) == pytest.approx(7 + CELSIUS, abs=0.6)
    assert moist_air.enthalpy(40 + CELSIUS, ratio) == pytest.approx(56.7e3, abs=300)


@pytest.fixture(scope="module")
def psychrolib():
    """The library in plain Python: with numba it would compile for a minute."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setitem(sys.modules, "numba", None)
        patch.delitem(sys.modules, "psychrolib", raising=False)
        library = pytest.importorskip("psychrolib")
        library.SetUnitSystem(library.SI)
        yield library


@pytest.mark.parametrize("altitude", [0.0, 1500.0])
@pytest.mark.parametrize("humidity", [0.05, 0.3, 0.7, 1.0])
@pytest.mark.parametrize("celsius", [2.0, 20.0, 34.0, 45.0])
def test_against_psychrolib(psychrolib, celsius, humidity, altitude):
    pressure = psychrolib.GetStandardAtmPressure(altitude)
    ratio = psychrolib.GetHumRatioFromRelHum(celsius, humidity, pressure)
    kelvin = celsius + CELSIUS
    same = 1e-6  # the same equations and constants: only rounding differs
    assert moist_air.standard_pressure(altitude) == pytest.approx(pressure, rel=same)
    assert moist_air.ratio_from_relative_humidity(kelvin, humidity, pressure) == pytest.approx(
        ratio, rel=same
    )
    assert moist_air.density(kelvin, ratio, pressure) == pytest.approx(
        psychrolib.GetMoistAirDensity(celsius, ratio, pressure), rel=1e-5
    )  # 1e-5: the two round 0.621945's inverse differently
    assert moist_air.enthalpy(kelvin, ratio) == pytest.approx(
        psychrolib.GetMoistAirEnthalpy(celsius, ratio), rel=same
    )
    wet = psychrolib.GetTWetBulbFromHumRatio(celsius, ratio, pressure)
    assert moist_air.wet_bulb(kelvin, ratio, pressure) == pytest.approx(
        wet + CELSIUS, abs=1.1e-3
    )  # its tolerance


def test_viscosity_and_expansion():
    assert moist_air.dynamic_viscosity(288.15) == pytest.approx(
        1.7894e-5, rel=1e-4
    )  # U.S. Std. Atm. 1976, sea level
    assert moist_air.expansion(291.15) == 1 / 291.15
    assert moist_air.specific_heat(0.0) == 1006.0


def test_wet_bulb_line_is_its_own_inverse():
    for wet in (12.0, 18.0, 24.0):
        ratio = moist_air.ratio_from_wet_bulb(303.15, wet + CELSIUS, 101325.0)
        assert moist_air.wet_bulb(303.15, ratio, 101325.0) == pytest.approx(
            wet + CELSIUS, abs=1e-5
        )  # the bisection's stop


@pytest.mark.parametrize(
    ("call", "words"),
    [
        (lambda: moist_air.ratio_from_wet_bulb(300.0, 301.0, 1e5), "warmer"),
        (lambda: moist_air.ratio_from_wet_bulb(313.15, 275.15, 1e5), "drier"),
        (lambda: moist_air.saturation_pressure(math.inf), "known from"),
        (lambda: moist_air.ratio_from_relative_humidity(300.0, 1.2, 1e5), "between 0 and 100"),
        (lambda: moist_air.wet_bulb(300.0, 0.05, 101325.0), "saturation"),
    ],
)
def test_impossible_air_is_refused(call, words):
    with pytest.raises(ValueError, match=words):
        call()
