"""A case's network judged: ratings in warm air, hot spots, fault levels, room, phases; by hand and by solving again."""

from __future__ import annotations

import json
from dataclasses import replace
from math import sqrt

import numpy as np
import pytest
from small_hall import ELEMENTS, case, plan, powers, rack

from thermo.power.flow import solve
from thermo.power.judgement.equipment import devices
from thermo.power.judgement.judge import Judgement, document, judge
from thermo.power.judgement.warm import solve_warm
from thermo.power.network import build
from thermo.power.states.breaker import TRIP_TEMPERATURE
from thermo.power.states.conductor import Conductor, settled, step
from thermo.result import plain

WARM = 323.15  # [K] along everything in the hall
SOURCE = {"voltage": "10 kV", "fault_level": "100 MVA", "x_over_r": 5}
BREAKING = {"rating": "800 A", "interrupting": "20 kA"}


def judged(ops, laid_out, made=None, air=WARM) -> Judgement:
    made = made or case()
    result = solve(build(made, laid_out), powers(laid_out), ops.sweep)
    return judge(made, laid_out, result, lambda path: air, ops.sweep)


def row(table, name):
    k = table["name"].tolist().index(name)
    return {column: values[k] for column, values in table.items()}


def limit(found: Judgement, kind: str, where: str):
    return next(x for x in found.limits if (x.limit, x.where) == (kind, where))


def test_ratings_follow_the_air(ops):
    """Busway 400 A at 35 degC to 105 degC; cord 60 A at 30 degC to 90 degC; the feeder's switch room has 40 degC."""
    found = judged(ops, plan(rack()))
    assert limit(found, "busway", "bus").at_limit == pytest.approx(400 * sqrt(55 / 70))
    assert limit(found, "cable", "R0.bus").at_limit == pytest.approx(60 * sqrt(40 / 60))
    assert limit(found, "cable", "feeder").at_limit == pytest.approx(600 * sqrt(50 / 60))
    assert row(found.result.table, "bus")["air_degC"] == pytest.approx(50)
    assert row(found.result.table, "bus")["rating_A"] == pytest.approx(400 * sqrt(55 / 70))
    # nothing is rated up in cold air, and air above the limit leaves a hundredth
    assert limit(judged(ops, plan(rack()), air=273.15), "busway", "bus").at_limit == 400
    assert limit(judged(ops, plan(rack()), air=400.0), "busway", "bus").at_limit == pytest.approx(4)


def test_breakers_follow_their_own_air(ops):
    """The board's in the switch room at 40 degC as rated; a whip's in the hall at 50 degC."""
    whips = {"racks": {"kind": "cord_60", "length": "3 m", "breaker": {"rating": "50 A"}}}
    found = judged(ops, plan(rack()), case({"whips": whips}))
    assert limit(found, "breaker", "board").at_limit == pytest.approx(640)
    bimetal = sqrt((TRIP_TEMPERATURE - WARM) / (TRIP_TEMPERATURE - 313.15))
    assert limit(found, "breaker", "R0.bus").at_limit == pytest.approx(40 * bimetal)
    whips["racks"]["breaker"]["standard"] = "electronic"
    found = judged(ops, plan(rack()), case({"whips": whips}))
    assert limit(found, "breaker", "R0.bus").at_limit == pytest.approx(40)


def test_hot_spot_by_hand(ops):
    """At half load outdoors at 20 degC, without harmonics: IEC 60076-7 settled, R = 5 kW / 600 W."""
    found = judged(ops, plan(rack(power=250e3)), case({"harmonics": {}}))
    line = row(found.tables["power/transformers"], "tx")
    k, r = line["load_percent"] / 100, 5000 / 600
    oil = 20 + 60 * ((1 + r * k**2) / (1 + r)) ** 0.8
    assert line["top_oil_degC"] == pytest.approx(oil, abs=1e-9)
    assert line["hot_spot_degC"] == pytest.approx(oil + 27.6 * k**1.6, abs=1e-9)
    assert line["load_at_limit_percent"] > 100  # 120 degC are reached above rated load in air of 20 degC
    used = limit(found, "hot spot", "tx")
    assert used.utilisation == pytest.approx((line["hot_spot_degC"] - 20) / 100)
    assert line["harmonic_load_percent"] == 100
    assert limit(found, "harmonics", "tx").utilisation == pytest.approx(k)


def test_a_transformer_in_great_heat_carries_less(ops):
    hot = case(tx=ELEMENTS["tx"] | {"place": "hall", "at": ["1 m", "1 m", "1 m"]})
    found = judged(ops, plan(rack()), hot)
    share = limit(found, "transformer", "tx").at_limit / 500
    assert 0.8 < share < 0.9  # 70 K are left for 87.6 K of rise at rated load
    assert row(found.tables["power/transformers"], "tx")["load_at_limit_percent"] == pytest.approx(
        100 * share
    )


def test_conductors_by_hand(ops):
    """Three racks on a 2 x 300 A feeder at 40 degC: T = T_a + 60 (I/I_z)^2 R(T)/R(90)."""
    found = judged(ops, plan(*(rack(f"R{n}", 1.0 + n, power=90e3) for n in range(3))))
    line = row(found.tables["power/conductors"], "feeder")
    celsius = line["hottest_degC"]
    growth = (234.5 + celsius) / (234.5 + 90)
    assert celsius == pytest.approx(40 + 60 * (line["current_A"] / 600) ** 2 * growth, abs=1e-9)
    assert line["resistance_factor"] == pytest.approx((234.5 + celsius) / (234.5 + 70), rel=1e-12)
    assert line["time_to_limit_s"] == np.inf
    bus = row(found.tables["power/conductors"], "bus")
    # 408 A through 400 A in air of 50 degC: beyond its limit, and warmer than where its resistance is stated
    assert bus["hottest_degC"] > bus["limit_degC"]
    assert bus["resistance_factor"] > 1
    kind = Conductor(400.0, 378.15, 308.15, 1800.0)
    reached = step(kind, WARM, bus["current_A"], WARM, bus["time_to_limit_s"])
    assert reached == pytest.approx(378.15, abs=1e-6)


def test_flow_at_the_conductors_own_temperatures(ops):
    """A feeder at 240 A a run: its loss is 3 I^2 R(T) with the T that I settles at, R at 20 degC 17.24e-9 / 100e-6."""
    made, laid_out = case({"whips": {}}), plan(*(rack(f"R{n}", 1.0 + n, power=90e3) for n in range(3)))
    network = build(made, laid_out)
    stood = devices(made, laid_out, network, lambda path: WARM)
    cold, warm = (
        solve(network, powers(laid_out), ops.sweep),
        solve_warm(network, stood, powers(laid_out), ops.sweep),
    )
    current = row(warm.table, "feeder")["current_A"]
    celsius = float(settled(Conductor(600.0, 363.15, 303.15, 1.0), current, 313.15)) - 273.15
    resistance = 17.24e-9 / 100e-6 * (1 + 0.00393 * 50) * (234.5 + celsius) / (234.5 + 70) * 20 / 2
    # two passes: the temperatures are those of the pass before, whose currents differ by 1e-5
    assert row(warm.table, "feeder")["loss_kW"] == pytest.approx(3 * resistance * current**2 / 1e3, rel=1e-4)
    assert row(warm.table, "bus")["loss_kW"] > row(cold.table, "bus")["loss_kW"]  # 408 A in air of 50 degC
    assert row(warm.table, "tx")["loss_kW"] == pytest.approx(row(cold.table, "tx")["loss_kW"], rel=0.01)
    assert abs(warm.closure) < 1e-8
    kept = build(case({"whips": {}, "resistances": "stated"}), laid_out)
    stated = solve_warm(kept, stood, powers(laid_out), ops.sweep)
    np.testing.assert_array_equal(stated.voltage, cold.voltage)
    assert any("as stated" in sentence for sentence in kept.assumptions)
    assert any("temperature" in sentence for sentence in network.assumptions)
    heavy = solve_warm(network, stood, 40 * powers(laid_out), ops.sweep)
    assert not heavy.converged


def test_fault_level_at_the_feeder_by_hand(ops):
    """Where the feeder's breaker sits: grid and transformer, nothing of the feeder yet."""
    made = case({"source": SOURCE}, feeder=ELEMENTS["feeder"] | {"breaker": BREAKING})
    found = judged(ops, plan(rack()), made)
    grid = 1.1 * 400**2 / 100e6 * (1 + 5j) / abs(1 + 5j)
    x_t = sqrt(0.04**2 - 0.01**2)
    transformer = 400**2 / 500e3 * complex(0.01, x_t) * 0.95 * 1.1 / (1 + 0.6 * x_t)
    expected = 1.1 * 400 / sqrt(3) / abs(grid + transformer)
    line = row(found.tables["power/faults"], "feeder")
    assert line["three_phase_kA"] == pytest.approx(expected / 1e3, rel=1e-12)
    used = limit(found, "fault current", "feeder")
    assert line["interrupting_kA"] == 20
    peak = line["peak_kA"] / (2.0 * 20)  # IEC 60947-2: it closes on 2.0 times what it breaks
    assert used.utilisation == pytest.approx(max(line["phase_neutral_kA"] / 20, peak))
    assert used.value / used.at_limit == pytest.approx(used.utilisation)
    assert used.at_limit in (20, 40)
    assert not any(x.limit == "fault current" and x.where == "board" for x in found.limits)  # none stated


def test_fault_level_falls_along_cold_conductors(ops):
    """At the cord: feeder and busway at 20 degC, not at the temperature they serve at."""
    found = judged(ops, plan(rack()), case({"source": SOURCE}))
    table = found.tables["power/faults"]
    assert row(table, "R0.bus")["three_phase_kA"] < row(table, "bus")["three_phase_kA"]
    assert row(table, "bus")["three_phase_kA"] < row(table, "feeder")["three_phase_kA"]
    assert row(table, "R0.bus")["x_over_r"] < row(table, "feeder")["x_over_r"]
    assert np.isnan(row(table, "tx")["phase_neutral_kA"])  # above the delta


@pytest.mark.parametrize("phases", [(1 / 3, 1 / 3, 1 / 3), (0.5, 0.3, 0.2)])
def test_headroom_added_fills_what_binds(ops, phases):
    """What the table says a feed can take, put there: the element it names is then full."""
    racks = [rack("R0", phase_shares=phases), rack("R1", 6.0, power=30e3)]
    found = judged(ops, plan(*racks))
    line = row(found.tables["power/headroom"], "bus")
    more = rack("R2", 8.0, power=1e3 * line["balanced_kW"], feeds=(("bus", 1.0),))
    whips = {"racks": {"kind": "cu_100", "runs": 4, "length": "3 m"}}
    after = judged(ops, plan(*racks, more), case({"whips": whips}))
    loading = row(after.result.table, line["binding"])["loading_percent"]
    assert loading == pytest.approx(100, abs=2.5)  # first order: the voltage falls by about 2 % on the way
    assert loading > 99


def test_stranded_room_and_the_moves_that_free_it(ops):
    racks = [rack(f"R{n}", 1.0 + n, power=8e3, phase_shares=(1.0, 0.0, 0.0)) for n in range(6)]
    found = judged(ops, plan(*racks))
    bus = row(found.tables["power/phases"], "bus")
    assert (bus["phase_a_kW"], bus["stranded_kW"], bus["after_moves_kW"]) == pytest.approx((48, 96, 0))
    moves = found.tables["power/moves"]
    assert len(moves["unit"]) == 4
    assert sorted(moves["to"]) == ["b", "b", "c", "c"]
    # the moves carried out: the busway's phases are alike and its neutral carries harmonics only
    turned = dict(zip(moves["unit"], moves["to"], strict=True))
    dealt = [
        replace(r, phase_shares=tuple(float(p == turned.get(r.name, "a")) for p in "abc")) for r in racks
    ]
    after = row(judged(ops, plan(*dealt)).tables["power/quality"], "bus")
    before = row(found.tables["power/quality"], "bus")
    assert after["current_unbalance_percent"] < 0.5  # they tap the busway one after the other
    assert before["current_unbalance_percent"] == pytest.approx(200)
    assert after["neutral_A"] < 0.2 * before["neutral_A"]


def test_voltage_unbalance_is_a_limit(ops):
    found = judged(ops, plan(rack(power=60e3, phase_shares=(1.0, 0.0, 0.0))))
    line = row(found.tables["power/quality"], "bus")
    used = limit(found, "voltage unbalance", "bus")
    assert used.utilisation == pytest.approx(line["negative_sequence_percent"] / 2)
    assert line["nema_percent"] == pytest.approx(
        line["negative_sequence_percent"], rel=0.25
    )  # alike, not the same


def test_breakers_that_trip_at_their_load_say_when(ops):
    whips = {"racks": {"kind": "cord_60", "length": "3 m", "breaker": {"rating": "16 A"}}}
    found = judged(ops, plan(rack()), case({"whips": whips}), air=313.15)
    line = row(found.tables["power/breakers"], "R0.bus")
    assert 0 < line["trips_after_s"] < line["trips_before_s"] < 3600  # 29 A through 16 A
    assert line["above"] == "board"
    assert np.isinf(row(found.tables["power/breakers"], "board")["trips_after_s"])


def test_the_document_speaks_json_with_and_without_a_solution(ops):
    for watts in (20e3, 4e6):
        found = judged(ops, plan(rack(power=watts)))
        text = json.dumps(plain(document(found)), allow_nan=False)
        assert ("quality" in json.loads(text)) == (watts < 1e6)
        assert all(np.isfinite(x.utilisation) for x in found.limits)
        assert len(found.assumptions) == (4 if watts < 1e6 else 2)


def test_phases_of_a_rack_come_from_the_case(tmp_path):
    from thermo.casefile import load
    from thermo.check import examine

    text = """
site: {dry_bulb: 25 degC}
hall: {size: [10 m, 6 m, 4 m]}
openings: {air: {kind: supply, wall: x_min, at: [1 m, 1 m], size: [2 m, 2 m], flow: 5 m3/s, temperature: 20 degC},
           out: {kind: pressure, wall: x_max, at: [1 m, 1 m], size: [2 m, 2 m]}}
racks:
  r: {kind: air_rack_10kW, at: [2 m, 2 m], count: 3, facing: -y, phases: ab, overrides: {2: {phases: c}}}
"""
    path = tmp_path / "three.yaml"
    path.write_text("name: three\n" + text.replace("phases: ab,", "phases: ab, feed: bus,") + POWER)
    plan_ = examine(load(path))
    assert [unit.phase_shares for unit in plan_.units] == [(0.5, 0.5, 0), (0.5, 0.5, 0), (0, 0, 1)]


POWER = """
power:
  source: {voltage: 34.5 kV}
  elements:
    tx: {type: transformer, kind: oil_1000kVA_34k5_415, from: source}
    bus: {type: busway, kind: busway_400A, from: tx, path: [[1 m, 3 m, 3 m], [8 m, 3 m, 3 m]]}
  whips: {racks: {kind: whip_63A, length: 3 m}}
"""
