"""The air's way over a card: runs through `kernels.gpu.card` on a card that is none (tests/fake_card.py).

Operators are those of the processor, launched as kernels are, so every number must equal the processor's to the last
bit, whatever is uploaded, seen, recorded and replayed. What the host has not fetched is NaN in its mirror.
"""

from __future__ import annotations

import gc
import sys
from pathlib import Path

import fake_operators
import numpy as np
import pytest
import yaml
from box_hall import SIZE, cooler, even, opening, solver, through, unit

from kernels.home import DeviceError
from thermo import couple, device, together
from thermo.air.fields import Fields
from thermo.air.solver import CHECK, AirSolver
from thermo.casefile import load
from thermo.check import examine
from thermo.plan import Partition, Plan, Screen, WallHeat

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "validation"))
from robust_halls import aisle, sealed

SMOKE = Path(__file__).resolve().parents[2] / "cases" / "smoke" / "case.yaml"


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Stacks grow over the size that threads are used from; loops compiled for threads may round otherwise."""
    monkeypatch.setattr("kernels.SERIAL_BELOW", 10**9)


@pytest.fixture
def fake(monkeypatch):
    """The card; device "cuda" is there, and what the host did not fetch is poisoned."""
    made = fake_operators.card()
    give(monkeypatch, made)
    stepped = Fields.stepped

    def poisoned(fields):
        stepped(fields)
        fake_operators.poison(fields)

    monkeypatch.setattr(Fields, "stepped", poisoned)
    return made


def give(monkeypatch, made):
    ops, of = fake_operators.operators(made), device.on
    monkeypatch.setattr(device, "on", lambda name: ops if name == "cuda" else of(name))


def loaded(document, folder, *overrides):
    if isinstance(document, dict):
        (folder / "case.yaml").write_text(yaml.safe_dump(document), encoding="utf-8")
        document = folder / "case.yaml"
    return load(document, overrides)


def solved(case, name, start=None):
    return couple.solve(case.case, examine(case), name, lambda news: None, start, (1, 1))


def same_fields(card, own):
    for name, field in vars(own.state).items():
        np.testing.assert_array_equal(getattr(card.state, name), field, err_msg=name)
    for name in ("inlet", "outlet"):
        np.testing.assert_array_equal(getattr(card.exchange, name), getattr(own.exchange, name))
    assert card.balances() == own.balances()


def alike(card, own):
    """Every number a run leaves."""
    assert (card.outcome.converged, card.outcome.reason) == (own.outcome.converged, own.outcome.reason)
    assert card.outcome.iterations == own.outcome.iterations
    for name in ("inlets", "times", "residuals"):
        np.testing.assert_array_equal(getattr(card.solver.monitor, name), getattr(own.solver.monitor, name))
    same_fields(card.solver, own.solver)
    np.testing.assert_array_equal(card.unit_power, own.unit_power)
    assert card.balance() == own.balance()


COARSE = ("grid.cell=0.5 m", "numerics.iterations=60")


@pytest.mark.parametrize(
    "overrides",
    [
        (),
        ("numerics.density=constant",),
        ("numerics.turbulence=zero-equation",),
        ("numerics.scheme=central", "numerics.precision=double"),
    ],
    ids=["as it is", "constant density", "zero-equation", "central double"],
)
def test_a_run_is_the_processor_s_to_the_last_bit(fake, tmp_path, overrides):
    case = loaded(SMOKE, tmp_path, *COARSE, *overrides)
    alike(solved(case, "cuda"), solved(case, "cpu"))
    assert fake.events["replay"] > 50  # of the 60, the first compiles and the second is captured and replayed


def dense(folder):
    """One hall with racks of three densities."""
    return [loaded(SMOKE, folder, *COARSE, f"racks.row_a.power={power} kW") for power in (10, 20, 30)]


def at_once(cases):
    """The cases solved together on the card."""

    def work(case):
        def go(ops, enlist):
            return couple.solve(case.case, examine(case), ops, lambda news: None, None, (1, 1), enlist=enlist)

        return go

    return dict(together.Company([work(case) for case in cases], "cuda").solve())


def test_halls_for_whose_stack_the_card_has_no_room_are_solved_one_by_one(monkeypatch, tmp_path):
    cases = dense(tmp_path)
    made = fake_operators.card()
    give(monkeypatch, made)
    one = solved(cases[0], "cuda")
    give(
        monkeypatch, fake_operators.card(total=int(4.5 * made.most))
    )  # three of them, and half of a stack of them
    seen = []
    monkeypatch.setattr(together.Stack, "iterate", lambda stack, asked: seen.append(asked))
    found = at_once(cases)
    assert not seen
    alike(found[0], one)


def test_a_card_that_is_lost_in_a_step_of_all_tells_every_run(fake, monkeypatch, tmp_path):
    plain, seen = together.Stack.iterate, []

    def iterate(stack, asked):
        seen.append(asked)
        fake.lost = len(seen) > 45
        plain(stack, asked)

    monkeypatch.setattr(together.Stack, "iterate", iterate)
    monkeypatch.setattr("thermo.air.record.SAFE_EVERY", 0.0)
    found = at_once(dense(tmp_path))
    assert [one.outcome.ended for one in found.values()] == ["failed"] * 3
    assert all(one.outcome.iterations == 40 for one in found.values())  # the last look


def test_halls_solved_together_are_the_processor_s_alone(fake, tmp_path):
    """Each to the last bit; in launches, three cost little more than one."""
    cases = dense(tmp_path)
    found = at_once(cases)
    together_started = sum(fake.launches.values())
    for n, case in enumerate(cases):
        own = solved(case, "cpu")
        alike(found[n], own)
        np.testing.assert_array_equal(found[n].solver.exchange.outlet, own.solver.exchange.outlet)
    fake.launches.clear()
    solved(cases[0], "cuda")
    assert together_started < 1.6 * sum(fake.launches.values())


@pytest.fixture(scope="module")
def swinging(tmp_path_factory):
    """A case whose air swings, and the processor's run of it."""
    case = loaded(aisle(40, 0.5, 4, grid={"cell": "0.5 m"}), tmp_path_factory.mktemp("swinging"))
    return case, solved(case, "cpu")


def test_air_that_swings_is_followed_alike(fake, swinging):
    case, own = swinging
    card = solved(case, "cuda")
    assert own.outcome.followed is not None
    alike(card, own)
    for name, value in vars(own.outcome.followed.tiers).items():
        np.testing.assert_array_equal(getattr(card.outcome.followed.tiers, name), value)
    np.testing.assert_array_equal(card.outcome.followed.warmest, own.outcome.followed.warmest)


def test_air_that_swings_is_followed_together_alike(fake, swinging, tmp_path):
    """Two iterations a step, means over time; the hall that is steady leaves the other to go on."""
    case, own = swinging
    calm = loaded(aisle(40, 0.5, 4, grid={"cell": "0.5 m"}, numerics={"iterations": 30}), tmp_path)
    found = at_once([case, calm, case])
    for n in (0, 2):
        assert found[n].outcome.followed is not None
        alike(found[n], own)
    alike(found[1], solved(calm, "cpu"))


def test_a_steady_answer_is_proven_alike(fake, tmp_path):
    numerics = {"precision": "double", "prove_steady": "fine"}
    case = loaded(sealed(12, grid={"cell": "0.5 m"}, numerics=numerics), tmp_path)
    card, own = solved(case, "cuda"), solved(case, "cpu")
    assert own.outcome.proof is not None
    assert (card.outcome.proof.apart, card.outcome.proof.rate) == (
        own.outcome.proof.apart,
        own.outcome.proof.rate,
    )
    alike(card, own)


@pytest.mark.parametrize("at", [47, 250])
def test_a_run_interrupted_on_a_card_goes_on_exactly(fake, swinging, monkeypatch, at):
    case, own = swinging
    whole, count = AirSolver.step, [0]

    def step(self, *how, **more):
        count[0] += 1
        if count[0] == at:
            raise KeyboardInterrupt
        whole(self, *how, **more)

    with monkeypatch.context() as patched:
        patched.setattr(AirSolver, "step", step)
        cut = solved(case, "cuda")
    assert cut.outcome.ended == "interrupted"
    assert all(isinstance(array, np.ndarray) for array in cut.held.checkpoint.values())
    alike(solved(case, "cuda", cut.held), own)


MIDDLE = (2.0, 2.0, 0.0, 3.0, 0.0, 2.0)
SIDES = (
    WallHeat("ceiling", ("hall", "walls", "ceiling"), 310.0, None, 0.0),
    WallHeat("y_max", ("hall", "walls", "y_max"), 280.0, 2.0, 3.0),
)
CONDUCTING = Partition("w", ("hall", "partitions", "w"), "x", (3.0, 3.0, 0.0, 3.0, 0.0, 1.0), 2.0)
SCREENED = (Screen("s", ("hall", "screens", "s"), "x", MIDDLE, 40.0),)
COLD = cooler(box=(3.0, 3.5, 1.0, 2.0, 0.0, 1.0))


@pytest.mark.parametrize(
    "plan",
    [
        Plan(SIZE, (unit(),), through(), walls=SIDES, partitions=(CONDUCTING,)),
        Plan(SIZE, (), through(flow=6.0), screens=SCREENED),
        Plan(SIZE, (unit(),), through(), symmetry=("y_min",)),
        Plan(SIZE, (unit(), COLD), ()),
        Plan(SIZE, (), (), walls=SIDES),
    ],
    ids=["walls", "screens", "symmetry", "cooler", "no units"],
)
def test_every_kind_of_hall_is_the_processor_s(fake, plan):
    card, own = (solver(plan, even(), name) for name in ("cuda", "cpu"))
    for found in (card, own):
        for _ in range(2 * CHECK):
            found.advance()
    np.testing.assert_array_equal(card.wall_heat(), own.wall_heat())
    same_fields(card, own)
    card.exchange.flow[:] *= 1.5  # what the coupling does between looks
    own.exchange.flow[:] *= 1.5
    for found in (card, own):
        found.exchange.impose(found.fields.border())
        found.advance(outer=2)
    same_fields(card, own)


def hall():
    return Plan(SIZE, (unit(),), (*through(), opening("fan", "fan", "ceiling", (1, 1), (2, 2), flow=0.1)))


def test_between_looks_nothing_is_copied_allocated_or_waited_for(fake):
    found = solver(hall(), even(), "cuda")
    for _ in range(2 * CHECK):
        found.advance()
    before, used = fake.events.copy(), fake.used
    for _ in range(CHECK - 1):
        found.advance()
    assert {name: fake.events[name] - n for name, n in before.items() if fake.events[name] != n} == {
        "replay": CHECK - 1
    }
    assert fake.used == used


def test_graphs_and_direct_launches_give_the_same(monkeypatch):
    states = []
    for direct in ("", "1"):
        monkeypatch.setenv("MINEHALL_CUDA_DIRECT", direct)
        with monkeypatch.context() as patched:
            made = fake_operators.card()
            give(patched, made)
            found = solver(hall(), even(), "cuda")
            for _ in range(45):
                found.advance()
        states.append(found.state.copy())
        assert bool(made.events["replay"]) != bool(direct)
    for one, other in zip(*(state.arrays() for state in states), strict=True):
        np.testing.assert_array_equal(one, other)


def test_a_solver_that_is_gone_leaves_nothing_on_the_card(fake):
    found = solver(hall(), even(), "cuda")
    for _ in range(45):
        found.advance()
    assert fake.used > 0
    del found
    gc.collect()
    assert (fake.used, fake.blocks) == (0, {})
    assert device.on("cuda").home.wrapped == {}


def test_a_hall_that_does_not_fit_says_what_would(monkeypatch):
    give(monkeypatch, fake_operators.card(total=20_000))
    with pytest.raises(
        DeviceError, match=r"184 cells need .* GB, .* about \d+ cells fit; raise grid.cell; take --device cpu"
    ):
        solver(hall(), even(), "cuda")


def test_what_is_asked_for_is_what_is_taken(monkeypatch):
    asked = []
    made = fake_operators.card()
    give(monkeypatch, made)
    monkeypatch.setattr(device.on("cuda").home, "reserve", lambda needed, cells: asked.append(needed))
    found = solver(hall(), even(size=SIZE, cells=(24, 18, 12)), "cuda")
    for _ in range(CHECK):
        found.advance(outer=2)
    # lists of the border and inlets of the steps come on top; in a hall of this size a twentieth
    assert asked[0] <= made.most < 1.1 * asked[0]


def test_a_card_that_is_lost_says_so(fake):
    found = solver(hall(), even(), "cuda")
    found.advance()
    fake.lost = True
    with pytest.raises(DeviceError, match="the card was lost: cudaErrorLaunchFailure"):
        found.advance()
