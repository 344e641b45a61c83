"""Network and flow of a hall small enough to reckon by hand."""

from __future__ import annotations

import json
from math import sqrt

import numpy as np
import pytest
from small_hall import case, plan, powers, rack

from thermo.power import route
from thermo.power.flow import Limit, by_place, flow, nominal_currents, solve, utilisations
from thermo.power.network import build
from thermo.power.tables import limits_table, paths_table, summary

ONE_PHASE = (1.0, 0.0, 0.0)


def solved(ops, laid_out, made=None):
    """The flow of a plan in the small hall."""
    return solve(build(made or case(), laid_out), powers(laid_out), ops.sweep)


def row(result, name):
    """One element's line of the table."""
    k = result.table["name"].tolist().index(name)
    return {column: values[k] for column, values in result.table.items()}


def limit(result, kind, where) -> Limit:
    return next(x for x in utilisations(result) if (x.limit, x.where) == (kind, where))


def impedances() -> dict[str, complex]:
    """Z1 [ohm] at 400 V, 50 Hz, from the figures in small_hall.py."""
    size = 400**2 / 500e3
    r_tx = size * 5e3 / 500e3
    copper = 17.24e-9 * (1 + 0.00393 * 50)  # 70 degC
    return {
        "tx": complex(r_tx, sqrt((0.04 * size) ** 2 - r_tx**2)),
        "feeder": complex(copper / 100e-6, 0.08e-3) * 20 / 2,
        "bus": complex(0.1e-3, 0.05e-3) * 3,
        "R0.bus": complex(copper / 10e-6, 0.08e-3) * 3,
    }


def test_one_rack_by_hand(ops):
    result = solved(ops, plan(rack()))
    z = sum(impedances().values())
    e, p = 400 / sqrt(3), 20e3 / 3
    cross = 2 * z.real * p - e**2
    square = (-cross + sqrt(cross**2 - 4 * abs(z * p) ** 2)) / 2
    current = p / sqrt(square)
    # 1e-9: the sweeps stop at 1e-10 pu
    assert result.unit_voltage_pu[0] == pytest.approx(sqrt(square) / e, rel=1e-9)
    for name, z1 in impedances().items():
        copper = 3 * z1.real * current**2
        iron = 600 if name == "tx" else 0
        assert row(result, name)["loss_kW"] == pytest.approx((copper + iron) / 1e3, rel=1e-8)
        assert row(result, name)["current_A"] == pytest.approx(current, rel=1e-9)
    assert result.loss == pytest.approx(600 + 3 * z.real * current**2, rel=1e-8)
    assert result.utility_power == pytest.approx(20e3 + result.loss, rel=1e-8)


def test_limits_by_hand(ops):
    result = solved(ops, plan(rack()))
    current = row(result, "board")["current_A"]
    assert limit(result, "breaker", "board").utilisation == pytest.approx(current / 640)
    assert limit(result, "board", "board").utilisation == pytest.approx(current / 1000)
    assert limit(result, "cable", "feeder").utilisation == pytest.approx(current / 600)
    assert limit(result, "busway", "bus").at_limit == 400
    transformer = limit(result, "transformer", "tx")
    assert (transformer.at_limit, transformer.unit) == (pytest.approx(500), "kVA")
    assert transformer.value == pytest.approx(sqrt(3) * 400 * current / 1e3)
    voltage = limit(result, "voltage", "R0")
    assert voltage.utilisation == pytest.approx((1 - result.unit_voltage_pu[0]) / 0.1)
    assert row(result, "board")["rating_A"] == 640  # the breaker's 80 % is less than the busbars
    assert row(result, "board")["loading_percent"] == pytest.approx(100 * current / 640)


def test_rows_are_depth_first():
    network = build(case(), plan(rack("R0", 6.0), rack("R1", 3.0)))
    assert [e.name for e in network.elements] == ["tx", "board", "feeder", "bus", "R1.bus", "R0.bus"]
    assert (network.parent[1:] < np.arange(1, network.parent.size)).all()
    bus = next(e for e in network.elements if e.name == "bus")
    assert network.end[bus.first] == network.parent.size
    below = [k for k in range(network.parent.size) if bus.first in _ancestors(network, k)]
    assert below == list(range(bus.first, network.end[bus.first]))
    with pytest.raises(ValueError, match="read-only"):
        network.impedance[0] = 1


def _ancestors(network, k):
    chain = {k}
    while k:
        k = int(network.parent[k])
        chain.add(k)
    return chain


def test_racks_tap_the_busway_where_they_stand(ops):
    result = solved(ops, plan(rack("R0", 6.0), rack("R1", 2.0)))
    pieces = [h for h in result.heat if h.element == "bus"]
    assert [h.path for h in pieces] == [((0, 1, 3), (2, 1, 3)), ((2, 1, 3), (6, 1, 3))]
    first, second = (h.watts for h in pieces)
    # 2 m with both racks, 4 m with one: (2 I)^2 2 : I^2 4; the racks' currents differ by 3e-4
    assert first / second == pytest.approx(2, rel=1e-3)
    whip = next(h for h in result.heat if h.element == "R1.bus")
    assert whip.path == ((2, 1, 3), (2, 1, 2))


def test_route_round_a_corner():
    bent = ((0.0, 0.0, 3.0), (4.0, 0.0, 3.0), (4.0, 3.0, 3.0))
    assert route.length(bent) == 7
    assert route.nearest(bent, (4.5, 2.0, 1.0)) == pytest.approx(6)
    assert route.nearest(bent, (-1.0, 0.0, 3.0)) == 0
    assert route.piece(bent, 3, 6) == ((3, 0, 3), (4, 0, 3), (4, 2, 3))


def test_one_phase_load_heats_the_neutral(ops):
    result = solved(ops, plan(rack(phase_shares=ONE_PHASE, power=10e3)))
    current = row(result, "feeder")["current_A"]
    z1 = impedances()["feeder"]
    assert row(result, "feeder")["loss_kW"] == pytest.approx(2 * z1.real * current**2 / 1e3, rel=1e-9)
    balanced = solved(ops, plan(rack(power=10e3)))
    assert result.unit_voltage_pu[0] < balanced.unit_voltage_pu[0]


def test_energy_closes_on_an_unbalanced_hall(ops):
    made = case({"source": {"voltage": "10 kV", "fault_level": "60 MVA", "x_over_r": 5}})
    racks = [rack(f"R{k}", 1.0 + k, power=9e3 + 2e3 * k, power_factor=0.95) for k in range(7)]
    racks += [rack("P", 8.5, phase_shares=ONE_PHASE, power=12e3)]
    result = solved(ops, plan(*racks), made)
    assert result.converged
    assert abs(result.closure) < 1e-8  # sweeps stop at 1e-10 pu of voltage
    assert sum(by_place(result).values()) == pytest.approx(result.loss, rel=1e-12)
    assert result.load_power == pytest.approx(sum(r.power for r in racks), rel=1e-12)
    assert set(by_place(result)) == {"outside", "switch_room", "hall"}


def test_a_share_on_each_feed(ops):
    other = {
        "type": "busway",
        "kind": "bus_400",
        "from": "board",
        "path": [["0 m", "2 m", "3 m"], ["9 m", "2 m", "3 m"]],
    }
    laid_out = plan(rack(feeds=(("bus", 0.75), ("other", 0.25))))
    result = solved(ops, laid_out, case(other=other))
    assert row(result, "R0.bus")["power_kW"] == pytest.approx(15, rel=5e-3)  # and its cord's loss
    assert row(result, "R0.other")["power_kW"] == pytest.approx(5, rel=5e-3)
    assert row(result, "board")["power_kW"] == pytest.approx(20, rel=1e-2)
    assert result.unit_voltage_pu[0] < row(result, "R0.other")["voltage_pu"]


def test_elements_can_hang_on_a_busways_far_end(ops):
    sub = {"type": "board", "from": "bus", "breaker": {"rating": "100 A"}}
    result = solved(ops, plan(rack(feeds=(("sub", 1.0),))), case(sub=sub))
    assert [h.path for h in result.heat if h.element == "bus"] == [((0, 1, 3), (9, 1, 3))]
    assert row(result, "sub")["parent"] == "bus"


def test_reactance_follows_the_frequency():
    at_50, at_60 = (build(case({"frequency": f"{f} Hz"}), plan(rack())) for f in (50, 60))
    bus = [e.name for e in at_50.elements].index("bus")
    k = np.flatnonzero(at_50.element == bus)[-1]
    z = at_50.impedance[k, 0, 0]
    assert at_60.impedance[k, 0, 0] == pytest.approx(complex(z.real, 1.2 * z.imag))


def test_beyond_the_nose_is_said(ops):
    laid_out = plan(rack(power=4e6))
    result = solved(ops, laid_out)
    assert not result.converged
    assert np.isnan(result.voltage_min_pu)
    assert result.heat == ()
    assert not result.table["ok"].any()
    limits = utilisations(result)
    assert all(np.isfinite(x.utilisation) for x in limits)
    # at nominal voltage 4 MW draw 5774 A, on a transformer of 722 A
    assert limit(result, "transformer", "tx").utilisation == pytest.approx(8, rel=1e-12)
    assert limit(result, "voltage", "R0").utilisation == pytest.approx(10)


def test_nominal_currents_are_those_of_a_weak_load(ops):
    laid_out = plan(rack(power=10.0, phase_shares=(0.5, 0.3, 0.2)))
    network = build(case(), laid_out)
    exact = np.abs(flow(network, powers(laid_out)[:, None], ops.sweep).branch_current[0]).max(axis=1)
    tx = network.elements[0].first
    # 1e-5: 10 W hardly change the voltage
    np.testing.assert_allclose(nominal_currents(network, powers(laid_out))[tx:], exact[tx:], rtol=1e-5)


def test_a_list_of_whips_grows_with_the_rack(ops):
    whips = {"racks": {"kind": ["whip_32A", "whip_63A", "whip_125A"], "length": "3 m"}}
    # 400 V at 90 %: 20 kW draw 32.1 A, just too much for the first
    chosen = {p: build(case({"whips": whips}), plan(rack(power=p))).elements[-1] for p in (19e3, 20e3, 200e3)}
    assert [e.kind for e in chosen.values()] == ["whip_32A", "whip_63A", "whip_125A"]
    result = solved(ops, plan(rack()), case({"whips": whips}))
    assert limit(result, "cable", "R0.bus").at_limit == 125
    assert row(result, "R0.bus")["rating_A"] == 63


def test_a_row_without_a_whip_is_said():
    network = build(case({"whips": {}}), plan(rack()))
    assert "row" in network.assumptions[-1]
    assert network.elements[-1].name == "bus"


def test_weak_figures_are_said():
    whips = {"racks": {"kind": "whip_32A", "length": "3 m"}}
    assert build(case({"whips": whips}), plan(rack())).assumptions[-1].endswith("says: whip_32A.")


def test_batch_equals_one_by_one(ops):
    laid_out = plan(rack("R0"), rack("R1", 5.0))
    network = build(case(), laid_out)
    batch = np.array([[20e3, 30e3, 0.0], [20e3, 1e3, 40e3]])
    together = flow(network, batch, ops.sweep)
    for s in range(3):
        alone = flow(network, batch[:, s : s + 1], ops.sweep)
        assert np.array_equal(together.voltage[s], alone.voltage[0])


def test_tables_speak_json_even_without_a_solution(ops):
    for watts, voltage in ((20e3, float), (4e6, type(None))):
        result = solved(ops, plan(rack(power=watts)))
        document = json.loads(json.dumps(summary(result), allow_nan=False))
        assert isinstance(document["voltage_min_pu"], voltage)
        assert [e["name"] for e in document["elements"]] == result.table["name"].tolist()
        table = limits_table(utilisations(result))
        assert len({len(column) for column in table.values()}) == 1
        assert table["ok"].all() == result.converged


def test_paths_are_drawn_whole():
    table = paths_table(case())
    assert table["element"].tolist() == ["bus"]
    assert (table["x0"][0], table["x1"][0], table["z1"][0]) == (0, 9, 3)
