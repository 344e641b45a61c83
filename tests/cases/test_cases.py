"""The cases that ship: each can be laid out and solved, and is what its README says."""

from functools import partial
from pathlib import Path

import pytest
import yaml

from kernels.sweep import sweep_in_numpy
from thermo import casefile, grid, layout, library, moist_air, scene
from thermo.air.ventilation import SiteAir, operating_point
from thermo.power import flow, network
from thermo.power.checks import problems

CASES = Path(__file__).resolve().parents[2] / "cases"
NAMES = sorted(folder.name for folder in CASES.iterdir() if (folder / "case.yaml").is_file())


def laid_out(name):
    case = casefile.load(CASES / name).case
    return case, layout.build_plan(case)


def settled(case, plan, exhaust):
    site = SiteAir(case.site.dry_bulb, case.site.wet_bulb, moist_air.standard_pressure(case.site.altitude))
    return operating_point(plan.openings, partial(library.find, case), site, exhaust)


def fluid_cells(case, plan):
    return scene.build(plan, grid.build(plan, case.grid)).fluid_cells


@pytest.mark.parametrize("name", NAMES)
def test_every_case_lays_out_and_says_what_it_is(name):
    case, plan = laid_out(name)
    assert case.name == name
    assert plan.units
    assert plan.openings
    assert (CASES / name / "README.md").read_text(encoding="utf-8").startswith(f"# {name}\n")
    if case.power:
        assert problems(case, plan) == []
        assert all(unit.feeds for unit in plan.units)


@pytest.mark.parametrize("name", NAMES)
def test_every_expected_figure_has_a_tolerance_and_a_reason(name):
    file = CASES / name / "expected.yaml"
    if not file.exists():
        pytest.skip("nothing in it is measured")
    for figure, entry in yaml.safe_load(file.read_text(encoding="utf-8")).items():
        assert {"tolerance", "reason"} < set(entry), figure


@pytest.mark.parametrize("name", ["smoke", "retrofit_hall"])
def test_fans_bring_a_little_more_air_than_the_equipment_draws(name):
    case, plan = laid_out(name)
    point = settled(case, plan, exhaust=313.15)
    drawn = sum(unit.airflow for unit in plan.units)
    assert 1.0 < point.intake_flow / drawn < 1.25
    assert all(group.utilisation < 1 for group in point.groups.values())


def test_the_main_case_is_as_large_as_it_promises():
    case, plan = laid_out("retrofit_hall")
    racks = [unit for unit in plan.units if unit.role == "rack"]
    assert len(racks) >= 24
    assert sum(unit.machines for unit in plan.units if unit.role == "shelf") == 400
    assert {round(unit.power / 1e3) for unit in racks} == {20, 40}
    assert 300_000 < fluid_cells(case, plan) < 450_000
    assert [case.site.dry_bulb, case.hall.size] == [303.15, (48.0, 18.0, 6.0)]


def test_the_main_cases_readme_states_its_numbers():
    # Tolerances: the README rounds to the digits it gives.
    case, plan = laid_out("retrofit_hall")
    point = settled(case, plan, exhaust=312.15)
    assert sum(unit.power for unit in plan.units) == pytest.approx(2.05e6, abs=5e3)
    assert sum(unit.airflow for unit in plan.units) == pytest.approx(108, abs=0.5)
    assert point.intake_flow == pytest.approx(120, abs=1)
    assert point.groups["pads"].temperature == pytest.approx(273.15 + 22.5, abs=0.06)
    assert point.groups["louvre_bay"].mass_flow / point.mass_flow == pytest.approx(1 / 12, abs=0.015)
    solved = flow.solve(network.build(case, plan), [unit.power for unit in plan.units], sweep_in_numpy)
    used = {(limit.limit, limit.where): limit.utilisation for limit in flow.utilisations(solved)}
    assert used["transformer", "tx_1"] == pytest.approx(0.37, abs=0.005)
    assert used["transformer", "tx_2"] == pytest.approx(0.47, abs=0.005)
    assert used["breaker", "fdr_b"] == pytest.approx(0.86, abs=0.006)


def test_smoke_is_small():
    assert fluid_cells(*laid_out("smoke")) < 15_000


@pytest.mark.parametrize("name", ["hall_a", "hall_a_quarter"])
def test_comparison_halls_have_the_peers_cells_and_flows(name):
    case, plan = laid_out(name)
    expected = yaml.safe_load((CASES / name / "expected.yaml").read_text(encoding="utf-8"))
    assert fluid_cells(case, plan) == expected["cells"]["value"]
    supply = sum(opening.flow for opening in plan.openings)
    drawn = sum(unit.airflow for unit in plan.units)
    assert supply / drawn == pytest.approx(
        0.9, abs=1e-6
    )  # by definition of the hall; flows given to seven digits
    heated = drawn * case.site.air.density * case.site.air.specific_heat
    rise = sum(unit.power for unit in plan.units) / heated
    assert rise == pytest.approx(12.0, abs=1e-4)  # by definition of its racks
