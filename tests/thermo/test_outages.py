"""Elements lost one at a time: who goes dark, what the other side carries, what trips next."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from small_hall import ELEMENTS, case, plan, powers, rack

from thermo.power.flow import solve
from thermo.power.judgement.derating import derated
from thermo.power.judgement.equipment import devices
from thermo.power.judgement.judge import judge
from thermo.power.network import build
from thermo.power.outage import feeds
from thermo.power.outage.batch import solver
from thermo.power.outage.cascade import contingencies
from thermo.power.outage.tables import contingency_table, redundancy, single_cord
from thermo.power.states.breaker import iec60898, time_to_trip

AIR = 303.15  # [K], as IEC 60898 rates its breakers
OTHER = {
    "type": "busway",
    "kind": "bus_400",
    "from": "feeder_2",
    "path": [["0 m", "2 m", "3 m"], ["9 m", "2 m", "3 m"]],
}
BOTH = (("bus", 0.5), ("other", 0.5))
MCB = {"rating": "63 A", "standard": "IEC 60898", "curve": "C"}


def two_sides(breaker: dict[str, Any] | None = None, **more: Any):
    """The small hall with a second feeder and busway; a breaker in front of each feeder, in cool air."""
    feeder = {key: value for key, value in ELEMENTS["feeder"].items() if key != "from"} | {"from": "board"}
    feeder |= {"breaker": breaker} if breaker else {}
    power = {"switch_room_temperature": "30 degC"} | more
    return case(power, feeder=feeder, feeder_2=dict(feeder), other=OTHER)


def lose(ops, made, laid_out, load=(1.0,)):
    """Losses of every element under the loads, and the network they are of."""
    result = solve(build(made, laid_out), powers(laid_out), ops.sweep)
    stood = devices(made, laid_out, result.network, lambda path: AIR)
    network = derated(result, stood).network
    unit_power = powers(laid_out)[:, None] * np.array(load)
    return contingencies(network, stood, unit_power, solver(network, ops.sweep, 1e-10)), network


def of(losses, network, name, load_case=0):
    """The row of an element lost."""
    row = [element.name for element in network.elements].index(name)
    return int(np.flatnonzero((losses.lost == row) & (losses.load_case == load_case))[0])


def test_the_other_side_carries_what_a_case_of_one_feed_would(ops):
    laid_out = plan(rack("R0", feeds=BOTH), rack("R1", 6.0, feeds=BOTH, power=30e3))
    losses, network = lose(ops, two_sides(), laid_out)
    alone = plan(rack("R0", feeds=(("other", 1.0),)), rack("R1", 6.0, feeds=(("other", 1.0),), power=30e3))
    single = solve(build(two_sides(), alone), powers(alone), ops.sweep)
    expected = dict(zip(single.table["name"], single.table["current_A"], strict=True))
    s = of(losses, network, "feeder")
    for e, element in enumerate(network.elements):
        if element.name in ("other", "R0.other", "feeder_2", "board", "tx"):
            rating = 300 * 2 if element.name == "feeder_2" else None
            found = losses.loading[s, e]
            allowed = rating or {"other": 400.0, "R0.other": 60.0, "board": 640.0}.get(element.name)
            if allowed:  # 1e-8: both stop at 1e-10 pu
                assert found == pytest.approx(expected[element.name] / allowed, rel=1e-8)
    assert losses.loading[s, [e.name for e in network.elements].index("bus")] == 0
    assert not losses.dark[s].any()
    assert losses.voltage_min_pu[s] == pytest.approx(single.voltage_min_pu, rel=1e-9)


def test_the_first_row_loses_nothing(ops):
    laid_out = plan(rack("R0", feeds=BOTH))
    losses, network = lose(ops, two_sides(), laid_out)
    intact = solve(build(two_sides(), laid_out), powers(laid_out), ops.sweep)
    assert losses.lost[0] == -1
    bus = [e.name for e in network.elements].index("bus")
    assert losses.loading[0, bus] == pytest.approx(intact.table["current_A"][bus] / 400, rel=1e-8)


def test_who_goes_dark(ops):
    laid_out = plan(rack("R0", feeds=BOTH), rack("R1", 6.0))
    losses, network = lose(ops, two_sides(), laid_out)
    dark = {
        name: losses.dark[of(losses, network, name)].tolist()
        for name in ("tx", "bus", "other", "R1.bus", "R0.bus")
    }
    assert dark == {
        "tx": [True, True], "bus": [False, True], "other": [False, False], "R1.bus": [False, True],
        "R0.bus": [False, False],
    }  # fmt: skip
    assert single_cord(network) == ("R1",)
    table = contingency_table(network, losses, powers(laid_out), 10.0)
    lost = dict(zip(table["lost"], table["dark_kW"], strict=True))
    assert (lost["tx"], lost["bus"], lost["other"]) == pytest.approx((40, 20, 0))


def test_a_feed_of_nothing_stands_by(ops):
    """A static transfer switch: all from one side, then all from the other."""
    laid_out = plan(rack("R0", feeds=(("bus", 1.0), ("other", 0.0))))
    network = build(two_sides(), laid_out)
    names = [element.name for element in network.elements]
    out = np.zeros((2, len(names)), bool)
    out[1, names.index("bus")] = True
    np.testing.assert_array_equal(feeds.shares(network, out), [[1, 0], [0, 1]])
    assert not feeds.dark(network, out).any()


def test_the_trip_comes_when_the_replica_says(ops):
    """Five racks on two 63 A breakers: 43 A a side warm them, then one side carries 87 A."""
    laid_out = plan(*(rack(f"R{n}", 1.0 + n, power=12e3, feeds=BOTH) for n in range(5)))
    losses, network = lose(ops, two_sides(MCB), laid_out)
    s, intact = of(losses, network, "feeder"), 0
    names = [element.name for element in network.elements]
    row = names.index("feeder_2")
    assert losses.trip[s] == row
    warm = losses.loading[intact, row] * 0.8  # loading is over what the breaker carries, 80 % of its rating
    load = losses.loading[s, row] * 0.8
    band = iec60898(63.0, "C")
    assert losses.trip_after[s] == pytest.approx(time_to_trip(band.early, load, warm**2), rel=1e-9)
    assert losses.trip_before[s] == pytest.approx(time_to_trip(band.late, load, warm**2), rel=1e-9)
    assert 0.5 < losses.trip_after[s] < 10 < losses.trip_before[s]
    assert [step[1] for step in losses.steps[s]] == [row]
    assert losses.dark_after[s].all()
    assert not losses.dark[s].any()


def test_a_cascade_goes_on_until_nothing_trips(ops):
    """Three sides: the loss of one overloads the second more than the third, whose turn then comes."""
    third = OTHER | {"from": "feeder_3", "path": [["0 m", "3 m", "3 m"], ["9 m", "3 m", "3 m"]]}
    base = two_sides(MCB).power
    assert base is not None
    feeder = {key: value for key, value in ELEMENTS["feeder"].items() if key != "from"}
    feeder |= {"from": "board", "breaker": MCB}
    made = case(
        {"switch_room_temperature": "30 degC"},
        feeder=feeder,
        feeder_2=feeder,
        other=OTHER,
        feeder_3=feeder,
        third=third,
    )
    three = (("bus", 0.3), ("other", 0.4), ("third", 0.3))
    laid_out = plan(*(rack(f"R{n}", 1.0 + n, power=16e3, feeds=three) for n in range(6)))
    losses, network = lose(ops, made, laid_out)
    s = of(losses, network, "feeder")
    names = [element.name for element in network.elements]
    assert [names[row] for _, row in losses.steps[s]] == ["feeder_2", "feeder_3"]
    (first, _), (second, _) = losses.steps[s]
    assert 0 < first < second
    assert losses.trip_after[s] == pytest.approx(first)
    assert losses.dark_after[s].all()
    text = contingency_table(network, losses, powers(laid_out), 10.0)["cascade"][losses.lost[s]]
    assert text.startswith("feeder_2 after")
    assert "; feeder_3 after" in text


def test_a_power_cap_in_time_or_too_late(ops):
    laid_out = plan(*(rack(f"R{n}", 1.0 + n, power=12e3, feeds=BOTH) for n in range(5)))
    losses, network = lose(ops, two_sides(MCB), laid_out)
    after = losses.trip_after[of(losses, network, "feeder")]
    for latency, in_time in ((0.9 * after, True), (1.1 * after, False)):
        table = contingency_table(network, losses, powers(laid_out), latency)
        assert table["cap_in_time"][table["lost"].tolist().index("feeder")] == in_time


def test_what_trips_anyway_is_not_blamed_on_a_loss(ops):
    """Two racks with one cord each, one on a breaker too small for it: losing the other's busway trips nothing."""
    small = {"racks": {"kind": "cord_60", "length": "3 m", "breaker": {"rating": "20 A"}}}
    made = two_sides(whips=small)
    laid_out = plan(rack("R0"), rack("R1", 6.0, feeds=(("other", 1.0),), power=5e3))
    losses, network = lose(ops, made, laid_out)
    assert losses.trip[of(losses, network, "other")] == -1
    assert losses.steps[of(losses, network, "other")] == ()


def test_load_cases_share_one_batch_and_do_not_mix(ops):
    laid_out = plan(rack("R0", feeds=BOTH), rack("R1", 6.0, feeds=BOTH))
    together, _network = lose(ops, two_sides(MCB), laid_out, (1.0, 0.4, 1.7))
    for c, factor in enumerate((1.0, 0.4, 1.7)):
        alone, _ = lose(ops, two_sides(MCB), laid_out, (factor,))
        own = together.load_case == c
        np.testing.assert_array_equal(together.loading[own], alone.loading)
        np.testing.assert_array_equal(together.trip_after[own], alone.trip_after)
    assert (np.diff(together.loading[together.lost < 0].max(axis=1)[[1, 0, 2]]) > 0).all()


def test_beyond_the_nose_is_a_collapse_not_a_number(ops):
    """700 kW over two feeders of 400 m; all of it over one has no solution."""
    far = {key: value for key, value in ELEMENTS["feeder"].items() if key != "from"}
    far |= {"from": "board", "runs": 1, "length": "400 m"}
    made = case(feeder=far, feeder_2=dict(far), other=OTHER)
    laid_out = plan(rack("R0", feeds=BOTH, power=700e3))
    losses, network = lose(ops, made, laid_out)
    s = of(losses, network, "feeder")
    assert losses.solved[0]
    assert not losses.solved[s]
    assert losses.collapsed[s]
    assert np.isnan(losses.loading[s]).any()
    table = contingency_table(network, losses, powers(laid_out), 10.0)
    row = table["lost"].tolist().index("feeder")
    assert (table["worst"][row], table["cap_in_time"][row]) == ("", False)


def test_the_judgement_carries_the_worst_loss_as_a_limit(ops):
    laid_out = plan(rack("R0", feeds=BOTH, power=30e3), rack("R1", 6.0, feeds=BOTH))
    made = two_sides(MCB)
    result = solve(build(made, laid_out), powers(laid_out), ops.sweep)
    found = judge(made, laid_out, result, lambda path: AIR, ops.sweep)
    used = next(x for x in found.limits if x.limit == "one element lost")
    table = found.tables["power/contingency"]
    assert used.utilisation == pytest.approx(table["worst_percent"].max() / 100)
    assert " without " in used.where
    single = plan(rack("R0"))
    losses, network = lose(ops, case(), single)
    assert redundancy(network, losses) == ()
