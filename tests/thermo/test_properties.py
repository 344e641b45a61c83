"""Air properties: what the case states holds, the rest follows from the site."""

import pytest

from thermo.air.properties import from_case
from thermo.case import Case


def case(**site):
    return Case.model_validate(
        {"site": {"dry_bulb": "30 degC"} | site, "hall": {"size": ["4 m", "3 m", "2 m"]}}
    )


def test_stated_properties_hold():
    stated = {
        "density": "1.19 kg/m3",
        "specific_heat": "1006 J/(kg K)",
        "viscosity": "1.5e-5 m2/s",
        "prandtl": 0.72,
        "expansion": "0.0034 1/K",
        "reference_temperature": "18 degC",
    }
    air = from_case(case(air=stated))
    assert (air.density, air.specific_heat, air.viscosity) == pytest.approx((1.19, 1006.0, 1.5e-5))
    assert (air.prandtl, air.expansion, air.reference_temperature) == pytest.approx((0.72, 0.0034, 291.15))
    assert air.heat_capacity == pytest.approx(1.19 * 1006)


def test_the_rest_is_that_of_outdoor_air():
    # dry air at 30 degC, 101325 Pa: 101325 / (287.05 x 303.15) = 1.1644 kg/m3; Sutherland: 1.87e-5 Pa s
    air = from_case(case())
    assert air.density == pytest.approx(1.1644, rel=1e-3)
    assert air.viscosity == pytest.approx(1.87e-5 / 1.1644, rel=0.01)
    assert air.expansion == pytest.approx(1 / 303.15)
    assert air.reference_temperature == pytest.approx(303.15)
    assert air.specific_heat == pytest.approx(1006.0, rel=2e-3)


def test_thin_air_up_the_mountain():
    # standard atmosphere at 1500 m: 84 556 Pa, 0.8345 of sea level (ISO 2533)
    sea, high = from_case(case()), from_case(case(altitude="1500 m"))
    assert high.density / sea.density == pytest.approx(0.8345, rel=2e-3)
    assert high.viscosity / sea.viscosity == pytest.approx(1 / 0.8345, rel=2e-3)


def test_a_stated_reference_sets_density_and_expansion():
    cold = from_case(case(air={"reference_temperature": "10 degC"}))
    assert cold.expansion == pytest.approx(1 / 283.15)
    assert cold.density == pytest.approx(101325 / (287.05 * 283.15), rel=1e-3)
