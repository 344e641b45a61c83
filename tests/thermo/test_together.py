"""Cases solved together are the cases solved alone: the same course, the same end; what ends one leaves the others."""

from __future__ import annotations

import sys
from functools import partial
from pathlib import Path

import numpy as np
import pytest
import yaml

from thermo import couple, ladder, together
from thermo.air.stack import Stack
from thermo.casefile import load
from thermo.check import examine

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "validation"))
from robust_halls import aisle

SMOKE = Path(__file__).resolve().parents[2] / "cases" / "smoke"


def quiet(news):
    """Nobody watches."""


def rungs(*overrides):
    return ladder.rungs(load(SMOKE, ["grid.cell=0.5 m", *overrides]), [10, 40, 80])


def work(rung, averaging=(1, 1), watch=quiet):
    def go(ops, enlist):
        return couple.solve(rung.loaded.case, rung.plan, ops, watch, None, averaging, enlist=enlist)

    return go


def alone(rung, name="cpu", averaging=(1, 1)):
    return couple.solve(rung.loaded.case, rung.plan, name, quiet, None, averaging)


def same(one, other):
    """Every number a run leaves."""
    assert (other.outcome.converged, other.outcome.reason) == (one.outcome.converged, one.outcome.reason)
    assert other.outcome.iterations == one.outcome.iterations
    for name in ("inlets", "times", "residuals"):
        np.testing.assert_array_equal(getattr(other.solver.monitor, name), getattr(one.solver.monitor, name))
    for name, field in vars(one.solver.state).items():
        np.testing.assert_array_equal(getattr(other.solver.state, name), field, err_msg=name)
    np.testing.assert_array_equal(other.solver.exchange.inlet, one.solver.exchange.inlet)
    np.testing.assert_array_equal(other.unit_power, one.unit_power)
    assert other.balance() == one.balance()


@pytest.fixture(autouse=True)
def one_thread(monkeypatch):
    """Stacks grow over the size that threads are used from; loops compiled for threads may round otherwise."""
    monkeypatch.setattr("kernels.SERIAL_BELOW", 10**9)


@pytest.fixture
def steps(monkeypatch):
    """How many halls each step of a stack was of."""
    seen, plain = [], Stack.iterate

    def counted(stack, asked):
        seen.append(len(asked))
        plain(stack, asked)

    monkeypatch.setattr(Stack, "iterate", counted)
    return seen


def test_rungs_together_are_the_rungs_alone_to_the_last_bit(device, steps):
    climbed = rungs("numerics.iterations=60")
    found = dict(together.Company([work(rung) for rung in climbed], device).solve())
    for n, rung in enumerate(climbed):
        same(alone(rung, device), found[n])
    assert steps.count(3) >= 60
    assert not any(size == 1 for size in steps)


def swinging(folder, heat):
    (folder / "case.yaml").write_text(yaml.safe_dump(aisle(heat, 0.5, 4, grid={"cell": "0.5 m"})), "utf-8")
    loaded = load(folder / "case.yaml")
    return loaded, examine(loaded)


def test_air_that_swings_is_followed_together(tmp_path, steps):
    halls = [swinging(tmp_path, heat) for heat in (40, 44)]
    works = [partial(_solved, *hall) for hall in halls]
    found = dict(together.Company(works, "cpu").solve())
    for n, hall in enumerate(halls):
        own = _solved(*hall, "cpu")
        assert own.outcome.followed is not None
        same(own, found[n])
    assert steps.count(2) > 0.5 * sum(one.outcome.iterations for one in found.values()) / 2


def _solved(loaded, plan, ops, enlist=lambda solver: None):
    return couple.solve(loaded.case, plan, ops, quiet, None, (1, 1), enlist=enlist)


def _collect(found, company):
    for n, solution in company.solve():
        found.update({n: solution})


def test_halls_that_differ_are_solved_one_by_one(steps):
    coarse, fine = rungs("numerics.iterations=20")[0], rungs("numerics.iterations=20", "grid.cell=0.6 m")[0]
    found = dict(together.Company([work(coarse), work(fine)], "cpu").solve())
    for n, rung in enumerate((coarse, fine)):
        same(alone(rung), found[n])
    assert not steps


def test_a_run_that_fails_leaves_the_others(steps):
    def fails(ops, enlist):
        raise ValueError("no such hall")

    climbed = rungs("numerics.iterations=40")
    found = dict(together.Company([work(climbed[0]), fails, work(climbed[2])], "cpu").solve())
    assert str(found[1]) == "no such hall"
    for n in (0, 2):
        same(alone(climbed[n]), found[n])
    assert steps.count(2) >= 40


def test_an_interrupt_keeps_what_has_ended_and_where_the_others_are(monkeypatch):
    """The others go on exactly, as after an interrupt of a single run."""
    climbed = rungs()
    seen, plain = [0], Stack.iterate

    def step(stack, asked):
        seen[0] += len(asked) < 3
        if seen[0] == 50:
            raise KeyboardInterrupt
        plain(stack, asked)

    monkeypatch.setattr(Stack, "iterate", step)
    found = {}
    with pytest.raises(KeyboardInterrupt):
        _collect(found, together.Company([work(rung) for rung in climbed], "cpu"))
    ended = {n: one.outcome.ended for n, one in found.items()}
    assert sorted(ended.values()) == ["", "interrupted", "interrupted"]
    for n, rung in enumerate(climbed):
        own = alone(rung)
        if ended[n]:
            held = found[n].held
            found[n] = couple.solve(rung.loaded.case, rung.plan, "cpu", quiet, held, (1, 1))
        same(own, found[n])
