"""Losses that UPS, transfer switches and generators answer to: times by hand, flows as of cases written that way."""

from __future__ import annotations

from math import inf

import numpy as np
import pytest
from electronic_hall import EQUIPMENT, SWITCH, below, hall, ups
from small_hall import ELEMENTS, plan, powers, rack

from thermo.power.flow import solve
from thermo.power.judgement.equipment import devices
from thermo.power.network import build
from thermo.power.outage.batch import solver
from thermo.power.outage.cascade import contingencies, trips_of
from thermo.power.outage.lose import lose
from thermo.power.outage.story import tell
from thermo.power.outage.tables import contingency_table

AIR = 303.15  # [K]
MCB = {"rating": "63 A", "standard": "IEC 60898", "curve": "C"}
OTHER_SIDE = {
    "tx_2": {"type": "transformer", "kind": "tx_500", "from": "source", "place": "outside"},
    "board_2": {"type": "board", "from": "tx_2"},
}
GEN = {"type": "generator", "kind": "gen_200"}


def switch(preferred, alternate, kind="sts_400"):
    return {"type": "transfer_switch", "kind": kind, "from": preferred, "alternate": alternate}


@pytest.fixture(autouse=True)
def _slow_switch(monkeypatch):
    kinds = EQUIPMENT["transfer_switches"] | {"ats": SWITCH | {"transfer_time": "500 ms"}}
    monkeypatch.setitem(EQUIPMENT, "transfer_switches", kinds)


def losing(ops, made, laid_out, load=(1.0,)):
    """Losses and the network, at tight tolerance."""
    network = build(made, laid_out)
    stood = devices(made, laid_out, network, lambda path: AIR)
    power = powers(laid_out)[:, None] * np.array(load)
    return lose(network, stood, power, solver(network, ops.sweep, 1e-10)), network


def of(losses, network, name, load_case=0):
    names = [*(element.name for element in network.elements), "source"]
    return int(np.flatnonzero((losses.lost == names.index(name)) & (losses.load_case == load_case))[0])


def column(losses, network, laid_out, name):
    table = contingency_table(network, losses, powers(laid_out), 10.0)
    return dict(zip(table["lost"], table[name], strict=True))


def test_a_battery_carries_for_its_minutes_and_then_it_is_dark(ops):
    """10 kWh at rated power are 10.4 kWh of cells: the inverter loses 4 % there."""
    laid_out = plan(rack(), rack("R1", 6.0))
    losses, network = losing(ops, hall(ups=ups(), feeder=below("ups")), laid_out)
    s = of(losses, network, "board")
    given = losses.on_battery[s]
    x = given / 100e3
    assert given == pytest.approx(40e3, rel=5e-3)
    taken = given + 100e3 * (0.01 + 0.02 * x + 0.01 * x**2)
    assert losses.ride_through[s] == pytest.approx(10.4e3 * 3600 / taken, rel=1e-9)
    assert not losses.dark[s].any()
    assert losses.dark_after[s].all()
    minutes = losses.ride_through[s] / 60
    assert (
        losses.events[s]
        == f"ups on battery for {minutes:.1f} min; battery of ups empty after {minutes:.1f} min"
    )
    above = [e.name for e in network.elements].index("tx")
    assert losses.loading[s, above] < 1e-3  # nothing but its own no-load current


@pytest.mark.parametrize(("failure", "dark"), [("bypass", False), ("drop", True)])
def test_a_ups_that_fails_goes_to_bypass_or_drops(ops, failure, dark):
    laid_out = plan(rack())
    losses, network = losing(ops, hall(ups=ups(on_failure=failure), feeder=below("ups")), laid_out)
    s = of(losses, network, "ups")
    assert losses.dark[s].all() == dark
    assert losses.events[s] == ("" if dark else "ups to bypass")
    if not dark:  # as a case in bypass
        bypassed = solve(
            build(hall(ups=ups(mode="bypass"), feeder=below("ups")), laid_out), powers(laid_out), ops.sweep
        )
        assert losses.voltage_min_pu[s] == pytest.approx(bypassed.voltage_min_pu, rel=1e-8)


def two_sided(**more):
    """A static switch between two UPS on two transformers."""
    return hall(
        **(OTHER_SIDE | {
            "ups": ups(),
            "ups_b": ups("board_2", mode="eco"),
            "sts": switch("ups", "ups_b"),
            "feeder": below("sts"),
        } | more)
    )  # fmt: skip


def test_a_static_switch_turns_at_once_to_the_other_side(ops):
    """A UPS without a battery dies with its board; flows are those of a case written the other way round."""
    laid_out = plan(rack(), rack("R1", 6.0))
    made = two_sided(ups=ups(battery_energy="0 kWh"))
    losses, network = losing(ops, made, laid_out)
    s = of(losses, network, "board")
    assert losses.events[s] == "sts to ups_b at once"
    assert not losses.dark[s].any()
    assert losses.ride_through[s] == inf
    turned = two_sided(ups_b=ups("board_2"), sts=switch("ups_b", "ups"))  # eco is left in a disturbance
    other = solve(build(turned, laid_out), powers(laid_out), ops.sweep)
    currents = dict(zip(other.table["name"], other.table["current_A"], strict=True))
    rated = dict(zip(other.table["name"], other.table["rating_A"], strict=True))
    for row, element in enumerate(network.elements):
        if element.name in ("sts", "feeder", "bus", "ups_b", "tx_2"):
            expected = currents[element.name] / rated[element.name]
            assert losses.loading[s, row] == pytest.approx(expected, rel=1e-8), element.name
    assert losses.voltage_min_pu[s] == pytest.approx(other.voltage_min_pu, rel=1e-8)


def test_a_battery_is_used_before_a_static_switch_need_turn(ops):
    """With a battery its preferred side lives on, and the switch turns when that is empty."""
    laid_out = plan(rack())
    losses, network = losing(ops, two_sided(), laid_out)
    events = losses.events[of(losses, network, "tx")].split("; ")
    assert [event.split(" after")[0].split(" for")[0] for event in events] == [
        "ups on battery", "battery of ups empty", "sts to ups_b",
    ]  # fmt: skip
    assert not losses.dark_after[of(losses, network, "tx")].any()


def test_a_generator_takes_over_before_the_battery_is_empty(ops):
    """Start 20 s, its switch half a second later; the generator then carries what the board did."""
    laid_out = plan(rack(), rack("R1", 6.0))
    made = hall(gen=GEN, ats=switch("board", "gen", "ats"), ups=ups("ats"), feeder=below("ups"))
    losses, network = losing(ops, made, laid_out)
    s = of(losses, network, "source")
    events = losses.events[s].split("; ")
    assert events[1:] == ["gen runs after 20 s", "ats to gen after 20.5 s"]
    assert not losses.dark_after[s].any()
    on_it = hall(gen=GEN, ats=switch("gen", "board", "ats"), ups=ups("ats"), feeder=below("ups"))
    other = solve(build(on_it, laid_out), powers(laid_out), ops.sweep)
    expected = dict(zip(other.table["name"], other.table["loading_percent"], strict=True))["gen"]
    row = [e.name for e in network.elements].index("gen")
    assert losses.loading[s, row] == pytest.approx(expected / 100, rel=1e-8)
    assert other.generated == pytest.approx(
        other.load_power + other.loss - 600, rel=1e-6
    )  # the idle transformer's
    assert abs(other.closure) < 1e-8


def test_without_a_ups_the_load_waits_for_the_generator(ops):
    laid_out = plan(rack())
    losses, network = losing(
        ops, hall(gen=GEN, ats=switch("board", "gen", "ats"), feeder=below("ats")), laid_out
    )
    s = of(losses, network, "tx")
    assert losses.dark[s].all()
    assert not losses.dark_after[s].any()
    assert column(losses, network, laid_out, "dark_kW")["source"] == 20


def test_a_slow_switch_interrupts_and_a_fast_one_does_not(ops):
    laid_out = plan(rack())
    for kind, dark in (("sts_400", False), ("ats", True)):
        made = hall(**OTHER_SIDE, sw=switch("board", "board_2", kind), feeder=below("sw"))
        losses, network = losing(ops, made, laid_out)
        s = of(losses, network, "board")
        assert losses.dark[s].all() == dark
        assert not losses.dark_after[s].any()


def test_electronics_that_need_not_act_change_nothing(ops):
    """A story without electronics is the cascade: the same trips, times and currents."""
    path = [["0 m", "2 m", "3 m"], ["9 m", "2 m", "3 m"]]
    side = {"type": "busway", "kind": "bus_400", "from": "feeder_2", "path": path}
    feeder = {key: value for key, value in ELEMENTS["feeder"].items() if key != "from"}
    feeder |= {"from": "board", "breaker": MCB}
    feeds = (("bus", 0.5), ("other", 0.5))
    laid_out = plan(*(rack(f"R{n}", 1.0 + n, power=12e3, feeds=feeds) for n in range(5)))
    made = hall({"switch_room_temperature": "30 degC"}, feeder=feeder, feeder_2=dict(feeder), other=side)
    network = build(made, laid_out)
    stood = devices(made, laid_out, network, lambda path: AIR)
    power = powers(laid_out)[:, None] * np.array([1.0, 0.7])
    solving = solver(network, ops.sweep, 1e-10)
    plain = contingencies(network, stood, power, solving)
    told = tell(network, trips_of(stood), power, solving)
    elements = len(network.elements)
    own = told.lost < elements
    for name in ("dark", "dark_after", "trip", "steps", "collapsed", "solved"):
        one, other = getattr(plain, name), getattr(told, name)
        if name == "steps":
            other = [other[s] for s in np.flatnonzero(own)]
            assert [[row for _, row in x] for x in one] == [[row for _, row in x] for x in other]
            np.testing.assert_allclose(
                [t for x in one for t, _ in x], [t for x in other for t, _ in x], rtol=1e-9
            )
        else:
            np.testing.assert_array_equal(one, other[own])
    np.testing.assert_allclose(plain.trip_after, told.trip_after[own], rtol=1e-9)
    np.testing.assert_allclose(plain.trip_before, told.trip_before[own], rtol=1e-9)
    np.testing.assert_allclose(plain.loading, told.loading[own], rtol=1e-9, atol=1e-12)
    assert told.dark[~own].all()  # the utility


def test_a_breaker_that_the_transfer_overloads_trips_in_the_story(ops):
    """50 kW over a switch to a feeder with a small breaker."""
    laid_out = plan(*(rack(f"R{n}", 1.0 + n, power=12e3) for n in range(5)))
    small = {"type": "cable", "kind": "cu_100", "from": "board_2", "length": "20 m", "breaker": MCB}
    made = hall({"switch_room_temperature": "30 degC"}, **OTHER_SIDE, spare=small,
                sw=switch("board", "spare"), feeder=below("sw"))  # fmt: skip
    losses, network = losing(ops, made, laid_out)
    s = of(losses, network, "board")
    names = [e.name for e in network.elements]
    assert losses.trip[s] == names.index("spare")
    assert losses.events[s].startswith("sw to spare at once; spare trips after ")
    assert losses.dark_after[s].all()
    assert losses.trip_after[s] < losses.trip_before[s]
    assert losses.trip[of(losses, network, "board_2")] == -1


def test_load_cases_do_not_mix(ops):
    laid_out = plan(rack(), rack("R1", 6.0))
    together, network = losing(ops, two_sided(), laid_out, (1.0, 0.5))
    for c, factor in enumerate((1.0, 0.5)):
        alone, _ = losing(ops, two_sided(), laid_out, (factor,))
        own = together.load_case == c
        np.testing.assert_array_equal(together.ride_through[own], alone.ride_through)
        np.testing.assert_array_equal(together.loading[own], alone.loading)
        assert [together.events[s] for s in np.flatnonzero(own)] == list(alone.events)
    assert together.lost.size == 2 * (len(network.elements) + 2)


@pytest.mark.parametrize(
    ("racks", "then"),
    [(6, "to bypass after 5.0 min"), (7, "to bypass after 30 s"), (8, "to bypass after 0.2 s")],
)
def test_an_overloaded_ups_gives_up_to_bypass(ops, racks, then):
    """Two UPS of 100 kW share the load; alone one has 120, 140 and 160 %: 5 min, 30 s, and a moment."""
    path = [["0 m", "2 m", "3 m"], ["9 m", "2 m", "3 m"]]
    made = hall(
        {"whips": {"racks": {"kind": "cord_60", "length": "3 m", "runs": 2}}},
        **OTHER_SIDE, ups=ups(), feeder=below("ups"), ups_b=ups("board_2"),
        feeder_b=below("ups_b"), other={"type": "busway", "kind": "bus_400", "from": "feeder_b", "path": path},
    )  # fmt: skip
    feeds = (("bus", 0.5), ("other", 0.5))
    laid_out = plan(*(rack(f"R{n}", 1.0 + n, power=19.9e3, feeds=feeds) for n in range(racks)))
    losses, network = losing(ops, made, laid_out)
    events = losses.events[of(losses, network, "feeder_b")].split("; ")
    assert events[0] == f"ups overloaded, {then}"
    assert not losses.dark_after[of(losses, network, "feeder_b")].any()


def test_a_ups_without_bypass_drops_what_overloads_it(ops):
    laid_out = plan(*(rack(f"R{n}", 1.0 + n, power=19.9e3) for n in range(6)))
    made = hall(**OTHER_SIDE, ups=ups(on_failure="drop"), sw=switch("board_2", "ups"), feeder=below("sw"))
    losses, network = losing(ops, made, laid_out)
    s = of(losses, network, "tx_2")
    assert losses.events[s] == "sw to ups at once; ups overloaded, off after 5.0 min"
    assert losses.dark_after[s].all()


def test_a_battery_makes_the_voltage_for_as_long_as_its_charge_lasts(ops):
    """200 kWh, 60 % of it, at 90 %: 108 kWh at its terminals; alone with the racks once the transformer is lost."""
    laid_out = plan(rack(), rack("R1", 6.0))
    bess = {
        "type": "battery",
        "kind": "bess_50",
        "from": "board",
        "discharging": "10 kW",
        "state_of_charge": "60 %",
    }
    made = hall(bess=bess, sw=switch("board", "bess"), feeder=below("sw"))
    losses, network = losing(ops, made, laid_out)
    s = of(losses, network, "tx")
    carried = losses.on_battery[s]
    own = hall(
        tx=None, board=None, bess=None, gen=GEN, feeder=below("gen")
    )  # the same racks on an ideal source
    alone = solve(build(own, laid_out), powers(laid_out), ops.sweep)
    assert carried == pytest.approx(alone.generated * 1.005, rel=1e-4)  # the switch's 0.5 % beside it
    assert losses.ride_through[s] == pytest.approx(108e3 * 3600 / carried, rel=1e-9)
    first, lasts, empty = losses.events[s].split("; ")
    assert (first, lasts) == ("sw to bess at once", "bess lasts 2.7 h")
    assert empty == "battery of bess empty after 2.7 h"
    assert not losses.dark[s].any()
    assert losses.dark_after[s].all()
    assert losses.dark[of(losses, network, "sw")].all()
    assert losses.events[of(losses, network, "bess")] == ""
