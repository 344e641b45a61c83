"""Interrupted and gone on with is the same, to the last bit, as never interrupted: fields, records, verdict."""

from __future__ import annotations

import json
import sys
from pathlib import Path

import numpy as np
import pytest

from thermo import cli, couple
from thermo.air.record import NoSuchRun
from thermo.air.solver import AirSolver
from thermo.assembly import assemble
from thermo.assembly.restart import held_from, snapshot_from
from thermo.casefile import load
from thermo.check import examine
from thermo.result import open_result, write

sys.path.insert(0, str(Path(__file__).resolve().parents[1] / "validation"))

import yaml
from robust_halls import aisle, sealed

SMOKE = Path(__file__).resolve().parents[2] / "cases" / "smoke"
WINDOWS = (1, 1)  # of averaging: short, the turns of the run are what is tested


def loaded(document, folder):
    file = folder / "case.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    return load(file)


def solve(case, start=None):
    return couple.solve(case.case, examine(case), "auto", lambda news: None, start, WINDOWS)


def interrupted(case, monkeypatch, at, start=None):
    """The solution of a run that Ctrl-C ends in its `at`-th iteration, counted over all its grids."""
    whole, count = AirSolver.step, [0]

    def step(self, *how, **more):
        count[0] += 1
        if count[0] == at:
            raise KeyboardInterrupt
        whole(self, *how, **more)

    with monkeypatch.context() as patched:
        patched.setattr(AirSolver, "step", step)
        return solve(case, start)


def through_a_file(solution, folder):
    """What a result file keeps of an interrupted run."""
    assert solution.outcome.ended == "interrupted"
    path = write(folder / "cut.vtkhdf", assemble(solution, "text"))
    with open_result(path) as found:
        held = held_from(found)
        assert snapshot_from(found).fields["t"].shape == solution.solver.mesh.shape
    assert held is not None
    return held


def alike(one, other):
    """To the last bit."""
    for name, value in vars(one.solver.state).items():
        assert np.array_equal(value, getattr(other.solver.state, name)), name
    assert np.array_equal(one.solver.exchange.inlet, other.solver.exchange.inlet)
    assert np.array_equal(one.solver.monitor.inlets, other.solver.monitor.inlets)
    assert one.solver.monitor.residuals == other.solver.monitor.residuals
    assert one.solver.monitor.times == other.solver.monitor.times
    assert (one.outcome.converged, one.outcome.iterations) == (
        other.outcome.converged,
        other.outcome.iterations,
    )
    assert one.outcome.reason == other.outcome.reason
    assert one.balance() == other.balance()
    assert np.array_equal(one.unit_power, other.unit_power)


def steady(folder):
    """The small hall that ships, with its network and fans on their curves."""
    return load(SMOKE, ["numerics.iterations=400"])


def swinging(folder):
    return loaded(aisle(40, 0.5, 4, grid={"cell": "0.5 m"}), folder)


def closed(folder):
    return loaded(sealed(12, grid={"cell": "0.5 m"}, numerics={"precision": "double"}), folder)


def jet(folder):
    """A room without units whose steps are halved where the mass error stands."""
    document = {
        "name": "jet",
        "site": {"dry_bulb": "20 degC"},
        "hall": {"size": ["3 m", "0.1 m", "1 m"], "symmetry": ["y_min", "y_max"]},
        "racks": {},
        "openings": {
            "slot": {
                "kind": "supply", "wall": "x_min", "at": ["0 m", "0.8 m"], "size": ["0.1 m", "0.2 m"],
                "flow": "0.02 m3/s", "temperature": "20 degC", "turbulence": {"intensity": "4 %", "length": "3 mm"},
            },
            "outlet": {"kind": "pressure", "wall": "x_max", "at": ["0 m", "0 m"], "size": ["0.1 m", "0.2 m"]},
        },
        "grid": {"cell": "0.1 m"},
        "numerics": {"density": "constant", "buoyancy": False, "start_temperature": "20 degC", "iterations": 1000},
    }  # fmt: skip
    return loaded(document, folder)


@pytest.fixture(scope="module")
def uninterrupted(tmp_path_factory):
    return {make: solve(make(tmp_path_factory.mktemp("whole"))) for make in (steady, swinging, closed, jet)}


@pytest.mark.parametrize(
    ("make", "at"),
    [(steady, 1), (steady, 17), (steady, 47), (steady, 101), (closed, 101), (swinging, 30), (jet, 700)],
)
def test_a_run_goes_on_exactly(make, at, uninterrupted, tmp_path, monkeypatch):
    case = make(tmp_path)
    held = through_a_file(interrupted(case, monkeypatch, at), tmp_path)
    assert held.depth == 0
    alike(solve(case, held), uninterrupted[make])


def test_averaging_goes_on_exactly(uninterrupted, tmp_path, monkeypatch):
    whole = uninterrupted[swinging]
    assert whole.outcome.followed is not None
    case = swinging(tmp_path)
    last = len(whole.solver.monitor.inlets)
    for before_the_end in (3, 45, round(1.5 * whole.solver.window())):
        held = through_a_file(interrupted(case, monkeypatch, last - before_the_end), tmp_path)
        assert any(name.startswith("mean.") for name in held.checkpoint)
        alike(solve(case, held), whole)


def test_an_interrupted_run_can_be_interrupted_again(uninterrupted, tmp_path, monkeypatch):
    case = steady(tmp_path)
    first = through_a_file(interrupted(case, monkeypatch, 61), tmp_path)
    second = through_a_file(interrupted(case, monkeypatch, 61, first), tmp_path)
    assert second.checkpoint["inlets"].shape[0] > first.checkpoint["inlets"].shape[0]
    alike(solve(case, second), uninterrupted[steady])


@pytest.mark.parametrize("depth", [2, 1, 0])
def test_a_coarse_start_goes_on_exactly(depth, tmp_path, monkeypatch):
    monkeypatch.setattr(couple, "NEST_ABOVE", 1000)
    case = load(SMOKE, ["numerics.iterations=80", "numerics.prove_steady=no"])
    cells, step = [], AirSolver.step
    with monkeypatch.context() as patched:
        patched.setattr(AirSolver, "step", lambda self, n: cells.append(self.mesh.size) or step(self, n))
        whole = solve(case)
    grids = sorted(set(cells), reverse=True)
    assert len(grids) == 3
    at = cells.index(grids[depth]) + 30
    held = through_a_file(interrupted(case, monkeypatch, at), tmp_path)
    assert held.depth == depth
    alike(solve(case, held), whole)


def test_the_commands_go_on_too(uninterrupted, tmp_path, monkeypatch, capsys):
    words = [
        "run",
        str(SMOKE),
        "--set",
        "numerics.iterations=400",
        "--out",
        str(tmp_path),
        "--json",
        "--quiet",
    ]
    whole, count = AirSolver.step, [0]

    def step(self, *how, **more):
        count[0] += 1
        if count[0] == 90:
            raise KeyboardInterrupt
        whole(self, *how, **more)

    with monkeypatch.context() as patched:
        patched.setattr(AirSolver, "step", step)
        assert cli.run(words) == 130
    cut = json.loads(capsys.readouterr().out)
    assert cut["converged"] is False
    assert "`minehall resume` goes on" in cut["reason"]
    assert cli.run(["resume", str(tmp_path / "smoke.vtkhdf"), "--json", "--quiet"]) == 0
    found = json.loads(capsys.readouterr().out)
    solution = uninterrupted[steady]
    assert found["iterations"] == solution.outcome.iterations
    inlets = solution.solver.exchange.unit_means(solution.solver.exchange.inlet)
    shown = solution.air.reference_temperature - 273.15
    # as JSON prints floats: to the last bit
    assert [rack["inlet_degC"] for rack in found["racks"]] == (inlets + shown).tolist()


def test_a_run_that_ended_holds_nothing_to_go_on_with(uninterrupted, tmp_path):
    path = write(tmp_path / "whole.vtkhdf", assemble(uninterrupted[steady], "text"))
    with open_result(path) as found:
        assert held_from(found) is None


def test_a_checkpoint_of_another_hall_is_refused(tmp_path, monkeypatch):
    held = through_a_file(interrupted(steady(tmp_path), monkeypatch, 30), tmp_path)
    with pytest.raises(NoSuchRun, match="another hall"):
        solve(swinging(tmp_path), held)


def rung(power, cell, folder):
    return loaded(
        aisle(power, grid={"cell": cell}, numerics={"scheme": "upwind", "prove_steady": "no"}), folder
    )


def inlets(solution):
    return solution.solver.exchange.unit_means(solution.solver.exchange.inlet)


def arrival(solution):
    """First step from which on every inlet is within 0.1 K of its end."""
    trace = np.array(solution.solver.monitor.inlets)
    return int(np.flatnonzero(np.abs(trace - trace[-1]).max(axis=1) > 0.1).max(initial=-1)) + 1


@pytest.mark.parametrize(
    ("power", "cell"), [(24, "0.25 m"), (20, "0.5 m")], ids=["rung below", "coarser grid"]
)
def test_another_result_to_start_from_saves_iterations_and_changes_nothing(power, cell, tmp_path):
    path = write(tmp_path / "before.vtkhdf", assemble(solve(rung(power, cell, tmp_path)), "text"))
    with open_result(path) as found:
        start = snapshot_from(found)
    case = rung(20, "0.25 m", tmp_path)
    scratch, ahead = solve(case), solve(case, start)
    assert scratch.outcome.converged is True
    assert ahead.outcome.converged is True
    assert arrival(ahead) < arrival(scratch)
    # each run stops when no inlet moves by more than 0.05 K over a window
    np.testing.assert_allclose(inlets(ahead), inlets(scratch), atol=2 * case.case.numerics.tolerance)
