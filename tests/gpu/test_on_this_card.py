"""Halls on the card of this machine against its processor, twice, as graphs and launches; skipped without one."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

import kernels
from thermo.bench.power_network import hall, scenarios
from thermo.power import Network, solve

sys.path.insert(0, str(Path(__file__).resolve().parent))
import halls
import timing

pytestmark = pytest.mark.skipif(bool(kernels.without_card()), reason=f"no card: {kernels.without_card()}")

STEPS = 100
CLOSE = (
    1e-3  # of a field's range after so many steps: sums in another order, grown by the flow's own sensitivity
)
HALLS = ("smoke", pytest.param("hall_a", marks=pytest.mark.slow))


def stepped(name: str, on: str, steps: int = STEPS):
    found = halls.solver(name, on)
    for _ in range(steps):
        found.advance()
    return found


@pytest.mark.parametrize("name", HALLS)
def test_fields_are_the_processor_s(name):
    there, own = stepped(name, "cuda"), stepped(name, "cpu")
    for field, value in vars(own.state).items():
        np.testing.assert_allclose(
            getattr(there.state, field), value, rtol=0, atol=CLOSE * np.ptp(value), err_msg=field
        )
    np.testing.assert_allclose(there.monitor.inlets, own.monitor.inlets, atol=CLOSE * np.ptp(own.state.t))


@pytest.mark.parametrize("name", HALLS)
def test_a_whole_run_gives_the_processor_s_answer(name):
    there, own = halls.solution(name, "cuda"), halls.solution(name, "cpu")
    assert there.outcome.converged == own.outcome.converged
    inlets = [s.solver.exchange.unit_means(s.solver.exchange.inlet) for s in (there, own)]
    # both stop within the tolerance of the case of where they would end, from either side
    assert np.abs(inlets[0] - inlets[1]).max() < 2 * there.case.numerics.tolerance
    assert abs(there.balance()["heat_percent"]) < 0.5


@pytest.mark.parametrize("name", HALLS)
def test_twice_is_the_same_to_the_last_bit(name):
    """A race, or a sum that depends on the order of blocks, would show."""
    one, two = stepped(name, "cuda"), stepped(name, "cuda")
    for field, value in vars(one.state).items():
        np.testing.assert_array_equal(getattr(two.state, field), value, err_msg=field)


FLOWS = 3000  # no whole block, no whole tile
ALIKE = 1e-9  # of the voltages: both stop at steps of 1e-10


def test_power_flows_are_the_processor_s_and_twice_the_same():
    network = Network.from_tables(hall())
    p, q = scenarios(network.p, network.q, FLOWS)
    p[5], q[5] = 400 * p[5], 400 * q[5]  # past the nose
    there, again, own = (solve(network, p, q, on) for on in ("cuda", "cuda", "cpu"))
    np.testing.assert_array_equal(there.status, own.status)
    assert own.status[5] == 1
    for name in ("voltage", "branch_current", "loading", "losses_w"):
        one, two, exact = (getattr(found, name) for found in (there, again, own))
        np.testing.assert_array_equal(one, two, err_msg=name)
        np.testing.assert_allclose(
            one, exact, rtol=ALIKE, atol=ALIKE * np.nanmax(np.abs(exact)), err_msg=name
        )


def test_graphs_and_direct_launches_give_the_same(monkeypatch):
    replayed = stepped("smoke", "cuda")
    monkeypatch.setattr(replayed.ops.home, "graphs", False)
    direct = stepped("smoke", "cuda")
    for field, value in vars(replayed.state).items():
        np.testing.assert_array_equal(getattr(direct.state, field), value, err_msg=field)


def test_no_memory_is_taken_while_it_steps_and_all_is_given_back():
    import gc

    pool = kernels.on("cuda").home.arrays.get_default_memory_pool()
    gc.collect()
    before = pool.used_bytes()
    found = stepped("smoke", "cuda", 45)
    used = pool.used_bytes()
    for _ in range(45):
        found.advance()
    assert pool.used_bytes() == used > before
    del found
    gc.collect()
    assert pool.used_bytes() == before


def test_a_graph_is_no_slower_than_its_launches():
    found = timing.iteration(halls.solver("smoke", "cuda"))
    # the same kernels without the host between them; a tenth for what else the machine does
    assert found["graph"]["least_ms"] < 1.1 * found["direct"]["least_ms"]
