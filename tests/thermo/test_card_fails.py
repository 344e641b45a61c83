"""A card that is full or lost in the middle of a run: what was computed is written, and `resume` goes on exactly."""

from __future__ import annotations

import sys
from pathlib import Path

import fake_operators
import numpy as np
import pytest

from kernels.home import DeviceError
from thermo import cli, couple
from thermo.air import record
from thermo.air.averages import Mean
from thermo.air.solver import CHECK, AirSolver
from thermo.assembly import assemble
from thermo.result import open_result

sys.path.insert(0, str(Path(__file__).resolve().parent))
from test_on_card import COARSE, SMOKE, alike, give, loaded, solved

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "validation"))
from robust_halls import aisle

LOST = "the card was lost: cudaErrorLaunchFailure"


@pytest.fixture
def fake(monkeypatch):
    made = fake_operators.card()
    give(monkeypatch, made)
    monkeypatch.setattr(record, "SAFE_EVERY", 0.0)  # every look is copied to the host
    return made


@pytest.fixture(scope="module")
def small(tmp_path_factory):
    """A case with its network, and the processor's run of it."""
    case = loaded(SMOKE, tmp_path_factory.mktemp("small"), *COARSE, "numerics.prove_steady=no")
    return case, solved(case, "cpu")


@pytest.fixture(scope="module")
def swinging(tmp_path_factory):
    """A case whose air is followed in time, and the processor's run of it."""
    case = loaded(aisle(40, 0.5, 4, grid={"cell": "0.5 m"}), tmp_path_factory.mktemp("swinging"))
    return case, solved(case, "cpu")


def before_step(monkeypatch, number, then):
    """Calls `then` before a step of the air (from 1), counted over all grids."""
    whole, count = AirSolver.step, [0]

    def step(self, *how, **more):
        count[0] += 1
        if count[0] == number:
            then()
        whole(self, *how, **more)

    monkeypatch.setattr(AirSolver, "step", step)


def dying(fake):
    """Lost within the next iteration, a few kernels on."""

    def then():
        fake.alive_for = 9

    return then


def goes_on(case, cut, own):
    """What is left is whole, and gone on with ends as if nothing had been."""
    assert (cut.outcome.converged, cut.outcome.ended, cut.device) == (False, "failed", "cuda")
    assert cut.solver.ops.device != "cuda"
    assert cut.outcome.iterations == cut.solver.iterations < own.outcome.iterations
    assert (
        f"kept are the fields of iteration {cut.outcome.iterations}, `minehall resume`" in cut.outcome.reason
    )
    assert np.isfinite(assemble(cut, "text").table("racks")["inlet_degC"]).all()
    alike(solved(case, "cpu", cut.held), own)


@pytest.mark.parametrize("step", [CHECK + 1, 2 * CHECK])
def test_a_lost_card_leaves_the_last_look(fake, small, monkeypatch, step):
    case, own = small
    before_step(monkeypatch, step, dying(fake))
    cut = solved(case, "cuda")
    assert cut.outcome.reason.startswith(LOST)
    assert cut.outcome.iterations == CHECK
    goes_on(case, cut, own)


def test_a_card_lost_before_anything_was_kept_says_so(fake, small, monkeypatch):
    case, _ = small
    monkeypatch.setattr(record, "SAFE_EVERY", 1e9)
    before_step(monkeypatch, 50, dying(fake))
    with pytest.raises(DeviceError, match=f"^{LOST}.*`nvidia-smi` tells its state$"):
        solved(case, "cuda")


def test_a_full_card_leaves_the_last_look_and_needs_no_copy_on_the_host(fake, swinging, monkeypatch):
    """The means over time are what is allocated on the way."""
    case, own = swinging
    monkeypatch.setattr(record, "SAFE_EVERY", 1e9)
    whole = Mean.__init__

    def full(self, *how):
        fake.room_for = 3
        whole(self, *how)

    monkeypatch.setattr(Mean, "__init__", full)
    cut = solved(case, "cuda")
    cells = cut.scene.fluid_cells
    assert cut.outcome.reason.startswith(f"the card's memory is full: {cells} cells need 0.00 GB, ")
    monkeypatch.setattr(Mean, "__init__", whole)
    goes_on(case, cut, own)


@pytest.mark.parametrize(("what", "looks"), [("full", 0), ("full", 1), ("lost", 2)])
def test_a_card_that_fails_while_a_look_is_kept_leaves_the_one_before(
    fake, swinging, monkeypatch, what, looks
):
    case, own = swinging
    whole, kept = record.Record.keep, []

    def keep(self):
        kept.append(self.solver.mean is not None)
        if sum(kept) == looks + 1:
            if what == "full":
                fake.room_for = 2  # of the eight sums that are copied
            else:
                fake.lost = True
        whole(self)

    monkeypatch.setattr(record.Record, "keep", keep)
    cut = solved(case, "cuda")
    monkeypatch.setattr(record.Record, "keep", whole)
    goes_on(case, cut, own)


def nested(folder):
    """A hall that starts from two coarser grids, each for a few looks."""
    return loaded(
        SMOKE, folder, "grid.cell=0.25 m", "numerics.iterations=40", "numerics.prove_steady=no",
        "numerics.scheme=upwind",
    )  # fmt: skip


def after_the_coarse_start(monkeypatch, then):
    """Calls `then` when the grid before the case's own is settled."""
    whole = couple._settle

    def settle(solver, coupling, watch, depth):
        whole(solver, coupling, watch, depth)
        if depth == 1:
            then()

    monkeypatch.setattr(couple, "_settle", settle)


def test_a_card_that_has_no_room_for_the_whole_grid_leaves_the_start(fake, tmp_path, monkeypatch):
    case = nested(tmp_path)
    monkeypatch.setattr(couple, "NEST_ABOVE", 1000)
    monkeypatch.setattr(couple, "NEST_ITERATIONS", 2 * CHECK)
    after_the_coarse_start(monkeypatch, lambda: setattr(fake, "total", fake.used + 10_000))
    cut = solved(case, "cuda")
    assert (cut.outcome.ended, cut.held) == ("failed", None)
    assert (
        "cells fit; raise grid.cell; take --device cpu; kept are the start on a coarser grid"
        in cut.outcome.reason
    )
    assert np.ptp(cut.solver.state.w) > 0.1  # it is not at rest


def test_a_card_lost_on_the_coarser_grid_leaves_its_last_look(fake, tmp_path, monkeypatch):
    case = nested(tmp_path)
    monkeypatch.setattr(couple, "NEST_ABOVE", 1000)
    monkeypatch.setattr(couple, "NEST_ITERATIONS", 2 * CHECK)
    own = solved(case, "cpu")
    before_step(monkeypatch, CHECK + 5, dying(fake))
    cut = solved(case, "cuda")
    assert cut.outcome.reason.startswith(LOST)
    assert cut.held.depth > 0
    alike(solved(case, "cpu", cut.held), own)


def test_the_command_writes_what_is_left_names_it_and_goes_on(fake, small, tmp_path, capsys, monkeypatch):
    case, own = small
    file = tmp_path / "case.yaml"
    file.write_text(case.text, encoding="utf-8")
    before_step(monkeypatch, 50, dying(fake))
    assert cli.run(["run", str(file), "--device", "cuda", "--out", str(tmp_path), "--quiet"]) == 6
    path = tmp_path / "smoke.vtkhdf"
    said = capsys.readouterr().err.splitlines()[-1]
    assert said.startswith(LOST)
    assert said.endswith(f"kept are the fields of iteration 40, `minehall resume` goes on from there: {path}")
    assert [one.name for one in tmp_path.iterdir() if one.name.startswith(".")] == []
    with open_result(path) as found:
        assert (found.summary["ended"], found.summary["converged"]) == ("failed", False)
    code = cli.run(["resume", str(path), "--device", "cpu", "--quiet"])
    assert code == (0 if own.outcome.converged else 3)
    with open_result(path) as found:
        np.testing.assert_array_equal(found.state("t").ravel(), own.solver.state.t)


def test_a_card_lost_when_the_air_is_solved_leaves_the_network_to_the_processor(fake, small, monkeypatch):
    case, own = small
    there = solved(case, "cuda")
    fake.lost = True

    def lost(*arguments):
        raise DeviceError("the card was lost")

    from thermo import device

    monkeypatch.setattr(device.on("cuda"), "sweep", lost)
    one, two = assemble(there, "text"), assemble(own, "text")
    np.testing.assert_array_equal(one.table("power/breakers")["name"], two.table("power/breakers")["name"])
    assert "The network was judged on the processor: the card was lost." in one.table("assumptions")["text"]
