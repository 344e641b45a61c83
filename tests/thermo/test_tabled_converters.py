"""Converters, batteries, DC and further sources in a network file."""

from __future__ import annotations

from copy import deepcopy
from math import sqrt

import numpy as np
import pytest

from thermo.netfile import NetworkError
from thermo.power import Network
from thermo.power.energy import balance
from thermo.power.overview import branches, states
from thermo.power.solution import swept

FILE = {
    "source": {"node": 1},
    "nodes": [
        {"id": 1, "u": 400.0},
        {"id": 2, "u": 400.0},
        {"id": "ups", "u": 400.0},
        {"id": "rack", "u": 400.0},
        {"id": "bus", "u": 800.0, "dc": True},
        {"id": "dc rack", "u": 800.0, "dc": True},
        {"id": "gen", "u": 400.0},
    ],
    "lines": [
        {"f": 1, "t": 2, "r1": 0.01, "x1": 0.02, "rating": 500.0},
        {"f": "ups", "t": "rack", "r1": 0.02},
        {"f": "bus", "t": "dc rack", "r1": 0.05},
    ],
    "converters": [
        {"f": 2, "t": "ups", "p_rated": 100e3, "losses": [0.01, 0.02, 0.01], "pf": 0.99, "kind": "ups", "rating": 150},
        {"f": 2, "t": "bus", "p_rated": 200e3, "losses": [0.004, 0.01, 0.01], "place": "rectifier room"},
    ],
    "stores": [{"node": 2, "power": -10e3, "efficiency": 0.9}],
    "sources": [{"node": "gen"}],
    "loads": [
        {"node": "rack", "p": [10e3, 12e3, 8e3], "q": [1e3, 0, 0]},
        {"node": "dc rack", "p": [60e3, 0, 0], "q": [0, 0, 0]},
    ],
}  # fmt: skip


def solved(ops, network):
    return swept(network, network.p, network.q, ops.sweep)


def test_a_file_with_all_of_it(ops):
    network = Network.from_tables(FILE)
    found = solved(ops, network)
    v = (800 + sqrt(800**2 - 4 * 0.05 * 60e3)) / 2
    # 1e-9: the sweeps stop at 1e-10
    np.testing.assert_allclose(found.voltage[0, 5], v, rtol=1e-9)
    given = 800 * 60e3 / v
    lost = 200e3 * (0.004 + 0.01 * given / 200e3 + 0.01 * (given / 200e3) ** 2)
    np.testing.assert_allclose(found.converter_w[0, 1], [given, given + lost], rtol=1e-9)
    assert found.losses_w[0, network.places.index("rectifier room")] == pytest.approx(lost, rel=1e-9)
    assert found.losses_w[0, network.places.index("battery")] == pytest.approx(10e3 * (1 / 0.9 - 1))
    assert found.stored_w[0] == pytest.approx(-10e3 / 0.9)
    assert set(network.groups) == {"line", "ups"}
    whole = balance(network, found, network.p[None], network.q[None])
    assert abs(whole.open[0]) < 1e-9
    np.testing.assert_allclose(whole.losses, found.losses_w, rtol=1e-6, atol=1e-6)


def test_a_passing_switch_in_a_file(ops):
    document = deepcopy(FILE)
    document["converters"][0]["mode"] = "passes"
    network = Network.from_tables(document)
    found = solved(ops, network)
    np.testing.assert_array_equal(found.voltage[0, 2], found.voltage[0, 1])
    whole = balance(network, found, network.p[None], network.q[None])
    assert abs(whole.open[0]) < 1e-9


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda d: d["lines"].append({"f": 2, "t": "bus", "r1": 0.1}), "lines[3]: joins AC and DC"),
        (lambda d: d["lines"][2].update(x1=0.1), "lines[2]: a DC line has `r1` alone"),
        (lambda d: d["loads"][1].update(p=[1.0, 1.0, 0.0]), "loads[1]: DC has one column of power"),
        (lambda d: d["converters"][0].update(mode="eco"), "converters[0].mode: 'eco' is neither holds nor passes"),
        (lambda d: d["converters"][1].update(mode="passes"), "converters[1].mode: a converter between AC and DC"),
        (lambda d: d["converters"][0].update(pf=1.2), "converters[0].pf: above 0 and at most 1"),
        (lambda d: d["converters"][0].update(losses=[0.1]), "converters[0].losses: three numbers are wanted"),
        (lambda d: d["converters"][0].update(p_rated=0), "converters[0].p_rated: a number above 0"),
        (lambda d: d["converters"].append(d["converters"][0]), "converters[2]: a converter closes a loop"),
        (lambda d: d["lines"].append({"f": 2, "t": "rack", "r1": 0.1}), "a tie joins two parts that a converter"),
        (lambda d: d["converters"][0].update(f="ups", t=2), "converters[0]: fed from its output side"),
        (lambda d: d["converters"][0].update(t="nowhere"), "converters[0].t: no node has the id 'nowhere'"),
        (lambda d: d["stores"][0].update(efficiency=0), "stores[0].efficiency: above 0 and at most 1"),
        (lambda d: d["stores"][0].update(power="ten"), "stores[0].power: a number is wanted"),
        (lambda d: d["sources"].append({"node": "rack"}), "two of them feed one part of the network"),
    ],
)  # fmt: skip
def test_what_is_wrong_is_told(change, message):
    document = deepcopy(FILE)
    change(document)
    with pytest.raises(NetworkError) as told:
        Network.from_tables(document)
    assert any(message in problem for problem in told.value.problems), told.value.problems


def test_the_overview_of_a_file_shows_what_converters_lose():
    state = states(FILE, [1.0], "numpy")[0]
    table = branches(state)
    rows = dict(zip(table["node"], table["loss_kW"], strict=True))
    assert rows["ups"] == pytest.approx(
        state.balance.losses[0, state.balance.places.index("converter")] / 1e3
    )
    assert sum(rows.values()) + 10 * (1 / 0.9 - 1) == pytest.approx(state.balance.losses.sum() / 1e3)
    assert dict(zip(table["node"], table["from"], strict=True))["gen"] == ""
