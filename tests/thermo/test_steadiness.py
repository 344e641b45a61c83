"""Proof of steadiness: growth and decay that are known, halls that are, aisles measured."""

import numpy as np
import pytest
from box_hall import SIZE, even, hall, quiet, solver, stay, through, unit

from thermo import device as devices
from thermo.air.solver import AirSolver
from thermo.air.steadiness import FLOOR, KICK, NEAR, Proof, _verdict, aisle, growth, kick, prove, swing
from thermo.plan import Plan, Solid

BEST = devices.found()[-1]
CHANGE, STEP = 60, 0.5  # steps of an air change of 30 s


def parting(rate, size, changes=3, cycle=0.0, units=4):
    """Distances of twins that part at `rate` [1/s] from `size` [K], swinging with `cycle` [s]."""
    t = STEP * np.arange(changes * CHANGE)
    swing = np.cos(2 * np.pi * t / cycle) if cycle else np.ones_like(t)
    return np.outer(size * np.exp(rate * t) * swing, np.linspace(0.5, 1.0, units))


@pytest.mark.parametrize("cycle", [0.0, 15.0, 60.0])
@pytest.mark.parametrize("rate", [1 / 28, -1 / 20])
def test_the_rate_of_growth_is_found(rate, cycle):
    # an air change is half a period of 60 s or two of 15 s: the growth within a half wave weights it by up to 15 %
    assert growth(parting(rate, 0.1, cycle=cycle), CHANGE, STEP) == pytest.approx(rate, rel=0.15)


def test_what_has_died_has_the_rate_it_died_by():
    apart = parting(-1 / 10, 0.1, changes=5)
    assert np.abs(apart[-CHANGE:]).max() < FLOOR
    assert growth(apart, CHANGE, STEP) < -1 / 20


@pytest.mark.parametrize(
    ("apart", "verdict"),
    [
        (parting(-1 / 20, 0.5, changes=2), None),  # too short: the kick itself may still be leaving
        (parting(-1 / 20, 0.5), True),
        (parting(1 / 28, 0.05), False),  # 0.05 K grows to 1.2 K
        (parting(1 / 28, 1e-3), None),  # grows but is small still
        (parting(1 / 28, 1e-4, changes=6), False),  # and still does
        (parting(-1 / 500, 0.5), None),  # dies but is large still
        (parting(-1 / 500, 0.5, changes=6), False),  # not shown to be steady
    ],
)
def test_the_verdict(apart, verdict):
    assert _verdict(apart, CHANGE, STEP) is verdict


@pytest.mark.parametrize(
    ("apart", "still", "verdict"),
    [(0.3, 0.0, False), (0.3, 0.15, True), (0.45, 0.15, None), (0.45, 0.6, None)],  # 0.6 K is no small swing
)
def test_two_phases_of_a_small_swing_are_one_state(apart, still, verdict):
    t = np.arange(CHANGE)
    own = swing(np.outer(still * np.sin(2 * np.pi * t / CHANGE), [1.0, 0.5]))
    assert own == pytest.approx(min(still, NEAR), abs=0.01)  # to a step of the sampling
    assert _verdict(parting(0.01 / CHANGE / STEP, apart), CHANGE, STEP, own) is verdict


def rack_hall(**numerics):
    return solver(Plan(SIZE, (unit(),), through()), even(), BEST, **numerics)


def test_the_kick_is_antisymmetric_and_spares_solids():
    found = rack_hall()
    before = found.mesh.core(found.state.t).copy()
    kick(found)
    change = found.mesh.core(found.state.t) - before
    air = found.scene.cells == 0
    assert np.abs(change[air]) == pytest.approx(KICK, abs=1e-4)
    assert np.all(change[~air] == 0)
    for axis in (1, 2):  # y and x; the box stands where its mirror images do not
        flipped = np.flip(change, axis)
        both = (change != 0) & (flipped != 0)
        assert change[both] == pytest.approx(-flipped[both], abs=1e-4)


def test_a_rack_in_a_stream_is_proven_steady_and_left_as_it_was():
    found = rack_hall()
    assert found.run(quiet, stay).converged is True
    before, inlet, step = found.state.copy(), found.exchange.inlet.copy(), found.step_size
    records = len(found.monitor.inlets)
    proof = prove(found)
    assert proof.steady is True
    assert proof.apart < 0.05 < NEAR  # forced air: the kick is carried out
    assert proof.rate < 0
    assert proof.span >= 3 * found.air_change()
    assert proof.cells == found.scene.fluid_cells
    for name, value in vars(before).items():
        assert np.array_equal(getattr(found.state, name), value), name
    assert np.array_equal(found.exchange.inlet, inlet)
    assert (found.step_size, len(found.monitor.inlets)) == (step, records)


@pytest.mark.parametrize("steady", [True, False])
def test_a_settled_answer_that_does_not_last_is_followed_in_time(steady):
    found = rack_hall()
    found.averaging = (1, 1)
    proof = Proof(steady, 0.0, 0.0, 1.0, 1, 1.0, 0.0)
    outcome = found.run(quiet, stay, lambda: proof)
    assert outcome.proof == proof
    assert (outcome.followed is None) is steady
    assert outcome.converged is True  # followed, it turns out not to swing after all


def test_an_unfinished_run_is_not_proven():
    outcome = rack_hall(iterations=40).run(quiet, stay, lambda: pytest.fail("proven too early"))
    assert outcome.proof is None


def test_the_aisle_is_the_narrowest_clear_depth():
    # front at y = 1 looks at the wall: 1 m; rear at y = 2: 1 m to the other wall
    assert aisle(hall(Plan(SIZE, (unit(),), through()), even())) == pytest.approx(1.0)
    block = Solid("column", ("solids", "column"), (1.5, 2.5, 0.0, 0.5, 0.0, 2.0))
    assert aisle(hall(Plan(SIZE, (unit(),), through(), solids=(block,)), even())) == pytest.approx(0.5)
    assert aisle(hall(Plan(SIZE, (), through()), even())) == np.inf
    halved = Plan(SIZE, (unit(box=(1.5, 2.5, 0.5, 1.5, 0, 1), facing="-y"),), through(), symmetry=("y_min",))
    assert aisle(hall(halved, even())) == pytest.approx(1.0)  # 0.5 m to the plane


@pytest.mark.parametrize("before_the_end", [100, 30, 3])
def test_a_run_followed_after_its_proof_goes_on_exactly(before_the_end, monkeypatch):
    unstable = Proof(False, 1.0, 0.01, 90.0, 100, 0.5, 1.0)

    def begun():
        found = rack_hall()
        found.averaging = (1, 1)
        return found

    whole = begun()
    outcome = whole.run(quiet, stay, lambda: unstable)
    stop = len(whole.monitor.inlets) - before_the_end
    cut, step = begun(), AirSolver.step

    def interrupt(self, *how, **more):
        if len(self.monitor.inlets) == stop:
            raise KeyboardInterrupt
        step(self, *how, **more)

    with monkeypatch.context() as patched:
        patched.setattr(AirSolver, "step", interrupt)
        with pytest.raises(KeyboardInterrupt):
            cut.run(quiet, stay, lambda: unstable)
    cut.record.go_back()
    again = begun()
    again.record.resume(cut.record.checkpoint())
    found = again.run(quiet, stay, lambda: pytest.fail("proven a second time"))
    assert found.proof == outcome.proof == unstable
    assert (found.reason, found.iterations) == (outcome.reason, outcome.iterations)
    for name, value in vars(whole.state).items():
        assert np.array_equal(getattr(again.state, name), value), name
    assert np.array_equal(found.followed.tiers.mean, outcome.followed.tiers.mean)
    assert np.array_equal(found.followed.warmest, outcome.followed.warmest)
    assert found.followed.stored == outcome.followed.stored
