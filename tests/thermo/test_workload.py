"""Load that moves: its shapes and statistics, what miners absorb, and the states and ramps that follow."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from small_hall import case, plan, powers, rack

from thermo.case.workload import Workload
from thermo.power.flow import solve
from thermo.power.judgement.derating import derated
from thermo.power.judgement.equipment import devices
from thermo.power.judgement.judge import document, judge
from thermo.power.network import build
from thermo.power.workload import absorb
from thermo.power.workload.loads import shares, trapezoid
from thermo.power.workload.study import STEP, course, findings

TIMES = np.arange(0, 400.0, 0.1)


def workload(**changes) -> Workload:
    texts = {"period": "2 s", "edge": "0.2 s", "checkpoint_every": "3000 s", "duration": "400 s"}
    return Workload.model_validate(texts | changes)


def test_a_training_step_is_a_trapezoid():
    position = np.linspace(0, 1, 100001)[:-1]
    shape = trapezoid(position, 0.75, 0.1)
    assert shape.mean() == pytest.approx(0.75, abs=1e-6)  # sampled finely
    assert (shape.min(), shape.max()) == (0, 1)
    assert np.abs(np.diff(shape)).max() == pytest.approx(1e-5 / 0.1, rel=1e-6)  # the edges' slope
    assert shape[5000] == pytest.approx(0.5, abs=1e-3)


def test_racks_in_unison_and_their_checkpoint():
    made = shares(workload(trough="40 %", checkpoint="30 %", checkpoint_length="50 s"), TIMES, 5)
    assert np.ptp(made, axis=0).max() == 0  # correlation 1
    before = made[0, TIMES < 200]
    assert before.min() == pytest.approx(0.4)
    assert before.mean() == pytest.approx(0.4 + 0.6 * 0.8, abs=0.01)  # duty 80 %, sampled at 0.1 s
    assert (made[0, (TIMES > 200.1) & (TIMES < 249.9)] == 0.3).all()
    assert made[0, TIMES > 250.1].max() == pytest.approx(1.0)


@pytest.mark.parametrize("kind", ["training", "inference"])
@pytest.mark.parametrize("wanted", [0.25, 0.64])
def test_correlation_between_racks(kind, wanted):
    """Mean over all pairs; 400 s are 200 periods, and 40 racks alone add their own chance of some hundredths."""
    made = shares(workload(kind=kind, correlation=f"{100 * wanted} %"), TIMES[TIMES < 200], 40)
    pairs = np.corrcoef(made)[np.triu_indices(40, 1)]
    assert pairs.mean() == pytest.approx(wanted, abs=0.12)
    assert 0 <= made.min() <= made.max() <= 1


def test_an_edge_longer_than_its_step_is_refused():
    with pytest.raises(ValueError, match="does not fit into a step"):
        workload(edge="0.5 s")


def test_ramps():
    power = np.concatenate([np.zeros(5), np.linspace(0, 10, 11), np.full(5, 10.0)])
    assert absorb.ramp(power, 0.1, 0.1) == pytest.approx(10.0)
    assert absorb.ramp(power, 0.1, 2.0) == pytest.approx(5.0)
    assert absorb.ramp(power[:3], 0.1, 1.0) == 0.0


def test_dispatch_keeps_the_sum_under_the_contract_once_it_knows_the_swing():
    """A square wave of period 20 under a contract: after latency and one period nothing is above it."""
    rest = np.where(np.arange(200) % 20 < 10, 50.0, 20.0)
    kept = absorb.dispatch(rest, 80.0, 100.0, (7, 20))
    total = rest + kept
    assert (total <= 100).all()
    assert kept[40:].max() == 50.0  # what is left beside the crest
    late = np.concatenate([np.full(50, 20.0), np.full(50, 90.0)])
    kept = absorb.dispatch(late, 80.0, 100.0, (7, 20))
    over = np.flatnonzero(late + kept > 100)
    assert (over.min(), over.max()) == (50, 56)  # seven samples until it follows
    assert (kept >= 0).all()
    assert (kept <= 80).all()
    assert absorb.excess(late + kept, 100.0) == pytest.approx((70.0, 0.07))


def hall(ops, **changes):
    """Four racks in unison beside two shelves of miners."""
    racks = [rack(f"R{n}", 1.0 + n, power=20e3) for n in range(4)]
    miners = [rack(f"M{n}", 6.0 + n, power=30e3, role="shelf", path=("shelves", "row")) for n in range(2)]
    laid_out = plan(*racks, *miners)
    texts = {"period": "2 s", "edge": "0.2 s", "duration": "40 s", "checkpoint_length": "10 s"} | changes
    made = case({"workload": texts, "whips": {}})
    result = solve(build(made, laid_out), powers(laid_out), ops.sweep)
    return made, laid_out, result


def value(table, quantity, where=None):
    rows = zip(table["quantity"], table["where"], table["value"], strict=True)
    return next(v for q, w, v in rows if q.startswith(quantity) and (where is None or w == where))


def test_a_moving_load_through_the_network(ops):
    made, laid_out, result = hall(ops)
    stood = devices(made, laid_out, result.network, lambda path: 303.15)
    own = derated(result, stood)
    found = course(made.power.workload, laid_out, own, ops.sweep)
    table = findings(made.power.workload, found, own, stood)
    # at the crest the flow is that of the solved state, 80 kW of racks and 60 kW of miners
    assert found.found.utility.max() == pytest.approx(result.utility_power, rel=1e-7)  # both stop at 1e-8
    assert value(table, "swing of the racks") == pytest.approx(80 * 0.7, rel=1e-9)  # crest to checkpoint
    assert value(table, "swing at the utility") > 56
    # edges of 0.2 s between 40 % and the crest, 240 kW/s, and their losses
    assert value(table, "fastest ramp over 0.1 s") == pytest.approx(240, rel=0.03)
    assert value(table, "lowest voltage") == pytest.approx(result.voltage_min_pu, abs=1e-7)
    board = [e.name for e in own.network.elements].index("board")
    mean_square = float((found.found.current[:, board] ** 2).mean()) / 800**2
    assert value(table, "heat of the breaker", "board") == pytest.approx(
        100 * mean_square, rel=0.02
    )  # tau is 24 min
    assert 20 < value(table, "highest hot spot", "tx") < 60
    assert len(found.times) == round(40 / STEP)


def test_miners_keep_the_site_under_its_contract(ops):
    made, laid_out, result = hall(ops, contract="120 kW", miner_latency="1 s", checkpoint_length="0.4 s")
    own = derated(result, devices(made, laid_out, result.network, lambda path: 303.15))
    found = course(made.power.workload, laid_out, own, ops.sweep)
    late = found.times > 5
    # losses are taken in the proportion of the full load, where they are highest
    assert found.found.utility[late].max() <= 120e3
    assert found.found.utility[late].max() > 0.98 * 120e3
    assert found.miners[late].max() < 60e3
    assert found.miners[late].min() > 30e3


def test_the_run_says_what_the_load_does(ops):
    made, laid_out, result = hall(ops, contract="120 kW")
    found = judge(made, laid_out, result, lambda path: 303.15, ops.sweep)
    assert set(found.tables["power/course"]) >= {
        "time_s",
        "racks_kW",
        "miners_kW",
        "utility_kW",
        "voltage_min_pu",
    }
    quantities = [row["quantity"] for row in document(found)["workload"]]
    assert "time above the contract" in quantities
    assert "course" not in document(found)


@pytest.mark.parametrize(
    ("kilowatts", "said"), [(1200, "samples without a solution"), (600, "a conductor runs away")]
)
def test_too_much_is_said_not_computed(ops, kilowatts, said):
    heavy = plan(*(rack(f"R{n}", 1.0 + n, power=1e3 * kilowatts) for n in range(4)))
    made = case({"workload": {"duration": "4 s", "checkpoint_length": "1 s"}, "whips": {}})
    network = build(made, heavy)
    full = replace(solve(network, powers(heavy) * 0.05, ops.sweep), unit_power=powers(heavy))
    stood = devices(made, heavy, network, lambda path: 303.15)
    found = course(made.power.workload, heavy, full, ops.sweep)
    table = findings(made.power.workload, found, full, stood)
    assert any(quantity.startswith(said) for quantity in table["quantity"])
