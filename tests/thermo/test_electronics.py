"""UPS, rectifiers, switches, batteries and power shelves of a case, by hand."""

from __future__ import annotations

from math import sqrt

import numpy as np
import pytest
from electronic_hall import below, hall, shelf, ups
from small_hall import plan, powers, rack

from thermo.power.flow import by_place, nominal_currents, solve, utilisations
from thermo.power.judgement.judge import judge
from thermo.power.network import build
from thermo.power.shelves import cords

AIR = 303.15  # [K]
COPPER = 17.24e-9 * (1 + 0.00393 * 50)  # [ohm m] at 70 degC


def solved(ops, made, laid_out):
    return solve(build(made, laid_out), powers(laid_out), ops.sweep)


def judged(ops, made, laid_out):
    return judge(made, laid_out, solved(ops, made, laid_out), lambda path: AIR, ops.sweep)


def row(result, name):
    k = result.table["name"].tolist().index(name)
    return {column: values[k] for column, values in result.table.items()}


def limit(limits, kind, where):
    return next(x for x in limits if (x.limit, x.where) == (kind, where))


def ups_loss(watts: float) -> float:
    return 100e3 * (0.01 + 0.02 * watts / 100e3 + 0.01 * (watts / 100e3) ** 2)


def test_a_ups_from_the_case_to_its_heat(ops):
    """Its output is what the hall below draws from 400 V; its loss stands in the switch room and in the table."""
    made = hall(ups=ups(), feeder=below("ups"))
    result = solved(ops, made, plan(rack(), rack("R1", 6.0)))
    given, drawn = result.converted[0]
    wires = [row(result, name)["loss_kW"] for name in ("feeder", "bus", "R0.bus", "R1.bus")]
    assert given == pytest.approx(40e3 + 1e3 * sum(wires), rel=1e-9)
    assert drawn == pytest.approx(given + ups_loss(given), rel=1e-12)
    assert row(result, "ups")["loss_kW"] == pytest.approx(ups_loss(given) / 1e3, rel=1e-12)
    assert row(result, "ups")["power_kW"] == pytest.approx(drawn / 1e3, rel=1e-12)
    assert row(result, "ups")["voltage_pu"] == pytest.approx(1.0, rel=1e-12)
    assert by_place(result)["switch_room"] == pytest.approx(ups_loss(given) + 1e3 * wires[0], rel=1e-9)
    assert abs(result.closure) < 1e-8  # what the issue asks for
    used = limit(utilisations(result), "ups", "ups")
    assert (used.at_limit, used.unit) == (pytest.approx(100), "kVA")
    assert used.utilisation == pytest.approx(given / 100e3, rel=1e-4)  # the racks' power factor is 1


def test_a_ups_in_the_hall_heats_the_air_where_it_stands(ops):
    made = hall(ups=ups(place="hall", at=["2 m", "4 m", "1 m"]), feeder=below("ups"))
    result = solved(ops, made, plan(rack()))
    heat = next(h for h in result.heat if h.item == "conversion loss")
    assert heat.place == "hall"
    assert heat.path == ((2.0, 4.0, 1.0), (2.0, 4.0, 1.0))


def test_eco_mode_loses_less_until_the_voltage_leaves_its_window(ops):
    laid_out = plan(rack())
    eco = solved(ops, hall(ups=ups(mode="eco"), feeder=below("ups")), laid_out)
    double = solved(ops, hall(ups=ups(), feeder=below("ups")), laid_out)
    assert row(eco, "ups")["loss_kW"] < 0.3 * row(double, "ups")["loss_kW"]
    assert row(eco, "ups")["voltage_pu"] == row(eco, "board")["voltage_pu"]
    low = {"source": {"voltage": "8.9 kV"}}  # 11 % below: beyond the window of 10 %
    made = hall(low, tx={"type": "transformer", "kind": "tx_500", "from": "source", "primary_voltage": "10 kV"},
                ups=ups(mode="eco"), feeder=below("ups"))  # fmt: skip
    lost = solved(ops, made, laid_out)
    assert row(lost, "ups")["voltage_pu"] == pytest.approx(1.0)
    assert row(lost, "ups")["loss_kW"] == pytest.approx(row(double, "ups")["loss_kW"], rel=1e-6)
    found = judge(made, laid_out, lost, lambda path: AIR, ops.sweep)
    assert found.tables["power/converters"]["mode"].tolist() == ["double conversion, eco lost"]


def dc_hall():
    """A rectifier, an 800 V cable of 50 m to a board, a cord of 3 m to the rack."""
    made = hall(
        rect={"type": "rectifier", "kind": "rect_100", "from": "board"},
        feeder={"type": "cable", "kind": "cu_100", "from": "rect", "length": "50 m"},
        bus=None,
        dc_board={"type": "board", "from": "feeder"},
    )
    return made, plan(rack(power=40e3, power_factor=0.95, feeds=(("dc_board", 1.0),), shelf=shelf(2, True)))


def test_an_800_volt_branch_by_hand(ops):
    """Both poles of cable and cord in series: the upper root of the quadratic; no phases, no reactive power."""
    made, laid_out = dc_hall()
    result = solved(ops, made, laid_out)
    r = 2 * COPPER * (50 / 100e-6 + 3 / 10e-6)
    v = (800 + sqrt(800**2 - 4 * r * 40e3)) / 2
    i = 40e3 / v
    # 1e-9: the sweeps stop at 1e-10
    assert row(result, "R0.dc_board")["current_A"] == pytest.approx(i, rel=1e-9)
    assert row(result, "feeder")["loss_kW"] == pytest.approx(2 * COPPER * 50 / 100e-6 * i**2 / 1e3, rel=1e-8)
    assert result.unit_voltage_pu[0] == pytest.approx(v / 800, rel=1e-9)
    given = 800 * i
    lost = 100e3 * (0.005 + 0.01 * given / 100e3 + 0.01 * (given / 100e3) ** 2)
    np.testing.assert_allclose(result.converted[0], [given, given + lost], rtol=1e-9)
    assert row(result, "rect")["rating_A"] == pytest.approx(80e3 / 800)  # one of five modules is spare
    used = limit(utilisations(result), "rectifier", "rect")
    assert (used.at_limit, used.unit) == (pytest.approx(80), "kW")
    assert abs(result.closure) < 1e-8
    network = build(made, laid_out)
    first = {element.name: element.first for element in network.elements}
    nominal = nominal_currents(network, powers(laid_out))
    assert nominal[first["feeder"]] == pytest.approx(40e3 / 800)
    drawn = 40e3 + 100e3 * (0.005 + 0.01 * 0.4 + 0.01 * 0.4**2)
    assert nominal[first["board"]] == pytest.approx(
        drawn / 0.99 / 3 / (400 / sqrt(3))
    )  # 0.99: its power factor


def test_room_and_quality_of_dc(ops):
    """The cord's 60 A at 800 V are 48 kW; a DC element has no unbalance, neutral or fault level."""
    made, laid_out = dc_hall()
    found = judged(ops, made, laid_out)
    room = dict(
        zip(
            found.tables["power/headroom"]["name"], found.tables["power/headroom"]["balanced_kW"], strict=True
        )
    )
    volts = found.result.unit_voltage_pu[0] * 800
    i = 40e3 / volts
    # first order: at the voltage and power factor of the state
    assert room["R0.dc_board"] == pytest.approx((60 - i) * volts * 0.95 / 1e3, rel=0.06)
    k = found.tables["power/quality"]["name"].tolist().index("feeder")
    assert np.isnan(found.tables["power/quality"]["neutral_A"][k])
    assert np.isnan(found.tables["power/faults"]["three_phase_kA"][k])
    assert not any(x.where == "feeder" and x.limit in ("voltage unbalance", "neutral") for x in found.limits)


def test_a_battery_on_the_board_gives_what_it_says_and_loses_its_part(ops):
    laid_out = plan(rack())
    battery = {
        "type": "battery",
        "kind": "bess_50",
        "from": "board",
        "discharging": "10 kW",
        "state_of_charge": "60 %",
    }
    with_battery, without = (solved(ops, hall(bess=b), laid_out) for b in (battery, None))
    lost = 100 + 10e3 * (1 / 0.9 - 1)
    assert with_battery.stored == pytest.approx(-10e3 / 0.9)
    assert row(with_battery, "bess")["loss_kW"] == pytest.approx(lost / 1e3)
    saved = without.utility_power - with_battery.utility_power
    wires = (without.loss - with_battery.loss) + lost
    assert saved == pytest.approx(10e3 - 100 + wires, rel=1e-7)
    assert abs(with_battery.closure) < 1e-8
    table = judged(ops, hall(bess=battery), laid_out).tables["power/batteries"]
    assert table["lasts_h"][0] == pytest.approx(0.6 * 200 / (10 / 0.9))


def test_power_shelves_split_a_racks_power_by_their_curve(ops):
    """18 kW at the cord of six rectifiers of 5 kW: P + 30 kW (0.01 + 0.01 x + 0.02 x^2) = 18 kW."""
    found = judged(ops, hall(), plan(rack(power=18e3, shelf=shelf())))
    table = found.tables["power/shelves"]
    x = (-1.01 + sqrt(1.01**2 + 4 * 0.02 * (0.6 - 0.01))) / (2 * 0.02)
    assert table["dc_kW"][0] == pytest.approx(30 * x, rel=1e-12)
    assert table["loss_kW"][0] == pytest.approx(18 - 30 * x, rel=1e-9)
    assert table["bus_A"][0] == pytest.approx(30e3 * x / 50, rel=1e-12)
    assert limit(found.limits, "power shelf", "R0").utilisation == pytest.approx(30 * x / 25, rel=1e-12)
    assert found.result.load_power == pytest.approx(18e3, rel=1e-12)


def test_a_lost_feed_moves_the_others_rectifiers_up_their_curve():
    """Half of the rectifiers on each feed; alone, three give all."""
    path = [["0 m", "2 m", "3 m"], ["9 m", "2 m", "3 m"]]
    made = hall(other={"type": "busway", "kind": "bus_400", "from": "feeder", "path": path})
    network = build(made, plan(rack(power=12e3, feeds=(("bus", 0.5), ("other", 0.5)), shelf=shelf())))
    power = np.array([[12e3, 12e3]])
    watts = cords(network, power, np.array([[0.5, 0.5], [1.0, 0.0]]))
    assert watts[0].sum() == pytest.approx(12e3, rel=1e-12)
    # half: x + 0.01 + 0.01 x + 0.02 x^2 = 6/15
    half = 15e3 * (-1.01 + sqrt(1.01**2 + 4 * 0.02 * (0.4 - 0.01))) / (2 * 0.02)
    alone = 2 * half + 15e3 * (0.01 + 0.01 * (2 * half / 15e3) + 0.02 * (2 * half / 15e3) ** 2)
    np.testing.assert_allclose(watts[1], [alone, 0.0], rtol=1e-12)
    assert alone != pytest.approx(12e3, rel=1e-3)


def test_room_above_a_ups_counts_its_loss(ops):
    """What fits above it in watts is divided by what it draws more for a watt more."""
    made = hall(
        ups=ups(), feeder=below("ups"), board={"type": "board", "from": "tx", "breaker": {"rating": "100 A"}}
    )
    found = judged(ops, made, plan(rack()))
    table = found.tables["power/headroom"]
    room = dict(zip(table["name"], table["balanced_kW"], strict=True))
    given = found.result.converted[0, 0]
    assert room["ups"] == pytest.approx(room["board"] / (1.02 + 0.02 * given / 100e3), rel=1e-9)


def test_a_switch_turns_when_its_preferred_sources_voltage_leaves_its_window(ops):
    """More than 10 % drop on a feeder of 1.6 km; the other side is sound. At 200 m it stays."""
    other = {
        "tx_2": {"type": "transformer", "kind": "tx_500", "from": "source", "place": "outside"},
        "board_2": {"type": "board", "from": "tx_2"},
    }
    far = {"type": "cable", "kind": "cu_100", "from": "board", "length": "1600 m"}
    laid_out = plan(rack(), rack("R1", 6.0), rack("R2", 7.0))

    def on_the_other_side(**more):
        sts = {"type": "transfer_switch", "kind": "sts_400", "from": "far", "alternate": "board_2"}
        made = hall(**(other | {"far": far, "sts": sts, "feeder": below("sts")} | more))
        result = solved(ops, made, laid_out)
        assert abs(result.closure) < 1e-8
        return row(result, "tx_2")["current_A"] > 80

    assert on_the_other_side()
    assert not on_the_other_side(far=far | {"length": "200 m"})
    gen = {"type": "generator", "kind": "gen_200"}
    sts = {"type": "transfer_switch", "kind": "sts_400", "from": "far", "alternate": "gen"}
    assert not on_the_other_side(gen=gen, sts=sts)  # none is started for a voltage


def test_a_generator_has_a_fault_level_of_its_own(ops):
    """I''k = c U / (sqrt 3 X''d), 15 % of 400 V squared over 200 kVA; the board keeps the larger, the utility's."""
    gen = {"type": "generator", "kind": "gen_200"}
    ats = {"type": "transfer_switch", "kind": "sts_400", "from": "board", "alternate": "gen"}
    found = judged(ops, hall(gen=gen, ats=ats, feeder=below("ats")), plan(rack()))
    table = found.tables["power/faults"]
    level = dict(zip(table["name"], table["three_phase_kA"], strict=True))
    assert level["gen"] == pytest.approx(1.1 * 400 / sqrt(3) / (0.15 * 400**2 / 200e3) / 1e3, rel=1e-12)
    assert level["feeder"] == pytest.approx(level["ats"])
    assert level["ats"] > 5 * level["gen"]
