"""Trips as an output of the solver: per scenario, from currents that are not kept; the same as from those that are."""

from __future__ import annotations

import json
from math import inf, log

import numpy as np
import pytest

from thermo import netfile
from thermo.cli import run
from thermo.power import Network, solution, solve
from thermo.power.states.breaker import band, time_to_trip
from thermo.power.trips import HORIZON, Trips, breakers_of, earliest, tripped

BREAKER = {"rating": 100.0, "standard": "IEC 60898", "curve": "C"}
TABLES = {
    "source": {"node": 0},
    "nodes": [{"id": k, "u": 400.0, "name": name} for k, name in enumerate(("grid", "board", "near", "far"))],
    "lines": [
        {"f": 0, "t": 1, "r1": 0.01, "rating": 400.0, "breaker": {"rating": 400.0}},
        {"f": 1, "t": 2, "r1": 0.02, "rating": 100.0, "breaker": BREAKER},
        {"f": 3, "t": 1, "r1": 0.02, "rating": 100.0, "breaker": BREAKER},
    ],
    "loads": [
        {"node": 2, "p": [10e3, 12e3, 8e3], "q": [0, 0, 0]},
        {"node": 3, "p": [10e3, 8e3, 8e3], "q": [0, 0, 0]},
    ],
}
FACTORS = np.array([0.5, 1.0, 3.0, 4.0, 1e4])  # light, full, too much, far too much, past the nose


def network():
    return Network.from_tables(TABLES)


def powers(net):
    scale = FACTORS[:, None, None]
    return scale * net.p, scale * net.q


@pytest.mark.parametrize("at_once", [2048, 2])
def test_trips_come_with_the_solution_and_currents_do_not_stay(device, monkeypatch, at_once):
    monkeypatch.setattr(solution, "CHUNK", at_once)
    net = network()
    trips = breakers_of(net, TABLES)
    assert trips.row.tolist() == [1, 2, 3]
    found = solve(net, *powers(net), device, outputs=(), breakers=trips)
    assert found.branch_current is None
    whole = solve(net, *powers(net), device)
    current = np.abs(whole.branch_current[:, trips.row]).max(axis=2)
    assert found.status.tolist() == [0, 0, 0, 0, 1]
    assert found.tripped.first.tolist() == [-1, -1, 1, 1, -1]  # the near cord is the fuller one
    assert found.tripped.may[:, 2].tolist() == [False, False, True, True, False]
    assert not found.tripped.must[4].any()  # no solution: nothing is claimed
    np.testing.assert_array_equal(found.tripped.after[[0, 1, 4]], inf)
    kind = band("IEC 60898", 100.0, "C")
    for scenario in (2, 3):
        load = current[scenario, 1] / 100.0
        assert found.tripped.after[scenario] == pytest.approx(float(time_to_trip(kind.early, load)), rel=1e-6)
        assert found.tripped.before[scenario] == pytest.approx(float(time_to_trip(kind.late, load)), rel=1e-6)
    np.testing.assert_allclose(found.losses_w, whole.losses_w)


def test_a_replica_by_hand():
    """tau ln(i^2 / (i^2 - k^2)) from cold, less what it is warm already."""
    kind = band("UL 489", 100.0)
    trips = Trips.of([0], [100.0], [kind])
    k, tau = float(kind.early.pick_up), float(kind.early.time_constant)
    cold = tripped(trips, np.array([[200.0]]))
    assert cold.after[0] == pytest.approx(tau * log(4 / (4 - k**2)))
    warm = tripped(trips, np.array([[200.0]]), np.array([[0.5]]))
    assert warm.after[0] == pytest.approx(tau * log(3.5 / (4 - k**2)))


def test_what_holds_for_hours_holds():
    first, after, before = earliest(
        np.array([[inf, 2 * HORIZON], [5.0, 3.0]]), np.array([[inf, inf], [9.0, inf]])
    )
    assert first.tolist() == [-1, 1]
    assert after.tolist() == [inf, 3.0]
    assert before.tolist() == [inf, inf]
    assert earliest(np.zeros((2, 0)), np.zeros((2, 0)))[0].tolist() == [-1, -1]


def test_flow_says_what_trips(tmp_path, capsys):
    file = tmp_path / "network.json"
    file.write_text(json.dumps(TABLES))
    assert run(["flow", str(file), "--loads", "1,3", "--device", "numpy", "--json"]) == 0
    light, heavy = json.loads(capsys.readouterr().out)["states"]
    assert light["first_trip"] is None
    assert heavy["first_trip"]["node"] == "near"
    rows = {row["node"]: row for row in heavy["branches"]}
    assert rows["near"]["trips_after_s"] == heavy["first_trip"]["after_s"]
    assert rows["near"]["trips_before_s"] > rows["near"]["trips_after_s"]
    assert rows["grid"]["trips_after_s"] is None
    assert run(["flow", str(file), "--loads", "3", "--device", "numpy"]) == 0
    assert "trips first: the breaker into near, " in capsys.readouterr().out


@pytest.mark.parametrize(
    ("breaker", "said"),
    [
        (100, "lines[0].breaker: an object is wanted"),
        ({}, "lines[0].breaker.rating: missing"),
        ({"rating": 0}, "lines[0].breaker.rating: a number above 0 is wanted"),
        ({"rating": 10, "standard": "BS 88"}, "lines[0].breaker.standard: 'BS 88' is not one of UL 489"),
        ({"rating": 10, "curve": "Z"}, "lines[0].breaker.curve: 'Z' is not B, C or D"),
        ({"rating": 10, "kind": "C"}, "lines[0].breaker.kind: unknown; there are curve, rating, standard"),
    ],
)
def test_a_breaker_that_cannot_be_is_said(breaker, said):
    lines = [TABLES["lines"][0] | {"breaker": breaker}, *TABLES["lines"][1:]]
    with pytest.raises(netfile.NetworkError) as refused:
        netfile.checked(TABLES | {"lines": lines})
    assert any(said in problem for problem in refused.value.problems), refused.value.problems
