"""What follows the air: a stated supply is a volume of air at its own temperature."""

from pathlib import Path

import pytest

from thermo import device
from thermo.air import properties
from thermo.casefile import load
from thermo.coupling import Coupling
from thermo.layout import build_plan

QUARTER = Path(__file__).resolve().parents[2] / "cases" / "hall_a_quarter"
WARM = ("site.air.reference_temperature=30 degC",)


def supplied(*overrides: str) -> tuple[float, float]:
    """(flow the air is given at its reference density, flow the case states) of the one supply [m3/s]."""
    case = load(QUARTER, overrides).case
    plan = build_plan(case)
    coupling = Coupling(case, plan, device.on("numpy"), properties.from_case(case))
    at = next(n for n, o in enumerate(plan.openings) if o.kind == "supply")
    return float(coupling.opening_flows()[at]), plan.openings[at].flow


def test_a_supply_of_an_ideal_gas_brings_the_mass_of_its_own_density():
    given, stated = supplied("numerics.density=ideal-gas", *WARM)
    wanted = stated * 303.15 / 291.15  # 18 degC air against a reference of 30
    assert given == pytest.approx(wanted, rel=1e-12)  # rounding only


def test_a_supply_of_constant_density_brings_the_stated_volume():
    given, stated = supplied("numerics.density=constant", *WARM)
    assert given == pytest.approx(stated, rel=1e-12)  # rounding only
