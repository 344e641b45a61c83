"""A roof in the sun, from the case file to the result: what it gives is carried off, and stands in the ledger."""

from pathlib import Path

import pytest

from thermo import assembly, couple
from thermo.casefile import load
from thermo.check import examine

SMOKE = Path(__file__).parents[2] / "cases" / "smoke"


@pytest.fixture(scope="module")
def sunny():
    roof = ["hall.walls.ceiling.u_value=2.5 W/(m2 K)", "hall.walls.ceiling.solar=500 W/m2"]
    loaded = load(SMOKE, roof)
    solution = couple.solve(loaded.case, examine(loaded), "auto", lambda news: None)
    return solution, assembly.assemble(solution, loaded.text)


def test_what_the_roof_gives_is_carried_off(sunny):
    solution, _ = sunny
    balance = solution.balance()
    assert balance["heat_walls_kW"] > 0.5
    total = balance["heat_given_kW"] + balance["heat_walls_kW"]
    assert balance["heat_carried_kW"] == pytest.approx(
        total, rel=0.001
    )  # the run stops at 0.05 % of what units give


def test_the_roof_conducts_by_its_u_value(sunny):
    """U A (T_outside + 0.04 I - T_air), with the air beside the roof from the stored field."""
    solution, result = sunny
    beside = result.field("T")[-1][result.field("blocked")[-1] == 0].mean()
    x, y, _ = solution.case.hall.size
    expected = 2.5 * x * y * (solution.case.site.dry_bulb + 500 * 0.04 - beside) / 1e3
    assert solution.balance()["heat_walls_kW"] == pytest.approx(
        expected, rel=0.02
    )  # cells are not all alike in size


def test_the_ledger_and_the_assumptions_name_it(sunny):
    solution, result = sunny
    ledger = result.table("heat_ledger")
    row = list(ledger["place"]).index("walls")
    assert ledger["item"][row] == "ceiling"
    assert ledger["watts"][row] / 1e3 == pytest.approx(solution.balance()["heat_walls_kW"])
    assert any("ceiling conducts to 50.0 degC" in text for text in result.summary["assumptions"])
