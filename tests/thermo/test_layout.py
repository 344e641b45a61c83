"""Rows and entries become units and openings, one by one, where arithmetic by hand puts them."""

from __future__ import annotations

from pathlib import Path

import pytest

from thermo.casefile import load
from thermo.layout import LayoutError, build_plan, heat_capacity, lay_out, phase_shares
from thermo.plan import Plan

BASE = """\
site:
  dry_bulb: 30 degC
  air: {density: 1.2 kg/m3, specific_heat: 1000 J/(kg K)}
hall: {size: [20 m, 10 m, 4 m]}
equipment:
  racks:
    own:
      source: made up
      size: [0.6 m, 1.2 m, 2 m]
      power: 12 kW
      airflow: 10 K
      tiers: 4
      limit: A3
      air_fraction: 25 %
    blower: {source: made up, size: [0.8 m, 1 m, 2 m], power: 10 kW, airflow: 1 m3/s, limit: 29 degC}
  machines:
    miner: {source: made up, size: [0.2 m, 0.4 m, 0.3 m], power: 3 kW, airflow: 100 cfm/kW, limit: 40 degC}
  shelves:
    bay: {source: made up, size: [1.2 m, 0.5 m, 2.5 m], machine: miner, machines: 20, tiers: 5}
  fans:
    big: {source: made up, opening: [1.4 m, 1.4 m], curve: [[0 Pa, 10 m3/s], [100 Pa, 5 m3/s]]}
"""
CFM = 0.3048**3 / 60  # [m3/s]


def plan_of(tmp_path: Path, text: str) -> Plan:
    file = tmp_path / "case.yaml"
    file.write_text(BASE + text)
    return build_plan(load(file).case)


def test_a_row_along_x(tmp_path: Path) -> None:
    row = 'racks:\n  a: {kind: own, at: [1 m, 2 m], count: 3, pitch: 0.7 m, first: 5, label: "R{i}", facing: +y}\n'
    units = plan_of(tmp_path, row).units
    assert [unit.name for unit in units] == ["R5", "R6", "R7"]
    assert units[2].box == pytest.approx((2.4, 3.0, 2.0, 3.2, 0.0, 2.0))  # 1 + 2 * 0.7
    assert units[0].path == ("racks", "a")
    assert (units[0].role, units[0].tiers, units[0].facing) == ("rack", 4, "+y")


def test_a_row_along_y_swaps_width_and_depth(tmp_path: Path) -> None:
    units = plan_of(
        tmp_path, "racks:\n  a: {kind: own, at: [1 m, 2 m, 0.5 m], along: y, count: 2, facing: -x}\n"
    ).units
    assert units[1].box == pytest.approx((1.0, 2.2, 2.6, 3.2, 0.5, 2.5))  # the pitch is the width
    assert units[1].name == "a1"


def test_names_stay_readable_when_a_row_ends_in_a_digit(tmp_path: Path) -> None:
    text = "racks:\n  row_1: {kind: own, at: [1 m, 2 m], count: 2, facing: +y}\n"
    assert [unit.name for unit in plan_of(tmp_path, text).units] == ["row_1_0", "row_1_1"]


def test_a_rise_becomes_a_flow_of_the_heat_that_goes_to_air(tmp_path: Path) -> None:
    unit = plan_of(tmp_path, "racks:\n  a: {kind: own, at: [1 m, 2 m], facing: +y}\n").units[0]
    assert unit.airflow == pytest.approx(12e3 * 0.25 / (1.2 * 1000 * 10))
    assert unit.limit == 313.15
    assert unit.limit_name == "ASHRAE A3 allowable"


@pytest.mark.parametrize(
    ("stated", "flow"),
    [
        ("airflow: 0.4 m3/s", 0.4),
        ("airflow: 20 K", 12e3 * 0.25 / (1.2 * 1000 * 20)),
        ("airflow: 150 cfm/kW", 150 * CFM * 3),
        ("power: 24 kW", 24e3 * 0.25 / (1.2 * 1000 * 10)),
    ],
)
def test_airflow_may_be_stated_three_ways(tmp_path: Path, stated: str, flow: float) -> None:
    text = f"racks:\n  a: {{kind: own, at: [1 m, 2 m], facing: +y, {stated}}}\n"
    assert plan_of(tmp_path, text).units[0].airflow == pytest.approx(flow)


def test_a_fixed_flow_of_a_kind_goes_with_its_power(tmp_path: Path) -> None:
    text = "racks:\n  a: {kind: blower, at: [1 m, 2 m], facing: +y, power: 15 kW}\n"
    assert plan_of(tmp_path, text).units[0].airflow == pytest.approx(1.5)


def test_overrides_change_and_remove_single_units(tmp_path: Path) -> None:
    text = (
        "racks:\n  a:\n    {kind: own, at: [1 m, 2 m], count: 4, facing: +y, power: 8 kW, limit: A1, overrides:"
        " {0: {power: 9 kW}, 1: {remove: true}, 2: {kind: blower}, 3: {limit: 20 degC, airflow: 2 m3/s}}}\n"
    )
    first, second, third = plan_of(tmp_path, text).units
    assert (first.name, first.power, first.limit_name) == ("a0", 9e3, "ASHRAE A1 allowable")
    assert (second.name, second.kind, second.power) == ("a2", "blower", 10e3), (
        "the row's power is for its kind"
    )
    assert second.limit == pytest.approx(302.15)
    assert second.limit_name == "limit of blower"
    assert second.box[0] == pytest.approx(1 + 2 * 0.6), "the pitch stays that of the row's kind"
    assert (third.name, third.airflow, third.limit_name) == ("a3", 2.0, "own limit")


def test_bays_hold_machines_and_deal_their_phases_round(tmp_path: Path) -> None:
    text = "shelves:\n  s: {kind: bay, at: [1 m, 5 m], count: 2, facing: -y, machines: 10}\n"
    first, second = plan_of(tmp_path, text).units
    assert first.machines == 10
    assert first.power == pytest.approx(30e3)
    assert first.airflow == pytest.approx(100 * CFM * 30)
    assert first.phase_shares == (0.4, 0.3, 0.3)
    assert second.phase_shares == (0.3, 0.4, 0.3), "dealing goes on where the bay before stopped"
    assert (first.limit_name, first.limit) == ("limit of miner", pytest.approx(313.15))


def test_phase_shares_add_up_and_follow_each_other() -> None:
    for machines in range(1, 8):
        for before in range(4):
            phases = [(before + m) % 3 for m in range(machines)]
            expected = tuple(phases.count(p) / machines for p in range(3))
            assert phase_shares(machines, before) == pytest.approx(expected)


def test_a_cooler_takes_in_at_its_front(tmp_path: Path) -> None:
    place = "at: [0.5 m, 1 m], along: y, facing: +x, supply_temperature: 20 degC"
    text = f"coolers:\n  c: {{kind: perimeter_cooler_100kW, {place}}}\n"
    unit = plan_of(tmp_path, text).units[0]
    assert (unit.role, unit.power, unit.facing) == ("cooler", 0.0, "+x")
    assert unit.supply_temperature == pytest.approx(293.15)
    assert unit.capacity == pytest.approx(100e3)


def test_a_cooler_may_draw_at_its_top_and_blow_through_a_grille(tmp_path: Path) -> None:
    place = "at: [0.5 m, 1 m], along: y, facing: +x, supply_temperature: 20 degC, intake: top"
    grille = "outlet: {size: [1.55 m, 1 m], sill: 0.2 m}"
    text = f"coolers:\n  c: {{kind: perimeter_cooler_100kW, {place}, {grille}}}\n"
    unit = plan_of(tmp_path, text).units[0]
    assert unit.sides == ("+z", "-x")
    assert unit.mixed_exhaust
    assert unit.outlet == pytest.approx(
        (0.5, 1.39, 1.5, 3.05, 0.2, 1.2)
    )  # 2.55 m wide: half a metre at each end


def test_a_grille_larger_than_the_cooler_is_a_problem(tmp_path: Path) -> None:
    place = "at: [0.5 m, 1 m], along: y, facing: +x, supply_temperature: 20 degC"
    for grille in ("{size: [3 m, 1 m]}", "{size: [1 m, 1 m], sill: 1 m}"):
        text = f"coolers:\n  c: {{kind: perimeter_cooler_100kW, {place}, outlet: {grille}}}\n"
        with pytest.raises(LayoutError, match="reaches beyond the rear of c0"):
            plan_of(tmp_path, text)


def test_openings_lie_on_their_walls(tmp_path: Path) -> None:
    text = """\
openings:
  tiles:
    {kind: supply, wall: floor, at: [1 m, 2 m], size: [0.6 m, 1.2 m], flow: 3 m3/s, temperature: 18 degC,
     count: 2, pitch: 1 m, along: y}
  back: {kind: pressure, wall: x_max, at: [3 m, 1 m], size: [2 m, 1.5 m]}
  fans: {kind: fan, wall: y_max, at: [2 m, 1 m], size: [1.4 m, 1.4 m], fan: big, count: 3, running: 2, pitch: 2 m}
"""
    plan = plan_of(tmp_path, text)
    by_name = {opening.name: opening for opening in plan.openings}
    assert list(by_name) == ["tiles0", "tiles1", "back", "fans0", "fans1"]
    assert by_name["tiles1"].box == pytest.approx((1.0, 1.6, 3.0, 4.2, 0.0, 0.0))
    assert by_name["tiles1"].flow == pytest.approx(1.5), "the entry's flow is shared"
    assert by_name["back"].box == pytest.approx((20.0, 20.0, 3.0, 5.0, 1.0, 2.5))
    assert by_name["back"].temperature == pytest.approx(303.15), "back-flow is outdoor air"
    assert by_name["fans1"].box == pytest.approx((4.0, 5.4, 10.0, 10.0, 1.0, 2.4))
    assert by_name["fans1"].area == pytest.approx(1.96)
    assert "fans: 1 of 3 fans stand still; their shutters are closed." in plan.assumptions


def test_solids_and_partitions(tmp_path: Path) -> None:
    text = """\
  # the hall's own section is in the base text, so it is given again
hall:
  size: [20 m, 10 m, 4 m]
  solids: {post: {at: [1 m, 2 m, 0 m], size: [0.4 m, 0.5 m, 3 m]}}
  partitions: {screen: {axis: y, at: 5 m, from: [0 m, 2 m], to: [20 m, 4 m]}}
  symmetry: [x_max]
"""
    file = tmp_path / "case.yaml"
    file.write_text(BASE.replace("hall: {size: [20 m, 10 m, 4 m]}\n", "") + text)
    plan = build_plan(load(file).case)
    assert plan.solids[0].box == pytest.approx((1.0, 1.4, 2.0, 2.5, 0.0, 3.0))
    assert plan.partitions[0].box == (0.0, 20.0, 5.0, 5.0, 2.0, 4.0)
    assert plan.symmetry == ("x_max",)


def test_what_is_unknown_is_left_away_and_told(tmp_path: Path) -> None:
    text = "racks:\n  a: {kind: own, at: [1 m, 2 m], facing: +y}\n  b: {kind: none, at: [5 m, 2 m], facing: +y}\n"
    file = tmp_path / "case.yaml"
    file.write_text(BASE + text)
    case = load(file).case
    plan, problems = lay_out(case)
    assert [unit.name for unit in plan.units] == ["a0"]
    assert [problem.path for problem in problems] == [("racks", "b", "kind")]
    with pytest.raises(LayoutError, match="no rack is called 'none'"):
        build_plan(case)


def test_air_of_the_site_is_thinner_high_up(tmp_path: Path) -> None:
    file = tmp_path / "case.yaml"
    file.write_text("site: {dry_bulb: 20 degC, altitude: 1500 m}\nhall: {size: [9 m, 9 m, 3 m]}\n")
    # ICAO standard atmosphere: 84 556 Pa at 1500 m; dry air of 287.05 J/(kg K); 0.2 % for the rounded constants
    assert heat_capacity(load(file).case) == pytest.approx(84556 / (287.05 * 293.15) * 1006, rel=2e-3)
